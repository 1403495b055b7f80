package deliveries_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/page/deliveries"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

var now = time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)

type fakeDesk struct {
	recipe     engine.Recipe
	deliveries []desk.Delivery
	err        error
	reads      int
}

func (f *fakeDesk) Recipe(context.Context, int64) (engine.Recipe, error) { return f.recipe, f.err }

func (f *fakeDesk) Addresses(context.Context, engine.Recipe) ([]string, error) {
	return []string{"http://127.0.0.1:8420/hooks/abcdefghij"}, nil
}

func (f *fakeDesk) Deliveries(context.Context, int64, int) ([]desk.Delivery, error) {
	f.reads++
	return f.deliveries, f.err
}

// several came, let in and not.
func several() []desk.Delivery {
	return []desk.Delivery{
		{At: now.Add(-time.Minute), Status: 401, Reason: "The signature is not right. Compare the secret of the connection with the one in the other app.", Sender: "203.0.113.7, Shopify-Captain-Hook", Method: "POST", Times: 3},
		{At: now.Add(-4 * time.Minute), Status: 200, Accepted: true, Times: 1, RunID: 77, EventKey: "b54557e4"},
		{At: now.Add(-26 * time.Hour), Status: 405, Reason: "It came as GET. Deliveries come as POST.", Times: 1},
	}
}

type world struct {
	*deliveries.Page
	desk   *fakeDesk
	loop   *uitest.Loop
	nav    *uitest.Navigator
	opened []int64
	ticks  []func()
	reach  engine.Reach
	// reaching counts how often the page about that was asked for.
	reaching int
}

func newWorld(f *fakeDesk) *world {
	w := &world{desk: f, loop: uitest.NewLoop(), nav: &uitest.Navigator{}}
	w.Page = deliveries.New(deliveries.Params{
		Loop: w.loop.UI(), Navigator: w.nav, Desk: f, RecipeID: 1, OnOpenRun: func(id int64) { w.opened = append(w.opened, id) },
		Reach: func() engine.Reach { return w.reach }, OnReach: func() { w.reaching++ },
		Now:   func() time.Time { return now },
		After: func(_ time.Duration, f func()) func() { w.ticks = append(w.ticks, f); return func() {} },
	})
	return w
}

func (w *world) open(t *testing.T) *world {
	w.nav.Window = uitest.Window(t, w.Content(), 900, 700)
	w.Show()
	w.loop.Turn()
	return w
}

func (w *world) words() string { return uitest.Words(w.Content()) }

func TestWhatCameAndWhyItWasNotLetIn(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(&fakeDesk{recipe: engine.Recipe{ID: 1, Name: "Orders", On: true}, deliveries: several()}).open(t)
	for _, says := range []string{"What came in for “Orders”", "http://127.0.0.1:8420/hooks/abcdefghij", "Today 14:29 · 3×", "Refused 401", "The signature is not right.",
		"Accepted", "Started run 77", "Yesterday 12:30", "Refused 405"} {
		require.Contains(t, w.words(), says)
	}
	require.NotContains(t, w.words(), "This recipe is off.")
	uitest.Tap(t, w.Content(), "Copy address")
	require.Equal(t, "http://127.0.0.1:8420/hooks/abcdefghij", fyne.CurrentApp().Clipboard().Content())

	// By keyboard: why at length, and the run of what was let in.
	list := uitest.Find(t, w.Content(), func(*widget.List) bool { return true })
	c := w.nav.Window.Canvas()
	c.Focus(list)
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	says := uitest.Words(c.Overlays().Top())
	require.Contains(t, says, "Compare the secret of the connection")
	require.Contains(t, says, "203.0.113.7, Shopify-Captain-Hook")
	uitest.Tap(t, c.Overlays().Top(), "OK")
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, []int64{77}, w.opened)
}

func TestItIsReadAgainAndAgainWhileItIsSeen(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(&fakeDesk{recipe: engine.Recipe{ID: 1, Name: "Orders"}}).open(t)
	require.Contains(t, w.words(), "Nothing has come yet")
	require.Contains(t, w.words(), "This recipe is off.")
	w.desk.deliveries = several()
	w.ticks[0]()
	w.loop.Turn()
	require.Contains(t, w.words(), "Refused 401")
	require.NotContains(t, w.words(), "Nothing has come yet")
	reads := w.desk.reads
	w.Apply([]engine.Change{{Kind: engine.RunChanged}})
	w.loop.Turn()
	require.Equal(t, reads, w.desk.reads)
	w.desk.recipe.On = true
	w.Apply([]engine.Change{{Kind: engine.RecipesChanged}})
	w.loop.Turn()
	require.NotContains(t, w.words(), "This recipe is off.")
	reads = w.desk.reads
	w.Hide()
	w.ticks[1]()
	w.loop.Turn()
	require.Equal(t, reads, w.desk.reads)

	w.desk.err = engine.Errorf(engine.Unavailable, "The disk is full.")
	w.Show()
	w.loop.Turn()
	require.Contains(t, w.words(), "The disk is full.")
}

func TestMarkup(t *testing.T) {
	for name, f := range map[string]*fakeDesk{
		"several": {recipe: engine.Recipe{ID: 1, Name: "Orders", On: true}, deliveries: several()},
		"nothing": {recipe: engine.Recipe{ID: 1, Name: "Orders"}},
	} {
		t.Run(name, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(f)
			w.Show()
			w.loop.Turn()
			uitest.Markup(t, name, w.Content(), 900, 700)
		})
	}
}

func TestLook(t *testing.T) {
	uitest.Render(t, "deliveries", 1072, 700, func(fyne.App) fyne.CanvasObject {
		w := newWorld(&fakeDesk{recipe: engine.Recipe{ID: 1, Name: "Orders"}, deliveries: several()})
		return widget.NewSurface(theme.ColorBackground, w.open(t).Content())
	})
}

func TestItIsSaidFirstIfNothingFromTheInternetArrives(t *testing.T) {
	uitest.NewApp(t)
	for _, test := range []struct {
		name       string
		reach      engine.Reach
		says, deed string
	}{
		{"no way in", engine.Reach{Cut: []string{"Orders"}}, "Apps on the internet cannot send to this computer yet.", "Make it reachable"},
		{"broken", engine.Reach{Way: engine.WayNgrok, Worked: now, Problem: "ngrok cannot be reached.", Cut: []string{"Orders"}}, "Unreachable since 14:30. ngrok cannot be reached.", "See why"},
		{"works", engine.Reach{Way: engine.WayNgrok, Worked: now}, "", ""},
		{"practice", engine.Reach{Cut: []string{"Another"}}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(&fakeDesk{recipe: engine.Recipe{ID: 1, Name: "Orders", On: true}})
			w.reach = test.reach
			w.open(t)
			require.Contains(t, w.words(), test.says)
			if test.deed == "" {
				require.NotContains(t, w.words(), "reachable")
				return
			}
			uitest.Tap(t, w.Content(), test.deed)
			require.Equal(t, 1, w.reaching)
		})
	}
}
