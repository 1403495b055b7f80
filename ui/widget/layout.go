package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// Row puts objects side by side with gap pixels between, each at its least width and centred from
// top to bottom. What is wrapped in Grow, or a Spacer, shares the width that is left.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(row{gap: gap}, objects...)
}

// RowTop is Row with the objects at the top instead of the middle.
func RowTop(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(row{gap: gap, top: true}, objects...)
}

// Column puts objects below each other with gap pixels between, each as wide as the column.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// Inset leaves space around an object: above and below, and left and right.
func Inset(object fyne.CanvasObject, vertical, horizontal float32) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(vertical, vertical, horizontal, horizontal), object)
}

// Border puts one object in the middle and others along its sides, without space between. Those at
// the sides may be nil. Tab goes through them as one reads: top, left, middle, right, bottom.
func Border(top, bottom, left, right, middle fyne.CanvasObject) *fyne.Container {
	c := container.New(border{top, bottom, left, right, middle})
	for _, o := range []fyne.CanvasObject{top, left, middle, right, bottom} {
		if o != nil {
			c.Add(o)
		}
	}
	return c
}

// Spacer takes the space that is left in a Row or Column.
func Spacer() fyne.CanvasObject { return layout.NewSpacer() }

// Grow lets an object take the width that is left in a Row.
func Grow(object fyne.CanvasObject) *fyne.Container { return container.New(grow{}, object) }

// Sized gives an object a least width and height; 0 leaves it as it is.
func Sized(object fyne.CanvasObject, width, height float32) *fyne.Container {
	return container.New(sized{fyne.NewSize(width, height)}, object)
}

// Width gives an object exactly that width wherever its container asks for its least.
func Width(object fyne.CanvasObject, width float32) *fyne.Container {
	return container.New(fixedWidth(width), object)
}

// blank is nothing of that size.
func blank(width, height float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(width, height))
	return r
}

type grow struct{ stack }

type border struct{ top, bottom, left, right, middle fyne.CanvasObject }

func (b border) MinSize([]fyne.CanvasObject) fyne.Size {
	top, bottom, left, right := least(b.top), least(b.bottom), least(b.left), least(b.right)
	middle := least(b.middle)
	return fyne.NewSize(
		max(top.Width, bottom.Width, left.Width+middle.Width+right.Width),
		top.Height+bottom.Height+max(left.Height, middle.Height, right.Height))
}

func (b border) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	top, bottom, left, right := least(b.top), least(b.bottom), least(b.left), least(b.right)
	height := size.Height - top.Height - bottom.Height
	place(b.top, 0, 0, size.Width, top.Height)
	place(b.bottom, 0, size.Height-bottom.Height, size.Width, bottom.Height)
	place(b.left, 0, top.Height, left.Width, height)
	place(b.right, size.Width-right.Width, top.Height, right.Width, height)
	place(b.middle, left.Width, top.Height, size.Width-left.Width-right.Width, height)
}

// least is the least size of an object, nothing for one that is not there.
func least(o fyne.CanvasObject) fyne.Size {
	if o == nil || !o.Visible() {
		return fyne.Size{}
	}
	return o.MinSize()
}

func place(o fyne.CanvasObject, x, y, width, height float32) {
	if o != nil {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, height))
	}
}

type sized struct{ least fyne.Size }

func (s sized) Layout(objects []fyne.CanvasObject, size fyne.Size) { stack{}.Layout(objects, size) }
func (s sized) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return stack{}.MinSize(objects).Max(s.least)
}

type fixedWidth float32

func (w fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	stack{}.Layout(objects, size)
}
func (w fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(w), stack{}.MinSize(objects).Height)
}

// stack gives every object all the space.
type stack struct{}

func (stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.Position{})
	}
}

func (stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize())
		}
	}
	return size
}

// bleed undoes the space that Fyne's text keeps around itself.
type bleed float32

func (b bleed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size.AddWidthHeight(2*float32(b), 2*float32(b)))
		o.Move(fyne.NewPos(-float32(b), -float32(b)))
	}
}

func (b bleed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return stack{}.MinSize(objects).SubtractWidthHeight(2*float32(b), 2*float32(b))
}

type row struct {
	gap float32
	top bool
}

func (r row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		one := o.MinSize()
		size.Width += one.Width + r.gap
		size.Height = max(size.Height, one.Height)
	}
	size.Width = max(size.Width-r.gap, 0)
	return size
}

func (r row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	growing, left, n := 0, size.Width, 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		n++
		if grows(o) {
			growing++
		} else {
			left -= o.MinSize().Width
		}
	}
	left -= r.gap * float32(max(n-1, 0))
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		width := o.MinSize().Width
		if grows(o) {
			width = max(left/float32(growing), 0)
		}
		// The height may follow from the width, where text wraps.
		o.Resize(fyne.NewSize(width, o.Size().Height))
		height := min(o.MinSize().Height, size.Height)
		o.Resize(fyne.NewSize(width, height))
		y := (size.Height - height) / 2
		if r.top {
			y = 0
		}
		o.Move(fyne.NewPos(x, y))
		x += width + r.gap
	}
}

func grows(o fyne.CanvasObject) bool {
	switch o := o.(type) {
	case *fyne.Container:
		_, ok := o.Layout.(grow)
		return ok
	case layout.SpacerObject:
		return o.ExpandHorizontal()
	}
	return false
}
