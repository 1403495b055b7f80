package recipes_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/limit"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// troubled are recipes that cannot look, or whose connection is away.
func troubled(t testing.TB) *world {
	w := newWorld(t, recipe(1, "New members", nil), recipe(2, "Big orders", func(c *desk.RecipeCard) { c.Draft.Steps[1].Connection = "Shop Slack" }),
		recipe(3, "Old thing", func(c *desk.RecipeCard) { c.On = false }))
	cannot := engine.Trouble{Message: "Shopify does not accept the token. Connect it anew.", Since: now.Add(-time.Hour)}
	w.desk.troubles = map[int64]engine.Trouble{1: cannot, 3: cannot}
	w.desk.waits = []limit.Trouble{{For: "shop slack", Connection: true, Since: now.Add(-time.Minute), Why: "Slack does not answer."}}
	return w
}

func TestWhatKeepsARecipeFromWorkingIsTold(t *testing.T) {
	uitest.NewApp(t)
	w := troubled(t).open()
	for _, says := range []string{
		"“New members” cannot look since 11:00. Shopify does not accept the token. Connect it anew. What happens meanwhile is not lost",
		"“shop slack” is paused since 11:59. Slack does not answer.",
		"Cannot look since 11:00", "Waits for shop slack",
	} {
		require.Contains(t, w.words(), says)
	}
	require.NotContains(t, w.words(), "“Old thing” cannot look", "it is off")
	w.tap("Open New members")
	require.Equal(t, []int64{1}, w.opened)
	w.tap("Show the connections")
	require.Equal(t, []string{"connections"}, w.went)

	w.desk.troubles, w.desk.waits = nil, []limit.Trouble{{Why: "This computer is offline.", Since: now}}
	w.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	w.loop.Turn()
	require.Contains(t, w.words(), "Offline since 12:00. This computer is offline.")
	require.NotContains(t, w.words(), "cannot look")
	w.desk.waits = nil
	w.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	w.loop.Turn()
	require.NotContains(t, w.words(), "ffline")
}

func TestWaysFromTheMenu(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...).open()
	for _, item := range []string{"My webhook does not arrive?", "Try it out…", "Show its runs"} {
		w.tap("More about Tell the team about big orders")
		pick(t, w, item)
	}
	require.Equal(t, []string{"deliveries 1", "try out 1", "runs 1"}, w.went)

	w.tap("More about Tell the team about big orders")
	pick(t, w, "Catch up now")
	require.Equal(t, []int64{1}, w.desk.caught)
	require.Contains(t, w.navigator.Toasts[1], "called “Recovered”")
	w.desk.err = engine.Errorf(engine.Unavailable, "Shopify does not answer.")
	w.tap("More about Tell the team about big orders")
	pick(t, w, "Catch up now")
	require.Contains(t, uitest.Words(w.dialog()), "Shopify does not answer.")
}

func TestTroubleLook(t *testing.T) {
	uitest.Render(t, "recipes-troubled", 1072, 500, func(fyne.App) fyne.CanvasObject {
		return widget.NewSurface(theme.ColorBackground, troubled(t).open().page.Content())
	})
}
