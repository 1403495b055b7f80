package connections_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/page/connections"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestCardsTellConnections(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, have()...)
	w.desk.recipes = []desk.RecipeCard{using("Big orders", "My shop", "shop slack", "Shop Slack"), using("Refunds", "my shop")}
	words := w.open().words()
	for _, want := range []string{
		"Shopify · Shop: olive-oak · Client ID: abc · Client secret saved", "Used by 2 recipes",
		"Used by Big orders", "Practice", "Not used yet", "Unknown app",
	} {
		require.Contains(t, words, want)
	}
}

func TestEmptyAndError(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	require.Contains(t, w.words(), "keys stay encrypted on this computer")
	w.tap(w.page.Content(), "Add connection")
	require.Len(t, w.navigator.Opened, 1)

	w.desk.err = engine.Errorf(engine.Unavailable, "The database cannot be read.")
	w.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	w.loop.Turn()
	require.Contains(t, w.words(), "The database cannot be read.")
	w.desk.err, w.desk.connections = nil, have()
	w.tap(w.page.Content(), "Try again")
	require.Contains(t, w.words(), "My shop")
	require.NotContains(t, w.words(), "cannot be read")
}

func TestTestOnTheCard(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, have()...).open()
	uitest.Tap(t, w.page.Content(), "Test My shop")
	require.Contains(t, w.words(), "Testing…")
	uitest.Tap(t, w.page.Content(), "Test My shop")
	w.loop.Turn()
	require.Equal(t, []string{"My shop"}, w.desk.tested, "once at a time")
	require.Contains(t, w.words(), "Works\nConnected to Olive & Oak.")

	w.desk.testErr = engine.Errorf(engine.Unauthorized, "Slack does not accept the bot token. Copy it again.")
	w.tap(w.page.Content(), "Test Shop Slack")
	require.Contains(t, w.words(), "“Shop Slack” does not work. Slack does not accept the bot token. Copy it again.")
	w.tap(w.page.Content(), "Edit")
	require.Equal(t, "Shop Slack", w.form().Title())
}

func TestDelete(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, have()...).open()
	uitest.Tap(t, w.page.Content(), "More about My shop")
	pick(t, w, "Delete…")
	require.Empty(t, w.desk.deleted, "asked first")
	w.desk.err = engine.Errorf(engine.Conflict, "The recipe %q uses this connection.", "Big orders")
	w.tap(w.dialog(), "Delete")
	require.Equal(t, []string{"My shop"}, w.desk.deleted)
	require.Contains(t, uitest.Words(w.dialog()), "The recipe \"Big orders\" uses this connection.")
	w.tap(w.dialog(), "OK")

	w.desk.err = nil
	uitest.Tap(t, w.page.Content(), "More about My shop")
	pick(t, w, "Delete…")
	w.tap(w.dialog(), "Delete")
	require.Equal(t, []string{"“My shop” is deleted."}, w.navigator.Toasts)
}

// pick taps an item of the menu that is open.
func pick(t *testing.T, w *world, label string) {
	t.Helper()
	uitest.Pick(t, w.navigator.Window, label)
	w.loop.Turn()
}

func TestEditFromAnotherPage(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, have()...)
	w.page.Edit("shop slack")
	w.loop.Turn()
	require.Equal(t, "Shop Slack", w.form().Title())
	w.page.Edit("Gone")
	w.loop.Turn()
	require.Equal(t, []string{"There is no connection “Gone” any more."}, w.navigator.Toasts)
}

func typeInto(t *testing.T, f *connections.Form, name, text string) {
	t.Helper()
	uitest.Find(t, f.Content(), func(e *widget.Entry) bool { return e.Name == name }).SetText(text)
}

func TestAdd(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.tap(w.page.Content(), "Add connection")
	f := w.form()
	require.NotContains(t, uitest.Words(f.Content()), "Logic", "it needs no connection")
	w.tap(f.Content(), "Shopify")
	require.Equal(t, "Connect Shopify", f.Title())
	require.Equal(t, 1, w.navigator.Retitles)

	w.tap(f.Content(), "Save and test")
	require.Empty(t, w.desk.saved)
	require.Contains(t, uitest.Words(f.Content()), "This is needed.")

	typeInto(t, f, "Shop", "olive-oak")
	typeInto(t, f, "Client ID", "abc")
	typeInto(t, f, "Client secret", "shh")
	uitest.Tap(t, f.Content(), "Save and test")
	require.Contains(t, uitest.Words(f.Content()), "Saving…")
	w.loop.Turn()
	require.Equal(t, []engine.Connection{{Name: "My Shopify", Connector: "shopify", Fields: map[string]string{"shop": "olive-oak", "client_id": "abc"}}}, w.desk.saved)
	require.Equal(t, []map[string]string{{"client_secret": "shh"}}, w.desk.secrets)
	require.Equal(t, []string{"My Shopify"}, w.desk.tested)
	words := uitest.Words(f.Content())
	require.Contains(t, words, "Connected to Olive & Oak.")
	require.Contains(t, words, "saved", "the secret is not shown")
	require.NotContains(t, words, "shh")
	w.tap(f.Content(), "Done")
	require.Equal(t, 1, w.navigator.Backs)
}

func TestTestThatFailsLeavesTheFormOpen(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	c := have()[2]
	f := connections.NewForm(connections.FormParams{Params: w.params, Connection: &c})
	w.show(f)
	w.desk.testErr = engine.Errorf(engine.Unauthorized, "Slack does not accept the bot token.")
	w.tap(f.Content(), "Save and test")
	require.Contains(t, uitest.Words(f.Content()), "Saved, but it does not work yet. Slack does not accept the bot token.")
	require.Zero(t, w.navigator.Backs)
	require.Empty(t, w.desk.secrets[0], "what is saved is left alone")

	w.desk.testErr, w.desk.says = nil, ""
	w.tap(f.Content(), "Save and test")
	require.Contains(t, uitest.Words(f.Content()), "nothing to test with")
	typeInto(t, f, "Name", "Team Slack")
	w.desk.saveErr = engine.Errorf(engine.Conflict, "There is a connection of that name.")
	w.tap(f.Content(), "Save")
	require.Contains(t, uitest.Words(f.Content()), "There is a connection of that name.")
}

func TestSaveWithoutTest(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	var saved []engine.Connection
	f := connections.NewForm(connections.FormParams{Params: w.params, Connector: "slack", OnSaved: func(c engine.Connection) { saved = append(saved, c) }})
	w.show(f)
	typeInto(t, f, "Bot token", "xoxb")
	w.tap(f.Content(), "Save")
	require.Equal(t, int64(77), saved[0].ID)
	require.Empty(t, w.desk.tested)
	require.Equal(t, 1, w.navigator.Backs)
}

func TestWithoutATestThereIsOnlySave(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, engine.Connection{ID: 9, Name: "Website", Connector: "webhook"})
	f := connections.NewForm(connections.FormParams{Params: w.params, Connector: "webhook"})
	w.show(f)
	require.NotContains(t, uitest.Words(f.Content()), "test")
	typeInto(t, f, "Secret", "shh")
	w.tap(f.Content(), "Save")
	require.Len(t, w.desk.saved, 1)
	require.Empty(t, w.desk.tested)
	require.NotContains(t, w.open().words(), "Test")
}

func TestSaveGoesOnWhenThePageIsLeft(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	f := connections.NewForm(connections.FormParams{Params: w.params, Connector: "slack"})
	w.show(f)
	typeInto(t, f, "Bot token", "xoxb")
	uitest.Tap(t, f.Content(), "Save and test")
	f.Hide()
	w.loop.Turn()
	require.Len(t, w.desk.saved, 1)
	require.Empty(t, w.desk.tested)
	require.Zero(t, w.navigator.Backs, "another page is shown by now")
	require.Equal(t, []string{"“My Slack” is saved."}, w.navigator.Toasts)
}

func TestLeaveAsksOnlyWhatWasTyped(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	f := connections.NewForm(connections.FormParams{Params: w.params, Connector: "slack"})
	w.show(f)
	require.True(t, f.Leave(nil))
	typeInto(t, f, "Bot token", "xoxb")
	left := false
	require.False(t, f.Leave(func() { left = true }))
	w.tap(w.dialog(), "Leave")
	require.True(t, left)
}

// TestBackLeadsToTheChoiceOfTheApp: who chose the wrong one chooses again, and what is typed is asked about.
func TestBackLeadsToTheChoiceOfTheApp(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.tap(w.page.Content(), "Add connection")
	f := w.form()
	w.tap(f.Content(), "Shopify")
	w.tap(f.Content(), "Back")
	require.Equal(t, "Add connection", f.Title())
	w.tap(f.Content(), "Slack")
	typeInto(t, f, "Bot token", "xoxb")
	w.tap(f.Content(), "Back")
	require.Equal(t, "Connect Slack", f.Title())
	w.tap(w.dialog(), "Leave")
	require.Equal(t, "Add connection", f.Title())
	require.Zero(t, w.navigator.Backs)
	w.tap(f.Content(), "Back")
	require.Equal(t, 1, w.navigator.Backs)
}

func TestPracticeHasNothingToFillIn(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	c := have()[1]
	f := connections.NewForm(connections.FormParams{Params: w.params, Connection: &c})
	w.show(f)
	words := uitest.Words(f.Content())
	require.Contains(t, words, "A practice account.")
	require.NotContains(t, words, "Save")
	w.tap(f.Content(), "Test")
	require.Contains(t, uitest.Words(f.Content()), "Connected to Olive & Oak.")
}

func TestMarkup(t *testing.T) {
	for name, test := range map[string]struct {
		have []engine.Connection
		err  error
		turn bool
	}{
		"loading": {},
		"empty":   {turn: true},
		"filled":  {have: have()[:2], turn: true},
		"error":   {err: engine.Errorf(engine.Unavailable, "The database cannot be read."), turn: true},
	} {
		t.Run(name, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t, test.have...)
			w.desk.err = test.err
			w.page.Show()
			if test.turn {
				w.loop.Turn()
			}
			uitest.Markup(t, name, w.page.Content(), 1072, 600)
		})
	}
}

func TestLook(t *testing.T) {
	look := func(name string, make func(w *world) fyne.CanvasObject) {
		uitest.Render(t, name, 1072, 800, func(fyne.App) fyne.CanvasObject {
			return widget.NewSurface(theme.ColorBackground, make(newWorld(t, have()...)))
		})
	}
	look("connections", func(w *world) fyne.CanvasObject {
		w.desk.recipes = []desk.RecipeCard{using("Big orders", "My shop", "Shop Slack"), using("Refunds", "My shop")}
		w.open()
		w.tap(w.page.Content(), "Test My shop")
		w.desk.testErr = engine.Errorf(engine.Unauthorized, "Slack does not accept the bot token. Copy it again from your app, under OAuth & Permissions.")
		w.tap(w.page.Content(), "Test Shop Slack")
		return w.page.Content()
	})
	look("connections-empty", func(w *world) fyne.CanvasObject {
		w.desk.connections = nil
		w.page.Show()
		w.loop.Turn()
		return w.page.Content()
	})
	look("connection-choose", func(w *world) fyne.CanvasObject {
		return connections.NewForm(connections.FormParams{Params: w.params}).Content()
	})
	look("connection-add", func(w *world) fyne.CanvasObject {
		f := connections.NewForm(connections.FormParams{Params: w.params, Connector: "shopify"})
		w.show(f)
		w.navigator.Window.Canvas().FocusNext()
		w.tap(f.Content(), "Save and test")
		return f.Content()
	})
	look("connection-edit", func(w *world) fyne.CanvasObject {
		c := have()[0]
		f := connections.NewForm(connections.FormParams{Params: w.params, Connection: &c})
		w.show(f)
		w.tap(f.Content(), "Save and test")
		return f.Content()
	})
	look("connection-practice", func(w *world) fyne.CanvasObject {
		c := have()[1]
		return connections.NewForm(connections.FormParams{Params: w.params, Connection: &c}).Content()
	})
}
