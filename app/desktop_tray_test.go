//go:build !headless

package main

import (
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/page/practice"
	"bellhop/ui/uitest"
)

// fakeTray is a panel that shows one icon.
type fakeTray struct {
	mu    sync.Mutex
	icon  string
	icons int
	menu  *fyne.Menu
	words string
}

func (f *fakeTray) SetSystemTrayIcon(icon fyne.Resource) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.icon = icon.Name()
	f.icons++
}

func (f *fakeTray) SetSystemTrayMenu(menu *fyne.Menu) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.menu = menu
}

func (f *fakeTray) SetTooltip(words string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.words = words
}

// at returns whether that icon is shown.
func (f *fakeTray) at(icon string) func() bool {
	return func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.icon == icon
	}
}

// pick presses a line of the menu, or of the menus below it.
func (f *fakeTray) pick(t *testing.T, label string) {
	t.Helper()
	item := find(f.menu, label)
	require.NotNil(t, item, label)
	item.Action()
}

func find(menu *fyne.Menu, label string) *fyne.MenuItem {
	for _, item := range menu.Items {
		if strings.Contains(item.Label, label) && item.ChildMenu == nil {
			return item
		}
		if item.ChildMenu != nil {
			if found := find(item.ChildMenu, label); found != nil {
				return found
			}
		}
	}
	return nil
}

// homed is a screen with a tray, or without.
type homed struct {
	*screen
	*home
	small, quits int
}

func newHomed(t *testing.T, trayed bool) *homed {
	h := &homed{screen: newScreen(t)}
	h.home = newHome(h.screen.desktop, homeParams{native: h.screen.window, minimise: func() { h.small++ }, quit: func() { h.quits++ }})
	h.trayed.Store(trayed)
	return h
}

// gone does what is posted until the window is hidden.
func (h *homed) gone() {
	h.t.Helper()
	h.until(h.screen.desktop.window.Hidden)
}

func TestClosingTheWindowGoesToTheTrayAndSaysSoOnce(t *testing.T) {
	h := newHomed(t, true)
	h.close()
	h.close() // who is impatient gets one note
	h.answer("Your recipes go on while the window is closed.", "Go on in the tray")
	h.gone()
	require.Nil(t, h.screen.window.Canvas().Overlays().Top())
	h.entered() // the click that closed it had the keyboard, which is told late
	require.True(t, h.screen.desktop.window.Hidden())

	h.open()
	h.sees("When something happens")
	h.until(func() bool {
		noted, err := h.system.Store.Setting(context.Background(), settingNoted)
		require.NoError(t, err)
		return noted != ""
	})
	h.close()
	h.gone()
	require.Zero(t, h.quits)
	require.Zero(t, h.small)
}

func TestWithoutATrayTheWindowStaysSmallAndSaysSo(t *testing.T) {
	h := newHomed(t, false)
	h.close()
	h.answer("This desktop has no tray", "Make the window small")
	h.gone()
	require.Equal(t, 1, h.small)
	h.entered() // it had the keyboard before, which is told late
	require.True(t, h.screen.desktop.window.Hidden())
	h.shrunk = time.Time{}
	h.entered() // a person takes it out of the list of windows
	require.False(t, h.screen.desktop.window.Hidden())
	h.left()

	h.close()
	h.gone()
	require.Equal(t, 2, h.small, "it is told once")
	h.close() // in the list of windows
	h.until(func() bool { return h.quits == 1 })
}

func TestTheNoteCanBeAnsweredByQuitting(t *testing.T) {
	h := newHomed(t, true)
	h.close()
	h.answer("Bellhop goes on in the tray", "Quit Bellhop")
	require.Equal(t, 1, h.quits)
}

func TestClosingQuitsWhereAPersonWantsItSo(t *testing.T) {
	h := newHomed(t, true)
	require.NoError(t, h.system.ChangeSettings(t.Context(), func(s *engine.Settings) { s.QuitOnClose = true }))
	h.close()
	h.until(func() bool { return h.quits == 1 })
}

func TestQuittingSaysWhatStops(t *testing.T) {
	h := newHomed(t, true)
	h.askQuit()
	h.until(func() bool { return h.quits == 1 }) // nothing is on

	_, err := h.system.Practice.SetUp(t.Context())
	require.NoError(t, err)
	h.screen.desktop.window.Hide()
	h.askQuit()
	h.answer("1 recipe stops until Bellhop is started again.", "Cancel")
	require.Equal(t, 1, h.quits)
	require.True(t, h.screen.desktop.window.Hidden(), "it goes back to where it was")
	h.askQuit()
	h.answer("1 recipe stops until Bellhop is started again.", "Quit")
	require.Equal(t, 2, h.quits)
}

func TestAHiddenWindowIsShownSmallWhenNoTrayComes(t *testing.T) {
	h := newHomed(t, false)
	h.screen.desktop.window.Hide() // as if it was not shown yet
	h.home.patience = time.Millisecond
	h.begin(true)
	h.until(func() bool { return h.small == 1 })
	require.True(t, h.screen.desktop.window.Hidden(), "it reads nothing meanwhile")
	h.shrunk = time.Time{}
	h.entered()
	require.False(t, h.screen.desktop.window.Hidden())
}

func TestAHiddenWindowStaysHiddenWhenATrayComesInTime(t *testing.T) {
	h := newHomed(t, false)
	h.screen.desktop.window.Hide()
	h.home.patience = 300 * time.Millisecond
	h.begin(true)
	h.trayShown(true)
	later := false
	time.AfterFunc(600*time.Millisecond, func() { h.loop.Post(func() { later = true }) })
	h.until(func() bool { return later })
	require.Zero(t, h.small)
	h.trayShown(false) // the panel ends for good
	h.until(func() bool { return h.small == 1 })
}

func startTray(t *testing.T, h *homed) *fakeTray {
	f := &fakeTray{}
	ctx, stop := context.WithCancel(context.Background())
	changes, unsubscribe := h.system.Bus.Subscribe(changesHeld)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		(&tray{desktop: h.screen.desktop, host: f, home: h.home}).run(ctx, changes)
	}()
	t.Cleanup(func() { stop(); unsubscribe(); <-ended })
	h.until(f.at("tray-fine.svg"))
	return f
}

// The tray goes on while the window is hidden: a failure is told until somebody looks.
func TestTheTrayTellsOfAFailureUntilSomebodyLooks(t *testing.T) {
	h := newHomed(t, true)
	f := startTray(t, h)
	require.Equal(t, "Bellhop: No recipe is on", f.words)
	_, err := h.system.Practice.SetUp(t.Context())
	require.NoError(t, err)
	require.NoError(t, accounts{h.system}.SetFault(t.Context(), practice.Missing))
	h.entered()
	h.screen.desktop.window.Go(pageActivity)
	h.leave()
	h.entered() // it had the keyboard before, which is told late
	require.NoError(t, accounts{h.system}.SendOrder(t.Context(), practice.Order{Total: "189.00"}))
	h.until(f.at("tray-needs-you.svg"))
	require.Equal(t, "Bellhop: 1 run failed", f.words)

	for _, other := range []string{pageRecipes, pageConnections, pageSettings} {
		h.screen.desktop.window.Go(other)
		h.open()
		h.entered()
	}
	require.False(t, h.watching.Load(), "other pages do not show what failed")
	failed, err := (&tray{desktop: h.screen.desktop, host: f, home: h.home}).failures(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, failed)
	h.leave()

	f.pick(t, "1 run failed")
	require.False(t, h.screen.desktop.window.Hidden())
	h.sees("Slack has no channel")
	h.entered()
	h.until(f.at("tray-fine.svg"))
	f.pick(t, "Order #1001")
	h.sees("Slack has no channel")
}

func TestAllIsPausedFromTheTrayAndResumedFromTheWindow(t *testing.T) {
	h := newHomed(t, true)
	f := startTray(t, h)
	_, err := h.system.Practice.SetUp(t.Context())
	require.NoError(t, err)
	f.pick(t, "Until I resume")
	h.until(f.at("tray-paused.svg"))
	until, paused := h.system.PausedUntil()
	require.True(t, paused)
	require.Equal(t, engine.Never, until)
	h.sees("Paused until you resume")
	require.NoError(t, accounts{h.system}.SendOrder(t.Context(), practice.Order{Total: "189.00"}))
	h.until(func() bool { return strings.Contains(f.words, "1 run waits") })

	h.tap("Resume")
	h.until(func() bool { return !f.at("tray-paused.svg")() })
	h.until(func() bool {
		counts, err := h.system.StateCounts(context.Background())
		require.NoError(t, err)
		return counts[engine.Succeeded] == 1
	})
	f.pick(t, "For an hour")
	h.until(f.at("tray-paused.svg"))
	f.pick(t, "Resume all recipes")
	h.until(func() bool { return !f.at("tray-paused.svg")() })
}

const byHand = `
recipe: 1
name: %NAME%
trigger: {use: manual.run%WITH%}
steps:
  - {id: halt, use: logic.stop}
`

func TestARecipeIsRunFromTheTray(t *testing.T) {
	h := newHomed(t, true)
	f := startTray(t, h)
	for name, with := range map[string]string{
		"Tidy_up":        "",
		"Monthly report": `, with: {form: [{name: month, label: Which month}]}`,
	} {
		r, _, err := h.system.Import(t.Context(), "recipe.yaml", []byte(strings.NewReplacer("%NAME%", name, "%WITH%", with).Replace(byHand)))
		require.NoError(t, err)
		require.NoError(t, h.system.Switch(t.Context(), r.ID, true))
	}
	spelled := "Tidy_up"
	if runtime.GOOS == "linux" {
		spelled = "Tidy__up" // one would mark a key
	}
	h.until(func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return find(f.menu, spelled) != nil && find(f.menu, "Monthly report") != nil
	})
	h.screen.desktop.window.Hide()
	f.pick(t, spelled)
	h.until(func() bool {
		runs, err := h.system.Runs(context.Background(), engine.RunFilter{States: []engine.State{engine.Succeeded}})
		require.NoError(t, err)
		return len(runs) == 1
	})
	require.True(t, h.screen.desktop.window.Hidden(), "nothing is asked, so nothing is shown")
	f.pick(t, "Monthly report")
	h.until(func() bool { return h.screen.window.Canvas().Overlays().Top() != nil })
	require.Contains(t, uitest.Words(h.screen.window.Canvas().Overlays().Top()), "Which month")
}

func TestStartedAtLoginItIsTheSameBellhop(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	h := newHomed(t, true)
	h.cli = &cli{dir: filepath.Join(t.TempDir(), "my data"), secrets: "file"}
	require.NoError(t, atLogin{h.screen.desktop}.Set(true))
	on, err := atLogin{h.screen.desktop}.On()
	require.NoError(t, err)
	require.True(t, on)
}
