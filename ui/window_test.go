package ui_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// shown is a window with two pages, visible.
type shown struct {
	*ui.Window
	fyne              fyne.Window
	loop              *uitest.Loop
	recipes, activity *page
}

func newShown(t *testing.T) *shown {
	t.Helper()
	uitest.NewApp(t)
	s := &shown{loop: uitest.NewLoop(), recipes: &page{title: "Recipes"}, activity: &page{title: "Activity"}}
	s.Window, s.fyne = newWindow(t, s.loop, nil)
	s.AddPage(ui.MainPage{Name: "recipes", Icon: theme.IconRecipes, Page: s.recipes})
	s.AddPage(ui.MainPage{Name: "activity", Icon: theme.IconActivity, Page: s.activity})
	require.Empty(t, s.recipes.told, "a window that is not shown reads nothing")
	s.fyne.Resize(fyne.NewSize(1000, 700))
	s.Show()
	s.loop.Turn()
	return s
}

func (s *shown) press(t *testing.T, key fyne.KeyName) {
	t.Helper()
	shortcut := &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	// The test canvas hides that the one inside takes shortcuts.
	inside := reflect.ValueOf(s.fyne.Canvas()).Elem().FieldByName("WindowlessCanvas").Interface()
	inside.(fyne.Shortcutable).TypedShortcut(shortcut)
}

func TestWindowShowsItsPages(t *testing.T) {
	s := newShown(t)
	require.Equal(t, []string{"show"}, s.recipes.told)
	require.Equal(t, "Recipes – Bellhop", s.fyne.Title())
	words := uitest.Words(s.fyne.Content())
	require.Contains(t, words, "Running · 4 recipes on")
	require.Contains(t, words, "Only this computer can reach it")

	uitest.Tap(t, s.fyne.Content(), "Activity, 1 to look at")
	require.Equal(t, []string{"show", "hide"}, s.recipes.told)
	require.Equal(t, []string{"show"}, s.activity.told)
	s.activity.title = "All activity"
	s.Retitle()
	require.Equal(t, "All activity – Bellhop", s.fyne.Title())
	s.activity.title = "Activity"
	s.Retitle()
	s.Go("nowhere")
	require.Equal(t, "Activity – Bellhop", s.fyne.Title())
}

func TestWindowKeys(t *testing.T) {
	s := newShown(t)
	s.press(t, fyne.Key2)
	require.Equal(t, "Activity – Bellhop", s.fyne.Title())

	s.press(t, fyne.Key1)
	require.Equal(t, "Recipes – Bellhop", s.fyne.Title())

	s.Open(&page{title: "Editor"})
	widget.NewMessage(s.fyne, "Question", "?").Show()
	s.press(t, fyne.Key2)
	s.fyne.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Equal(t, "Editor – Bellhop", s.fyne.Title(), "the keys belong to the dialog")
	require.Nil(t, s.fyne.Canvas().Overlays().Top())
	s.fyne.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Equal(t, "Recipes – Bellhop", s.fyne.Title())
}

// closer is a page with something of its own to close.
type closer struct {
	page
	open bool
}

func (c *closer) Escape() bool {
	was := c.open
	c.open = false
	return was
}

func TestEscapeClosesWhatIsOpenWithinAPageFirst(t *testing.T) {
	s := newShown(t)
	s.Open(&closer{page: page{title: "Editor"}, open: true})
	for _, want := range []string{"Editor", "Recipes"} {
		s.fyne.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		require.Equal(t, want+" – Bellhop", s.fyne.Title())
	}
}

func TestWindowSubPages(t *testing.T) {
	s := newShown(t)
	editor, help := &page{title: "Editor"}, &page{title: "Help"}
	s.Open(editor)
	require.Equal(t, []string{"show", "hide"}, s.recipes.told)
	require.NotContains(t, uitest.Words(s.fyne.Content()), "Running", "a sub-page covers the rail")
	s.Open(help)
	s.Back()
	require.Equal(t, []string{"show", "hide", "show"}, editor.told)
	s.Back()
	s.Back() // nothing to go back from
	require.Equal(t, []string{"show", "hide", "show"}, s.recipes.told)
	require.Contains(t, uitest.Words(s.fyne.Content()), "Running")
	s.Open(editor)
	s.Go("activity")
	s.Back()
	require.Equal(t, "Activity – Bellhop", s.fyne.Title(), "Go closes sub-pages")
}

// stubborn is a page that wants to be asked.
type stubborn struct {
	page
	done func()
}

func (s *stubborn) Leave(done func()) bool {
	s.done = done
	return false
}

func TestWindowAsksBeforeLeaving(t *testing.T) {
	s := newShown(t)
	editor := &stubborn{page: page{title: "Editor"}}
	s.Open(editor)
	s.Back()
	require.Equal(t, "Editor – Bellhop", s.fyne.Title())
	editor.done()
	require.Equal(t, "Recipes – Bellhop", s.fyne.Title())
	s.Open(editor)
	s.Go("activity")
	require.Equal(t, "Editor – Bellhop", s.fyne.Title())
	editor.done()
	require.Equal(t, "Activity – Bellhop", s.fyne.Title())
}

func TestHiddenWindowRests(t *testing.T) {
	uitest.NewApp(t)
	var sizes []fyne.Size
	recipes := &page{title: "Recipes"}
	fw := test.NewTempWindow(t, widget.NewText(""))
	w := ui.NewWindow(ui.Params{
		Window: fw, Loop: uitest.NewLoop().UI(), OnSize: func(s fyne.Size) { sizes = append(sizes, s) },
		Overview: func(context.Context) (ui.Overview, error) { return ui.Overview{}, errors.New("disk") },
	})
	w.AddPage(ui.MainPage{Name: "recipes", Icon: theme.IconRecipes, Page: recipes})
	fw.Resize(fyne.NewSize(900, 600))
	w.Show()
	w.Show() // a second start
	w.Hide()
	require.Equal(t, []fyne.Size{fyne.NewSize(900, 600)}, sizes)
	require.Equal(t, []string{"show", "hide"}, recipes.told)
	w.Go("recipes")
	require.Equal(t, []string{"show", "hide"}, recipes.told, "what nobody sees reads nothing")
	w.Show()
	require.Equal(t, []string{"show", "hide", "show"}, recipes.told, "everything is read anew")
	w.Close()
	require.Len(t, sizes, 2)
}

func TestWindowPassesChanges(t *testing.T) {
	uitest.NewApp(t)
	synctest.Test(t, func(t *testing.T) {
		loop, changes := uitest.NewLoop(), make(chan engine.Change)
		w, _ := newWindow(t, loop, changes)
		recipes, activity := &page{title: "Recipes"}, &page{title: "Activity"}
		w.AddPage(ui.MainPage{Name: "recipes", Icon: theme.IconRecipes, Page: recipes})
		w.AddPage(ui.MainPage{Name: "activity", Icon: theme.IconActivity, Page: activity})
		w.Show()
		done := make(chan struct{})
		go func() {
			w.Run(t.Context())
			close(done)
		}()
		send := func(c engine.Change) {
			changes <- c
			timer := time.NewTimer(time.Second)
			<-timer.C
			synctest.Wait()
			loop.Turn()
		}
		change := engine.Change{Kind: engine.RunChanged, RunID: 7}
		send(change)
		require.Equal(t, []engine.Change{change}, recipes.changes)
		require.Empty(t, activity.told)
		send(engine.Change{Kind: engine.Lagged})
		require.Equal(t, []string{"show", "apply", "show"}, recipes.told)
		close(changes)
		<-done
	})
}

func TestToastGoesAway(t *testing.T) {
	uitest.NewApp(t)
	synctest.Test(t, func(t *testing.T) {
		loop := uitest.NewLoop()
		w, fw := newWindow(t, loop, nil)
		visible := func() bool {
			for o := range uitest.Visible(fw.Content()) {
				if _, ok := o.(*widget.Toast); ok {
					return true
				}
			}
			return false
		}
		wait := func(d time.Duration) {
			timer := time.NewTimer(d)
			<-timer.C
			synctest.Wait()
			loop.Turn()
		}
		require.False(t, visible())
		w.Toast("Saved.")
		wait(3 * time.Second)
		w.Toast("Saved again.")
		wait(3 * time.Second)
		require.True(t, visible(), "the second has its own time")
		wait(2 * time.Second)
		require.False(t, visible())
	})
}

// A page may be asked for while it is shown, such as by a notification.
func TestAPageThatIsShownIsNotOpenedOnceMore(t *testing.T) {
	s := newShown(t)
	sub := &page{title: "Reach"}
	s.Open(sub)
	s.Open(sub)
	require.Equal(t, []string{"show"}, sub.told)
	s.Back()
	require.Equal(t, "Recipes – Bellhop", s.fyne.Title())
}
