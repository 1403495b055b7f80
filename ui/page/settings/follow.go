package settings

import (
	"fyne.io/fyne/v2"

	"bellhop/ui/widget"
)

// follow scrolls to each control in an object when the keyboard comes to it.
func (p *Page) follow(o fyne.CanvasObject) { widget.Follow(p.body, o) }
