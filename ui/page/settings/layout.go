package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

const (
	// wide is the width from which on a section's name stands beside its card.
	wide = 900
	// nameWidth is the width of that name, and cardWidth the most that a card takes: a control is not to be far
	// from its words.
	nameWidth = 230
	cardWidth = 740
)

// section is a card with what belongs together, under a name.
func (p *Page) section(name, help string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	words := newColumn(theme.Space1, widget.NewSubtitle(name))
	if help != "" {
		words.Add(widget.NewHelp(help))
	}
	inside := newColumn(theme.Space4)
	for i, r := range rows {
		if i > 0 {
			inside.Add(widget.NewLineH())
		}
		inside.Add(r)
		p.follow(r)
	}
	return container.New(&beside{}, words, widget.NewCard(inside))
}

// beside puts two objects side by side where there is room, and else below each other.
type beside struct{ width float32 }

func (b *beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	words, card := objects[0].MinSize(), objects[1].MinSize()
	if b.width >= wide {
		return fyne.NewSize(0, max(words.Height, card.Height))
	}
	return fyne.NewSize(card.Width, words.Height+theme.Space3+card.Height)
}

func (b *beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	b.width = size.Width
	words, card := objects[0], objects[1]
	if size.Width >= wide {
		place(words, 0, theme.Space2, nameWidth)
		place(card, nameWidth+theme.Space6, 0, min(size.Width-nameWidth-theme.Space6, cardWidth))
		return
	}
	place(words, 0, 0, size.Width)
	place(card, 0, words.Size().Height+theme.Space3, size.Width)
}

// place gives an object a width, and the height that it needs there.
func place(o fyne.CanvasObject, x, y, width float32) {
	o.Resize(fyne.NewSize(width, o.Size().Height)) // the height may follow from the width, where text wraps
	o.Resize(fyne.NewSize(width, o.MinSize().Height))
	o.Move(fyne.NewPos(x, y))
}

// column puts objects below each other, each as wide as the column and as high as it needs at that width.
type column struct{ gap float32 }

func newColumn(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(column{gap}, objects...)
}

func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		if size.Height > 0 {
			size.Height += c.gap
		}
		size = fyne.NewSize(max(size.Width, least.Width), size.Height+least.Height)
	}
	return size
}

func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if o.Visible() {
			place(o, 0, y, size.Width)
			y += o.Size().Height + c.gap
		}
	}
}

// insets leave space around one object.
type insets struct{ top, right, bottom, left float32 }

func (i insets) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(i.left+i.right, i.top+i.bottom)
}

func (i insets) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	place(objects[0], i.left, i.top, size.Width-i.left-i.right)
}
