package settings

import (
	"fyne.io/fyne/v2"

	"bellhop/ui/theme"
)

// follow scrolls to each control in an object when the keyboard comes to it.
func (p *Page) follow(o fyne.CanvasObject) {
	switch in := o.(type) {
	case interface{ SetOnFocus(f func()) }:
		in.SetOnFocus(func() { p.show(o) })
	case *fyne.Container:
		for _, inner := range in.Objects {
			p.follow(inner)
		}
	}
}

// show scrolls as far as it takes to see an object.
func (p *Page) show(o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	if driver.CanvasForObject(p.body) == nil {
		return
	}
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(p.body).Y
	below := top + o.Size().Height - p.body.Size().Height
	switch {
	case top < theme.Space6:
		p.scrollBy(top - theme.Space6)
	case below > -theme.Space6:
		p.scrollBy(below + theme.Space6)
	}
}

func (p *Page) scrollBy(y float32) {
	p.body.ScrollToOffset(fyne.NewPos(0, max(p.body.Offset.Y+y, 0)))
}
