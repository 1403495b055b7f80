package editor

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// flow is the recipe from top to bottom: WHEN the trigger, DO the steps, with a + wherever a step can
// be added.
type flow struct {
	page   *Page
	cards  []*card // the trigger's first
	column *fyne.Container
	scroll *container.Scroll
	object fyne.CanvasObject
}

func newFlow(p *Page) *flow {
	f := &flow{page: p, column: widget.Column(0)}
	f.scroll = container.NewVScroll(widget.Inset(f.column, theme.Space5, theme.Space6))
	f.object = f.scroll
	return f
}

// build makes the cards anew.
func (f *flow) build() {
	s := f.page.session
	f.cards = nil
	f.column.Objects = nil
	f.column.Add(newLane(lang.L("WHEN")))
	f.add(draft.Trigger)
	between := f.plus
	if s.Last() == draft.Trigger {
		between = func(draft.Place) fyne.CanvasObject { return nil } // one button is enough
	}
	f.column.Add(newGap(between(draft.Trigger)))
	f.column.Add(newLane(lang.L("DO")))
	for place := draft.Place(0); place <= s.Last(); place++ {
		if place > 0 {
			f.column.Add(newGap(f.plus(place - 1)))
		}
		f.add(place)
	}
	if s.Last() >= 0 {
		f.column.Add(newGap(nil))
	}
	add := widget.NewQuietButton(theme.IconPlus, lang.L("Add a step"), func() { f.page.detail.adding(s.Last()) })
	f.column.Add(container.NewCenter(widget.NewTightCard(add)))
	f.column.Refresh()
}

func (f *flow) add(place draft.Place) {
	c := newCard(f.page, place)
	f.cards = append(f.cards, c)
	f.column.Add(c.object)
}

// plus is the button that adds a step after a place.
func (f *flow) plus(after draft.Place) fyne.CanvasObject {
	name := lang.L("Add a step after {{.Step}}", map[string]any{"Step": f.page.session.Element(after).Title})
	if after == draft.Trigger {
		name = lang.L("Add a step at the beginning")
	}
	return widget.NewRound(theme.IconPlus, name, func() { f.page.detail.adding(after) })
}

// refresh brings the cards up to date.
func (f *flow) refresh() {
	for _, c := range f.cards {
		c.refresh()
	}
}

// focus gives the keyboard to the card of a place and brings it into view.
func (f *flow) focus(place draft.Place) {
	c := f.cards[place+1]
	f.page.focus(c.object)
	top := c.object.Position().Y
	switch visible := f.scroll.Size().Height; {
	case top < f.scroll.Offset.Y:
		f.scroll.ScrollToOffset(fyne.NewPos(0, max(top-theme.Space5, 0)))
	case top+c.object.Size().Height+2*theme.Space5 > f.scroll.Offset.Y+visible:
		f.scroll.ScrollToOffset(fyne.NewPos(0, top+c.object.Size().Height+2*theme.Space5-visible))
	}
}

// newLane makes the small capitals above a part of the flow.
func newLane(words string) fyne.CanvasObject {
	t := widget.NewCaption("")
	t.Parts = []widget.Part{{Text: words, Bold: true, Color: theme.ColorMuted}}
	t.Refresh()
	return widget.Inset(t, theme.Space1, theme.Space1)
}

// gap is the line from one card to the next, with what stands on it.
type gap struct {
	fynewidget.BaseWidget
	line *canvas.Line
	box  *fyne.Container
}

var _ fyne.Widget = (*gap)(nil)

func newGap(on fyne.CanvasObject) *gap {
	g := &gap{line: &canvas.Line{StrokeWidth: 2}}
	g.box = container.New(gapLayout{}, g.line)
	if on != nil {
		g.box.Add(on)
	}
	g.ExtendBaseWidget(g)
	return g
}

// Refresh follows the theme.
func (g *gap) Refresh() {
	g.line.StrokeColor = theme.Color(theme.ColorTrack)
	g.BaseWidget.Refresh()
}

// CreateRenderer is for Fyne.
func (g *gap) CreateRenderer() fyne.WidgetRenderer {
	g.line.StrokeColor = theme.Color(theme.ColorTrack)
	return fynewidget.NewSimpleRenderer(g.box)
}

// gapLayout draws the first object, a line, from top to bottom, and puts the second on its middle.
type gapLayout struct{}

// gapHeight is the space between two cards, in pixels before scaling.
const gapHeight = 36

func (gapLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	line := objects[0].(*canvas.Line)
	line.Position1, line.Position2 = fyne.NewPos(size.Width/2, 0), fyne.NewPos(size.Width/2, size.Height)
	for _, on := range objects[1:] {
		least := on.MinSize()
		on.Resize(least)
		on.Move(fyne.NewPos((size.Width-least.Width)/2, (size.Height-least.Height)/2))
	}
}

func (gapLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, gapHeight) }
