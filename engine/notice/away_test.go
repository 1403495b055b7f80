package notice

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// recovers adds a run of what was missed.
func (h *house) recovers(recipeID int64, s engine.State) int64 {
	r := engine.Run{RecipeID: recipeID, Recovered: true, State: s, Failure: &engine.Failure{Message: "No."}}
	if !s.Active() {
		r.FinishedAt = h.now()
	}
	id := h.accepted(r)
	h.changes <- engine.Change{Kind: engine.RunChanged, RecipeID: recipeID, RunID: id, State: s}
	return id
}

// sleeps lets the computer sleep, and wake.
func (h *house) sleeps(d time.Duration) {
	h.change(func() { h.set += d })
	h.notices.Back(Slept, h.now().Add(-d))
}

func TestWhileYouWereAway(t *testing.T) {
	for name, c := range map[string]struct {
		missed func(h *house, shop, web int64)
		want   string
	}{
		"orders": {func(h *house, shop, _ int64) {
			for range 12 {
				h.recovers(shop, engine.Succeeded)
			}
		}, "12 orders were missed and have been fetched."},
		"one": {func(h *house, shop, _ int64) {
			h.recovers(shop, engine.Succeeded)
		}, "1 order was missed and has been fetched."},
		"some fail": {func(h *house, shop, _ int64) {
			for range 3 {
				h.recovers(shop, engine.Succeeded)
			}
			h.recovers(shop, engine.Failed)
			h.recovers(shop, engine.Unsure)
		}, "5 orders were missed and have been fetched. 2 need you: see Activity."},
		"the only one fails": {func(h *house, shop, _ int64) {
			h.recovers(shop, engine.Failed)
		}, "1 order was missed and has been fetched. It needs you: see Activity."},
		"of several kinds": {func(h *house, shop, web int64) {
			h.recovers(shop, engine.Succeeded)
			h.recovers(web, engine.Filtered)
		}, "2 events were missed and have been fetched."},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, "UTC", monday, func(h *house) {
				shop, web := h.recipe("Big orders", "shop.order"), h.recipe("Hooks", "web.hook")
				h.recovers(shop, engine.Succeeded) // before
				h.pass(time.Minute)
				h.change(func() {
					h.answer = func(context.Context) error { c.missed(h, shop, web); return nil }
				})
				h.sleeps(8 * time.Hour)
				h.pass(10 * time.Second)
				n := h.tells()
				require.Equal(t, "While the computer slept", n.Title)
				require.Equal(t, c.want, n.Text)
				require.Equal(t, engine.NoticeAway, n.Kind)
				require.Equal(t, 1, h.asked)
				h.pass(24 * time.Hour)
				require.Empty(t, h.told(), "once, and its failures not again")
			})
		})
	}
}

func TestNothingMissedIsNotTold(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.sleeps(8 * time.Hour)
		h.pass(time.Hour)
		h.recovers(r, engine.Succeeded) // such as by the question that is asked each hour
		h.pass(time.Hour)
		require.Empty(t, h.told())
	})
}

// It is told when the runs are over, so that it can be said how they went; but that is not waited for long.
func TestHowTheMissedWentIsWaitedFor(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		var a, b int64
		h.change(func() {
			h.answer = func(context.Context) error {
				a, b = h.recovers(r, engine.Queued), h.recovers(r, engine.Queued)
				return nil
			}
		})
		h.sleeps(time.Hour)
		h.pass(30 * time.Second)
		require.Empty(t, h.told())
		h.becomes(a, engine.Succeeded, "")
		h.pass(30 * time.Second)
		require.Empty(t, h.told())
		h.pass(2 * time.Minute)
		require.Equal(t, "2 orders were missed and have been fetched. 1 is still being done.", h.tells().Text)
		h.becomes(b, engine.Failed, "No.")
		h.pass(2 * time.Minute)
		require.Equal(t, "“Big orders” has failed", h.tells().Title, "it was not told with the others")
	})
}

// After waking there is no network for a while.
func TestAppsThatCannotBeAskedAtOnce(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.change(func() {
			h.answer = func(context.Context) error {
				if h.asked < 4 {
					return engine.Errorf(engine.Unavailable, "This computer is offline.")
				}
				h.recovers(r, engine.Succeeded)
				return nil
			}
		})
		h.sleeps(8 * time.Hour)
		h.pass(time.Minute)
		require.Empty(t, h.told())
		h.pass(5 * time.Minute)
		require.Equal(t, "1 order was missed and has been fetched.", h.tells().Text)
	})
}

// One app that cannot be asked keeps nobody from hearing of the others, and is told of when it can.
func TestAnAppThatCannotBeAskedForHours(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.change(func() {
			h.answer = func(context.Context) error {
				if h.asked == 1 {
					h.recovers(r, engine.Succeeded)
				}
				return engine.Errorf(engine.Unauthorized, "The shop does not accept the token.")
			}
		})
		h.sleeps(8 * time.Hour)
		h.pass(time.Minute)
		require.Empty(t, h.told())
		h.pass(5 * time.Minute)
		require.Equal(t, "1 order was missed and has been fetched.", h.tells().Text)
		h.pass(3 * time.Hour)
		require.Empty(t, h.told())
		require.Less(t, h.asked, 30)
		h.change(func() {
			h.answer = func(context.Context) error {
				h.recovers(r, engine.Succeeded)
				h.recovers(r, engine.Succeeded)
				return nil
			}
		})
		h.pass(11 * time.Minute)
		require.Equal(t, "2 orders were missed and have been fetched.", h.tells().Text)
	})
}

// What was asked before the computer slept again says nothing of that sleep.
func TestSleepWhileTheAppsAreAsked(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		first := make(chan struct{})
		h.change(func() {
			h.answer = func(ctx context.Context) error {
				if h.asked == 1 {
					<-first
					return nil
				}
				h.recovers(r, engine.Succeeded)
				return nil
			}
		})
		h.sleeps(time.Hour)
		h.pass(5 * time.Second)
		h.sleeps(time.Hour)
		h.pass(5 * time.Second)
		close(first)
		h.pass(30 * time.Second)
		require.Equal(t, "1 order was missed and has been fetched.", h.tells().Text)
		require.Equal(t, 2, h.asked)
	})
}

// Bellhop ends before the apps have answered.
func TestAnAbsenceSurvivesARestart(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.change(func() {
			h.answer = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		})
		h.sleeps(8 * time.Hour)
		h.pass(10 * time.Second)
		h.recovers(r, engine.Succeeded)
		h.pass(10 * time.Second)
		h.stop()
		h.change(func() { h.answer = nil })
		h.pass(time.Minute)
		h.start()
		h.notices.Back(Stopped, h.now())
		h.pass(10 * time.Second)
		n := h.tells()
		require.Equal(t, "While Bellhop was not running", n.Title)
		require.Equal(t, "1 order was missed and has been fetched.", n.Text)
	})
}

// Waking begins without a network, which is not why orders were missed.
func TestANetworkThatComesAfterWaking(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.change(func() {
			h.answer = func(context.Context) error {
				if h.asked == 1 {
					return engine.Errorf(engine.Unavailable, "This computer is offline.")
				}
				h.recovers(r, engine.Succeeded)
				return nil
			}
		})
		h.sleeps(8 * time.Hour)
		h.pass(5 * time.Second)
		h.notices.Back(Offline, h.now())
		h.pass(10 * time.Second)
		require.Equal(t, []string{"While the computer slept"}, h.told())
	})
}

func TestWhyItWasMissed(t *testing.T) {
	for why, title := range map[Why]string{Slept: "While the computer slept", Stopped: "While Bellhop was not running", Offline: "While there was no network"} {
		at(t, "UTC", monday, func(h *house) {
			r := h.recipe("Big orders", "shop.order")
			h.change(func() { h.answer = func(context.Context) error { h.recovers(r, engine.Succeeded); return nil } })
			h.notices.Back(why, h.now())
			h.pass(10 * time.Second)
			require.Equal(t, []string{title}, h.told())
		})
	}
}
