package recipes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/limit"
	"bellhop/ui/uitest"
)

func TestThatTheInternetCannotReachRecipesIsSaidOnce(t *testing.T) {
	uitest.NewApp(t)
	two, one := []string{"Big orders", "Payments"}, []string{"Big orders"}
	for _, test := range []struct {
		name  string
		reach engine.Reach
		says  []string
		deed  string
	}{
		{"nobody waits", engine.Reach{}, nil, ""},
		{"no way in", engine.Reach{Cut: two, Polling: one}, []string{
			"2 recipes wait for apps that cannot send to this computer yet.", "1 of them asks its app every hour",
		}, "Make it reachable"},
		{"broken", engine.Reach{Way: engine.WayNgrok, Worked: now, Problem: "Gone.", Cut: one}, []string{"Unreachable since 12:00: 1 recipe affected."}, "See why"},
		{"works", engine.Reach{Way: engine.WayNgrok, Worked: now, Link: engine.Link{State: engine.LinkUp}}, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, several()...)
			w.reach = test.reach
			w.open()
			for _, says := range test.says {
				require.Contains(t, w.words(), says)
			}
			if test.deed == "" {
				require.NotContains(t, w.words(), "every hour")
				require.NotContains(t, w.words(), "Make it reachable")
				require.NotContains(t, w.words(), "See why")
				return
			}
			uitest.Tap(t, w.page.Content(), test.deed)
			require.Equal(t, []string{"reach"}, w.went)
		})
	}
}

func TestTheHintAboutTheInternetGoesForNow(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...)
	w.reach.Cut = []string{"Big orders"}
	w.open()
	uitest.Tap(t, w.page.Content(), "Not now")
	w.page.Apply([]engine.Change{{Kind: engine.ReachChanged}})
	w.loop.Turn()
	require.NotContains(t, w.words(), "Make it reachable")
}

func TestOfSeveralWarningsThatOfTheInternetComesFirst(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...)
	w.desk.waits = []limit.Trouble{{For: "Shop Slack", Since: now, Connection: true}, {For: "My shop", Since: now, Connection: true}}
	w.reach = engine.Reach{Way: engine.WayNgrok, Worked: now, Problem: "Gone.", Cut: []string{"Big orders"}}
	w.open()
	require.Contains(t, w.words(), "Unreachable since 12:00: 1 recipe affected.")
	w.reach = engine.Reach{Cut: []string{"Big orders"}}
	w.page.Apply([]engine.Change{{Kind: engine.ReachChanged}})
	w.loop.Turn()
	require.NotContains(t, w.words(), "Make it reachable", "a hint stands back")
}

func TestTheAddressThatIsCopiedIsGoodOnTheInternet(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, several()...)
	w.reach = engine.Reach{Way: engine.WayAddress, Worked: now}
	w.open()
	uitest.Tap(t, w.page.Content(), "More about Tell the team about big orders")
	uitest.Pick(t, w.navigator.Window, "Copy address")
	w.loop.Turn()
	require.Contains(t, w.navigator.Toasts[0], "Paste it where the other app asks for a webhook.")
}
