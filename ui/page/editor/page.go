// Package editor is the page on which a recipe is made: the steps at the left, the one that is worked on
// at the right, and the data it can use below.
//
// What is done to the recipe is done by a draft.Session; the page shows it and saves it. Each change
// goes one way: a widget calls a command of the session, and changed or rebuilt brings the page up to
// date and has the draft saved.
package editor

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/mapping"
	"bellhop/ui"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Desk is what the page asks of the engine; desk.Desk is one.
type Desk interface {
	Recipe(ctx context.Context, id int64) (engine.Recipe, error)
	SaveDraft(ctx context.Context, id int64, definition engine.Definition) error
	Publish(ctx context.Context, id int64) error
	Warnings(ctx context.Context, id int64, definition engine.Definition) ([]string, error)
	Switch(ctx context.Context, id int64, on bool) error
	Addresses(ctx context.Context, r engine.Recipe) ([]string, error)
	Connections(ctx context.Context) ([]engine.Connection, error)
	Samples(ctx context.Context, definition engine.Definition, recipeID int64) ([]desk.Sample, error)
}

// Versions reads published definitions; engine.Store is one.
type Versions interface {
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
}

// Params are what an editor needs; all but Step, OnAddConnection, OnTryOut, OnDeliveries, Reach, OnReach, Now and After
// are required.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Desk      Desk
	Versions  Versions
	Catalog   engine.Catalog
	// Locale is how and where the runtime evaluates pills.
	Locale   func() mapping.Env
	RecipeID int64
	// Step is the id of the step to open the recipe at; its trigger if there is no such step.
	Step string
	// OnAddConnection opens the form for a new connection of a connector. When the page is shown again,
	// it takes the new connection.
	OnAddConnection func(connector string)
	// OnTryOut shows what the draft would have done, and OnDeliveries what came to the recipe's address;
	// without them their ways are not offered.
	OnTryOut, OnDeliveries func()
	// Reach is how deliveries from the internet come; without it nothing is said about that. OnReach opens
	// the page about it.
	Reach   func() engine.Reach
	OnReach func()
	Now     func() time.Time
	// After calls f in its own goroutine after a time, unless stop was called before; time.AfterFunc.
	After func(d time.Duration, f func()) (stop func())
}

// Page is the editor of one recipe.
type Page struct {
	Params
	loader *ui.Loader[loaded]
	saver  *saver

	// session is nil until the recipe has been read.
	session *draft.Session
	recipe  engine.Recipe
	// live is the published definition; nil if there is none.
	live *engine.Definition
	// readAt is how many drafts were saved when the last reading began.
	readAt    int
	samples   []desk.Sample
	sample    int
	addresses []string
	reach     engine.Reach
	// practice holds the names of practice accounts.
	practice map[string]bool
	// data is what pills find in the sample, kept for the time between two changes of it.
	data map[string]any
	// dataNumber counts how often data was made.
	dataNumber int
	// seen holds the steps (by id; "" is the trigger) that were left once: what is missing there is told.
	seen map[string]bool

	bar    *toolbar
	flow   *flow
	detail *detail
	drawer *drawer
	right  *fyne.Container // detail and, below it, drawer
	body   *fyne.Container
	frame  *fyne.Container
	keys   []fyne.Shortcut
}

var (
	_ ui.Page    = (*Page)(nil)
	_ ui.Leaver  = (*Page)(nil)
	_ ui.Escaper = (*Page)(nil)
)

// New makes the page; Show reads the recipe.
func New(params Params) *Page {
	if params.Now == nil {
		params.Now = time.Now
	}
	if params.After == nil {
		params.After = func(d time.Duration, f func()) func() {
			timer := time.AfterFunc(d, f)
			return func() { timer.Stop() }
		}
	}
	p := &Page{Params: params, seen: map[string]bool{}}
	p.loader = ui.NewLoader(params.Loop, p.read(nil), p.show)
	p.saver = newSaver(p)
	p.bar = newToolbar(p)
	p.flow = newFlow(p)
	p.detail = newDetail(p)
	p.drawer = newDrawer(p)
	p.right = widget.Border(nil, p.drawer.object, nil, nil, p.detail.object)
	p.body = container.New(columns{left: 0.38}, widget.NewSurface(theme.ColorBackground, p.flow.object), widget.NewLineV(), widget.NewSurface(theme.ColorSurface, p.right))
	p.frame = container.NewStack(widget.NewEmptyState(theme.IconRecipes, lang.L("Opening the recipe…"), ""))
	return p
}

// Title is the recipe's name.
func (p *Page) Title() string {
	if p.session == nil {
		return lang.L("Recipe")
	}
	return p.session.Definition().Name
}

// Content is the whole window.
func (p *Page) Content() fyne.CanvasObject { return p.frame }

// Show reads the recipe, or what may have changed around it.
func (p *Page) Show() {
	p.addKeys()
	p.reload()
}

// Hide saves what is not saved yet.
func (p *Page) Hide() {
	p.removeKeys()
	p.loader.Stop()
	p.saver.now()
}

// Escape closes the recipe's settings, or the choice of a step to add.
func (p *Page) Escape() bool { return p.detail.escape() }

// Leave saves first what is not saved yet. There is nothing to ask, for the draft is kept; unless it
// cannot be.
func (p *Page) Leave(done func()) bool {
	p.saver.now()
	if p.saver.idle() {
		return true
	}
	p.saver.do(func(context.Context) error { return nil }, func(error) { // after what is being saved
		if p.saver.err == nil {
			done()
			return
		}
		var ask *widget.Dialog
		stay := widget.NewFilledButton("", lang.L("Stay here"), func() { ask.Hide() })
		leave := widget.NewButton(lang.L("Leave, and lose the changes"), func() {
			ask.Hide()
			p.saver.giveUp()
			done()
		})
		ask = widget.NewDialog(p.Navigator.Dialogs(), lang.L("The changes are not saved"), widget.NewText(phrase.Error(p.saver.err)), leave, stay)
		ask.Show()
	})
	return false
}

// Apply reads anew what the changes are about.
func (p *Page) Apply(changes []engine.Change) {
	for _, c := range changes {
		switch {
		case c.Kind == engine.ConnectionsChanged, c.Kind == engine.ReachChanged, c.Kind == engine.Lagged,
			c.Kind == engine.RecipesChanged && c.RecipeID == p.RecipeID,
			c.Kind == engine.RunChanged && c.RecipeID == p.RecipeID && !c.State.Active():
			p.reload()
			return
		}
	}
}

// changed shows and saves a change of values: what did says is whether there was one.
func (p *Page) changed(did bool) {
	if !did {
		return
	}
	p.saver.later()
	p.refresh()
}

// restructured shows and saves a change of which steps there are, or of what one of them does.
func (p *Page) restructured(did bool) {
	if !did {
		return
	}
	p.saver.later()
	p.data = nil
	p.rebuilt()
}

// rebuilt makes the page anew from the session.
func (p *Page) rebuilt() {
	p.flow.build()
	p.detail.build()
	p.refresh()
}

// refresh brings up to date what follows from values, without touching what the user types in.
func (p *Page) refresh() {
	p.bar.refresh()
	p.flow.refresh()
	p.detail.refresh()
	p.drawer.refresh()
	p.Navigator.Retitle()
}

// selectPlace goes to a place; what is missing at the one left is told from now on.
func (p *Page) selectPlace(place draft.Place) {
	p.seen[p.idAt(p.session.Selected())] = true
	p.session.Select(place)
	p.detail.open()
	p.detail.build()
	p.refresh()
}

// focus gives the keyboard to o, unless it is nil. That waits for the callback that is running, for lists
// and trees take the keyboard after they have told of a tap. And it asks the window for its canvas: what
// was not drawn yet belongs to none.
func (p *Page) focus(o fyne.Focusable) {
	if o != nil {
		p.Loop.Post(func() { p.Navigator.Dialogs().Canvas().Focus(o) })
	}
}

func (p *Page) idAt(place draft.Place) string {
	step, _ := p.session.Step(place)
	return step.ID
}

// values is what pills of the fields shown find, in the sample chosen.
func (p *Page) values() map[string]any { return p.valuesAt(p.detail.place()) }

// valuesAt is what pills find at a place.
func (p *Page) valuesAt(place draft.Place) map[string]any {
	if p.data == nil {
		var sample map[string]any
		if p.sample < len(p.samples) {
			sample = p.samples[p.sample].Data
		}
		p.data = p.session.Data(sample)
		p.dataNumber++
	}
	return p.session.DataAt(place, p.data, p.env())
}

// env is what pills are evaluated in.
func (p *Page) env() mapping.Env {
	env := p.Locale()
	env.Now = p.Now()
	return env
}

// columns gives the left object a share of the width, the line between its own, and the right the rest.
type columns struct{ left float32 }

func (c columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	line := objects[1].MinSize().Width
	left := min(max(size.Width*c.left, objects[0].MinSize().Width), size.Width)
	x := float32(0)
	for i, width := range []float32{left, line, max(size.Width-left-line, 0)} {
		objects[i].Move(fyne.NewPos(x, 0))
		objects[i].Resize(fyne.NewSize(width, size.Height))
		x += width
	}
}

func (c columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		least := o.MinSize()
		size.Width += least.Width
		size.Height = max(size.Height, least.Height)
	}
	return size
}
