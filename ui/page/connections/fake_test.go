package connections_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/limit"
	"bellhop/ui/page/connections"
	"bellhop/ui/uitest"
)

// fakeDesk is a desk with connections in memory.
type fakeDesk struct {
	connections []engine.Connection
	recipes     []desk.RecipeCard
	lost        []string
	err         error
	saved       []engine.Connection
	secrets     []map[string]string
	saveErr     error
	says        string
	testErr     error
	tested      []string
	deleted     []string
	paused      []engine.Paused
	troubles    []limit.Trouble
	back        []string
}

var _ connections.Desk = (*fakeDesk)(nil)

func (d *fakeDesk) Connections(context.Context) ([]engine.Connection, error) {
	return slices.Clone(d.connections), d.err
}

func (d *fakeDesk) Recipes(context.Context) ([]desk.RecipeCard, error) { return d.recipes, d.err }

func (d *fakeDesk) SaveConnection(_ context.Context, c *engine.Connection, secrets map[string]string) error {
	d.saved, d.secrets = append(d.saved, *c), append(d.secrets, secrets)
	if d.saveErr != nil {
		return d.saveErr
	}
	if c.ID == 0 {
		c.ID = 77
	}
	for name := range maps.Keys(secrets) {
		c.SecretFields = append(c.SecretFields, name)
	}
	return nil
}

func (d *fakeDesk) DeleteConnection(_ context.Context, c engine.Connection) error {
	d.deleted = append(d.deleted, c.Name)
	return d.err
}

func (d *fakeDesk) TestConnection(_ context.Context, name string) (string, error) {
	d.tested = append(d.tested, name)
	return d.says, d.testErr
}

func (d *fakeDesk) Paused(context.Context) ([]engine.Paused, error) { return d.paused, d.err }

func (d *fakeDesk) Lost(context.Context) ([]string, error) { return d.lost, d.err }

// Trouble makes it an engine, too.
func (d *fakeDesk) Trouble() []limit.Trouble { return d.troubles }

func (d *fakeDesk) Back(name string) { d.back = append(d.back, name) }

// catalog knows four apps: one needs no connection, and one has nothing to test with.
type catalog struct{ engine.Catalog }

func (catalog) Connectors() []engine.Connector {
	return []engine.Connector{
		{Name: "logic", Title: "Logic", Glyph: "L"},
		{
			Name: "shopify", Title: "Shopify", Color: "#4B7F28", Glyph: "S",
			Help: "Tells of new and paid orders the moment they happen. You need an app of your own in Shopify's Dev Dashboard, installed in your shop.",
			Connection: &engine.ConnectionSpec{Test: &engine.TestSpec{}, Fields: []engine.Field{
				{Name: "shop", Type: engine.FieldText, Label: "Shop", Help: "The first part of your shop's address, which ends in myshopify.com.", Placeholder: "my-shop", Required: true},
				{Name: "client_id", Type: engine.FieldText, Label: "Client ID", Help: "In Shopify's Dev Dashboard, open your app, then Settings."},
				{Name: "client_secret", Type: engine.FieldSecret, Label: "Client secret", Help: "Below the client ID. Shopify also signs with it what it sends, so that nobody else can send you orders."},
				{Name: "access_token", Type: engine.FieldSecret, Label: "Access token", Advanced: true},
			}},
		},
		{
			Name: "slack", Title: "Slack", Color: "#611F69", Glyph: "#",
			Help: "Posts messages to your team's channels. You need an app of your own in Slack, which takes five minutes to make at api.slack.com/apps.",
			Connection: &engine.ConnectionSpec{Test: &engine.TestSpec{}, Fields: []engine.Field{
				{Name: "bot_token", Type: engine.FieldSecret, Label: "Bot token", Help: "In your app at api.slack.com/apps, under OAuth & Permissions."},
			}},
		},
		{Name: "http", Title: "HTTP", Glyph: "H", Actions: []engine.Operation{{Name: "send", Request: &engine.RequestSpec{}}}, Limits: &engine.Limits{PerSecond: 2},
			Connection: &engine.ConnectionSpec{Fields: []engine.Field{{Name: "user", Type: engine.FieldText, Label: "User"}}}},
		{Name: "webhook", Title: "Webhook", Glyph: "W", Connection: &engine.ConnectionSpec{Fields: []engine.Field{
			{Name: "secret", Type: engine.FieldSecret, Label: "Secret"},
		}}},
	}
}

func (c catalog) Connector(name string) (engine.Connector, bool) {
	for _, one := range c.Connectors() {
		if one.Name == name {
			return one, true
		}
	}
	return engine.Connector{}, false
}

var now = time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)

type world struct {
	t         testing.TB
	desk      *fakeDesk
	loop      *uitest.Loop
	navigator *uitest.Navigator
	params    connections.Params
	page      *connections.Page
}

func newWorld(t testing.TB, have ...engine.Connection) *world {
	w := &world{
		t: t, desk: &fakeDesk{connections: have, says: "Connected to Olive & Oak."},
		loop: uitest.NewLoop(), navigator: &uitest.Navigator{},
	}
	w.params = connections.Params{Loop: w.loop.UI(), Navigator: w.navigator, Desk: w.desk, Catalog: catalog{}, Engine: w.desk, Now: func() time.Time { return now }}
	w.page = connections.New(w.params)
	return w
}

// open shows the page in a window.
func (w *world) open() *world {
	w.navigator.Window = uitest.Window(w.t, w.page.Content(), 1072, 800)
	w.page.Show()
	w.loop.Turn()
	return w
}

// form shows the page that was opened last.
func (w *world) form() *connections.Form {
	w.t.Helper()
	f := w.navigator.Opened[len(w.navigator.Opened)-1].(*connections.Form)
	w.show(f)
	return f
}

func (w *world) show(f *connections.Form) {
	w.navigator.Window = uitest.Window(w.t, f.Content(), 1072, 900)
	f.Show()
}

func (w *world) words() string { return uitest.Words(w.page.Content()) }

func (w *world) tap(in fyne.CanvasObject, name string) {
	w.t.Helper()
	uitest.Tap(w.t, in, name)
	w.loop.Turn()
}

func (w *world) dialog() fyne.CanvasObject { return w.navigator.Window.Canvas().Overlays().Top() }

func have() []engine.Connection {
	return []engine.Connection{
		{ID: 1, Name: "My shop", Connector: "shopify", Fields: map[string]string{"shop": "olive-oak", "client_id": "abc"}, SecretFields: []string{"client_secret"}},
		{ID: 2, Name: "Practice Slack", Connector: "slack", SecretFields: []string{"bot_token"}, Practice: true},
		{ID: 3, Name: "Shop Slack", Connector: "slack", SecretFields: []string{"bot_token"}},
		{ID: 4, Name: "Old thing", Connector: "gone"},
	}
}

func using(name string, names ...string) desk.RecipeCard {
	d := engine.Definition{Trigger: engine.Trigger{Connection: names[0]}}
	for _, n := range names[1:] {
		d.Steps = append(d.Steps, engine.Step{Connection: n})
	}
	return desk.RecipeCard{Recipe: engine.Recipe{Name: name, Draft: d}}
}
