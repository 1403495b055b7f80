package editor

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// loaded is what is read each time the page is shown.
type loaded struct {
	recipe      engine.Recipe
	live        *engine.Definition
	connections []engine.Connection
	samples     []desk.Sample
	addresses   []string
	reach       engine.Reach
}

func (p *Page) reload() {
	p.readAt = p.saver.writes
	var definition *engine.Definition
	if p.session != nil {
		d := p.session.Definition()
		definition = &d
	}
	p.loader.LoadWith(p.read(definition))
}

// read reads all the page shows; samples and address are those of the definition, or of the stored
// draft for nil.
func (p *Page) read(definition *engine.Definition) func(ctx context.Context) (loaded, error) {
	return func(ctx context.Context) (l loaded, err error) {
		if l.recipe, err = p.Desk.Recipe(ctx, p.RecipeID); err != nil {
			return l, err
		}
		if l.recipe.Published > 0 {
			live, err := p.Versions.Version(ctx, p.RecipeID, l.recipe.Published)
			if err != nil {
				return l, err
			}
			l.live = &live
		}
		if l.connections, err = p.Desk.Connections(ctx); err != nil {
			return l, err
		}
		edited := l.recipe
		if definition != nil {
			edited.Draft = *definition
		}
		if l.samples, err = p.Desk.Samples(ctx, edited.Draft, p.RecipeID); err != nil {
			return l, err
		}
		if _, o, ok := p.Catalog.Operation(edited.Draft.Trigger.Use); ok && o.Webhook != nil {
			l.addresses, err = p.Desk.Addresses(ctx, edited)
			if p.Reach != nil {
				l.reach = p.Reach()
			}
		}
		return l, err
	}
}

func (p *Page) show(l loaded, err error) {
	if err != nil {
		p.showError(err)
		return
	}
	before := p.samples
	p.recipe, p.live, p.samples, p.addresses = l.recipe, l.live, l.samples, l.addresses
	p.reach, p.practice = l.reach, map[string]bool{}
	for _, c := range l.connections {
		p.practice[c.Name] = c.Practice
	}
	p.sample = sameSample(before, p.sample, l.samples)
	p.data = nil
	// Another process may have imported the recipe anew. What is typed here and not saved yet wins.
	if p.session == nil || p.saver.idle() && p.readAt == p.saver.writes && !p.saver.isSaved(l.recipe.Draft) {
		p.session = draft.New(draft.Params{Definition: l.recipe.Draft, Catalog: p.Catalog, Connections: l.connections, Paths: newStepPaths()})
		step := slices.IndexFunc(l.recipe.Draft.Walk(), func(s engine.Placed) bool { return s.ID == p.Step })
		p.session.Select(draft.Place(step)) // none is the trigger
		p.saver.begin(l.recipe.Draft)
		p.frame.Objects = []fyne.CanvasObject{widget.Border(p.bar.object, nil, nil, nil, p.body)}
		p.frame.Refresh()
		p.detail.open()
		p.rebuilt()
		if p.session.Definition().Trigger.Use == "" {
			p.detail.chooser.focus() // what everybody does first with a new recipe
		}
		p.Loop.Post(func() { p.flow.reveal(p.session.Selected()) }) // once it has its size
		return
	}
	p.detail.takeNew(p.session.SetConnections(l.connections))
	p.refresh()
}

func (p *Page) showError(err error) {
	if p.session != nil {
		p.Navigator.Toast(phrase.Error(err))
		return
	}
	again := widget.NewButton(lang.L("Try again"), p.reload)
	back := widget.NewButton(lang.L("Back to the recipes"), p.Navigator.Back)
	p.frame.Objects = []fyne.CanvasObject{
		widget.NewEmptyState(theme.IconAlert, lang.L("The recipe cannot be opened"), phrase.Error(err), again, back),
	}
	p.frame.Refresh()
}

// sameSample finds the sample chosen before among the new ones; the newest if it is gone.
func sameSample(before []desk.Sample, chosen int, now []desk.Sample) int {
	if chosen >= len(before) {
		return 0
	}
	for i, s := range now {
		if s.RunID == before[chosen].RunID {
			return i
		}
	}
	return 0
}
