package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// NewMenuButton makes the … button: it shows a menu below itself. items is asked each time.
func NewMenuButton(name string, items func() []*fyne.MenuItem) *Button {
	b := NewIconButton(theme.IconMore, name, nil)
	b.OnTapped = func() { ShowMenuBelow(b, items()...) }
	return b
}

// ShowMenuBelow shows a menu under an object that is in a window.
func ShowMenuBelow(object fyne.CanvasObject, items ...*fyne.MenuItem) {
	c := fyne.CurrentApp().Driver().CanvasForObject(object)
	if c == nil || len(items) == 0 {
		return
	}
	menu := fynewidget.NewPopUpMenu(fyne.NewMenu("", items...), c)
	menu.ShowAtRelativePosition(fyne.NewPos(0, object.Size().Height+theme.Space1), object)
}
