package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"bellhop/ui/theme"
)

// NewPageHeader puts a page's title at the left and what can be done on the page at the right.
func NewPageHeader(title string, actions ...fyne.CanvasObject) *fyne.Container {
	objects := append([]fyne.CanvasObject{Grow(NewTitle(title))}, actions...)
	return Row(theme.Space3, objects...)
}

// NewPage lays out a whole page: the header above, the body below it in what is left, space around.
func NewPage(header, body fyne.CanvasObject) *fyne.Container {
	top := container.New(layout.NewCustomPaddedLayout(0, theme.Space4, 0, 0), header)
	return Inset(Border(top, nil, nil, nil, body), theme.Space5, theme.Space7)
}

// NewEmptyState says in the middle of an empty page what will be here and what to do next. Actions
// stand side by side.
func NewEmptyState(icon theme.IconName, title, help string, actions ...fyne.CanvasObject) *fyne.Container {
	heading := centred(newText(title, theme.SizeSubtitle, theme.ColorText, Wrap, true))
	words := centred(newText(help, theme.SizeText, theme.ColorMuted, Wrap, false))
	parts := []fyne.CanvasObject{container.NewCenter(NewIcon(icon, theme.ColorBrass, 40)), heading, words}
	if len(actions) > 0 {
		parts = append(parts, Inset(container.NewCenter(Row(theme.Space3, actions...)), theme.Space2, 0))
	}
	return container.NewCenter(Width(Column(theme.Space2, parts...), 460))
}

// NewLineH draws a horizontal line of one pixel.
func NewLineH() fyne.CanvasObject { return newLine(0, 1) }

// NewLineV draws a vertical line of one pixel.
func NewLineV() fyne.CanvasObject { return newLine(1, 0) }

func newLine(width, height float32) fyne.CanvasObject {
	return NewSurface(theme.ColorLine, blank(width, height))
}
