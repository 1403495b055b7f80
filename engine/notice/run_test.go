package notice

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

const monday = "2026-11-16 10:00"

func TestAFailureIsToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		state       engine.State
		failure     string
		title, text string
	}{
		"failed":         {engine.Failed, "Slack knows no channel #orders. Choose another.", "“Big orders” has failed", "Order #1042: Slack knows no channel #orders. Choose another."},
		"held":           {engine.Held, "A rule asks for you.", "“Big orders” waits for you", "Order #1042: A rule asks for you."},
		"unsure":         {engine.Unsure, "The answer was lost. Look whether it arrived.", "“Big orders” is unsure", "Order #1042: The answer was lost. Look whether it arrived."},
		"without a word": {engine.Failed, "", "“Big orders” has failed", "Order #1042: Open it in Activity to see why."},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, "UTC", monday, func(h *house) {
				r := h.recipe("Big orders", "shop.order")
				id := h.accepted(engine.Run{RecipeID: r, Title: "Order #1042"})
				h.becomes(id, c.state, c.failure)
				h.pass(10 * time.Second)
				n := h.tells()
				require.Equal(t, c.title, n.Title)
				require.Equal(t, c.text, n.Text)
				require.Equal(t, id, n.RunID)
				require.Equal(t, r, n.RecipeID)
				require.Equal(t, engine.NoticeFailed, n.Kind)
				h.pass(48 * time.Hour)
				require.Empty(t, h.told())
			})
		})
	}
}

func TestWhatIsNotTold(t *testing.T) {
	for name, do := range map[string]func(h *house, r int64){
		"a run that a person has cancelled": func(h *house, r int64) {
			h.becomes(h.accepted(engine.Run{RecipeID: r}), engine.Cancelled, "")
		},
		"one that succeeded": func(h *house, r int64) {
			h.becomes(h.accepted(engine.Run{RecipeID: r}), engine.Succeeded, "")
		},
		"a replay that somebody looks at": func(h *house, r int64) {
			h.becomes(h.accepted(engine.Run{RecipeID: r, ReplayOf: 7}), engine.Failed, "No.")
		},
		"a draft that is tried": func(h *house, r int64) {
			h.becomes(h.accepted(engine.Run{RecipeID: r, Version: -1}), engine.Failed, "No.")
		},
		"one that was mended before it is told": func(h *house, r int64) {
			id := h.fails(r, "No.")
			h.becomes(id, engine.Queued, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, "UTC", monday, func(h *house) {
				do(h, h.recipe("Big orders", "shop.order"))
				h.pass(time.Hour)
				require.Empty(t, h.told())
			})
		})
	}
}

// Who retries a run looks at it; who retries hundreds does not wait for them.
func TestARetryThatFailsAgain(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		id := h.fails(h.recipe("Big orders", "shop.order"), "No.")
		h.pass(5 * time.Minute)
		require.Len(t, h.told(), 1)
		h.becomes(id, engine.Queued, "")
		h.pass(2 * time.Second)
		h.becomes(id, engine.Failed, "Still no.")
		h.pass(5 * time.Minute)
		require.Empty(t, h.told(), "it was seen")
		h.becomes(id, engine.Queued, "")
		h.pass(10 * time.Minute)
		h.becomes(id, engine.Failed, "Never.")
		h.pass(5 * time.Minute)
		require.Len(t, h.told(), 1)
	})
}

func TestManyBecomeOne(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		a, b, c := h.recipe("Big orders", "shop.order"), h.recipe("Refunds", "shop.order"), h.recipe("Newsletter", "shop.order")
		for range 4 {
			h.fails(a, "No.")
		}
		h.fails(b, "No.")
		h.pass(time.Second)
		h.fails(b, "No.")
		h.fails(c, "No.")
		h.pass(10 * time.Second)
		n := h.tells()
		require.Equal(t, "7 runs of 3 recipes need you", n.Title)
		require.Equal(t, "“Big orders” (4), “Refunds” (2) and “Newsletter” (1).", n.Text)
		require.Zero(t, n.RunID+n.RecipeID)
	})
}

func TestSeveralOfOneRecipe(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.fails(r, "First.")
		h.fails(r, "Second.")
		h.pass(10 * time.Second)
		n := h.tells()
		require.Equal(t, "2 runs of “Big orders” need you", n.Title)
		require.Equal(t, "The last of them: Second.", n.Text)
		require.Equal(t, r, n.RecipeID)
	})
}

func TestNoMoreThanFiveInAnHour(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r, other := h.recipe("Big orders", "shop.order"), h.recipe("Refunds", "shop.order")
		for range 30 {
			h.fails(r, "No.")
			h.pass(time.Minute + 5*time.Second)
		}
		told := h.shown
		require.Len(t, told, 5)
		require.NotContains(t, told[3].Text, "Activity")
		require.Contains(t, told[4].Text, "If there are more, they are in Activity.")
		h.told()
		h.fails(other, "No.")
		h.pass(2 * time.Minute)
		require.Len(t, h.told(), 1, "another recipe's are told")
		h.pass(time.Hour)
		h.fails(r, "No.")
		h.pass(2 * time.Minute)
		require.Len(t, h.told(), 1, "an hour later there is room again")
	})
}

// Twenty recipes that fail one after the other are no twenty notices.
func TestNoMoreThanOneAMinute(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		var all []int64
		for range 20 {
			all = append(all, h.recipe("Big orders", "shop.order"))
		}
		for _, r := range all {
			h.fails(r, "No.")
			h.pass(5 * time.Second)
		}
		h.pass(2 * time.Minute)
		require.LessOrEqual(t, len(h.told()), 4)
	})
}

func TestWhatIsPendingSurvivesARestart(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.pass(time.Second)
		h.fails(r, "No.")
		h.stop() // before it was told
		h.start()
		h.pass(10 * time.Second)
		require.Len(t, h.told(), 1)
		h.stop()
		h.start()
		h.pass(time.Hour)
		require.Empty(t, h.told())
	})
}

// A change that was not heard of, such as of a process that was killed, or by one who lagged.
func TestWhatWasNotHeardOfIsFound(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.pass(time.Minute)
		h.accepted(engine.Run{RecipeID: r, State: engine.Failed, FinishedAt: h.now()})
		h.changes <- engine.Change{Kind: engine.Lagged}
		h.pass(10 * time.Second)
		require.Len(t, h.told(), 1)
		h.changes <- engine.Change{Kind: engine.Lagged}
		h.pass(time.Hour)
		require.Empty(t, h.told())
		h.pass(time.Second)
		h.accepted(engine.Run{RecipeID: r, State: engine.Failed, FinishedAt: h.now()})
		h.stop()
		h.start()
		h.pass(10 * time.Second)
		require.Len(t, h.told(), 1)
	})
}

// Data that is older than notices holds failures that nobody is told of any more.
func TestOldFailuresAreNotTold(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		h.stop()
		h.change(func() { delete(h.settings, settingNotices) })
		r := h.recipe("Big orders", "shop.order")
		for range 50 {
			h.accepted(engine.Run{RecipeID: r, State: engine.Failed, FinishedAt: h.now().Add(-time.Hour)})
		}
		h.start()
		h.pass(time.Hour)
		require.Empty(t, h.told())
	})
}

func TestThousandsAreCounted(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		h.choose(engine.Settings{TimeZone: "UTC", Notices: engine.NoticeSettings{Mode: engine.NoticeDigest, DigestAt: "18:00"}})
		r := h.recipe("Big orders", "shop.order")
		for range 700 {
			h.fails(r, "No.")
			if len(h.runs)%100 == 0 {
				h.pass(5 * time.Second)
			}
		}
		h.until("2026-11-16 18:02")
		require.Equal(t, "700 runs need you", h.tells().Title)
		require.Less(t, len(h.settings[settingNotices]), 100_000)
	})
}

func TestConnectionsThatNeedAPerson(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		h.change(func() { h.needy = []Needy{{"Shop Slack", "Slack does not accept the token. Paste a new one."}} })
		h.changes <- engine.Change{Kind: engine.ConnectionsChanged}
		h.pass(10 * time.Second)
		n := h.tells()
		require.Equal(t, "The connection “Shop Slack” needs you", n.Title)
		require.Equal(t, "Slack does not accept the token. Paste a new one.", n.Text)
		h.pass(24 * time.Hour)
		require.Empty(t, h.told())
		h.change(func() { h.needy = nil })
		h.pass(2 * time.Minute)
		h.change(func() { h.needy = []Needy{{"Shop Slack", "Again."}} })
		h.pass(2 * time.Minute)
		require.Len(t, h.told(), 1)
	})
}
