// Package tryout is the page that tells what a recipe would have done with the events it had, without
// doing it.
package tryout

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/dryrun"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Desk is what the page asks for; *desk.Desk is one. It is called off the UI goroutine.
type Desk interface {
	Recipe(ctx context.Context, id int64) (engine.Recipe, error)
	DryRun(ctx context.Context, recipeID int64, trial desk.Trial) (dryrun.Result, error)
}

var _ Desk = (*desk.Desk)(nil)

// Versions reads published definitions; engine.Store is one.
type Versions interface {
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
}

// Params are what the page needs; all but Now are required.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Desk      Desk
	Versions  Versions
	Catalog   engine.Catalog
	RecipeID  int64
	// OnOpenStep opens the recipe at a step.
	OnOpenStep func(step string)
	Now        func() time.Time
}

// The tabs.
const (
	tabDraft = iota
	tabPublished
)

// The numbers of events that can be chosen.
var numbers = []int{20, 100, dryrun.MaxEvents}

// trial is what the page reads.
type trial struct {
	recipe engine.Recipe
	// steps are those of what was tried.
	steps  []engine.Placed
	result dryrun.Result
}

// Page tells of one recipe. Open it with Navigator.Open.
type Page struct {
	Params
	loader *ui.Loader[trial]
	trial  trial
	last   int
	// selected is the place of the outcome that is shown; -1 for none.
	selected int

	title   *widget.Text
	tabs    *widget.Tabs
	many    *widget.Button
	summary *fyne.Container
	failed  *widget.Banner
	reading fyne.CanvasObject
	list    *widget.List
	right   *outcome
	body    *fyne.Container
	content fyne.CanvasObject
}

var _ ui.Page = (*Page)(nil)

// New makes the page.
func New(params Params) *Page {
	if params.Now == nil {
		params.Now = time.Now
	}
	p := &Page{Params: params, last: numbers[0], selected: -1}
	p.loader = ui.NewLoader(p.Loop, p.load(true, p.last), p.show)
	p.build()
	return p
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("Try it out") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show tries anew: the recipe may be another by now.
func (p *Page) Show() { p.try() }

// Hide gives up what runs.
func (p *Page) Hide() { p.loader.Stop() }

// Apply has nothing to do: what is read stays until somebody tries again.
func (p *Page) Apply([]engine.Change) {}

func (p *Page) build() {
	back := widget.NewQuietButton(theme.IconBack, lang.L("Back"), p.Navigator.Back)
	p.title = widget.NewTitle(p.Title())
	p.many = widget.NewButton("", nil)
	p.many.OnTapped = func() { widget.ShowMenuBelow(p.many, p.numbers()...) }
	again := widget.NewButton(lang.L("Try again"), p.try)
	again.Icon = theme.IconRetry
	p.tabs = widget.NewTabs(func(int) { p.try() }, lang.L("The draft"), lang.L("What is published"))
	p.summary = widget.Row(theme.Space2)
	p.failed = widget.NewBanner(theme.Bad, "", "")
	p.failed.Hide()
	p.reading = container.NewCenter(widget.NewMuted(lang.L("Trying it…")))
	p.list = widget.NewList(lang.L("Events"), func() int { return len(p.trial.result.Outcomes) },
		func() fyne.CanvasObject { return newRow() },
		func(i int, o fyne.CanvasObject) {
			if i < len(p.trial.result.Outcomes) { // the list may ask for what is gone already
				o.(*row).show(p.trial.result.Outcomes[i], i == p.selected, p.Now())
			}
		}, p.choose)
	p.right = newOutcome(p)
	p.body = container.New(halves{}, p.list, p.right.object)
	top := widget.Column(theme.Space3,
		widget.Row(theme.Space4, widget.Grow(p.tabs), p.many, again),
		widget.NewHelp(lang.L("Nothing is sent, and nothing is kept: this is what would have happened with events that came before.")),
		p.summary, p.failed)
	p.content = widget.NewPage(widget.Row(theme.Space3, back, widget.Grow(p.title)),
		widget.Border(widget.Inset(top, 0, 0), nil, nil, nil, container.NewStack(p.reading, widget.Inset(p.body, theme.Space3, 0))))
	p.name()
}

func (p *Page) numbers() []*fyne.MenuItem {
	items := make([]*fyne.MenuItem, len(numbers))
	for i, n := range numbers {
		items[i] = fyne.NewMenuItem(lastEvents(n), func() {
			p.last = n
			p.name()
			p.try()
		})
	}
	return items
}

func lastEvents(n int) string { return lang.L("The last {{.N}} events", map[string]any{"N": n}) }

func (p *Page) name() { p.many.SetText(lastEvents(p.last)) }

// try runs the events through the recipe.
func (p *Page) try() {
	p.failed.Hide()
	widget.SetVisible(p.reading, len(p.trial.result.Outcomes) == 0)
	p.loader.LoadWith(p.load(p.tabs.Selected() == tabDraft, p.last))
}

func (p *Page) load(draft bool, last int) func(context.Context) (trial, error) {
	return func(ctx context.Context) (t trial, err error) {
		if t.recipe, err = p.Desk.Recipe(ctx, p.RecipeID); err != nil {
			return t, err
		}
		definition := t.recipe.Draft
		if !draft && t.recipe.Published != 0 {
			if definition, err = p.Versions.Version(ctx, p.RecipeID, t.recipe.Published); err != nil {
				return t, err
			}
		}
		t.steps = definition.Walk()
		t.result, err = p.Desk.DryRun(ctx, p.RecipeID, desk.Trial{Draft: draft, Last: last})
		return t, err
	}
}

func (p *Page) show(t trial, err error) {
	p.reading.Hide()
	if t.recipe.Name != "" {
		p.title.SetText(lang.L("What “{{.Recipe}}” would have done", map[string]any{"Recipe": t.recipe.Name}))
	}
	p.trial = t
	// The newest first, as in Activity; they were tried in the order in which they came.
	p.trial.result.Outcomes = slices.Clone(t.result.Outcomes)
	slices.Reverse(p.trial.result.Outcomes)
	if err != nil {
		p.fail(err)
	}
	p.selected = min(max(p.selected, 0), len(p.trial.result.Outcomes)-1)
	p.sumUp()
	p.list.Refresh()
	widget.SetVisible(p.body, len(p.trial.result.Outcomes) > 0)
	p.choose(p.selected)
	p.content.Refresh()
}

// fail says why it cannot be tried.
func (p *Page) fail(err error) {
	text := phrase.Error(err)
	if problems, ok := errors.AsType[engine.Problems](err); ok && len(problems) > 0 {
		text = lang.N("{{.N}} things are to be put right first. The first: {{.Problem}}", len(problems),
			map[string]any{"N": len(problems), "Problem": phrase.Of(engine.Problem{Message: problems[0].Message, Suggestion: problems[0].Suggestion}.String())})
	}
	p.failed.Set(theme.Bad, lang.L("It cannot be tried."), text)
	p.failed.Show()
}

// sumUp says in chips what would have become of the events.
func (p *Page) sumUp() {
	r := p.trial.result
	p.summary.Objects = p.summary.Objects[:0]
	if total := len(r.Outcomes); total > 0 {
		words := lang.N("Of {{.Count}} events:", total, map[string]any{"Count": total})
		if total == 1 && r.Outcomes[0].Event.Key == "example" {
			words = lang.L("There was no event yet, so this is the app's example:")
		}
		lead := widget.NewStrong(words)
		lead.Flow = widget.Whole
		p.summary.Add(lead)
		for _, app := range slices.SortedFunc(maps.Keys(r.Apps), func(a, b string) int {
			return cmp.Or(cmp.Compare(r.Apps[b], r.Apps[a]), cmp.Compare(a, b))
		}) {
			p.summary.Add(widget.NewChip(theme.IconNext, lang.L("{{.N}} to {{.App}}", map[string]any{"N": r.Apps[app], "App": app}), theme.Primary))
		}
		for _, state := range engine.States {
			if n := r.States[state]; n > 0 && (state != engine.Succeeded || len(r.Apps) == 0) {
				look := status.Of(state)
				p.summary.Add(widget.NewChip(look.Icon, lang.L("{{.N}} {{.State}}", map[string]any{"N": n, "State": look.Word}), look.Tone))
			}
		}
	}
	widget.SetVisible(p.summary, len(p.summary.Objects) > 0)
	p.summary.Refresh()
}

// choose shows what would have become of an event.
func (p *Page) choose(i int) {
	if i < 0 || i >= len(p.trial.result.Outcomes) {
		return
	}
	p.selected = i
	p.list.Refresh()
	p.right.show(p.trial.result.Outcomes[i])
}

// halves gives the list two fifths of the width.
type halves struct{}

var _ fyne.Layout = halves{}

const gap float32 = 20

// MinSize is what both need at least.
func (halves) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(600, 200) }

// Layout is for Fyne.
func (halves) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := min(size.Width*0.4, 420)
	objects[0].Resize(fyne.NewSize(left, size.Height))
	objects[0].Move(fyne.Position{})
	objects[1].Resize(fyne.NewSize(size.Width-left-gap, size.Height))
	objects[1].Move(fyne.NewPos(left+gap, 0))
}
