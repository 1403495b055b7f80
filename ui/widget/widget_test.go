package widget_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// pressable is what every widget that can be pressed must be.
type pressable interface {
	fyne.Widget
	fyne.Tappable
	fyne.Focusable
	fyne.Accessible
	fyne.Disableable
}

func TestPressing(t *testing.T) {
	uitest.NewApp(t)
	for name, make := range map[string]func(func()) pressable{
		"button":   func(f func()) pressable { return widget.NewButton("name", f) },
		"icon":     func(f func()) pressable { return widget.NewIconButton(theme.IconMore, "name", f) },
		"card":     func(f func()) pressable { return widget.NewTapCard("name", widget.NewText("words"), f) },
		"choice":   func(f func()) pressable { return widget.NewChoice("name", f) },
		"nav item": func(f func()) pressable { return widget.NewNavItem(theme.IconBell, "name", f) },
		"toggle":   func(f func()) pressable { return widget.NewToggle("name", true, func(bool) { f() }) },
	} {
		t.Run(name, func(t *testing.T) {
			pressed := 0
			w := make(func() { pressed++ })
			window := uitest.Window(t, w, 300, 100)
			var keys []fyne.KeyName
			window.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) { keys = append(keys, ev.Name) })
			require.Contains(t, w.AccessibilityLabel(), "name")
			require.Equal(t, fyne.AccessibleRoleButton, w.AccessibilityRole())
			test.Tap(w)
			window.Canvas().Focus(w)
			require.Equal(t, fyne.Focusable(w), window.Canvas().Focused())
			for _, key := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyEscape} {
				w.TypedKey(&fyne.KeyEvent{Name: key})
			}
			require.Equal(t, 3, pressed)
			require.Equal(t, []fyne.KeyName{fyne.KeyEscape}, keys, "other keys are the window's")
			w.Disable()
			test.Tap(w)
			require.Equal(t, 3, pressed, "disabled")
		})
	}
}

func TestFocusCanBeSeen(t *testing.T) {
	uitest.NewApp(t)
	b := widget.NewButton("Save", nil)
	before := test.RenderObjectToMarkup(b)
	b.FocusGained()
	focused := test.RenderObjectToMarkup(b)
	require.NotEqual(t, before, focused)
	b.FocusLost()
	require.Equal(t, before, test.RenderObjectToMarkup(b))
	b.MouseIn(nil)
	require.NotEqual(t, before, test.RenderObjectToMarkup(b))
}

func TestToggle(t *testing.T) {
	uitest.NewApp(t)
	var told []bool
	toggle := widget.NewToggle("Big orders", false, func(on bool) { told = append(told, on) })
	require.Equal(t, "Big orders, off", toggle.AccessibilityLabel())
	test.Tap(toggle)
	require.Equal(t, "Big orders, on", toggle.AccessibilityLabel())
	toggle.Set(false)
	require.Equal(t, []bool{true}, told, "Set tells nobody")
}

func TestTextChanges(t *testing.T) {
	uitest.NewApp(t)
	text := widget.NewStrong("Short")
	text.Flow = widget.Whole
	window := uitest.Window(t, text, 300, 40)
	before := text.MinSize()
	text.SetText("Much longer than before")
	require.Greater(t, text.MinSize().Width, before.Width)
	require.Contains(t, test.RenderToMarkup(window.Canvas()), "Much longer than before")
	require.Equal(t, "Much longer than before", text.AccessibilityLabel())
	require.True(t, text.Parts[0].Bold, "the style stays")
}

func TestTextFlow(t *testing.T) {
	uitest.NewApp(t)
	words := strings.Repeat("words ", 30)
	whole, cut, wrap := widget.NewText(words), widget.NewLine(words), widget.NewText(words)
	whole.Flow = widget.Whole
	whole.Refresh()
	require.Greater(t, whole.MinSize().Width, float32(1000))
	require.Less(t, cut.MinSize().Width, float32(50))
	line := cut.MinSize().Height
	wrap.Resize(fyne.NewSize(200, 400))
	require.Greater(t, wrap.MinSize().Height, 4*line)
	require.InDelta(t, 19, line, 1, "no space around the words")
}

func TestRowSharesItsWidth(t *testing.T) {
	uitest.NewApp(t)
	left, middle, hidden, right := widget.NewDot(theme.OK), widget.NewLine("middle"), widget.NewDot(theme.OK), widget.NewDot(theme.OK)
	hidden.Hide()
	grown := widget.Grow(middle)
	row := widget.Row(10, left, grown, hidden, right)
	require.Equal(t, middle.MinSize().Width+2*10+2*8, row.MinSize().Width)
	row.Resize(fyne.NewSize(200, 40))
	require.Equal(t, fyne.NewPos(0, 16), left.Position())
	require.Equal(t, float32(200-2*8-2*10), grown.Size().Width)
	require.Equal(t, float32(192), right.Position().X)
}

func TestBorder(t *testing.T) {
	uitest.NewApp(t)
	top, left, middle := widget.NewDot(theme.OK), widget.NewDot(theme.OK), widget.NewDot(theme.OK)
	c := widget.Border(top, nil, left, nil, middle)
	require.Equal(t, fyne.NewSize(16, 16), c.MinSize())
	c.Resize(fyne.NewSize(100, 50))
	require.Equal(t, fyne.NewSize(92, 42), middle.Size())
	require.Equal(t, fyne.NewPos(8, 8), middle.Position())
	require.Equal(t, []fyne.CanvasObject{top, left, middle}, c.Objects, "as Tab goes")
}

func TestTileRowTellsMore(t *testing.T) {
	uitest.NewApp(t)
	row := widget.NewTileRow(shopify, slack)
	window := uitest.Window(t, row, 300, 60)
	require.NotContains(t, uitest.Words(row), "+")
	row.SetLooks(shopify, filter, slack, slack, slack, slack)
	require.Contains(t, uitest.Words(window.Content()), "+3")
	row.SetLooks(shopify, filter, slack, slack)
	require.NotContains(t, uitest.Words(window.Content()), "+")
}

func TestTabs(t *testing.T) {
	uitest.NewApp(t)
	var chosen []int
	tabs := widget.NewTabs(func(i int) { chosen = append(chosen, i) }, "Sent", "Back")
	uitest.Window(t, tabs, 300, 60)
	uitest.Tap(t, tabs, "Back")
	uitest.Tap(t, tabs, "Back")
	tabs.Select(0)
	require.Equal(t, []int{1}, chosen)
	require.Zero(t, tabs.Selected())
	tabs.SetName(1, "Back (3)")
	uitest.Tap(t, tabs, "Back (3)")
	require.Equal(t, []int{1, 1}, chosen)
}

func TestFormField(t *testing.T) {
	uitest.NewApp(t)
	f := widget.NewFormField("Channel", true, widget.NewEntry("Channel"), "Where it goes.")
	uitest.Window(t, f, 300, 100)
	require.Equal(t, "Channel required\nWhere it goes.", uitest.Words(f))
	f.SetError("No such channel.")
	require.Equal(t, "Channel required\nNo such channel.", uitest.Words(f))
	f.SetError("")
	f.SetHelp("")
	require.Equal(t, "Channel required", uitest.Words(f))
}

func TestBanner(t *testing.T) {
	uitest.NewApp(t)
	b := widget.NewBanner(theme.Bad, "Failed.", "Try again.")
	uitest.Window(t, b, 500, 60)
	require.Equal(t, "Failed. Try again.", uitest.Words(b))
	pressed := false
	b.SetActions(widget.NewButton("Retry", func() { pressed = true }))
	uitest.Tap(t, b, "Retry")
	require.True(t, pressed)
}

func TestCodeViewIsBounded(t *testing.T) {
	uitest.NewApp(t)
	long := strings.Repeat("x", 3*widget.MaxCodeLine) + "\n" + strings.Repeat("line\n", 20_000) + "\xff"
	v := widget.NewCodeView(long, 5)
	require.Equal(t, long, v.Text(), "copying gives all")
	shown := v.AccessibilityLabel()
	require.Less(t, len(shown), widget.MaxCode)
	require.Contains(t, shown, "… and 40 KB more")
	require.Len(t, []rune(strings.Split(shown, "\n")[0]), widget.MaxCodeLine+1)
	v.SetText("é\xffé")
	require.Equal(t, "é\uFFFDé", v.AccessibilityLabel())
}

func TestDialog(t *testing.T) {
	uitest.NewApp(t)
	window := uitest.Window(t, widget.NewText("below"), 800, 600)
	done := false
	widget.NewConfirm(window, "Remove the recipe?", "Its history goes too.", "Remove", true, func() { done = true }).Show()
	over := window.Canvas().Overlays().Top()
	require.Equal(t, "Remove the recipe?\nIts history goes too.\nCancel\nRemove", uitest.Words(over))
	uitest.Tap(t, over, "Remove")
	require.True(t, done)
	require.Nil(t, window.Canvas().Overlays().Top())
	widget.NewMessage(window, "Sorry", "The disk is full.").Show()
	uitest.Tap(t, window.Canvas().Overlays().Top(), "OK")
	require.Nil(t, window.Canvas().Overlays().Top())
}

func TestMenuButton(t *testing.T) {
	uitest.NewApp(t)
	chosen := false
	b := widget.NewMenuButton("More", func() []*fyne.MenuItem {
		return []*fyne.MenuItem{fyne.NewMenuItem("Duplicate", func() { chosen = true })}
	})
	window := uitest.Window(t, b, 300, 200)
	test.Tap(b)
	item := uitest.Find(t, window.Canvas().Overlays().Top(), func(o fyne.CanvasObject) bool {
		return strings.HasSuffix(fmt.Sprintf("%T", o), "menuItem")
	})
	test.Tap(item.(fyne.Tappable))
	require.True(t, chosen)
}

func TestSearchEntry(t *testing.T) {
	uitest.NewApp(t)
	var found []string
	e := widget.NewSearchEntry("Search", func(s string) { found = append(found, s) })
	window := uitest.Window(t, e, 300, 60)
	window.Canvas().Focus(e)
	test.Type(e, "ab")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Equal(t, []string{"a", "ab", ""}, found)
	require.NotNil(t, window.Canvas().Focused())
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Nil(t, window.Canvas().Focused(), "the second Escape leaves")
}

// shortcutApp is an app whose canvas takes shortcuts, as the real one does and the test's does not.
type shortcutApp struct {
	fyne.App
	canvas *shortcutCanvas
}
type shortcutDriver struct {
	fyne.Driver
	canvas *shortcutCanvas
}
type shortcutCanvas struct {
	fyne.Canvas
	typed []string
}

func (a shortcutApp) Driver() fyne.Driver { return shortcutDriver{a.App.Driver(), a.canvas} }
func (d shortcutDriver) CanvasForObject(fyne.CanvasObject) fyne.Canvas {
	return d.canvas
}
func (c *shortcutCanvas) TypedShortcut(s fyne.Shortcut) { c.typed = append(c.typed, s.ShortcutName()) }

func TestEntryLetsShortcutsThrough(t *testing.T) {
	app := uitest.NewApp(t)
	e := widget.NewEntry("Name")
	uitest.Window(t, e, 300, 60)
	canvas := &shortcutCanvas{}
	fyne.SetCurrentApp(shortcutApp{app, canvas})
	e.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.Key1, Modifier: fyne.KeyModifierControl})
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
	require.Equal(t, []string{"CustomDesktop:Control+1"}, canvas.typed)
}

// TestDrawnShapes holds what is drawn by hand to pictures.
func TestDrawnShapes(t *testing.T) {
	for name, mode := range map[string]theme.Mode{"light": theme.Light, "dark": theme.Dark} {
		app := uitest.NewAppIn(t, mode)
		shapes := widget.NewSurface(theme.ColorSurface, widget.Inset(widget.Row(8,
			widget.NewToggle("on", true, nil), widget.NewToggle("off", false, nil),
			widget.NewBars("runs", widget.Bar{Count: 1}, widget.Bar{Count: 4}, widget.Bar{Count: 2, Failed: 1}, widget.Bar{}),
			widget.NewTile(filter), widget.NewDot(theme.OK)), 8, 8))
		picture := uitest.Picture(app, shapes, 280, 60)
		test.AssertImageMatches(t, "shapes-"+name+".png", picture)
	}
}

// TestCardMarkup holds a whole row of widgets to its structure and places.
func TestCardMarkup(t *testing.T) {
	uitest.NewApp(t)
	uitest.Markup(t, "card", recipeRow("Tell the team about big orders", true, shopify, filter, slack), 1000, 80)
}

// The fonts with these signs have no space; Fyne would draw a box in its place.
func TestNoSpaceIsDrawnInAFontOfSigns(t *testing.T) {
	uitest.NewApp(t)
	for text, want := range map[string][]string{
		"Orders → Slack": {"Orders →", " Slack"},
		"🎉 Party ✓ done": {"🎉", " Party ✓", " done"},
		"1 < 2 + 3 – 4":  {"1 < 2 + 3 – 4"},
		"→":              {"→"},
		"":               {},
	} {
		drawn := []string{}
		line := widget.NewLine(text)
		line.Flow = widget.Whole
		line.Refresh()
		for _, o := range test.LaidOutObjects(line) {
			if t, ok := o.(*canvas.Text); ok && t.Text != "" {
				drawn = append(drawn, t.Text)
			}
		}
		require.Equal(t, want, drawn)
	}
}

func TestABadgeMovesNothing(t *testing.T) {
	uitest.NewApp(t)
	item := widget.NewNavItem(theme.IconActivity, "Activity", nil)
	without := item.MinSize().Height
	item.SetBadge(3)
	require.Equal(t, without, item.MinSize().Height)
}

func TestALineOfSeveralPartsIsCutWhereItsRoomEnds(t *testing.T) {
	uitest.NewApp(t)
	line := widget.NewLine("Orders of the market stall 🎉 for the team")
	drawn := func(width float32) (text string, end float32) {
		line.Resize(fyne.NewSize(width, 20))
		for _, o := range test.LaidOutObjects(line) {
			if t, ok := o.(*canvas.Text); ok {
				text += t.Text
				end = max(end, fyne.CurrentApp().Driver().AbsolutePositionForObject(t).X+t.MinSize().Width)
			}
		}
		return text, end
	}
	for _, width := range []float32{60, 100, 230, 260} {
		text, end := drawn(width)
		require.True(t, strings.HasSuffix(text, "…"), text)
		require.Greater(t, len(text), 5)
		require.LessOrEqual(t, end, width+10, text)
	}
	text, _ := drawn(600)
	require.Equal(t, "Orders of the market stall 🎉 for the team", text)
}

func TestKeysOfListsAndTrees(t *testing.T) {
	uitest.NewApp(t)
	row := func() fyne.CanvasObject { return widget.NewLine("") }
	var pressed []any
	list := widget.NewList("Fruit", func() int { return 3 }, row, func(int, fyne.CanvasObject) {}, func(i int) { pressed = append(pressed, i) })
	children := map[string][]string{"": {"a"}, "a": {"a.b"}}
	tree := widget.NewTree("Data", func(id string) []string { return children[id] }, func(id string) bool { return children[id] != nil },
		func(bool) fyne.CanvasObject { return row() }, func(string, bool, fyne.CanvasObject) {}, func(id string) { pressed = append(pressed, id) })
	window := uitest.Window(t, container.NewGridWithColumns(2, list, tree), 300, 200)
	left := 0
	window.Canvas().SetOnTypedKey(func(*fyne.KeyEvent) { left++ })
	for _, on := range []fyne.Focusable{list, tree} {
		window.Canvas().Focus(on)
		for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyDown, fyne.KeyEnter, fyne.KeySpace, fyne.KeyEscape} {
			on.TypedKey(&fyne.KeyEvent{Name: key})
		}
	}
	require.Equal(t, []any{0, 1, 1, "a.b", "a.b"}, pressed, "Enter on a group opens it")
	require.Equal(t, 2, left, "Escape is the window's")
	require.Equal(t, "Fruit", list.AccessibilityLabel())
}
