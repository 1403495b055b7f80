package connections

import (
	"context"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/form"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/widget"
)

// FormParams are what a connection's form needs. Of Connection and Connector at most one is given:
// without either the user chooses the app first.
type FormParams struct {
	Params
	// Connection is the one to change.
	Connection *engine.Connection
	// Connector is the name of the app to add a connection for.
	Connector string
	// OnSaved, if not nil, is told what was saved, such as to choose it for a step.
	OnSaved func(c engine.Connection)
	// OnTested, if not nil, is told what a test found.
	OnTested func(id int64, says string, err error)
}

// Form is the page on which a connection is added or changed. Open it with Navigator.Open.
type Form struct {
	FormParams
	connection engine.Connection
	connector  engine.Connector
	// chosen is true once the app is known.
	chosen, dirty, busy bool
	// shown is false once the user has gone elsewhere: then there is nothing to go back from.
	shown bool
	tests *ui.Loader[string]

	name      *widget.Entry
	nameFrame *widget.FormField
	fields    *form.Form
	says      *widget.Banner
	activity  *fynewidget.Activity
	doing     *widget.Text
	save      *widget.Button
	test      *widget.Button
	title     *widget.Text
	body      *fyne.Container
	content   fyne.CanvasObject
}

var (
	_ ui.Page   = (*Form)(nil)
	_ ui.Leaver = (*Form)(nil)
)

// formWidth is the width of the form, in pixels before scaling.
const formWidth = 600

// NewForm makes the page.
func NewForm(p FormParams) *Form {
	f := &Form{FormParams: p, body: container.NewStack()}
	f.tests = ui.NewLoader(p.Loop, nil, f.tested)
	back := widget.NewQuietButton(theme.IconBack, lang.L("Back"), f.back)
	f.title = widget.NewTitle("")
	f.content = widget.NewPage(widget.Row(theme.Space3, back, widget.Grow(f.title)), f.body)
	switch {
	case p.Connection != nil:
		f.begin(p.Connection.Connector, *p.Connection)
	case p.Connector != "":
		f.begin(p.Connector, engine.Connection{Connector: p.Connector})
	default:
		f.choose()
	}
	return f
}

// Title is the page's name.
func (f *Form) Title() string {
	switch {
	case f.connection.ID != 0:
		return f.connection.Name
	case f.chosen:
		return lang.L("Connect {{.App}}", map[string]any{"App": f.connector.Title})
	}
	return lang.L("Add connection")
}

// Content is the page.
func (f *Form) Content() fyne.CanvasObject { return f.content }

// Show gives the keyboard to the first field.
func (f *Form) Show() {
	f.shown = true
	if f.name != nil && f.connection.ID == 0 {
		f.Navigator.Dialogs().Canvas().Focus(f.name)
	}
}

// Hide gives up a test that is running.
func (f *Form) Hide() {
	f.shown = false
	f.tests.Stop()
	if f.busy {
		f.rest()
	}
}

// Apply has nothing to do: what the user types is not taken away.
func (f *Form) Apply([]engine.Change) {}

// Leave asks before what was typed is thrown away.
func (f *Form) Leave(done func()) bool {
	if !f.dirty {
		return true
	}
	widget.NewConfirm(f.Navigator.Dialogs(), lang.L("Leave without saving?"), lang.L("What you typed is not kept."),
		lang.L("Leave"), false, func() {
			f.dirty = false
			done()
		}).Show()
	return false
}

// back leads to the choice of the app if that came before, else to the page before.
func (f *Form) back() {
	if !f.chosen || f.busy || f.connection.ID != 0 || f.Connector != "" {
		f.Navigator.Back()
		return
	}
	again := func() {
		f.chosen, f.connection, f.name = false, engine.Connection{}, nil
		f.choose()
		f.Navigator.Retitle()
	}
	if f.Leave(again) {
		again()
	}
}

// choose lets the user choose the app.
func (f *Form) choose() {
	list := container.NewGridWithColumns(2)
	for _, c := range f.Catalog.Connectors() {
		if c.Connection == nil {
			continue
		}
		title := widget.NewStrong(c.Title)
		about := widget.NewHelp(c.Help)
		words := widget.Row(theme.Space3, widget.NewTile(tile.Connector(c)), widget.Grow(title))
		card := widget.NewTapCard(c.Title, widget.Column(theme.Space2, words, widget.Sized(about, 0, 54)), func() {
			f.begin(c.Name, engine.Connection{Connector: c.Name})
			f.Show()
			f.Navigator.Retitle()
		})
		list.Add(widget.Inset(card, 3, 3)) // with the grid's own space, as far apart as other cards
	}
	f.title.SetText(f.Title())
	lead := widget.NewHelp(lang.L("Which app do you want to connect? Keys stay encrypted on this computer."))
	f.fill(760, lead, list)
}

// begin shows the form of a connection.
func (f *Form) begin(connector string, c engine.Connection) {
	f.connection, f.chosen = c, true
	var known bool
	if f.connector, known = f.Catalog.Connector(connector); !known {
		f.connector = engine.Connector{Name: connector, Title: connector}
	}
	f.title.SetText(f.Title())
	f.says = widget.NewBanner(theme.Neutral, "", "")
	f.says.Hide()
	f.activity, f.doing = fynewidget.NewActivity(), widget.NewMuted("")
	f.activity.Hide()
	head := widget.RowTop(theme.Space3, widget.NewTile(tile.Connector(f.connector)), widget.Grow(widget.NewHelp(f.connector.Help)))

	f.test = widget.NewFilledButton("", "", nil)
	f.save = widget.NewButton(lang.L("Save"), func() { f.submit(false) })
	f.offer()
	switch {
	case !known || f.connector.Connection == nil:
		f.fill(formWidth, widget.NewBanner(theme.Warn, lang.L("Bellhop has no file for this app any more."),
			lang.L("Put the connector file back, or delete this connection.")))
		return
	case c.Practice:
		f.test.SetText(lang.L("Test"))
		f.test.OnTapped = f.try
		f.save.Hide()
		widget.SetVisible(f.test, testable(f.connector))
		f.fill(formWidth, head, f.practice(), f.foot())
		return
	}
	f.name = widget.NewEntry(lang.L("Name"))
	f.name.SetText(c.Name)
	if c.Name == "" {
		f.name.SetText(lang.L("My {{.App}}", map[string]any{"App": f.connector.Title}))
	}
	f.name.OnChanged = func(string) {
		f.nameProblem("")
		f.changed()
	}
	f.nameFrame = widget.NewFormField(lang.L("Name"), true, f.name, lang.L("What recipes call this account."))
	values := form.FromStrings(c.Fields)
	maps.Copy(values, ownValues(c))
	f.fields = form.New(slices.Concat(f.connector.Connection.Fields, ownFields(f.connector, c)), values, form.Options{
		Saved: c.SecretFields, OnChanged: func(string) { f.changed() },
	})
	inside := widget.Column(theme.Space4, f.nameFrame, f.fields)
	widget.Follow(f.fill(formWidth, head, widget.NewCard(inside), f.foot()), inside)
}

// testable says whether an app has a request that proves an account.
func testable(c engine.Connector) bool { return c.Connection != nil && c.Connection.Test != nil }

// practice tells of a pretend account, which there is nothing to fill in for.
func (f *Form) practice() fyne.CanvasObject {
	rows := []widget.KeyValue{{Key: lang.L("Name"), Value: f.connection.Name}}
	for _, field := range f.connector.Connection.Fields {
		if value := f.connection.Fields[field.Name]; value != "" {
			rows = append(rows, widget.KeyValue{Key: field.Label, Value: value})
		}
	}
	return widget.Column(theme.Space3,
		widget.NewBanner(theme.Brass, lang.L("A practice account."), lang.L("It is built in, works like the real app, and nothing leaves your computer.")),
		widget.NewCard(widget.NewKeyValues(rows...)))
}

// foot is the buttons, and what saving and testing say.
func (f *Form) foot() fyne.CanvasObject {
	return widget.Column(theme.Space3, f.says,
		widget.Row(theme.Space3, widget.Width(f.activity, 20), widget.Grow(f.doing), f.save, f.test))
}

// fill puts objects below each other into the middle of the page, and returns what scrolls them.
func (f *Form) fill(width float32, objects ...fyne.CanvasObject) *container.Scroll {
	column := widget.Inset(widget.Column(theme.Space4, objects...), theme.Space2, 0)
	scroll := container.NewVScroll(widget.RowTop(0, widget.Spacer(), widget.Width(column, width), widget.Spacer()))
	widget.Follow(scroll, column)
	f.body.Objects = []fyne.CanvasObject{scroll}
	f.body.Refresh()
	return scroll
}

func (f *Form) changed() {
	f.dirty = true
	f.says.Hide()
	f.offer()
}

// offer makes the buttons save.
func (f *Form) offer() {
	if !testable(f.connector) {
		f.test.SetText(lang.L("Save"))
		f.test.OnTapped = func() { f.submit(false) }
		f.save.Hide()
		return
	}
	f.test.SetText(lang.L("Save and test"))
	f.test.OnTapped = func() { f.submit(true) }
	f.save.Show()
}

// nameProblem shows what is wrong with the name, or nothing for "".
func (f *Form) nameProblem(sentence string) {
	f.nameFrame.SetError(sentence)
	f.name.Mark(sentence != "")
}

// submit saves what was typed, and then tests it if that was asked.
func (f *Form) submit(test bool) {
	name := strings.TrimSpace(f.name.Text)
	if name == "" {
		f.nameProblem(lang.L("This is needed."))
	}
	if !f.fields.Check() || name == "" {
		f.say(theme.Bad, lang.L("Something is missing."), lang.L("Look at the fields in red."))
		return
	}
	c, secrets := f.connection, f.fields.Secrets()
	values := f.fields.Values()
	if problems := takeOwn(values, &c); len(problems) > 0 {
		for field, sentence := range problems {
			f.fields.SetProblem(field, sentence)
		}
		f.say(theme.Bad, lang.L("It is not saved."), lang.L("Look at the fields in red."))
		return
	}
	c.Name, c.Fields = name, form.Strings(values)
	c.SecretFields = slices.Clone(c.SecretFields)
	f.work(lang.L("Saving…"))
	f.Loop.Go(func() {
		// What was begun is finished, also when the page is left meanwhile.
		err := f.Desk.SaveConnection(context.Background(), &c, secrets)
		f.Loop.Post(func() { f.saved(c, test, err) })
	})
}

func (f *Form) saved(c engine.Connection, test bool, err error) {
	f.rest()
	switch {
	case engine.ErrorCode(err) == engine.Conflict:
		f.nameProblem(phrase.Error(err))
		f.say(theme.Bad, lang.L("It is not saved."), lang.L("Look at the fields in red."))
		return
	case err != nil:
		f.say(theme.Bad, lang.L("It is not saved."), phrase.Error(err))
		return
	}
	f.dirty = false
	f.begin(c.Connector, c) // secrets that were typed are saved ones now
	if f.OnSaved != nil {
		f.OnSaved(c)
	}
	if test && f.shown {
		f.try()
		return
	}
	f.Navigator.Toast(lang.L("“{{.Connection}}” is saved.", named(c)))
	if f.shown {
		f.Navigator.Back()
	}
}

// try tests the connection as it is saved.
func (f *Form) try() {
	f.work(lang.L("Testing…"))
	name := f.connection.Name
	f.tests.LoadWith(func(ctx context.Context) (string, error) {
		says, err := f.Desk.TestConnection(ctx, name)
		if err == nil && f.Engine != nil {
			f.Engine.Back(name)
		}
		return says, err
	})
}

func (f *Form) tested(says string, err error) {
	f.rest()
	if f.OnTested != nil {
		f.OnTested(f.connection.ID, says, err)
	}
	switch {
	case err != nil:
		lead := lang.L("Saved, but it does not work yet.")
		if f.connection.Practice {
			lead = lang.L("It does not work.")
		}
		f.say(theme.Bad, lead, phrase.Error(err))
		return
	case says == "":
		f.say(theme.OK, lang.L("Saved."), lang.L("This app has nothing to test with; the first run will show whether it works."))
	default:
		f.say(theme.OK, says, "")
	}
	f.test.SetText(lang.L("Done"))
	f.test.OnTapped = f.Navigator.Back
	f.save.Hide()
}

// say tells how it went, above the buttons.
func (f *Form) say(tone theme.Tone, lead, text string) {
	f.says.Set(tone, lead, text)
	f.says.Show()
	f.body.Refresh()
}

// work shows that something is going on, and keeps it from being begun twice.
func (f *Form) work(doing string) {
	f.busy = true
	f.says.Hide()
	f.doing.SetText(doing)
	f.activity.Show()
	f.activity.Start()
	f.save.Disable()
	f.test.Disable()
}

// rest is the end of work.
func (f *Form) rest() {
	f.busy = false
	f.doing.SetText("")
	f.activity.Stop()
	f.activity.Hide()
	f.save.Enable()
	f.test.Enable()
}
