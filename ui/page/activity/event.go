package activity

import (
	"maps"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/ui/fact"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/widget"
)

// Bounds of what is shown of an event as fields. Raw has all of it.
const (
	fewFacts = 6 // where the recipe uses no field
)

// eventCard is the first card of a run: what came in.
type eventCard struct {
	page    *Page
	run     journal
	all     bool
	withRaw bool

	tile   *widget.Tile
	title  *widget.Text
	chip   *widget.Chip
	lane   *lane
	facts  *facts
	note   *widget.Text
	fields *widget.Button
	raw    *widget.Button
	code   *code
	object *widget.Card
}

func newEventCard(p *Page) *eventCard {
	e := &eventCard{page: p, tile: widget.NewTile(widget.TileLook{}), title: widget.NewCardTitle(""),
		chip: widget.NewChip(theme.IconCheck, "", theme.OK), lane: newLane(), facts: newFacts(), note: widget.NewHelp(""), code: newCode()}
	e.fields = widget.NewLink("", func() { e.all = !e.all; e.fill() })
	e.raw = widget.NewLink("", func() { e.withRaw = !e.withRaw; e.fill() })
	more := widget.NewMenuButton(lang.L("What can be done with step {{.N}}", map[string]any{"N": 1}), e.menu)
	head := cardHead(e.tile, e.title, e.chip, e.lane, more)
	links := widget.Row(theme.Space5, e.fields, e.raw)
	body := widget.Column(theme.Space2, e.facts.box, e.note, links, e.code.box)
	e.object = newCardOf(head, body)
	return e
}

// fold goes back to the fields that matter.
func (e *eventCard) fold() { e.all, e.withRaw = false, false }

func (e *eventCard) show(run journal) {
	e.run = run
	use := run.Definition.Trigger.Use
	e.tile.SetLook(tile.Operation(e.page.Catalog, use))
	title := use
	if _, o, ok := e.page.Catalog.Operation(use); ok {
		title = o.Title
	}
	e.title.SetText(numbered(1, title))
	e.chip.Set(theme.IconCheck, lang.L("Came in"), theme.OK)
	e.lane.set(0, 0, theme.ColorPrimary, lang.L("Came in when the run began"))
	e.fill()
}

func (e *eventCard) menu() []*fyne.MenuItem {
	return []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Open this step in the recipe"), func() { e.page.OnOpenRecipe(e.run.RecipeID, "") }),
		fyne.NewMenuItem(lang.L("Copy what came in"), func() {
			fyne.CurrentApp().Clipboard().SetContent(string(e.run.Event.Body))
			e.page.Navigator.Toast(lang.L("Copied."))
		}),
	}
}

func (e *eventCard) fill() {
	list, left := usedFacts(e.run), 0
	if e.all || len(list) == 0 {
		most := fewFacts
		if e.all {
			most = fact.Most
		}
		list, left = fact.All(e.run.Data, most)
	}
	e.facts.set(list)
	note := ""
	switch {
	case e.run.Data == nil:
		note = lang.L("What came in cannot be read as fields. Raw shows it as it arrived.")
	case e.all && left > 0:
		note = lang.L("… and {{.N}} more fields. Raw has all of them.", map[string]any{"N": left})
	}
	e.note.SetText(note)
	widget.SetVisible(e.note, note != "")
	e.fields.SetText(lang.L("Show all fields"))
	if e.all {
		e.fields.SetText(lang.L("Show only the fields that the recipe uses"))
	}
	widget.SetVisible(e.fields, e.run.Data != nil)
	e.raw.SetText(lang.L("Raw"))
	if e.withRaw {
		e.raw.SetText(lang.L("Hide raw"))
		e.code.set(pretty(string(e.run.Event.Body)))
	}
	e.code.visible(e.withRaw)
	e.object.Refresh()
}

// usedFacts returns the fields of the event that the recipe's steps refer to, in the order of the
// steps.
func usedFacts(d journal) []fact.Fact {
	var list []fact.Fact
	seen := map[string]bool{}
	for _, step := range d.steps {
		for _, path := range triggerPaths(step.Step) {
			if seen[path.String()] || len(list) == fact.Most {
				continue
			}
			seen[path.String()] = true
			value, err := path.Lookup(d.Data)
			if err != nil {
				value = nil
			}
			list = append(list, fact.Fact{Name: fact.Label(path), Value: fact.Value(value)})
		}
	}
	return list
}

// triggerPaths returns what a step's pills take from the event.
func triggerPaths(step engine.Step) []mapping.Path {
	with := map[string]any{}
	maps.Copy(with, step.With)
	value, err := mapping.Compile(with)
	if err != nil {
		return nil // published recipes compile; of others there is nothing to show
	}
	var paths []mapping.Path
	value.Walk(func(_ string, t *mapping.Template) {
		for _, pill := range t.Pills() {
			for _, path := range pill.Paths() {
				if len(path) > 1 && path[0].Name == "trigger" {
					paths = append(paths, path[1:])
				}
			}
		}
	})
	return paths
}

// cardHead is the first line of a card.
func cardHead(tile *widget.Tile, title *widget.Text, chip *widget.Chip, l *lane, more *widget.Button) *fyne.Container {
	return container.New(head{theme.Space3}, tile, newHeading(headGap, title, chip), l, more)
}

// headGap is between a title and its chip.
const headGap = 10

// newCardOf puts a body below a head, as far in as the title.
func newCardOf(head, body fyne.CanvasObject) *widget.Card {
	inside := widget.Column(theme.Space2, head, widget.Border(nil, nil, widget.Sized(widget.Column(0), widget.TileSide+theme.Space3, 0), nil, body))
	return widget.NewTightCard(widget.Inset(inside, theme.Space3, theme.Space4))
}
