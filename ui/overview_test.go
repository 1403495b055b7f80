package ui_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestTheRailSaysWhetherBellhopCanBeReached(t *testing.T) {
	uitest.NewApp(t)
	now := time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)
	up := engine.Link{State: engine.LinkUp}
	lost := engine.Link{State: engine.LinkLost, Since: now.Add(-28 * time.Minute)}
	for _, test := range []struct {
		name   string
		status ui.Status
		reach  engine.Reach
		note   string
		tone   theme.Tone
		deed   string
	}{
		{"only here", ui.RunningStatus(nil), engine.Reach{Cut: []string{"A"}}, "Only this computer can reach it", theme.OK, "Make it reachable"},
		{"reachable", ui.RunningStatus(nil), engine.Reach{Way: engine.WayNgrok, Worked: now, Link: up}, "Reachable", theme.OK, "Details"},
		{"lost", ui.RunningStatus(nil), engine.Reach{Way: engine.WayNgrok, Link: lost, Cut: []string{"A", "B", "C"}}, "Unreachable since 14:02: 3 recipes affected", theme.Warn, "See why"},
		{"one", ui.RunningStatus(nil), engine.Reach{Way: engine.WayNgrok, Link: lost, Cut: []string{"A"}}, "Unreachable since 14:02: 1 recipe affected", theme.Warn, "See why"},
		{"nobody", ui.RunningStatus(nil), engine.Reach{Way: engine.WayNgrok, Link: lost}, "Unreachable since 14:02", theme.Warn, "See why"},
		{"offline says more", ui.OfflineStatus(), engine.Reach{Way: engine.WayNgrok, Link: lost}, "Steps wait, and go on by themselves", theme.Warn, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			opened := 0
			s := test.status.Reached(test.reach, now, func() { opened++ })
			require.Equal(t, test.note, s.Note)
			require.Equal(t, test.tone, s.Tone)
			require.Equal(t, test.deed, s.Deed)
			if test.deed != "" {
				s.OnDeed()
				require.Equal(t, 1, opened)
			}
		})
	}
}

func TestTheRailsDeedIsDoneAndGoesAway(t *testing.T) {
	uitest.NewApp(t)
	loop, opened, deed := uitest.NewLoop(), 0, "Make it reachable"
	native := test.NewTempWindow(t, widget.NewText(""))
	w := ui.NewWindow(ui.Params{
		Window: native, Loop: loop.UI(),
		Overview: func(context.Context) (ui.Overview, error) {
			return ui.Overview{Status: ui.Status{State: "Running", Note: "Only this computer can reach it", Deed: deed, OnDeed: func() { opened++ }}}, nil
		},
	})
	w.AddPage(ui.MainPage{Name: "recipes", Icon: theme.IconRecipes, Page: &page{title: "Recipes"}})
	w.Show()
	loop.Turn()
	uitest.Tap(t, native.Content(), "Make it reachable")
	require.Equal(t, 1, opened)
	deed = ""
	w.Hide()
	w.Show()
	loop.Turn()
	require.NotContains(t, uitest.Words(native.Content()), "Make it reachable")
}
