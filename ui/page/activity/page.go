// Package activity is the page of runs: at the left what happened, newest first, and at the right one
// run whole, with what came in, what each step sent, what came back, and what can be done about it.
package activity

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Desk is what the page asks for; *desk.Desk is one. It is called off the UI goroutine.
type Desk interface {
	Runs(ctx context.Context, filter engine.RunFilter) ([]engine.Run, error)
	Run(ctx context.Context, id int64) (desk.RunDetail, error)
	StateCounts(ctx context.Context) (map[engine.State]int, error)
	Retry(ctx context.Context, id int64, step string) error
	Replay(ctx context.Context, id int64) (newID int64, err error)
	ReplayDraft(ctx context.Context, id int64) (newID int64, err error)
	Cancel(ctx context.Context, id int64) error
	Unblock(ctx context.Context, id int64) error

	CheckSent(ctx context.Context, id int64) (desk.Checked, error)
	WentThrough(ctx context.Context, id int64) error
	Arrived(ctx context.Context, id int64, step, round string, given map[string]string) error
	Settle(ctx context.Context, id int64, step, round string, arrived bool) error

	RetryAll(ctx context.Context, filter engine.RunFilter) (desk.Bulk, error)
	ReplayAll(ctx context.Context, filter engine.RunFilter, draft bool) (desk.Bulk, error)
	CancelAll(ctx context.Context, filter engine.RunFilter) (desk.Bulk, error)
}

var _ Desk = (*desk.Desk)(nil)

// Recipes reads all recipes; an engine.Reader is one. The list's tiles come from their triggers.
type Recipes interface {
	Recipes(ctx context.Context) ([]engine.Recipe, error)
}

// Params are what the page needs; all but Now are required. The callbacks are called on the UI
// goroutine.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Desk      Desk
	Recipes   Recipes
	Catalog   engine.Catalog
	// OnOpenRecipe opens the editor at a step, or at the recipe as a whole where step is "".
	OnOpenRecipe func(recipeID int64, step string)
	// OnOpenConnection shows the connection of that name.
	OnOpenConnection func(name string)
	// OnTryPractice leads to where a pretend order can be sent.
	OnTryPractice func()
	Now           func() time.Time
}

// Page is the page of runs.
type Page struct {
	Params

	shelf shelf
	// changed are the runs that changed and are not read anew yet.
	changed inbox
	// uses are the triggers' operations, by recipe.
	uses map[int64]string
	// recipeOf are all recipes by id.
	recipeOf map[int64]engine.Recipe
	// selected is the run at the right; 0 for none.
	selected int64
	// read is true once runs were read; listing is true while they are being read.
	read, listing bool
	// counted is true while there is any run at all, also one that the chips leave out.
	counted bool
	// busy is true while what was asked for last is being done.
	busy bool

	pages   *ui.Loader[[]engine.Run]
	fresh   *ui.Loader[[]engine.Run]
	counts  *ui.Loader[map[engine.State]int]
	recipes *ui.Loader[[]engine.Recipe]
	run     *ui.Loader[journal]

	left    *left
	right   *detail
	empty   fyne.CanvasObject
	content *fyne.Container
}

var _ ui.Page = (*Page)(nil)

const (
	// freshEvery is how often runs that changed are read at most; there may be hundreds in a second.
	freshEvery = 200 * time.Millisecond
	// countsEvery is how often the numbers on the chips are brought up to date at most: the store counts
	// over all runs for them.
	countsEvery = time.Second
)

// New makes the page.
func New(params Params) *Page {
	if params.Now == nil {
		params.Now = time.Now
	}
	p := &Page{Params: params, uses: map[int64]string{}, recipeOf: map[int64]engine.Recipe{}}
	p.fresh = ui.NewLoader(p.Loop, p.readChanged, p.showChanged)
	p.fresh.Every = freshEvery
	p.counts = ui.NewLoader(p.Loop, p.Desk.StateCounts, p.showCounts)
	p.counts.Every = countsEvery
	p.recipes = ui.NewLoader(p.Loop, p.Recipes.Recipes, p.showRecipes)
	p.run = ui.NewLoader(p.Loop, p.readRun(0), p.showRun)
	p.build()
	return p
}

// build makes the page's objects.
func (p *Page) build() {
	p.left, p.right = newLeft(p), newDetail(p)
	list := widget.Border(nil, nil, nil, widget.NewLineV(), p.left.object)
	p.empty = widget.NewPage(widget.NewPageHeader(p.Title()), widget.NewEmptyState(theme.IconActivity,
		lang.L("No runs yet"), lang.L("When something starts one of your recipes, you see here what came in, what was sent and what came back."),
		widget.NewFilledButton(theme.IconPlay, lang.L("Send a pretend order"), func() { p.OnTryPractice() })))
	p.content = container.NewStack(container.New(sides{}, list, p.right.object), p.empty)
	p.empty.Hide()
}

// arrange shows the empty page while there is no run of any kind.
func (p *Page) arrange() {
	empty := p.read && !p.counted && len(p.shelf.states) == 0 && !p.shelf.recovered && p.shelf.recipe == 0 && len(p.shelf.runs) == 0 && p.selected == 0
	widget.SetVisible(p.empty, empty)
	widget.SetVisible(p.content.Objects[0], !empty)
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("Activity") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show reads everything.
func (p *Page) Show() {
	p.left.list.focus()
	p.recipes.Load()
	p.counts.Load()
	p.reload()
	if p.selected != 0 {
		p.run.LoadWith(p.readRun(p.selected))
	}
}

// Hide stops reading.
func (p *Page) Hide() {
	p.listing = false
	p.pages.Stop()
	p.fresh.Stop()
	p.counts.Stop()
	p.recipes.Stop()
	p.run.Stop()
}

// Apply reads the runs that changed, and the run at the right if it is one of them.
func (p *Page) Apply(changes []engine.Change) {
	for _, c := range changes {
		switch c.Kind {
		case engine.Lagged:
			p.Show()
			return
		case engine.RecipesChanged:
			p.recipes.Load()
		case engine.RunChanged:
			p.changed.add(c.RunID)
			p.counts.Load()
			if c.RunID == p.selected {
				p.run.Load()
			}
		}
	}
	p.catchUp()
}

// Open shows one run at the right, whether or not it is in the list.
func (p *Page) Open(runID int64) {
	if runID == p.selected {
		return
	}
	p.selected = runID
	p.right.begin()
	p.left.mark(runID)
	p.run.LoadWith(p.readRun(runID))
}

// reload reads the newest runs, as many as there are already, so that one's place is kept.
func (p *Page) reload() {
	limit := min(max(len(p.shelf.runs), pageSize), 10*pageSize)
	p.readRuns(0, limit, func(runs []engine.Run) { p.shelf.replace(runs, limit) })
}

// older reads the next page.
func (p *Page) older() {
	if p.listing || !p.shelf.more {
		return
	}
	p.readRuns(p.shelf.last(), pageSize, func(runs []engine.Run) { p.shelf.older(runs, pageSize) })
}

// readRuns reads a page of runs and gives it to take. What changes meanwhile is read after it.
func (p *Page) readRuns(before int64, limit int, take func([]engine.Run)) {
	filter := engine.RunFilter{
		RecipeID: p.shelf.recipe, States: slices.Clone(p.shelf.states), Recovered: p.shelf.recovered, Before: before, Limit: limit,
	}
	if p.pages != nil {
		p.pages.Stop()
	}
	p.listing = true
	read := func(ctx context.Context) ([]engine.Run, error) { return p.Desk.Runs(ctx, filter) }
	p.pages = ui.NewLoader(p.Loop, read, func(runs []engine.Run, err error) {
		p.listing = false
		p.left.failed(err)
		if err != nil {
			p.arrange()
			return
		}
		p.read = true
		take(runs)
		p.fill()
		p.catchUp()
	})
	p.pages.Load()
}

// catchUp reads the runs that changed, unless a page is being read that may be older than they are.
func (p *Page) catchUp() {
	if !p.listing && !p.changed.empty() {
		p.fresh.Load()
	}
}

func (p *Page) readChanged(ctx context.Context) ([]engine.Run, error) {
	ids := p.changed.take()
	if len(ids) == 0 {
		return nil, nil
	}
	return p.Desk.Runs(ctx, engine.RunFilter{IDs: ids, Limit: len(ids)})
}

func (p *Page) showChanged(runs []engine.Run, err error) {
	p.left.failed(err)
	if err != nil {
		return
	}
	p.changed.done()
	p.shelf.merge(runs)
	p.fill()
}

func (p *Page) showCounts(counts map[engine.State]int, err error) {
	if err != nil {
		return // the list tells of the store's troubles
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	p.counted = total > 0
	p.left.setCounts(counts)
	p.arrange()
}

func (p *Page) showRecipes(recipes []engine.Recipe, err error) {
	if err != nil {
		return // the tiles stay as they are
	}
	clear(p.uses)
	clear(p.recipeOf)
	for _, r := range recipes {
		p.uses[r.ID], p.recipeOf[r.ID] = r.Draft.Trigger.Use, r
	}
	// The runs of a recipe that was removed are gone with it.
	if slices.ContainsFunc(p.shelf.runs, func(r engine.Run) bool { _, ok := p.uses[r.RecipeID]; return !ok }) {
		p.reload()
	}
	p.left.named()
	p.fill()
}

func (p *Page) readRun(id int64) func(context.Context) (journal, error) {
	return func(ctx context.Context) (journal, error) {
		d, err := p.Desk.Run(ctx, id)
		if err != nil {
			return journal{}, err
		}
		return newJournal(d), nil
	}
}

func (p *Page) showRun(j journal, err error) {
	if err != nil {
		p.right.fail(phrase.Error(err))
		return
	}
	p.right.show(j)
}

// choose shows the runs in these states; none means all.
func (p *Page) choose(states []engine.State, recovered bool) {
	p.narrow(wish{states: states, recovered: recovered, recipe: p.shelf.recipe})
}

// Narrow shows only the runs of a recipe; 0 means of all.
func (p *Page) Narrow(recipeID int64) {
	wanted := p.shelf.wish
	wanted.recipe = recipeID
	p.narrow(wanted)
}

func (p *Page) narrow(wanted wish) {
	p.shelf = shelf{wish: wanted, query: p.shelf.query}
	p.left.named()
	p.read = false
	p.reload()
	p.fill()
	p.left.top()
}

// fill shows the list as it is now. The first run is opened when none is.
func (p *Page) fill() {
	runs := p.shelf.shown()
	p.left.fill(runs)
	if p.selected == 0 && len(runs) > 0 {
		p.Open(runs[0].ID)
	}
	p.arrange()
}
