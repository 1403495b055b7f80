package recipes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/mapping"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestARecipeIsRunByHand(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, recipe(1, "Refund", func(c *desk.RecipeCard) {
		c.Draft = definition("manual.run", "slack.send_message")
	}), recipe(2, "Orders", nil)).open()

	w.tap("More about Refund")
	pick(t, w, "Run now…")
	require.Equal(t, []map[string]any{nil}, w.desk.started, "a recipe that asks nothing runs at once")
	require.Contains(t, w.navigator.Toasts[0], "“Refund” runs.")

	// What was typed stays until the run has begun.
	w.desk.form = []engine.Field{{Name: "amount", Label: "How much?", Type: engine.FieldNumber, Required: true}}
	w.desk.err = engine.Errorf(engine.Conflict, "The recipe is off. Switch it on first.")
	w.tap("More about Refund")
	pick(t, w, "Run now…")
	require.Contains(t, uitest.Words(w.dialog()), "How much?")
	asked := w.dialog()
	uitest.Find(t, asked, func(e *widget.Entry) bool { return e.Name == "How much?" }).SetText("12.5")
	uitest.Tap(t, asked, "Run")
	w.loop.Turn()
	require.Contains(t, uitest.Words(w.dialog()), "Switch it on first.")
	uitest.Tap(t, w.dialog(), "OK")
	w.desk.err = nil
	uitest.Tap(t, asked, "Run")
	w.loop.Turn()
	require.Len(t, w.desk.started, 2)
	require.Equal(t, "12.5", mapping.Text(w.desk.started[1]["amount"]))
	require.Len(t, w.navigator.Toasts, 2)
	require.Nil(t, w.dialog(), "it is gone")

	w.tap("More about Orders")
	require.NotContains(t, uitest.Words(w.dialog()), "Run now…")
}

func TestARecipeThatStartsItselfIsWarnedOf(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, recipe(1, "Refund", func(c *desk.RecipeCard) { c.On = false })).open()
	w.desk.ring = "“Refund” starts itself: Refund → Orders → Refund."
	toggle := uitest.Find(t, w.page.Content(), func(*widget.Toggle) bool { return true })
	toggle.Tapped(nil)
	w.loop.Turn()
	require.Equal(t, map[int64]bool{1: true}, w.desk.switched, "it is on all the same")
	require.Contains(t, uitest.Words(w.dialog()), "Refund → Orders → Refund")
}
