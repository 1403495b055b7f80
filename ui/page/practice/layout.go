package practice

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"bellhop/ui/theme"
)

// halves gives two objects half of the width each.
type halves struct{ gap float32 }

var _ fyne.Layout = halves{}

func newHalves(left, right fyne.CanvasObject) *fyne.Container {
	return container.New(halves{theme.Space4}, left, right)
}

// MinSize is what the larger one needs, twice.
func (h halves) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := objects[0].MinSize().Max(objects[1].MinSize())
	return fyne.NewSize(2*size.Width+h.gap, size.Height)
}

// Layout is for Fyne.
func (h halves) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := (size.Width - h.gap) / 2
	for i, o := range objects {
		o.Resize(fyne.NewSize(width, size.Height))
		o.Move(fyne.NewPos(float32(i)*(width+h.gap), 0))
	}
}

func spaceAbove(object fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(theme.Space4, 0, 0, 0), object)
}

// pinned keeps the end of a chat in sight. It is a layout because wrapped words have their height only
// once they were laid out.
type pinned struct{ chat *chat }

var _ fyne.Layout = pinned{}

// MinSize is the object's.
func (pinned) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// Layout is for Fyne.
func (l pinned) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[0].Move(fyne.Position{})
	if l.chat.follow {
		l.chat.scroll.Offset.Y = max(size.Height-l.chat.scroll.Size().Height, 0)
	}
}
