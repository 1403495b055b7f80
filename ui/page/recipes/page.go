// Package recipes is the page of all recipes: what each does, how it went, and whether it is on. With
// no recipe yet it is the welcome.
package recipes

import (
	"cmp"
	"context"
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
	"bellhop/engine/recipe"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Desk is what the page asks for; *desk.Desk is one. It is called off the UI goroutine.
type Desk interface {
	Recipes(ctx context.Context) ([]desk.RecipeCard, error)
	AddRecipe(ctx context.Context, definition engine.Definition) (engine.Recipe, error)
	Switch(ctx context.Context, id int64, on bool) error
	DeleteRecipe(ctx context.Context, id int64) error
	Import(ctx context.Context, file string, data []byte) (r engine.Recipe, added bool, err error)
	Export(ctx context.Context, id int64) ([]byte, error)
	Addresses(ctx context.Context, r engine.Recipe) ([]string, error)
	Ring(ctx context.Context, id int64, definition engine.Definition) (says string, err error)
	Form(ctx context.Context, recipeID int64) ([]engine.Field, error)
	Start(ctx context.Context, recipeID int64, values map[string]any) (runID int64, err error)
	// CatchUp asks the app of a recipe's trigger what was missed, and returns when it is stored.
	CatchUp(ctx context.Context, recipeID int64) error
	// Troubles returns the recipes whose triggers cannot look for what is new, by id.
	Troubles(ctx context.Context) (map[int64]engine.Trouble, error)
}

// Engine is what the page asks of the engine at work; *boot.System is one.
type Engine interface {
	// Trouble returns what runs wait for now.
	Trouble() []limit.Trouble
}

var _ Desk = (*desk.Desk)(nil)

// Template is a recipe to start from.
type Template struct {
	Definition engine.Definition
	// Title is the template's name; empty means the definition's.
	Title string
	// Help says in a sentence or two what it does for whom; empty means what recipe.Summary says.
	Help string
	// Practice offers to try it with the pretend accounts instead of using it.
	Practice bool
}

// Params are what the page needs; all but Engine, the last callbacks, Reach, Now and After are required.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Desk      Desk
	Catalog   engine.Catalog
	Templates []Template
	// OnOpen opens the editor, and OnTryPractice the practice page with a recipe at work.
	OnOpen        func(recipeID int64)
	OnTryPractice func()
	Engine        Engine
	// OnConnections leads to the connections. OnDeliveries shows what came to a recipe's address, OnTryOut
	// what it would do, and OnRuns its runs; without them their ways are not offered.
	OnConnections                  func()
	OnDeliveries, OnTryOut, OnRuns func(recipeID int64)
	// Reach is how deliveries from the internet come; without it nothing is said about that. It is called
	// off the UI goroutine. OnReach opens the page about it.
	Reach   func() engine.Reach
	OnReach func()
	Now     func() time.Time
	// After runs f once, later, off the UI goroutine, unless stop is called before.
	After func(d time.Duration, f func()) (stop func())
	Files Files
}

// Times between reads.
const (
	// runsEvery is how often runs alone make the page read anew: their numbers are many, and what they
	// change here is small.
	runsEvery = time.Second
	// agoEvery is how often "4 min ago" is put right.
	agoEvery = 30 * time.Second
)

// Page is the recipes page.
type Page struct {
	Params
	loader *ui.Loader[book]
	// cards are what was read last; rows those of them that are shown.
	cards []desk.RecipeCard
	// troubles are of recipes that are on, by id, and waits what their runs wait for.
	troubles map[int64]engine.Trouble
	waits    []limit.Trouble
	reach    engine.Reach
	// notNow is true once the user wants to hear no more of a way in that is not set up.
	notNow bool
	rows   []row
	read   bool
	query  string
	// switching holds what toggles show until the desk has answered, by recipe.
	switching map[int64]bool
	// stopAgo and stopRuns end timers that run; nil if they do not.
	stopAgo, stopRuns func()

	content *fyne.Container
	search  *widget.Entry
	list    *widget.List
	nothing *widget.Text
	filled  fyne.CanvasObject
	welcome fyne.CanvasObject
	reading fyne.CanvasObject
	failed  *widget.Banner
	banners *fyne.Container
	// warnings tell at length what keeps recipes from working.
	warnings *fyne.Container
	warning  []*widget.Banner
}

var _ ui.Page = (*Page)(nil)

// New makes the page.
func New(p Params) *Page {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.After == nil {
		p.After = func(d time.Duration, f func()) func() {
			timer := time.AfterFunc(d, f)
			return func() { timer.Stop() }
		}
	}
	p.Templates = slices.Clone(p.Templates)
	for i := range p.Templates {
		t := &p.Templates[i]
		t.Definition = phrase.Definition(t.Definition)
		t.Title, t.Help = cmp.Or(t.Title, t.Definition.Name), cmp.Or(t.Help, recipe.Summary(t.Definition, p.Catalog))
	}
	page := &Page{Params: p, switching: map[int64]bool{}}
	page.loader = ui.NewLoader(p.Loop, page.load, page.show)
	page.build()
	return page
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("Recipes") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show reads everything.
func (p *Page) Show() {
	p.loader.Load()
	if p.stopAgo == nil {
		p.tick()
	}
}

// Hide stops reading.
func (p *Page) Hide() {
	p.loader.Stop()
	for _, stop := range []*func(){&p.stopAgo, &p.stopRuns} {
		if *stop != nil {
			(*stop)()
			*stop = nil
		}
	}
}

// Apply reads anew: at once for recipes and connections, a little later for runs.
func (p *Page) Apply(changes []engine.Change) {
	runs := false
	for _, c := range changes {
		switch c.Kind {
		case engine.RecipesChanged, engine.ConnectionsChanged, engine.ReachChanged, engine.Lagged:
			p.loader.Load()
			return
		case engine.RunChanged:
			runs = true
		}
	}
	if runs && p.stopRuns == nil {
		p.stopRuns = p.later(runsEvery, func() {
			p.stopRuns = nil
			p.loader.Load()
		})
	}
}

// tick puts the times right, again and again until Hide.
func (p *Page) tick() {
	p.stopAgo = p.later(agoEvery, func() {
		p.fill()
		p.tick()
	})
}

// later runs f on the UI goroutine unless it is stopped before.
func (p *Page) later(d time.Duration, f func()) (stop func()) {
	stopped := false
	cancel := p.After(d, func() {
		p.Loop.Post(func() {
			if !stopped {
				f()
			}
		})
	})
	return func() {
		stopped = true
		cancel()
	}
}

func (p *Page) build() {
	p.search = widget.NewSearchEntry(lang.L("Search recipes…"), func(text string) {
		p.query = text
		p.fill()
	})
	p.list = widget.NewList(lang.L("Recipes"), func() int { return len(p.rows) },
		func() fyne.CanvasObject { return newCard() },
		func(i int, o fyne.CanvasObject) {
			if i < len(p.rows) { // the list may ask for what is gone already
				p.bind(o.(*card), p.rows[i])
			}
		},
		func(i int) { p.OnOpen(p.rows[i].id) })
	p.nothing = widget.NewHelp("")
	p.nothing.Alignment = fyne.TextAlignCenter
	p.filled = container.NewStack(widget.Inset(p.list, 0, -shadow), container.NewCenter(widget.Width(p.nothing, 460)))
	p.welcome = newWelcome(p)
	p.reading = container.NewCenter(widget.NewMuted(lang.L("Reading your recipes…")))
	p.failed = widget.NewBanner(theme.Bad, lang.L("Bellhop cannot read your recipes."), "",
		widget.NewButton(lang.L("Try again"), func() { p.loader.Load() }))

	add := widget.NewFilledButton(theme.IconPlus, lang.L("New recipe"), nil)
	add.OnTapped = func() { widget.ShowMenuBelow(add, p.newMenu()...) }
	header := widget.NewPageHeader(p.Title(), widget.Width(p.search, 250), add)
	p.warnings = widget.Column(theme.Space3)
	p.warnings.Hide()
	p.banners = container.New(layout.NewCustomPaddedLayout(0, theme.Space3, 0, 0), widget.Column(theme.Space3, p.failed, p.warnings))
	body := container.NewBorder(p.banners, nil, nil, nil, container.NewStack(p.reading, p.filled))
	p.content = container.NewStack(widget.NewPage(header, body), p.welcome)
	p.failed.Hide()
	p.arrange()
}

// book is what the page reads.
type book struct {
	cards    []desk.RecipeCard
	troubles map[int64]engine.Trouble
	waits    []limit.Trouble
	reach    engine.Reach
}

func (p *Page) load(ctx context.Context) (b book, err error) {
	if b.cards, err = p.Desk.Recipes(ctx); err != nil {
		return b, err
	}
	if p.Engine != nil {
		b.waits = p.Engine.Trouble()
	}
	if p.Reach != nil {
		b.reach = p.Reach()
	}
	b.troubles, err = p.Desk.Troubles(ctx)
	return b, err
}

// arrange shows what fits the page's state.
func (p *Page) arrange() {
	empty := p.read && len(p.cards) == 0
	p.content.Objects[0].(*fyne.Container).Hidden = empty
	widget.SetVisible(p.banners, p.failed.Visible() || p.warnings.Visible())
	widget.SetVisible(p.welcome, empty)
	widget.SetVisible(p.reading, !p.read && !p.failed.Visible())
	widget.SetVisible(p.filled, p.read)
	p.content.Refresh()
}

// show takes what was read.
func (p *Page) show(b book, err error) {
	if err != nil {
		p.failed.Set(theme.Bad, lang.L("Bellhop cannot read your recipes."), phrase.Error(err))
		p.failed.Show()
		p.arrange()
		return
	}
	p.failed.Hide()
	p.cards, p.troubles, p.waits, p.reach, p.read = b.cards, b.troubles, b.waits, b.reach, true
	p.fill()
	p.warn()
	p.arrange()
}

// fill brings the rows up to date and draws those that changed.
func (p *Page) fill() {
	query := strings.ToLower(strings.TrimSpace(p.query))
	now := p.Now()
	rows := make([]row, 0, len(p.cards))
	for _, c := range p.cards {
		r := newRow(c, p.Catalog, now)
		p.sayTrouble(&r, c, now)
		if r.matches(query) {
			if on, busy := p.switching[r.id]; busy {
				r.on = on
			}
			rows = append(rows, r)
		}
	}
	most := 0
	for _, r := range rows {
		most = max(most, min(len(r.looks), widget.MaxTiles))
	}
	for i := range rows {
		rows[i].mostTiles = most
	}
	before := p.rows
	p.rows = rows
	p.nothing.SetText("")
	if len(rows) == 0 && query != "" {
		p.nothing.SetText(lang.L("No recipe has “{{.Query}}” in its name or in what it does.", map[string]any{"Query": strings.TrimSpace(p.query)}))
	}
	if len(before) != len(rows) {
		p.list.Refresh()
		return
	}
	for i := range rows {
		if !reflect.DeepEqual(before[i], rows[i]) {
			p.list.RefreshItem(i)
		}
	}
}
