package editor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
	"bellhop/ui/page/editor"
	"bellhop/ui/uitest"
)

// kitchen is a desk, a store of versions and a clock in memory, and an editor on them.
type kitchen struct {
	step     string // the one to open the recipe at
	t        testing.TB
	catalog  engine.Catalog
	stored   engine.Recipe
	versions []engine.Definition
	accounts []engine.Connection
	samples  []desk.Sample
	// refuse is the error of writes, and unread that of reads.
	refuse, unread error
	warnings       []string
	saves          int
	now            time.Time
	// waiting are the calls that After put off.
	waiting []func()

	loop      *uitest.Loop
	navigator *uitest.Navigator
	added     []string
	page      *editor.Page
	window    fyne.Window
	// onTryOut and onDeliveries are the page's.
	onTryOut, onDeliveries func()
	// reach is the page's, and reaching counts how often the page about it was asked for.
	reach    func() engine.Reach
	reaching int
}

func (k *kitchen) Recipe(context.Context, int64) (engine.Recipe, error) { return k.stored, k.unread }

func (k *kitchen) SaveDraft(_ context.Context, _ int64, d engine.Definition) error {
	if k.refuse != nil {
		return k.refuse
	}
	k.saves++
	// As the store does it: by way of JSON.
	data, err := d.Canonical()
	require.NoError(k.t, err)
	back, problems := recipe.Parse(data)
	require.Empty(k.t, problems)
	back.Name = strings.TrimSpace(back.Name)
	k.stored.Draft, k.stored.Name = back, back.Name
	return nil
}

func (k *kitchen) Publish(context.Context, int64) error {
	if k.refuse != nil {
		return k.refuse
	}
	k.versions = append(k.versions, k.stored.Draft)
	k.stored.Published = len(k.versions)
	return nil
}

func (k *kitchen) Warnings(context.Context, int64, engine.Definition) ([]string, error) {
	return k.warnings, nil
}

func (k *kitchen) Switch(_ context.Context, _ int64, on bool) error {
	if k.refuse != nil {
		return k.refuse
	}
	k.stored.On = on
	return nil
}

func (k *kitchen) Addresses(context.Context, engine.Recipe) ([]string, error) {
	return []string{"http://127.0.0.1:8420/hooks/k5d3vqw7h2mxa4ztnrb6yjc8fe"}, nil
}

func (k *kitchen) Connections(context.Context) ([]engine.Connection, error) { return k.accounts, nil }

func (k *kitchen) Samples(context.Context, engine.Definition, int64) ([]desk.Sample, error) {
	return k.samples, nil
}

func (k *kitchen) Version(_ context.Context, _ int64, number int) (engine.Definition, error) {
	return k.versions[number-1], nil
}

var accounts = []engine.Connection{
	{ID: 1, Name: "My shop", Connector: "shopify", Fields: map[string]string{"shop": "casa-silva"}, SecretFields: []string{"client_id", "client_secret"}},
	{ID: 2, Name: "Shop Slack", Connector: "slack", SecretFields: []string{"bot_token"}},
}

const bigOrders = `{"recipe": 1, "name": "Tell the team about big orders",
	"trigger": {"use": "shopify.order_created", "connection": "My shop"},
	"steps": [
		{"id": "big", "use": "logic.filter", "with": {"match": "all", "rules": [{"value": "{{trigger.total_price}}", "is": "greater_than", "than": "100"}]}},
		{"id": "post", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#orders",
			"text": "New order {{trigger.name}} from {{trigger.customer.first_name}} for {{trigger.total_price | money: trigger.currency}}"}}
	]}`

func definition(t testing.TB, text string) engine.Definition {
	t.Helper()
	d, problems := recipe.Parse([]byte(text))
	require.Empty(t, problems)
	return d
}

// open makes an editor of a recipe and shows it in a window.
func open(t testing.TB, draft string, change func(k *kitchen)) *kitchen {
	t.Helper()
	uitest.NewApp(t)
	k := newKitchen(t, draft, change)
	k.show()
	return k
}

// show shows the page in a window.
func (k *kitchen) show() {
	k.window = uitest.Window(k.t, k.page.Content(), 1280, 800)
	k.navigator.Window = k.window
	k.page.Show()
	k.loop.Turn()
}

func newKitchen(t testing.TB, draft string, change func(k *kitchen)) *kitchen {
	t.Helper()
	k := &kitchen{t: t, catalog: catalog(t), accounts: accounts, loop: uitest.NewLoop(), navigator: &uitest.Navigator{}}
	k.now = time.Date(2026, 11, 21, 9, 14, 0, 0, time.UTC)
	d := definition(t, draft)
	k.stored = engine.Recipe{ID: 7, Name: d.Name, Draft: d}
	k.samples = []desk.Sample{{}}
	if change != nil {
		change(k)
	}
	k.page = editor.New(editor.Params{
		Loop: k.loop.UI(), Navigator: k.navigator, Desk: k, Versions: k, Catalog: k.catalog, RecipeID: 7, Step: k.step,
		Locale:   func() mapping.Env { return mapping.Env{Zone: time.UTC} },
		OnTryOut: k.onTryOut, OnDeliveries: k.onDeliveries, Reach: k.reach, OnReach: func() { k.reaching++ },
		OnAddConnection: func(connector string) { k.added = append(k.added, connector) },
		Now:             func() time.Time { return k.now },
		After: func(_ time.Duration, f func()) func() {
			k.waiting = append(k.waiting, f)
			return func() {}
		},
	})
	return k
}

// wait lets all the time pass that something waits for.
func (k *kitchen) wait() {
	for len(k.waiting) > 0 {
		f := k.waiting[0]
		k.waiting = k.waiting[1:]
		f()
		k.loop.Turn()
		k.now = k.now.Add(time.Second)
	}
}

func (k *kitchen) tap(name string) {
	k.t.Helper()
	uitest.Tap(k.t, k.page.Content(), name)
	k.loop.Turn()
}

// write replaces what stands in the entry of that name.
func (k *kitchen) write(name, text string) {
	k.t.Helper()
	k.entry(name).SetText(text)
	k.loop.Turn()
}

type entry interface {
	fyne.Focusable
	SetText(string)
}

func (k *kitchen) entry(name string) entry {
	k.t.Helper()
	for o := range uitest.Visible(k.page.Content()) {
		a, ok := o.(fyne.Accessible)
		if e, is := o.(entry); ok && is && a.AccessibilityLabel() == name {
			return e
		}
	}
	require.Fail(k.t, "no such entry", "named %q; words:\n%s", name, k.words())
	panic("unreachable")
}

// choose searches for an operation and takes the first one found.
func (k *kitchen) choose(search string) {
	k.t.Helper()
	k.write("Search, such as “send message”", search)
	k.press(k.entry("Search, such as “send message”"), fyne.KeyReturn)
}

func (k *kitchen) press(on fyne.Focusable, key fyne.KeyName) {
	on.TypedKey(&fyne.KeyEvent{Name: key})
	k.loop.Turn()
}

func (k *kitchen) words() string { return uitest.Words(k.page.Content()) }
