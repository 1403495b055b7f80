package connections_test

import (
	"encoding/json"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/limit"
	"bellhop/ui/page/connections"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// troubled is a page of which two connections are in trouble.
func troubled(w *world) *world {
	w.desk.troubles = []limit.Trouble{
		{For: "My shop", Connection: true, Since: now.Add(-time.Hour), Why: "Shopify does not answer.", Next: now.Add(5 * time.Minute)},
		{For: "Shop Slack", Connection: true, Since: now.Add(-28 * time.Minute), Why: "Slack does not accept the bot token. Copy it again.", NeedsYou: true},
		{For: "api.example.com", Since: now, Why: "It does not answer."},
	}
	w.desk.paused = []engine.Paused{{WaitsFor: "Shop Slack", Runs: 12}, {WaitsFor: "api.example.com", Runs: 1}}
	return w
}

func TestWhatRunsWaitForIsToldWithWhyAndSince(t *testing.T) {
	uitest.NewApp(t)
	w := troubled(newWorld(t, have()...)).open()
	words := w.words()
	for _, says := range []string{
		"“Shop Slack” needs you since 14:02. Slack does not accept the bot token. Copy it again. 12 runs wait for it.",
		"“My shop” is paused since 13:30. Shopify does not answer. Bellhop asks again by itself: 14:35.",
		"“api.example.com” is paused since 14:30. It does not answer. 1 run waits for it.",
		"Needs you since 14:02\n12 runs wait for it", "Paused since 13:30\nShopify does not answer.",
	} {
		require.Contains(t, words, says)
	}
	w.desk.troubles = []limit.Trouble{{Since: now, Why: "This computer is offline."}}
	w.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	w.loop.Turn()
	require.Contains(t, w.words(), "Offline since 14:30. This computer is offline. 13 runs wait for it.")
	require.NotContains(t, w.words(), "needs you")
	w.desk.troubles = nil
	w.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	w.loop.Turn()
	require.NotContains(t, w.words(), "since")
	require.Contains(t, w.words(), "Runs wait\n12 runs wait for it\nTry now", "such as after a start, when nothing is known to be wrong")
	w.desk.paused = nil
	w.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	w.loop.Turn()
	require.NotContains(t, w.words(), "wait")
}

func TestWhatWasPausedIsTriedNow(t *testing.T) {
	uitest.NewApp(t)
	w := troubled(newWorld(t, have()...)).open()
	w.desk.testErr = engine.Errorf(engine.Unavailable, "Shopify does not answer.")
	w.tap(w.page.Content(), "Try My shop now")
	require.Equal(t, []string{"My shop"}, w.desk.tested)
	require.Empty(t, w.desk.back, "it does not work yet")
	w.desk.testErr = nil
	w.tap(w.page.Content(), "Try My shop now")
	require.Equal(t, []string{"My shop"}, w.desk.back, "what waits goes on")

	w.desk.connections = append(w.desk.connections, engine.Connection{ID: 9, Name: "Stock", Connector: "http"})
	w.desk.troubles = []limit.Trouble{{For: "Stock", Connection: true, Since: now, Why: "Nothing answers."}}
	w.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	w.loop.Turn()
	w.tap(w.page.Content(), "Try Stock now")
	require.Equal(t, []string{"My shop", "Stock"}, w.desk.back, "there is nothing to test it with, so what waits tries")
	require.Len(t, w.desk.tested, 2)

	c := have()[2]
	f := connections.NewForm(connections.FormParams{Params: w.params, Connection: &c})
	w.show(f)
	w.tap(f.Content(), "Save and test")
	require.Equal(t, []string{"My shop", "Stock", "Shop Slack"}, w.desk.back)
}

func TestLimitsAndPrivateAddresses(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	c := engine.Connection{ID: 5, Name: "Stock", Connector: "http", Fields: map[string]string{"user": "me"}, Limits: &engine.Limits{AtOnce: 2}}
	f := connections.NewForm(connections.FormParams{Params: w.params, Connection: &c})
	w.show(f)
	require.Contains(t, uitest.Words(f.Content()), "May reach private addresses", "it is open where something is set")
	typeInto(t, f, "Requests in a second", "zero")
	w.tap(f.Content(), "Save")
	require.Empty(t, w.desk.saved)
	typeInto(t, f, "Requests in a second", "0")
	w.tap(f.Content(), "Save")
	require.Empty(t, w.desk.saved)
	require.Contains(t, uitest.Words(f.Content()), "This is a number above 0, or empty.")
	typeInto(t, f, "Requests in a second", "0.5")
	typeInto(t, f, "Requests at the same time", "1.5")
	w.tap(f.Content(), "Save")
	require.Contains(t, uitest.Words(f.Content()), "This is a whole number, or empty.")
	typeInto(t, f, "Requests at the same time", "")
	uitest.Find(t, f.Content(), func(g *widget.Toggle) bool { return true }).Tapped(nil)
	w.tap(f.Content(), "Save")
	require.Len(t, w.desk.saved, 1)
	saved := w.desk.saved[0]
	require.Equal(t, &engine.Limits{PerSecond: 0.5}, saved.Limits)
	require.True(t, saved.AllowPrivate)
	require.Equal(t, map[string]string{"user": "me"}, saved.Fields)

	// Where an app has its own address, there is nothing to allow; a webhook sends nothing at all.
	f = connections.NewForm(connections.FormParams{Params: w.params, Connector: "webhook"})
	w.show(f)
	require.NotContains(t, uitest.Words(f.Content()), "advanced")
	data, err := json.Marshal(saved.Limits)
	require.NoError(t, err)
	require.JSONEq(t, `{"per_second":0.5}`, string(data))
}

func TestTroubleMarkup(t *testing.T) {
	uitest.NewApp(t)
	w := troubled(newWorld(t, have()[:3]...))
	w.page.Show()
	w.loop.Turn()
	uitest.Markup(t, "troubled", w.page.Content(), 1072, 600)
}

func TestTroubleLook(t *testing.T) {
	uitest.Render(t, "connections-troubled", 1072, 800, func(fyne.App) fyne.CanvasObject {
		w := troubled(newWorld(t, have()...))
		w.desk.recipes = []desk.RecipeCard{using("Big orders", "My shop", "Shop Slack")}
		return widget.NewSurface(theme.ColorBackground, w.open().page.Content())
	})
	uitest.Render(t, "connection-limits", 1072, 900, func(fyne.App) fyne.CanvasObject {
		w := newWorld(t)
		c := engine.Connection{ID: 5, Name: "Stock", Connector: "http", Limits: &engine.Limits{AtOnce: 2}}
		return widget.NewSurface(theme.ColorBackground, connections.NewForm(connections.FormParams{Params: w.params, Connection: &c}).Content())
	})
}
