package reach_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"bellhop/engine"
	"bellhop/ui/page/reach"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

var now = time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)

const public = "https://olive-oak.ngrok-free.app"

// fakeEngine is reached as the test says.
type fakeEngine struct {
	reach    engine.Reach
	token    string
	tokenErr error
	checks   int
	// onCheck is what a check does; it may be nil.
	onCheck func()
}

var _ reach.Engine = (*fakeEngine)(nil)

func (e *fakeEngine) Reach() engine.Reach { return e.reach }

func (e *fakeEngine) SetToken(_ context.Context, token string) error {
	if e.tokenErr == nil {
		e.token = token
	}
	return e.tokenErr
}

func (e *fakeEngine) HasToken(context.Context) (bool, error) { return e.token != "", nil }

func (e *fakeEngine) CheckReach(context.Context) error {
	e.checks++
	if e.onCheck != nil {
		e.onCheck()
	}
	return nil
}

// fakeDesk has settings and recipes in memory.
type fakeDesk struct {
	settings    engine.Settings
	recipes     []engine.Recipe
	connections []engine.Connection
	// live are the published versions, by recipe.
	live    map[int64]engine.Definition
	err     error
	changes int
}

var (
	_ reach.Desk            = (*fakeDesk)(nil)
	_ engine.AwaitingReader = (*fakeDesk)(nil)
)

func (d *fakeDesk) Settings(context.Context) (engine.Settings, error) { return d.settings, d.err }

func (d *fakeDesk) ChangeSettings(_ context.Context, change func(*engine.Settings)) error {
	s := d.settings
	change(&s)
	if err := s.Check(); err != nil {
		return err
	}
	d.settings = s
	d.changes++
	return d.err
}

func (d *fakeDesk) Recipes(context.Context) ([]engine.Recipe, error) {
	return slices.Clone(d.recipes), nil
}

func (d *fakeDesk) Version(_ context.Context, id int64, number int) (engine.Definition, error) {
	for _, c := range d.recipes {
		if c.ID == id && number > 0 && c.Published == number {
			return d.live[id], nil
		}
	}
	return engine.Definition{}, engine.Errorf(engine.NotFound, "There is no such version.")
}

func (d *fakeDesk) Connections(context.Context) ([]engine.Connection, error) {
	return d.connections, nil
}

func (d *fakeDesk) Addresses(_ context.Context, r engine.Recipe) ([]string, error) {
	return []string{public + "/hooks/" + r.Token}, nil
}

// catalog knows an app that Bellhop tells where to deliver, one that people have to tell, and a schedule.
type catalog struct{ engine.Catalog }

func (catalog) Operation(use string) (engine.Connector, engine.Operation, bool) {
	switch use {
	case "shopify.order_created":
		return engine.Connector{Title: "Shopify"}, engine.Operation{
			Title: "New order", Connection: engine.Required,
			Webhook: &engine.WebhookSpec{Subscription: &engine.SubscriptionSpec{}}, CatchUp: &engine.CatchUpSpec{},
		}, true
	case "stripe.paid":
		return engine.Connector{Title: "Stripe"}, engine.Operation{Title: "Payment succeeded", Connection: engine.Required, Webhook: &engine.WebhookSpec{}}, true
	}
	return engine.Connector{Title: "Schedule"}, engine.Operation{Title: "Every day", Schedule: &engine.ScheduleSpec{}}, true
}

type world struct {
	t         testing.TB
	engine    *fakeEngine
	desk      *fakeDesk
	loop      *uitest.Loop
	navigator *uitest.Navigator
	page      *reach.Page
	now       time.Time
	browsed   []string
	browseErr error
	opened    []int64
	proxies   int // how often the proxy's setting was opened
	timers    []func()
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, engine: &fakeEngine{}, desk: &fakeDesk{recipes: recipes()}, loop: uitest.NewLoop(), navigator: &uitest.Navigator{}, now: now}
	w.desk.connections = []engine.Connection{{Name: "Practice shop", Practice: true}, {Name: "My shop"}}
	w.desk.live = map[int64]engine.Definition{}
	for i := range w.desk.recipes {
		c := &w.desk.recipes[i]
		w.desk.live[c.ID] = c.Draft
		if c.On { // what is edited and not published yet does not count
			c.Published, c.Draft = 3, engine.Definition{}
		}
	}
	w.page = reach.New(reach.Params{
		Loop: w.loop.UI(), Navigator: w.navigator, Engine: w.engine, Desk: w.desk, Store: w.desk, Catalog: catalog{}, Local: "http://127.0.0.1:8420",
		OnOpenRecipe: func(id int64) { w.opened = append(w.opened, id) },
		OnProxy:      func() { w.proxies++ },
		Browse: func(address string) error {
			w.browsed = append(w.browsed, address)
			return w.browseErr
		},
		Now: func() time.Time { return w.now },
		After: func(_ time.Duration, f func()) func() {
			w.timers = append(w.timers, f)
			return func() {}
		},
	})
	return w
}

func recipe(id int64, name, use, connection string, on bool) engine.Recipe {
	return engine.Recipe{ID: id, Name: name, Token: "tok" + json.Number(name[:1]).String(), On: on,
		Draft: engine.Definition{Trigger: engine.Trigger{Use: use, Connection: connection}}}
}

func recipes() []engine.Recipe {
	return []engine.Recipe{
		recipe(1, "Tell the team about big orders", "shopify.order_created", "My shop", true),
		recipe(2, "Thank for payments", "stripe.paid", "", true),
		recipe(3, "Practice", "shopify.order_created", "practice shop", true),
		recipe(4, "Morning list", "schedule.daily", "", true),
		recipe(5, "Switched off", "stripe.paid", "", false),
	}
}

// open shows the page in a window.
func (w *world) open() *world {
	w.navigator.Window = uitest.Window(w.t, w.page.Content(), 1072, 900)
	w.page.Show()
	w.loop.Turn()
	return w
}

// reached makes the engine say how it is reached from now on.
func (w *world) reached(r engine.Reach) {
	w.engine.reach = r
	w.page.Apply([]engine.Change{{Kind: engine.ReachChanged}})
	w.loop.Turn()
}

func (w *world) words() string { return uitest.Words(w.page.Content()) }

func (w *world) tap(name string) {
	w.t.Helper()
	uitest.Tap(w.t, w.page.Content(), name)
	w.loop.Turn()
}

func (w *world) fill(name, text string) {
	w.t.Helper()
	uitest.Find(w.t, w.page.Content(), func(e *widget.Entry) bool { return e.Name == name }).SetText(text)
}

func (w *world) dialog() fyne.CanvasObject { return w.navigator.Window.Canvas().Overlays().Top() }

// up is a tunnel that works, at a time.
func up(at time.Time) engine.Reach {
	return engine.Reach{
		Way: engine.WayNgrok, URL: public, Checked: at, Worked: at,
		Link:  engine.Link{State: engine.LinkUp, URL: public, Since: at, Plan: "Free"},
		Month: engine.Usage{Since: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Requests: 1204, Bytes: 31_400_000},
	}
}

// lost is one that has gone, at a time.
func lost(at time.Time) engine.Reach {
	r := up(at.Add(-time.Minute))
	r.Link.State, r.Link.Since, r.Link.Problem = engine.LinkLost, at, "No connection to ngrok."
	r.Cut = []string{"Tell the team about big orders", "Thank for payments"}
	r.Polling = r.Cut[:1]
	return r
}

// refused is one that ngrok turned away, at a time.
func refused(at time.Time) engine.Reach {
	return failing(engine.Reach{Way: engine.WayNgrok, Link: engine.Link{
		State: engine.LinkRefused, Since: at, Code: "ERR_NGROK_107", Fix: engine.FixToken,
		Problem: "ngrok does not accept this authtoken. Copy it again from your ngrok dashboard.",
	}})
}

// failing says of a way what its link does.
func failing(r engine.Reach) engine.Reach {
	r.Problem, r.Fix, r.Code = r.Link.Problem, r.Link.Fix, r.Link.Code
	return r
}

func contains(words, what string) bool { return strings.Contains(words, what) }
