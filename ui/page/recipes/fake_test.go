package recipes_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/limit"
	"bellhop/ui/page/recipes"
	"bellhop/ui/uitest"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// fakeDesk is a desk with recipes in memory.
type fakeDesk struct {
	cards    []desk.RecipeCard
	err      error
	reads    int
	switched map[int64]bool
	added    []engine.Definition
	deleted  []int64
	imported []string
	form     []engine.Field
	started  []map[string]any
	ring     string
	caught   []int64
	troubles map[int64]engine.Trouble
	waits    []limit.Trouble
}

var _ recipes.Desk = (*fakeDesk)(nil)

func (d *fakeDesk) Recipes(context.Context) ([]desk.RecipeCard, error) {
	d.reads++
	return slices.Clone(d.cards), d.err
}

func (d *fakeDesk) AddRecipe(_ context.Context, definition engine.Definition) (engine.Recipe, error) {
	d.added = append(d.added, definition)
	return engine.Recipe{ID: 100 + int64(len(d.added)), Name: definition.Name}, d.err
}

func (d *fakeDesk) Switch(_ context.Context, id int64, on bool) error {
	if d.err != nil {
		return d.err
	}
	d.switched[id] = on
	for i := range d.cards {
		if d.cards[i].ID == id {
			d.cards[i].On = on
		}
	}
	return nil
}

func (d *fakeDesk) DeleteRecipe(_ context.Context, id int64) error {
	d.deleted = append(d.deleted, id)
	return d.err
}

func (d *fakeDesk) Import(_ context.Context, file string, data []byte) (engine.Recipe, bool, error) {
	d.imported = append(d.imported, file+": "+string(data))
	return engine.Recipe{ID: 50, Name: "From a file"}, true, d.err
}

func (d *fakeDesk) Export(context.Context, int64) ([]byte, error) {
	return []byte("recipe: 1\n"), d.err
}

func (d *fakeDesk) Addresses(_ context.Context, r engine.Recipe) ([]string, error) {
	return []string{"http://127.0.0.1:8420/hooks/" + r.Token}, d.err
}

func (d *fakeDesk) Form(context.Context, int64) ([]engine.Field, error) { return d.form, nil }

func (d *fakeDesk) Start(_ context.Context, _ int64, values map[string]any) (int64, error) {
	if d.err == nil {
		d.started = append(d.started, values)
	}
	return 1, d.err
}

func (d *fakeDesk) Troubles(context.Context) (map[int64]engine.Trouble, error) {
	return d.troubles, d.err
}

// Trouble makes it an engine, too.
func (d *fakeDesk) Trouble() []limit.Trouble { return d.waits }

func (d *fakeDesk) CatchUp(_ context.Context, id int64) error {
	d.caught = append(d.caught, id)
	return d.err
}

func (d *fakeDesk) Ring(context.Context, int64, engine.Definition) (string, error) {
	return d.ring, nil
}

// fakeFiles chooses what it is told.
type fakeFiles struct {
	name  string
	data  []byte
	err   error
	saved map[string]string
}

func (f *fakeFiles) Open(_ []string, done func(string, []byte, error)) { done(f.name, f.data, f.err) }
func (f *fakeFiles) Save(name string, data []byte, done func(error)) {
	f.saved[name] = string(data)
	done(f.err)
}

// catalog knows three apps.
type catalog struct{ engine.Catalog }

var apps = map[string]engine.Connector{
	"shopify": {Name: "shopify", Title: "Shopify", Color: "#4B7F28", Glyph: "S"},
	"slack":   {Name: "slack", Title: "Slack", Color: "#611F69", Glyph: "#"},
	"manual":  {Name: "manual", Title: "By hand", Glyph: "H"},
	"logic":   {Name: "logic", Title: "Logic", Glyph: "L"},
}

func (catalog) Operation(use string) (engine.Connector, engine.Operation, bool) {
	app, name, _ := engine.SplitUse(use)
	c, ok := apps[app]
	o := engine.Operation{Name: name, Title: name}
	switch app {
	case "shopify":
		o.Webhook, o.CatchUp = &engine.WebhookSpec{}, &engine.CatchUpSpec{}
	case "manual":
		o.Start = engine.StartManual
	case "logic":
		o.Logic = name
	}
	return c, o, ok
}

// clock gives out timers that run when the test says so.
type clock struct{ timers []*timer }

type timer struct {
	after   time.Duration
	f       func()
	stopped bool
}

func (c *clock) After(d time.Duration, f func()) func() {
	t := &timer{after: d, f: f}
	c.timers = append(c.timers, t)
	return func() { t.stopped = true }
}

// pass lets all timers of up to d run that are not stopped, and returns how many did.
func (c *clock) pass(d time.Duration) int {
	n := 0
	for _, t := range slices.Clone(c.timers) {
		if !t.stopped && t.after <= d {
			t.stopped = true
			t.f()
			n++
		}
	}
	return n
}

type world struct {
	t         testing.TB
	desk      *fakeDesk
	files     *fakeFiles
	clock     *clock
	loop      *uitest.Loop
	navigator *uitest.Navigator
	page      *recipes.Page
	now       time.Time
	opened    []int64
	practice  int
	// went is where the page led to.
	went  []string
	reach engine.Reach
}

func newWorld(t testing.TB, cards ...desk.RecipeCard) *world {
	w := &world{
		t: t, desk: &fakeDesk{cards: cards, switched: map[int64]bool{}}, clock: &clock{}, now: now,
		files: &fakeFiles{saved: map[string]string{}}, loop: uitest.NewLoop(), navigator: &uitest.Navigator{},
	}
	w.page = recipes.New(recipes.Params{
		Loop: w.loop.UI(), Navigator: w.navigator, Desk: w.desk, Catalog: catalog{}, Templates: templates,
		OnOpen: func(id int64) { w.opened = append(w.opened, id) }, OnTryPractice: func() { w.practice++ },
		Engine: w.desk, OnConnections: func() { w.went = append(w.went, "connections") },
		OnDeliveries: func(id int64) { w.went = append(w.went, fmt.Sprint("deliveries ", id)) },
		OnTryOut:     func(id int64) { w.went = append(w.went, fmt.Sprint("try out ", id)) },
		OnRuns:       func(id int64) { w.went = append(w.went, fmt.Sprint("runs ", id)) },
		Now:          func() time.Time { return w.now }, After: w.clock.After, Files: w.files,
		Reach: func() engine.Reach { return w.reach }, OnReach: func() { w.went = append(w.went, "reach") },
	})
	return w
}

// open shows the page in a window.
func (w *world) open() *world {
	w.navigator.Window = uitest.Window(w.t, w.page.Content(), 1072, 800)
	w.page.Show()
	w.loop.Turn()
	return w
}

func (w *world) words() string { return uitest.Words(w.page.Content()) }

func (w *world) tap(name string) {
	w.t.Helper()
	uitest.Tap(w.t, w.page.Content(), name)
	w.loop.Turn()
}

// dialog is what lies over the window.
func (w *world) dialog() fyne.CanvasObject { return w.navigator.Window.Canvas().Overlays().Top() }

var templates = []recipes.Template{
	{Title: "New Shopify order → Slack", Help: "When a customer places an order, your team sees it in Slack a second later.",
		Practice: true, Definition: definition("shopify.order_created", "slack.send_message")},
	{Definition: named("Website message → Slack", definition("shopify.order_paid", "slack.send_message"))},
}

func named(name string, d engine.Definition) engine.Definition {
	d.Name = name
	return d
}

func definition(trigger string, steps ...string) engine.Definition {
	d := engine.Definition{Format: 1, Name: "Named", Trigger: engine.Trigger{Use: trigger}}
	for _, use := range steps {
		d.Steps = append(d.Steps, engine.Step{ID: "s", Use: use})
	}
	return d
}

func recipe(id int64, name string, change func(c *desk.RecipeCard)) desk.RecipeCard {
	c := desk.RecipeCard{
		Recipe: engine.Recipe{ID: id, Name: name, On: true, Token: "token", Published: 1,
			Draft: definition("shopify.order_created", "logic.filter", "slack.send_message")},
		Summary: "When a new order arrives in Shopify, and its total is over 100, send a message to #orders in Slack",
		Uses:    []string{"shopify.order_created", "logic.filter", "slack.send_message"},
	}
	if change != nil {
		change(&c)
	}
	return c
}

func ran(state engine.State, ago time.Duration, failure string) *engine.Run {
	run := &engine.Run{State: state, CreatedAt: now.Add(-ago), FinishedAt: now.Add(-ago)}
	if failure != "" {
		run.Failure = &engine.Failure{Code: engine.Refused, Message: failure}
	}
	return run
}

// several are recipes in all their states.
func several() []desk.RecipeCard {
	return []desk.RecipeCard{
		recipe(1, "Tell the team about big orders", func(c *desk.RecipeCard) {
			c.Stats = engine.RecipeStats{Last: ran(engine.Succeeded, 4*time.Minute, ""), Today: 23, Hours: [12]int{1, 2, 1, 3, 2, 3, 3, 5, 4, 5, 4, 9}}
		}),
		recipe(2, "Failed payment → task and message", func(c *desk.RecipeCard) {
			c.Stats = engine.RecipeStats{Last: ran(engine.Failed, 12*time.Minute, "Slack didn’t find the channel “#ordrs”. It may have been renamed."), Today: 2, Failed: 1, Hours: [12]int{0, 1, 0, 0, 0, 0, 1}}
		}),
		recipe(3, "New subscribers", func(c *desk.RecipeCard) { c.Uses = c.Uses[:2] }),
		recipe(4, "Packing slip for paid orders", func(c *desk.RecipeCard) {
			c.Stats = engine.RecipeStats{Last: ran(engine.Waiting, time.Minute, "Slack asked to wait."), Today: 7, Hours: [12]int{2, 2, 1, 2, 1, 2, 2, 1, 1, 2, 2, 1}}
		}),
		recipe(5, "Weather warning for the market stall", func(c *desk.RecipeCard) {
			c.On, c.Changed = false, true
			c.Uses = append(c.Uses, "logic.stop", "slack.send_message", "gone.away")
		}),
		recipe(6, "Thank-you note", func(c *desk.RecipeCard) {
			c.On, c.Published, c.Problems = false, 0, 2
			c.Uses = []string{"", "slack.send_message"}
			c.Summary = "Nothing starts it yet"
		}),
	}
}
