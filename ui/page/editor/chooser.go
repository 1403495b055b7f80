package editor

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// chooser is the list of all triggers, or of all actions, to search in.
type chooser struct {
	page *Page
	all  []choice
	// shown are those that fit the search.
	shown []choice
	// now is the one that is chosen already.
	now    string
	search *widget.Entry
	list   *widget.List
	none   *widget.Text
	object fyne.CanvasObject
}

// choice is one operation to choose.
type choice struct {
	connector engine.Connector
	operation engine.Operation
}

func (c choice) use() string { return c.connector.Name + "." + c.operation.Name }

func newChooser(p *Page) *chooser {
	c := &chooser{page: p}
	c.search = widget.NewSearchEntry(lang.L("Search, such as “send message”"), func(string) { c.filter() })
	c.search.OnSubmitted = func(string) {
		if len(c.shown) > 0 {
			p.detail.chose(c.shown[0].use())
		}
	}
	c.list = widget.NewList(lang.L("What there is to choose"), func() int { return len(c.shown) }, newChoiceRow, c.update,
		func(i int) { p.detail.chose(c.shown[i].use()) })
	c.none = widget.NewHelp("")
	c.none.Hide()
	c.object = widget.Border(widget.Inset(widget.Column(theme.Space2, c.search, c.none), theme.Space4, theme.Space6), nil, nil, nil,
		widget.Inset(c.list, 0, theme.Space4))
	return c
}

// show lists the operations of a kind; logic goes with the actions. now is marked.
func (c *chooser) show(kind engine.OperationKind, now string) {
	c.all, c.now = nil, now
	for _, connector := range c.page.Catalog.Connectors() {
		operations := connector.Actions
		if kind == engine.KindTrigger {
			operations = connector.Triggers
		}
		for _, o := range operations {
			c.all = append(c.all, choice{connector, o})
		}
	}
	c.search.SetText("")
	c.filter()
}

func (c *chooser) focus() { c.page.focus(c.search) }

// filter shows what has all words of the search in its texts, first what has them in its names.
func (c *chooser) filter() {
	var called, told []choice
	words := strings.Fields(strings.ToLower(c.search.Text))
	for _, one := range c.all {
		names := strings.ToLower(strings.Join([]string{one.operation.Title, one.connector.Title, one.use()}, " "))
		switch {
		case containsAll(names, words):
			called = append(called, one)
		case containsAll(names+" "+strings.ToLower(one.operation.Help), words):
			told = append(told, one)
		}
	}
	c.shown = append(called, told...)
	widget.SetVisible(c.none, len(c.shown) == 0)
	c.none.SetText(lang.L("Nothing is called like that. “Web request” reaches any app that has a web API."))
	c.list.Refresh()
	c.list.ScrollToTop()
}

func containsAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// choiceRow is one row of the list.
type choiceRow struct {
	fynewidget.BaseWidget
	tile        *widget.Tile
	title, help *widget.Text
	chosen      *widget.Chip
}

var _ fyne.Widget = (*choiceRow)(nil)

func newChoiceRow() fyne.CanvasObject {
	r := &choiceRow{tile: widget.NewTile(widget.TileLook{}), title: widget.NewLine(""), help: widget.NewMuted("")}
	r.chosen = widget.NewChip(theme.IconCheck, lang.L("chosen"), theme.Primary)
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for Fyne.
func (r *choiceRow) CreateRenderer() fyne.WidgetRenderer {
	words := widget.Grow(widget.Column(2, r.title, r.help))
	return fynewidget.NewSimpleRenderer(widget.Inset(widget.Row(theme.Space3, r.tile, words, r.chosen), theme.Space2, theme.Space2))
}

func (c *chooser) update(id int, o fyne.CanvasObject) {
	if id >= len(c.shown) {
		return
	}
	one, r := c.shown[id], o.(*choiceRow)
	r.tile.SetLook(operationLook(one.connector, one.operation, true))
	r.title.Parts = []widget.Part{{Text: one.operation.Title, Bold: true}, {Text: "  " + one.connector.Title, Color: theme.ColorMuted}}
	r.title.Refresh()
	r.help.SetText(one.operation.Help)
	widget.SetVisible(r.chosen, one.use() == c.now)
}
