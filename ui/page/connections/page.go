// Package connections is the page of the accounts that recipes use, and the form that adds or changes
// one.
package connections

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/limit"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Desk is what the page asks for; *desk.Desk is one. It is called off the UI goroutine, and may wait
// for the keyring to ask the user.
type Desk interface {
	Connections(ctx context.Context) ([]engine.Connection, error)
	Recipes(ctx context.Context) ([]desk.RecipeCard, error)
	SaveConnection(ctx context.Context, c *engine.Connection, secrets map[string]string) error
	DeleteConnection(ctx context.Context, c engine.Connection) error
	// TestConnection returns a sentence, or "" where the app has nothing to test with.
	TestConnection(ctx context.Context, name string) (says string, err error)
	// Paused counts the runs that wait for connections.
	Paused(ctx context.Context) ([]engine.Paused, error)
	// Lost returns the names of those whose secrets were not restored with the data.
	Lost(ctx context.Context) ([]string, error)
}

var _ Desk = (*desk.Desk)(nil)

// Engine is what the page asks of the engine at work; *boot.System is one.
type Engine interface {
	// Trouble returns what runs wait for now.
	Trouble() []limit.Trouble
	// Back tells that a connection was tested and works.
	Back(name string)
}

// Params are what the page needs; all but Engine and Now are required.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Desk      Desk
	Catalog   engine.Catalog
	Engine    Engine
	Now       func() time.Time
}

// book is what the page reads.
type book struct {
	connections []engine.Connection
	// uses are the names of the recipes that use a connection, by its name in lower case.
	uses map[string][]string
	// troubles are what runs wait for, and waiting how many do, by the name of what for.
	troubles []trouble
	waiting  map[string]int
	// lost are the names of those that miss their secrets.
	lost []string
}

// Page is the connections page.
type Page struct {
	Params
	loader *ui.Loader[book]
	book   book
	rows   []row
	read   bool
	// tests are what tests found since the page was made, by connection.
	tests map[int64]result

	content *fyne.Container
	list    *widget.List
	add     *widget.Button
	empty   fyne.CanvasObject
	reading fyne.CanvasObject
	failed  *widget.Banner
	banners struct {
		box      *fyne.Container
		troubles []*widget.Banner
	}
	// waits tells what runs wait for.
	waits *fyne.Container
	// trouble tells at length what is wrong with the connection tested last.
	trouble *widget.Banner
}

var _ ui.Page = (*Page)(nil)

// New makes the page.
func New(p Params) *Page {
	if p.Now == nil {
		p.Now = time.Now
	}
	page := &Page{Params: p, tests: map[int64]result{}}
	page.loader = ui.NewLoader(p.Loop, page.load, page.show)
	page.build()
	return page
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("Connections") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show reads everything.
func (p *Page) Show() { p.loader.Load() }

// Hide stops reading.
func (p *Page) Hide() { p.loader.Stop() }

// Apply reads anew if connections changed, or recipes, which use them.
func (p *Page) Apply(changes []engine.Change) {
	for _, c := range changes {
		switch c.Kind {
		case engine.ConnectionsChanged, engine.RecipesChanged, engine.Lagged:
			p.loader.Load()
			return
		}
	}
}

// load reads connections and who uses them.
func (p *Page) load(ctx context.Context) (book, error) {
	connections, err := p.Desk.Connections(ctx)
	if err != nil {
		return book{}, err
	}
	recipes, err := p.Desk.Recipes(ctx)
	if err != nil {
		return book{}, err
	}
	b := book{connections: connections, uses: usesOf(recipes)}
	if b.lost, err = p.Desk.Lost(ctx); err != nil {
		return book{}, err
	}
	if p.Engine == nil {
		return b, nil
	}
	paused, err := p.Desk.Paused(ctx)
	b.waiting = map[string]int{}
	for _, w := range paused {
		b.waiting[w.WaitsFor] = w.Runs
	}
	b.troubles = troublesOf(p.Engine.Trouble(), b.waiting)
	return b, err
}

func (p *Page) build() {
	p.list = widget.NewList(lang.L("Connections"), func() int { return len(p.rows) },
		func() fyne.CanvasObject { return newCard() },
		func(i int, o fyne.CanvasObject) {
			if i < len(p.rows) { // the list may ask for what is gone already
				p.bind(o.(*card), p.rows[i])
			}
		},
		func(i int) { p.edit(p.rows[i].connection) })
	add := func() { p.Navigator.Open(p.newForm(nil)) }
	p.empty = widget.NewEmptyState(theme.IconConnections, lang.L("No connections yet"),
		lang.L("Connections are the accounts your recipes use; keys stay encrypted on this computer."),
		widget.NewFilledButton(theme.IconPlus, lang.L("Add connection"), add))
	p.reading = container.NewCenter(widget.NewMuted(lang.L("Reading your connections…")))
	p.failed = widget.NewBanner(theme.Bad, "", "", widget.NewButton(lang.L("Try again"), func() { p.loader.Load() }))
	p.trouble = widget.NewBanner(theme.Bad, "", "")
	p.failed.Hide()
	p.trouble.Hide()
	p.add = widget.NewFilledButton(theme.IconPlus, lang.L("Add connection"), add)
	p.waits = widget.Column(theme.Space3)
	p.waits.Hide()
	p.banners.box = container.New(layout.NewCustomPaddedLayout(0, theme.Space3, 0, 0), widget.Column(theme.Space3, p.failed, p.trouble, p.waits))
	p.content = widget.NewPage(widget.NewPageHeader(p.Title(), p.add), container.NewBorder(p.banners.box, nil, nil, nil, container.NewStack(p.reading, p.empty, widget.Inset(p.list, 0, -shadow))))
	p.arrange()
}

// arrange shows what fits the page's state.
func (p *Page) arrange() {
	widget.SetVisible(p.banners.box, p.failed.Visible() || p.trouble.Visible() || p.waits.Visible())
	widget.SetVisible(p.reading, !p.read && !p.failed.Visible())
	widget.SetVisible(p.empty, p.read && len(p.rows) == 0)
	widget.SetVisible(p.list, p.read && len(p.rows) > 0)
	widget.SetVisible(p.add, !p.empty.Visible()) // the empty page has its own in the middle
	p.content.Refresh()
}

// show takes what was read.
func (p *Page) show(b book, err error) {
	if err != nil {
		p.failed.Set(theme.Bad, lang.L("Bellhop cannot read your connections."), phrase.Error(err))
		p.failed.Show()
		p.arrange()
		return
	}
	p.failed.Hide()
	p.book, p.read = b, true
	p.fill()
	p.arrange()
}

// fill brings the rows up to date and draws those that changed.
func (p *Page) fill() {
	p.showTroubles()
	before := p.rows
	p.rows = make([]row, 0, len(p.book.connections))
	for _, c := range p.book.connections {
		p.rows = append(p.rows, p.newRow(c))
	}
	if len(before) != len(p.rows) {
		p.list.Refresh()
		return
	}
	for i := range p.rows {
		if !reflect.DeepEqual(before[i], p.rows[i]) {
			p.list.RefreshItem(i)
		}
	}
}

// edit opens a connection's form.
func (p *Page) edit(c engine.Connection) { p.Navigator.Open(p.newForm(&c)) }

// Edit opens the form of the connection of that name, from another page.
func (p *Page) Edit(name string) {
	p.Loop.Go(func() {
		all, err := p.Desk.Connections(context.Background())
		p.Loop.Post(func() {
			i := slices.IndexFunc(all, func(c engine.Connection) bool { return strings.EqualFold(c.Name, name) })
			switch {
			case err != nil:
				p.Navigator.Toast(phrase.Error(err))
			case i < 0:
				p.Navigator.Toast(lang.L("There is no connection “{{.Connection}}” any more.", map[string]any{"Connection": name}))
			default:
				p.edit(all[i])
			}
		})
	})
}

func (p *Page) newForm(c *engine.Connection) *Form {
	return NewForm(FormParams{
		Params: p.Params, Connection: c,
		OnSaved: func(c engine.Connection) { delete(p.tests, c.ID) },
		OnTested: func(id int64, says string, err error) {
			p.tests[id] = result{says: says, err: err}
		},
	})
}

// menu is what can be done with a connection.
func (p *Page) menu(c engine.Connection) []*fyne.MenuItem {
	if c.Practice {
		return []*fyne.MenuItem{fyne.NewMenuItem(lang.L("Open"), func() { p.edit(c) })}
	}
	return []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Edit"), func() { p.edit(c) }),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Delete…"), func() { p.remove(c) }),
	}
}

// test tries a connection and shows on its card what came of it.
func (p *Page) test(c engine.Connection) {
	if p.tests[c.ID].running {
		return
	}
	p.tests[c.ID] = result{running: true}
	p.trouble.Hide()
	p.fill()
	p.arrange()
	p.Loop.Go(func() {
		says, err := p.Desk.TestConnection(context.Background(), c.Name)
		if err == nil && p.Engine != nil {
			p.Engine.Back(c.Name)
		}
		p.Loop.Post(func() {
			p.tests[c.ID] = result{says: says, err: err}
			if err != nil {
				p.trouble.Set(theme.Bad, lang.L("“{{.Connection}}” does not work.", named(c)), phrase.Error(err))
				p.trouble.SetActions()
				if !c.Practice {
					p.trouble.SetActions(widget.NewButton(lang.L("Edit"), func() { p.edit(c) }))
				}
				p.trouble.Show()
			}
			p.fill()
			p.arrange()
		})
	})
}

func (p *Page) remove(c engine.Connection) {
	widget.NewConfirm(p.Navigator.Dialogs(), lang.L("Delete “{{.Connection}}”?", named(c)),
		lang.L("Bellhop forgets its keys, and removes at the app the addresses that it told it."), lang.L("Delete"), true, func() {
			p.Loop.Go(func() {
				err := p.Desk.DeleteConnection(context.Background(), c)
				p.Loop.Post(func() {
					if err != nil && !gone(err) {
						widget.NewMessage(p.Navigator.Dialogs(), lang.L("“{{.Connection}}” is not deleted.", named(c)), phrase.Error(err)).Show()
						return
					}
					p.trouble.Hide()
					p.Navigator.Toast(lang.L("“{{.Connection}}” is deleted.", named(c)))
					p.loader.Load()
				})
			})
		}).Show()
}

// gone says whether an error means that what was to be deleted is not there any more.
func gone(err error) bool {
	var e *engine.Error
	return errors.As(err, &e) && e.Code == engine.NotFound
}

func named(c engine.Connection) map[string]any { return map[string]any{"Connection": c.Name} }
