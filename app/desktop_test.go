//go:build !headless

package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/ui/page/practice"
	"bellhop/ui/uitest"
)

// screen is the whole window over a real engine, without a screen.
type screen struct {
	t       *testing.T
	system  *boot.System
	desktop *desktop
	window  fyne.Window
	posted  chan func()
	dir     string // the data folder
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	uitest.NewApp(t)
	dir := t.TempDir()
	system, err := boot.Open(t.Context(), boot.Config{
		Dir: dir, Listen: "127.0.0.1:0", Secrets: "file", Practice: true, Version: version,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, system.Close()) })
	s := &screen{dir: dir, t: t, system: system, window: test.NewTempWindow(t, nil), posted: make(chan func(), 10_000)}
	changes, unsubscribe := system.Bus.Subscribe(changesHeld)
	t.Cleanup(unsubscribe)
	d, err := newDesktop(t.Context(), s.window, system, changes, func(f func()) { s.posted <- f })
	require.NoError(t, err)
	s.desktop = d
	d.window.Show()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	go d.window.Run(ctx)
	t.Cleanup(d.finish)
	t.Cleanup(d.window.Close)
	return s
}

// until does what is posted to the UI until something is so.
func (s *screen) until(is func() bool) {
	s.t.Helper()
	deadline := time.After(20 * time.Second)
	for !is() {
		select {
		case f := <-s.posted:
			f()
		case <-deadline:
			s.t.Fatalf("it does not happen; the window says:\n%s", s.words())
		}
	}
}

func (s *screen) words() string { return uitest.Words(s.window.Content()) }

func (s *screen) sees(text string) {
	s.t.Helper()
	s.until(func() bool { return strings.Contains(s.words(), text) })
}

// tap presses what has that name, as soon as it can be pressed.
func (s *screen) tap(name string) {
	s.t.Helper()
	s.until(func() bool {
		for o := range uitest.Visible(s.window.Content()) {
			named, ok := o.(fyne.Accessible)
			if !ok || named.AccessibilityLabel() != name {
				continue
			}
			can, ok := o.(fyne.Disableable)
			return !ok || !can.Disabled()
		}
		return false
	})
	uitest.Tap(s.t, s.window.Content(), name)
}

// The first ten minutes: from the welcome to a message in the pretend Slack, and to its run.
func TestTheFirstRecipeFromTheWindow(t *testing.T) {
	s := newScreen(t)
	s.sees("When something happens, Bellhop takes care of it")
	s.tap("Try it now, pretend shop: New Shopify order to Slack")
	s.sees("Pretend shop")
	s.tap("Send a pretend order")
	s.sees("New order #1001 for €189.00")
	s.sees("Succeeded")

	s.tap("Activity")
	s.sees("Order #1001, Ana Silva")
	s.sees("189.00 is over 100")

	s.tap("Recipes")
	s.sees(boot.PracticeRecipe)
	s.tap("Connections")
	s.sees(boot.PracticeShop)
}

func TestAFailureLeadsToTheStepThatFailed(t *testing.T) {
	s := newScreen(t)
	_, err := s.system.Practice.SetUp(t.Context())
	require.NoError(t, err)
	require.NoError(t, accounts{s.system}.SetFault(t.Context(), practice.Missing))
	require.NoError(t, accounts{s.system}.SendOrder(t.Context(), practice.Order{}))
	s.tap("Activity")
	s.sees("Slack has no channel")
	s.tap("Open step 3")
	s.sees("Posts a message to a channel")

	require.NoError(t, accounts{s.system}.SetFault(t.Context(), practice.Fine))
	runs, err := s.system.Runs(t.Context(), engine.RunFilter{States: []engine.State{engine.Failed}})
	require.NoError(t, err)
	require.Len(t, runs, 1)
}

// A night: what the shop could not tell is fetched when the computer wakes, once each, and says so.
func TestAComputerThatSleptFetchesWhatItMissed(t *testing.T) {
	s := newScreen(t)
	_, err := s.system.Practice.SetUp(t.Context())
	require.NoError(t, err)
	s.tap("Practice")
	s.tap("This computer sleeps, off")
	s.until(s.system.Practice.Shop.Asleep)
	for range 5 {
		require.NoError(t, accounts{s.system}.SendOrder(t.Context(), practice.Order{Total: "189.00"}))
	}
	s.sees("Nobody was told")
	require.Eventually(t, func() bool { return len(s.system.Practice.Shop.Lost()) == 1 }, 20*time.Second, 10*time.Millisecond, "hours of sleep pass in seconds")
	s.tap("This computer sleeps, on")
	s.sees("Recovered")
	require.Empty(t, s.system.Practice.Shop.Lost(), "the shop delivers again")
	require.Len(t, s.system.Practice.Shop.Subscriptions(), 1)
	runs, err := s.system.Runs(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	require.Len(t, runs, 5)
	s.tap("Activity")
	s.sees("Recovered")
}
