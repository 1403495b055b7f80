package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Icon shows one of Bellhop's drawings. It says nothing to a screen reader: words stand beside it.
type Icon struct {
	fynewidget.BaseWidget
	Name  theme.IconName
	Color fyne.ThemeColorName
	// Side is its width and height in pixels before scaling.
	Side float32

	image *canvas.Image
}

var _ fyne.Widget = (*Icon)(nil)

// NewIcon makes an icon of a colour and a side in pixels.
func NewIcon(name theme.IconName, color fyne.ThemeColorName, side float32) *Icon {
	i := &Icon{Name: name, Color: color, Side: side, image: &canvas.Image{FillMode: canvas.ImageFillContain}}
	i.ExtendBaseWidget(i)
	i.update()
	return i
}

// Set changes drawing and colour.
func (i *Icon) Set(name theme.IconName, color fyne.ThemeColorName) {
	if i.Name != name || i.Color != color {
		i.Name, i.Color = name, color
		i.Refresh()
	}
}

// Refresh shows changed fields.
func (i *Icon) Refresh() {
	i.update()
	i.BaseWidget.Refresh()
}

// CreateRenderer is for Fyne.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(i.image) }

func (i *Icon) update() {
	i.image.SetMinSize(fyne.NewSquareSize(i.Side))
	i.image.Resource = nil
	if i.Name != "" {
		i.image.Resource = theme.Icon(i.Name, i.Color)
	}
	i.image.Refresh()
}
