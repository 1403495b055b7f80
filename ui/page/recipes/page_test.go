package recipes_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestCardsSayHowRecipesAre(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...).open()
	words := w.words()
	for _, want := range []string{
		"4 min ago", "23 today", "Failed 12 min ago", "Slack didn’t find the channel “#ordrs”. It may have been renamed.",
		"No runs yet", "Waiting 1 min ago", "Off", "Draft has changes", "Draft", "2 to finish",
	} {
		require.Contains(t, words, want)
	}
	require.NotContains(t, words, "When something happens", "the welcome is for those without a recipe")
}

func TestCardsOpen(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...).open()
	card := uitest.Find(t, w.page.Content(), func(c *widget.TapCard) bool { return c.Name != "" })
	test.Tap(card)
	require.Equal(t, []int64{1}, w.opened)
}

func TestKeyboard(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...).open()
	list := uitest.Find(t, w.page.Content(), func(*widget.List) bool { return true })
	c := w.navigator.Window.Canvas()
	c.Focus(list)
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyReturn} {
		c.Focused().TypedKey(&fyne.KeyEvent{Name: key})
	}
	require.Equal(t, []int64{2}, w.opened)

	// By Tab every card, toggle and menu is reached.
	reached := map[string]bool{}
	for range 30 {
		c.FocusNext()
		if a, ok := c.Focused().(fyne.Accessible); ok {
			reached[a.AccessibilityLabel()] = true
		}
	}
	require.Contains(t, reached, "New recipe")
	require.Contains(t, reached, "Packing slip for paid orders, on")
	require.Contains(t, reached, "More about Packing slip for paid orders")
}

// What a recipe is called matters most, then what it uses, then how often it ran.
func TestANarrowCardKeepsTheName(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...).open()
	for _, test := range []struct {
		width       float32
		tiles, bars bool
	}{{920, true, true}, {800, true, false}, {650, false, false}} {
		w.navigator.Window.Resize(fyne.NewSize(test.width, 600))
		tiles, bars, words := false, false, float32(0)
		for o := range uitest.Visible(w.page.Content()) {
			switch o := o.(type) {
			case *widget.TileRow:
				tiles = true
			case *widget.Bars:
				bars = true
			case *widget.Text:
				if o.Words() == "Packing slip for paid orders" {
					words = o.Size().Width
				}
			}
		}
		require.Equal(t, test.tiles, tiles, test.width)
		require.Equal(t, test.bars, bars, test.width)
		require.GreaterOrEqual(t, words, float32(220), test.width)
	}
}

func TestSearch(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...).open()
	search := uitest.Find(t, w.page.Content(), func(e *widget.Entry) bool { return true })
	search.SetText("PACKING ")
	require.Contains(t, w.words(), "Packing slip")
	require.NotContains(t, w.words(), "Tell the team")
	search.SetText("zebra")
	require.Contains(t, w.words(), "No recipe has “zebra”")
	search.SetText("")
	require.Contains(t, w.words(), "Tell the team")
}

func TestSwitch(t *testing.T) {
	uitest.NewApp(t)
	toggle := func(w *world) *widget.Toggle {
		return uitest.Find(t, w.page.Content(), func(g *widget.Toggle) bool { return g.Name == "Tell the team about big orders" })
	}
	t.Run("at once, and told", func(t *testing.T) {
		w := newWorld(t, several()...).open()
		test.Tap(toggle(w))
		require.False(t, toggle(w).On)
		w.page.Apply([]engine.Change{{Kind: engine.RecipesChanged}})
		w.loop.Turn()
		require.False(t, toggle(w).On)
		require.Equal(t, map[int64]bool{1: false}, w.desk.switched)
	})
	t.Run("not ready", func(t *testing.T) {
		w := newWorld(t, several()...).open()
		w.desk.err = engine.Problems{{Path: "steps[1].with.channel", Message: "Channel is missing.", Suggestion: "#orders"}}
		test.Tap(toggle(w))
		w.loop.Turn()
		require.True(t, toggle(w).On, "it goes back")
		words := uitest.Words(w.dialog())
		require.Contains(t, words, "is not ready yet")
		require.Contains(t, words, "Channel is missing. Did you mean \"#orders\"?")
		uitest.Tap(t, w.dialog(), "Open the recipe")
		require.Equal(t, []int64{1}, w.opened)
		require.Nil(t, w.dialog())
	})
	t.Run("an error in words", func(t *testing.T) {
		w := newWorld(t, several()...).open()
		w.desk.err = engine.Errorf(engine.Unavailable, "The disk is full. Make room on it.")
		test.Tap(toggle(w))
		w.loop.Turn()
		require.True(t, toggle(w).On)
		require.Contains(t, uitest.Words(w.dialog()), "The disk is full.")
	})
}

func TestMenu(t *testing.T) {
	uitest.NewApp(t)
	menu := func(w *world, name string) { uitest.Tap(t, w.page.Content(), "More about "+name) }
	item := func(w *world, label string) {
		t.Helper()
		pick(t, w, label)
	}
	w := newWorld(t, several()...).open()
	big := "Tell the team about big orders"

	menu(w, big)
	item(w, "Copy address")
	require.Equal(t, "http://127.0.0.1:8420/hooks/token", fyne.CurrentApp().Clipboard().Content())
	require.Equal(t, "The address is copied. So far it works on this computer only.", w.navigator.Toasts[0])

	menu(w, big)
	item(w, "Duplicate")
	require.Equal(t, big+" (copy)", w.desk.added[0].Name)
	require.Len(t, w.desk.added[0].Steps, 2)

	menu(w, big)
	item(w, "Export…")
	require.Equal(t, map[string]string{"tell-the-team-about-big-orders.yaml": "recipe: 1\n"}, w.files.saved)

	menu(w, big)
	item(w, "Delete…")
	require.Contains(t, uitest.Words(w.dialog()), "Switch it off before you delete it.", "it is not asked for nothing")
	uitest.Tap(t, w.dialog(), "OK")

	test.Tap(uitest.Find(t, w.page.Content(), func(*widget.Toggle) bool { return true }))
	w.loop.Turn()
	menu(w, big)
	item(w, "Delete…")
	require.Empty(t, w.desk.deleted, "asked first")
	w.desk.err = engine.Errorf(engine.Conflict, "The recipe still has runs under way.")
	uitest.Tap(t, w.dialog(), "Delete")
	w.loop.Turn()
	require.Contains(t, uitest.Words(w.dialog()), "still has runs under way")
	uitest.Tap(t, w.dialog(), "OK")

	w.desk.err, w.desk.deleted = nil, nil
	menu(w, big)
	item(w, "Delete…")
	uitest.Tap(t, w.dialog(), "Delete")
	w.loop.Turn()
	require.Equal(t, []int64{1}, w.desk.deleted)
}

// pick taps an item of the menu that is open.
func pick(t *testing.T, w *world, label string) {
	t.Helper()
	uitest.Pick(t, w.navigator.Window, label)
	w.loop.Turn()
}

func TestNewRecipe(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...).open()
	w.tap("New recipe")
	pick(t, w, "Start from scratch")
	require.Equal(t, []engine.Definition{{Name: "New recipe"}}, w.desk.added)
	require.Equal(t, []int64{101}, w.opened)
	w.tap("New recipe")
	pick(t, w, "Website message → Slack")
	require.Equal(t, templates[1].Definition, w.desk.added[1])
}

func TestWelcome(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	require.Contains(t, w.words(), "When something happens, Bellhop takes care of it")
	require.NotContains(t, w.words(), "Recipes")
	w.tap("Try it now, pretend shop: New Shopify order → Slack")
	require.Equal(t, 1, w.practice)
	w.tap("Use this recipe: Website message → Slack")
	require.Equal(t, templates[1].Definition, w.desk.added[0])

	w.files.name, w.files.data = "orders.yaml", []byte("recipe: 1")
	w.tap("Open a recipe file…")
	require.Equal(t, []string{"orders.yaml: recipe: 1"}, w.desk.imported)
	require.Equal(t, []int64{101, 50}, w.opened)

	w.desk.err = engine.Problems{{File: "orders.yaml", Line: 3, Column: 7, Message: "There is no operation \"slack.send\".", Suggestion: "slack.send_message"}}
	w.tap("Open a recipe file…")
	words := uitest.Words(w.dialog())
	require.Contains(t, words, "orders.yaml")
	require.Contains(t, words, "Line 3, column 7")
	require.Contains(t, words, "There is no operation \"slack.send\". Did you mean \"slack.send_message\"?")
}

func TestErrorIsToldAndTriedAgain(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...)
	w.desk.err = engine.Errorf(engine.Unavailable, "The database cannot be read.")
	w.open()
	require.Contains(t, w.words(), "Bellhop cannot read your recipes.")
	require.Contains(t, w.words(), "The database cannot be read.")
	w.desk.err = nil
	w.tap("Try again")
	require.Contains(t, w.words(), "Tell the team")
	require.NotContains(t, w.words(), "cannot read")

	w.desk.err = errors.New("sql: secret detail")
	w.page.Apply([]engine.Change{{Kind: engine.RecipesChanged}})
	w.loop.Turn()
	require.NotContains(t, w.words(), "secret detail")
	require.Contains(t, w.words(), "Tell the team", "what was read before stays")
}

func TestLive(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...).open()
	require.Equal(t, 1, w.desk.reads)
	w.page.Apply([]engine.Change{{Kind: engine.PracticeChanged}})
	w.loop.Turn()
	require.Equal(t, 1, w.desk.reads, "nothing here depends on it")

	for i := range int64(50) {
		w.page.Apply([]engine.Change{{Kind: engine.RunChanged, RunID: i}})
	}
	w.loop.Turn()
	require.Equal(t, 1, w.desk.reads, "runs wait for each other")
	w.desk.cards[0].Stats.Today = 24
	require.Equal(t, 1, w.clock.pass(time.Second))
	w.loop.Turn()
	require.Equal(t, 2, w.desk.reads)
	require.Contains(t, w.words(), "24 today")

	w.now = now.Add(time.Minute)
	require.Equal(t, 1, w.clock.pass(time.Minute))
	w.loop.Turn()
	require.Contains(t, w.words(), "5 min ago")

	w.page.Apply([]engine.Change{{Kind: engine.RunChanged}})
	w.page.Hide()
	require.Zero(t, w.clock.pass(time.Hour), "a hidden page does nothing")
}

func TestManyRecipes(t *testing.T) {
	uitest.NewApp(t)
	var cards []desk.RecipeCard
	for i := range 1000 {
		cards = append(cards, recipe(int64(i+1), fmt.Sprintf("Recipe %d", i+1), nil))
	}
	w := newWorld(t, cards...).open()
	shown := 0
	for o := range uitest.Visible(w.page.Content()) {
		if _, ok := o.(*widget.TapCard); ok {
			shown++
		}
	}
	require.Greater(t, shown, 5)
	require.Less(t, shown, 20, "only what can be seen is made")
}

// BenchmarkLive is what a batch of changes costs the UI goroutine with 1,000 recipes.
func BenchmarkLive(b *testing.B) {
	uitest.NewApp(b)
	var cards []desk.RecipeCard
	for i := range 1000 {
		cards = append(cards, recipe(int64(i+1), fmt.Sprintf("Recipe %d", i+1), nil))
	}
	w := newWorld(b, cards...).open()
	for i := 0; b.Loop(); i++ {
		w.desk.cards[0].Stats.Today = i
		w.page.Apply([]engine.Change{{Kind: engine.RecipesChanged}})
		w.loop.Turn()
	}
}

func TestMarkup(t *testing.T) {
	for name, test := range map[string]struct {
		cards []desk.RecipeCard
		err   error
		turn  bool
	}{
		"loading": {},
		"welcome": {turn: true},
		"filled":  {cards: several()[:2], turn: true},
		"error":   {err: engine.Errorf(engine.Unavailable, "The database cannot be read."), turn: true},
	} {
		t.Run(name, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t, test.cards...)
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
	look := func(name string, cards ...desk.RecipeCard) {
		uitest.Render(t, name, 1072, 800, func(fyne.App) fyne.CanvasObject {
			w := newWorld(t, cards...)
			w.page.Show()
			w.loop.Turn()
			return widget.NewSurface(theme.ColorBackground, w.page.Content())
		})
	}
	look("recipes", several()...)
	look("welcome")
}
