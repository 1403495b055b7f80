package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Dot is a small round light. Words stand beside it.
type Dot struct {
	fynewidget.BaseWidget
	Tone theme.Tone

	circle *canvas.Circle
	space  fyne.CanvasObject
}

var _ fyne.Widget = (*Dot)(nil)

// NewDot makes a dot of 8 pixels.
func NewDot(tone theme.Tone) *Dot {
	d := &Dot{Tone: tone, circle: &canvas.Circle{}, space: blank(8, 8)}
	d.ExtendBaseWidget(d)
	return d
}

// SetTone changes its colour.
func (d *Dot) SetTone(tone theme.Tone) {
	if d.Tone != tone {
		d.Tone = tone
		d.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (d *Dot) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(&fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{d.space, d.circle}}, func() {
		d.circle.FillColor = theme.Color(d.Tone.Foreground())
		d.circle.Refresh()
	})
}
