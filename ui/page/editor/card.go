package editor

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/widget"
)

// card is the trigger or a step in the flow.
type card struct {
	page    *Page
	place   draft.Place
	tile    *widget.Tile
	title   *widget.Text
	summary *widget.Text
	chip    *widget.Chip
	object  *widget.TapCard
	// around is what the card stands in, up to the flow's column.
	around []fyne.CanvasObject
}

func newCard(p *Page, place draft.Place) *card {
	c := &card{page: p, place: place, tile: widget.NewTile(widget.TileLook{}), chip: widget.NewChip("", "", theme.Neutral)}
	c.title, c.summary = widget.NewCardTitle(""), widget.NewMuted("")
	c.title.Flow = widget.Wrap
	parts := []fyne.CanvasObject{c.tile, widget.Grow(widget.Column(2, c.title, c.summary)), c.chip}
	if place != draft.Trigger {
		more := widget.NewMenuButton("", func() []*fyne.MenuItem { return p.stepMenu(place) })
		more.Name = lang.L("What can be done with step {{.N}}", map[string]any{"N": place.Number()})
		parts = append(parts, more)
	}
	c.object = widget.NewTapCard("", widget.Row(theme.Space3, parts...), func() {
		p.selectPlace(place)
		p.flow.focus(place)
	})
	c.object.OnKey = c.key
	return c
}

func (c *card) refresh() {
	p := c.page
	e := p.session.Element(c.place)
	c.tile.SetLook(look(e))
	title := strconv.Itoa(c.place.Number()) + " · " + e.Title
	if e.Use == "" {
		title = lang.L("Choose what starts this recipe")
	}
	c.title.SetText(title)
	c.summary.SetText(p.summary(e))
	icon, state, tone := p.cardState(e)
	c.object.Name = title + ", " + state
	if tone == theme.OK && len(c.around) > 0 {
		state = "" // there is less room further in, and the tick says it
	}
	c.chip.Set(icon, state, tone)
	c.object.SetSelected(c.place == p.detail.place())
}

// key moves between cards and moves steps.
func (c *card) key(key *fyne.KeyEvent) bool {
	p := c.page
	to := c.place
	switch key.Name {
	case fyne.KeyUp:
		to--
	case fyne.KeyDown:
		to++
	case fyne.KeyHome:
		to = draft.Trigger
	case fyne.KeyEnd:
		to = p.session.Last()
	case fyne.KeyDelete, fyne.KeyBackspace:
		p.deleteStep(c.place)
		return true
	case fyne.KeyF2:
		p.renameStep(c.place)
		return true
	default:
		return false
	}
	if to >= draft.Trigger && to <= p.session.Last() {
		p.selectPlace(to)
		p.flow.focus(to)
	}
	return true
}

// cardState is the chip of a card.
func (p *Page) cardState(e draft.Element) (theme.IconName, string, theme.Tone) {
	n := len(p.session.ProblemsAt(e.Place))
	switch {
	case !e.Known:
		return theme.IconAlert, lang.L("to choose"), theme.Warn
	case n > 0:
		return theme.IconAlert, lang.N("{{.N}} fields", n, map[string]any{"N": n}), theme.Warn
	}
	return theme.IconCheck, lang.L("ready"), theme.OK
}

// summary is a card's second line: what the step will do with the sample.
func (p *Page) summary(e draft.Element) string {
	switch {
	case e.Use == "":
		return lang.L("A webhook, or an event of one of your apps")
	case !e.Known:
		return lang.L("This Bellhop does not know it")
	case e.Operation.Holds == engine.HoldsPaths:
		return p.pathNames(e.Place)
	case e.Operation.Logic == engine.LogicFilter:
		return p.decision(e.Place, e.With)
	}
	return p.session.Summary(e.Place, p.valuesAt(e.Place), p.env())
}

// pathNames says which paths there are to choose from.
func (p *Page) pathNames(place draft.Place) string {
	step, _ := p.session.Step(place)
	var names []string
	for _, path := range step.Paths {
		names = append(names, path.Name)
	}
	return strings.Join(names, " · ")
}

// decision says what rules make of the sample: "Goes on: 189.00 is over 100".
func (p *Page) decision(place draft.Place, with map[string]any) string {
	if rules, _ := with["rules"].([]any); len(rules) == 0 {
		return lang.L("No rules yet")
	}
	pass, note, err := draft.Decide(with, p.valuesAt(place), p.env())
	switch {
	case err != nil:
		return lang.L("Cannot be tried with this sample")
	case pass:
		return lang.L("Goes on: {{.Note}}", map[string]any{"Note": phrase.Of(note)})
	}
	return lang.L("Ends here: {{.Note}}", map[string]any{"Note": phrase.Of(note)})
}

// look is the tile of an element.
func look(e draft.Element) widget.TileLook {
	return operationLook(e.Connector, e.Operation, e.Known)
}

func operationLook(c engine.Connector, o engine.Operation, known bool) widget.TileLook {
	if !known {
		return widget.TileLook{Icon: theme.IconPlus, Name: lang.L("Nothing chosen")}
	}
	return tile.Of(c, o)
}
