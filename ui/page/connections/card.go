package connections

import (
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/widget"
)

// result is what a test found.
type result struct {
	running bool
	says    string
	err     error
}

// row is a connection as its card shows it.
type row struct {
	connection engine.Connection
	look       widget.TileLook
	details    string
	used       string
	icon       theme.IconName
	word       string
	tone       theme.Tone
	note       string
	testing    bool
	// paused says that runs wait for the connection.
	paused   bool
	testable bool
}

func (p *Page) newRow(c engine.Connection) row {
	connector, known := p.Catalog.Connector(c.Connector)
	if !known {
		connector = engine.Connector{Name: c.Connector, Title: c.Connector}
	}
	lost := slices.Contains(p.book.lost, c.Name)
	r := row{connection: c, look: tile.Connector(connector), details: inWords(connector, c, lost), testable: testable(connector)}
	switch uses := p.book.uses[strings.ToLower(c.Name)]; len(uses) {
	case 0:
		r.used = lang.L("Not used yet")
	case 1:
		r.used = lang.L("Used by {{.Recipe}}", map[string]any{"Recipe": uses[0]})
	default:
		r.used = lang.L("Used by {{.N}} recipes", map[string]any{"N": len(uses)})
	}
	test, tested := p.tests[c.ID]
	r.testing = test.running
	switch {
	case !known:
		r.icon, r.word, r.tone = theme.IconQuestion, lang.L("Unknown app"), theme.Warn
		r.note = lang.L("Bellhop has no file for this app any more.")
	case lost && !test.running:
		r.icon, r.word, r.tone = theme.IconAlert, lang.L("Needs its secrets"), theme.Bad
		r.note = lang.L("Open it to enter them again.")
	case !tested:
	case test.running:
		r.icon, r.word, r.note = theme.IconClock, lang.L("Testing…"), r.used
	case test.err != nil:
		r.icon, r.word, r.tone, r.note = theme.IconAlert, lang.L("Does not work"), theme.Bad, phrase.Error(test.err)
	case test.says == "":
		r.icon, r.word, r.note = theme.IconInfo, lang.L("Cannot be tested"), lang.L("Its first run will show.")
	default:
		r.icon, r.word, r.tone, r.note = theme.IconCheck, lang.L("Works"), theme.OK, test.says
	}
	if t, troubled := p.troubleOf(c); troubled && !test.running {
		r.say(t, p.Now())
	} else if runs := p.book.waiting[c.Name]; runs > 0 && !tested {
		r.sayWaiting(runs)
	}
	if r.note == "" {
		r.note = r.used
	}
	return r
}

// inWords tells the app and the fields of a connection: "Shopify · Shop: my-shop · Client secret saved", unless its
// secrets are lost.
func inWords(connector engine.Connector, c engine.Connection, lost bool) string {
	parts := []string{connector.Title}
	if connector.Connection == nil {
		return parts[0]
	}
	for _, f := range connector.Connection.Fields {
		value := c.Fields[f.Name]
		switch {
		case f.Type == engine.FieldSecret && slices.Contains(c.SecretFields, f.Name) && !lost:
			parts = append(parts, lang.L("{{.Field}} saved", map[string]any{"Field": f.Label}))
		case value != "":
			for _, o := range f.Options {
				if o.Value == value {
					value = o.Label
				}
			}
			parts = append(parts, f.Label+": "+value)
		}
	}
	return strings.Join(parts, " · ")
}

// usesOf returns the names of the recipes whose drafts use a connection, by its name in lower case.
func usesOf(recipes []desk.RecipeCard) map[string][]string {
	uses := map[string][]string{}
	for _, r := range recipes {
		names := map[string]bool{strings.ToLower(r.Draft.Trigger.Connection): true}
		for _, s := range r.Draft.Walk() {
			names[strings.ToLower(s.Connection)] = true
		}
		delete(names, "")
		for name := range maps.Keys(names) {
			uses[name] = append(uses[name], r.Name)
		}
	}
	return uses
}

// card is a row of the list. It is used for one connection after another.
type card struct {
	fynewidget.BaseWidget
	tap           *widget.TapCard
	tile          *widget.Tile
	name, details *widget.Text
	practice      *widget.Chip
	chip          *widget.Chip
	note          *widget.Text
	test, menu    *widget.Button
	box           *fyne.Container
}

// stateWidth is the width of the column with a test's result, in pixels before scaling.
const stateWidth = 250

// deedsWidth is the width of the column with what can be done, in pixels before scaling.
const deedsWidth = 128

// shadow is the room that a card's shadow needs around it.
const shadow = 3

func newCard() *card {
	c := &card{
		tile: widget.NewTile(widget.TileLook{}), name: widget.NewCardTitle(""), details: widget.NewMuted(""),
		practice: widget.NewChip("", lang.L("Practice"), theme.Brass), chip: widget.NewChip("", "", theme.Neutral),
		note: widget.NewCaption(""), test: widget.NewButton(lang.L("Test"), nil), menu: widget.NewIconButton(theme.IconMore, "", nil),
	}
	words := widget.Column(2, widget.Row(theme.Space2, widget.Grow(c.name)), c.details)
	state := widget.Column(theme.Space1, widget.Row(theme.Space1, c.practice, c.chip), c.note)
	inside := widget.Row(theme.Space4, c.tile, widget.Grow(words), widget.Width(state, stateWidth),
		widget.Width(widget.Row(theme.Space1, widget.Spacer(), c.test, c.menu), deedsWidth))
	c.tap = widget.NewTapCard("", inside, nil)
	c.box = widget.Inset(c.tap, shadow, shadow)
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer is for Fyne.
func (c *card) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(c.box) }

// bind makes a card show a row and act on its connection.
func (p *Page) bind(c *card, r row) {
	name := r.connection.Name
	c.tap.Name = strings.Join([]string{name, r.details, r.word, r.note}, ". ")
	c.tap.OnTapped = func() { p.edit(r.connection) }
	c.tile.SetLook(r.look)
	c.name.SetText(name)
	c.details.SetText(r.details)
	widget.SetVisible(c.practice, r.connection.Practice)
	c.chip.Set(r.icon, r.word, r.tone)
	widget.SetVisible(c.chip, r.word != "")
	c.note.SetText(r.note)
	c.test.SetText(lang.L("Test"))
	c.test.Name = lang.L("Test {{.Connection}}", named(r.connection))
	c.test.OnTapped = func() { p.test(r.connection) }
	if r.paused {
		c.test.SetText(lang.L("Try now"))
		c.test.Name = lang.L("Try {{.Connection}} now", named(r.connection))
		c.test.OnTapped = func() { p.tryNow(r.connection) }
	}
	widget.SetVisible(c.test, r.testable || r.paused)
	if r.testing {
		c.test.Disable()
	} else {
		c.test.Enable()
	}
	c.menu.Name = lang.L("More about {{.Connection}}", named(r.connection))
	c.menu.OnTapped = func() { widget.ShowMenuBelow(c.menu, p.menu(r.connection)...) }
	c.box.Refresh()
}
