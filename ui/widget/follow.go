package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"bellhop/ui/theme"
)

// Follow has scroll show each control in an object whenever the keyboard comes to it, and go on when the
// wheel is turned over an entry. It looks into containers and into widgets
// that say what they hold, such as form fields; of another, such as a Card, give it what is in it.
func Follow(scroll *container.Scroll, o fyne.CanvasObject) {
	if e, ok := o.(interface{ scrollWith(*container.Scroll) }); ok {
		e.scrollWith(scroll)
	}
	switch in := o.(type) {
	case interface{ SetOnFocus(f func()) }:
		in.SetOnFocus(func() { reveal(scroll, o) })
	case interface{ Holds() fyne.CanvasObject }:
		Follow(scroll, in.Holds())
	case *fyne.Container:
		for _, inner := range in.Objects {
			Follow(scroll, inner)
		}
	}
}

// reveal scrolls as far as it takes to see an object, with some space around it.
func reveal(scroll *container.Scroll, o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	if driver.CanvasForObject(scroll) == nil {
		return
	}
	by := func(y float32) { scroll.ScrollToOffset(fyne.NewPos(0, max(scroll.Offset.Y+y, 0))) }
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(scroll).Y
	below := top + o.Size().Height - scroll.Size().Height
	switch {
	case top < theme.Space6:
		by(top - theme.Space6)
	case below > -theme.Space6:
		by(below + theme.Space6)
	}
}
