package editor

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// flow is the recipe from top to bottom: WHEN the trigger, DO the steps, with a + wherever a step can
// be added. Steps within another stand below it, further in.
type flow struct {
	page  *Page
	cards []*card // the trigger's first, then those of the steps by place
	heads []*laneHead
	// rows holds the cards and what is between them.
	rows   *fyne.Container
	scroll *container.Scroll
	object fyne.CanvasObject
}

func newFlow(p *Page) *flow {
	f := &flow{page: p, rows: widget.Column(0)}
	f.scroll = container.NewVScroll(widget.Inset(f.rows, theme.Space5, theme.Space6))
	f.object = f.scroll
	return f
}

// column is where cards are put, and what it stands in up to the flow's own.
type column struct {
	*fyne.Container
	around []fyne.CanvasObject
}

// build makes the cards anew.
func (f *flow) build() {
	s := f.page.session
	f.cards, f.heads = nil, nil
	f.rows.Objects = nil
	main := column{Container: f.rows}
	f.rows.Add(newLane(lang.L("WHEN")))
	f.add(main, draft.Trigger)
	var first fyne.CanvasObject
	if s.Last() > draft.Trigger { // else one button is enough
		first = f.plus(draft.Spot{List: draft.Main}, lang.L("Add a step at the beginning"))
	}
	f.rows.Add(newGap(first))
	f.rows.Add(newLane(lang.L("DO")))
	f.list(main, draft.Main, lang.L("Add a step"))
	switch {
	case len(s.In(draft.Rescue)) > 0:
		f.rows.Add(widget.Sized(container.NewWithoutLayout(), 0, theme.Space5))
		f.rows.Add(newLane(lang.L("IF IT FAILS")))
		f.list(main, draft.Rescue, lang.L("Add a step for when it fails"))
	case len(s.In(draft.Main)) > 0:
		rescue := widget.NewLink(lang.L("Do something if it fails"), func() { f.page.detail.adding(draft.Spot{List: draft.Rescue}) })
		f.rows.Add(widget.Inset(container.NewCenter(rescue), theme.Space3, 0))
	}
	f.rows.Refresh()
}

// list puts the cards of a list into a column, and last a button that adds one.
func (f *flow) list(to column, list draft.List, add string) {
	s := f.page.session
	places := s.In(list)
	for i, place := range places {
		if i > 0 {
			name := lang.L("Add a step after {{.Step}}", map[string]any{"Step": s.Element(places[i-1]).Title})
			to.Add(newGap(f.plus(draft.Spot{List: list, Index: i}, name)))
		}
		f.add(to, place)
		f.lanes(to, place)
	}
	if len(places) > 0 {
		to.Add(newGap(nil))
	}
	button := widget.NewQuietButton(theme.IconPlus, lang.L("Add a step"), func() { f.page.detail.adding(s.End(list)) })
	button.Name = add
	to.Add(container.NewCenter(widget.NewTightCard(button)))
}

// lanes puts what a step holds below it: a lane for each of its paths, or one for its steps.
func (f *flow) lanes(to column, place draft.Place) {
	e := f.page.session.Element(place)
	step, _ := f.page.session.Step(place)
	if e.Operation.Holds == engine.HoldsSteps || len(step.Steps) > 0 {
		f.lane(to, draft.List{Holder: place, Path: draft.NoPath}, e.Title)
	}
	for i, path := range step.Paths {
		f.lane(to, draft.List{Holder: place, Path: i}, path.Name)
	}
}

func (f *flow) lane(to column, list draft.List, name string) {
	head := newLaneHead(f.page, list)
	f.heads = append(f.heads, head)
	rows := widget.Column(0, head.object)
	panel := widget.NewSunken(rows)
	in := container.New(layout.NewCustomPaddedLayout(theme.Space2, 0, theme.Space3, 0), panel)
	to.Add(in)
	f.list(column{rows, append([]fyne.CanvasObject{rows, panel, in}, to.around...)}, list, lang.L("Add a step to “{{.Name}}”", map[string]any{"Name": name}))
}

func (f *flow) add(to column, place draft.Place) {
	c := newCard(f.page, place)
	c.around = to.around
	f.cards = append(f.cards, c)
	to.Add(c.object)
}

// plus is the button that adds a step at a spot.
func (f *flow) plus(spot draft.Spot, name string) fyne.CanvasObject {
	return widget.NewRound(theme.IconPlus, name, func() { f.page.detail.adding(spot) })
}

// refresh brings the cards up to date.
func (f *flow) refresh() {
	for _, c := range f.cards {
		c.refresh()
	}
	for _, h := range f.heads {
		h.refresh()
	}
}

// focus gives the keyboard to the card of a place and brings it into view.
func (f *flow) focus(place draft.Place) {
	f.page.focus(f.cards[place+1].object)
	f.reveal(place)
}

// reveal brings the card of a place into view.
func (f *flow) reveal(place draft.Place) {
	f.scroll.Refresh() // it goes by its content's size, which has just changed
	c := f.cards[place+1]
	top := f.rows.Position().Y + c.object.Position().Y
	for _, o := range c.around {
		top += o.Position().Y
	}
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
