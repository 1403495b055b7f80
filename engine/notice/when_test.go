package notice

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// When is something shown that comes up at a time? In Lisbon, clocks went from 01:00 to 02:00 on 29 March 2026 and
// go from 02:00 back to 01:00 on 25 October.
func TestWhenSomethingIsShown(t *testing.T) {
	night := engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "07:00"}
	siesta := engine.NoticeSettings{QuietFrom: "13:00", QuietTo: "15:00"}
	digest := engine.NoticeSettings{Mode: engine.NoticeDigest, DigestAt: "18:00"}
	for name, c := range map[string]struct {
		settings engine.NoticeSettings
		at, want string
	}{
		"at once":                           {engine.NoticeSettings{}, "2026-11-16 03:00", "2026-11-16 03:00"},
		"in the day":                        {night, "2026-11-16 10:00", "2026-11-16 10:00"},
		"in the evening":                    {night, "2026-11-16 22:00", "2026-11-17 07:00"},
		"after midnight":                    {night, "2026-11-16 02:00", "2026-11-16 07:00"},
		"as it ends":                        {night, "2026-11-16 07:00", "2026-11-16 07:00"},
		"a siesta":                          {siesta, "2026-11-16 14:59", "2026-11-16 15:00"},
		"beside the siesta":                 {siesta, "2026-11-16 15:00", "2026-11-16 15:00"},
		"no hours":                          {engine.NoticeSettings{QuietFrom: "09:00", QuietTo: "09:00"}, "2026-11-16 09:00", "2026-11-16 09:00"},
		"the night that is an hour shorter": {night, "2026-03-28 23:00", "2026-03-29 07:00"},
		"the night that is an hour longer":  {night, "2026-10-24 23:00", "2026-10-25 07:00"},
		"an end that is left out":           {engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "01:30"}, "2026-03-29 00:30", "2026-03-29 02:00"},
		"an end that comes twice":           {engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "01:30"}, "2026-10-25 00:30", "2026-10-25 01:30"},
		"a digest, later today":             {digest, "2026-11-16 10:00", "2026-11-16 18:00"},
		"a digest, tomorrow":                {digest, "2026-11-16 18:00", "2026-11-17 18:00"},
		"a digest at its usual time":        {engine.NoticeSettings{Mode: engine.NoticeDigest}, "2026-11-16 10:00", "2026-11-17 09:00"},
		"a digest in quiet hours": {
			engine.NoticeSettings{Mode: engine.NoticeDigest, DigestAt: "06:00", QuietFrom: "22:00", QuietTo: "07:00"}, "2026-11-16 10:00", "2026-11-17 07:00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation("Europe/Lisbon")
			require.NoError(t, err)
			at, err := time.ParseInLocation("2006-01-02 15:04", c.at, zone)
			require.NoError(t, err)
			got := times{c.settings, zone}.due(engine.Notice{At: at.UTC(), Kind: engine.NoticeFailed})
			require.Equal(t, c.want, got.In(zone).Format("2006-01-02 15:04"))
		})
	}
}

// The night on which clocks are set back is ten hours long, and the one on which they are set forward eight.
func TestNightsOnWhichClocksAreChanged(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	w := times{engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "07:00"}, zone}
	for date, want := range map[time.Time]time.Duration{
		time.Date(2026, 11, 16, 12, 0, 0, 0, zone): 9 * time.Hour,
		time.Date(2026, 3, 28, 12, 0, 0, 0, zone):  8 * time.Hour,
		time.Date(2026, 10, 24, 12, 0, 0, 0, zone): 10 * time.Hour,
	} {
		quiet := 0
		for minute := range 24 * 60 {
			if _, is := w.quiet(date.Add(time.Duration(minute) * time.Minute)); is {
				quiet++
			}
		}
		require.Equal(t, want, time.Duration(quiet)*time.Minute, date)
	}
}

func TestQuietHours(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-16 21:59", func(h *house) {
		h.choose(engine.Settings{TimeZone: "Europe/Lisbon", Notices: engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "07:00"}})
		a, b := h.recipe("Big orders", "shop.order"), h.recipe("Refunds", "shop.order")
		h.until("2026-11-16 22:30")
		h.fails(a, "No.")
		require.NoError(t, h.notices.Step(t.Context(), "Stock is low", "Only 3 mugs are left."))
		h.until("2026-11-17 03:00")
		h.stop()
		h.start()
		mended := h.fails(b, "No.")
		h.fails(b, "No.")
		h.until("2026-11-17 06:59")
		require.Empty(t, h.told())
		h.becomes(mended, engine.Queued, "")
		h.becomes(mended, engine.Succeeded, "")
		h.until("2026-11-17 07:02")
		n := h.tells()
		require.Equal(t, "While it was quiet", n.Title)
		require.Equal(t, "2 runs of 2 recipes need you.\n1 notification from your recipes: “Stock is low”.", n.Text)
		h.pass(time.Hour)
		require.Empty(t, h.told())

		require.NoError(t, h.notices.Step(t.Context(), "Stock is low", "Only 2 mugs are left."))
		require.Equal(t, "Only 2 mugs are left.", h.tells().Text, "by day it comes at once")
	})
}

// One thing that came up in quiet hours is told as it is.
func TestOneThingInQuietHours(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-16 23:00", func(h *house) {
		h.choose(engine.Settings{TimeZone: "Europe/Lisbon", Notices: engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "07:00"}})
		id := h.fails(h.recipe("Big orders", "shop.order"), "Choose another channel.")
		h.until("2026-11-17 07:02")
		n := h.tells()
		require.Equal(t, "“Big orders” has failed", n.Title)
		require.Equal(t, id, n.RunID)
	})
}

// A computer that sleeps when quiet hours end, and wakes within the next ones, stays quiet.
func TestQuietHoursThatWereSleptThrough(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-16 23:00", func(h *house) {
		h.choose(engine.Settings{TimeZone: "Europe/Lisbon", Notices: engine.NoticeSettings{QuietFrom: "22:00", QuietTo: "07:00"}})
		h.fails(h.recipe("Big orders", "shop.order"), "No.")
		h.pass(time.Minute)
		h.change(func() { h.set += 24 * time.Hour })
		h.pass(5 * time.Minute)
		require.Empty(t, h.told())
		h.until("2026-11-18 07:02")
		require.Len(t, h.told(), 1)
	})
}

func TestDigest(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-16 10:00", func(h *house) {
		h.choose(engine.Settings{TimeZone: "Europe/Lisbon", Notices: engine.NoticeSettings{Mode: engine.NoticeDigest, DigestAt: "18:00"}})
		a := h.recipe("Big orders", "shop.order")
		for range 12 {
			h.fails(a, "No.")
			h.pass(10 * time.Minute)
		}
		require.NoError(t, h.notices.Step(t.Context(), "Stock is low", "Only 3 mugs are left."))
		require.Equal(t, []string{"Stock is low"}, h.told(), "what a recipe says is no news about Bellhop")
		h.change(func() { h.needy = []Needy{{"Shop Slack", "Paste a new token."}} })
		h.until("2026-11-16 17:59")
		require.Empty(t, h.told())
		h.until("2026-11-16 18:02")
		n := h.tells()
		require.Equal(t, "Since the last summary", n.Title)
		require.Equal(t, "12 runs of “Big orders” need you.\nThe connection “Shop Slack” needs you.", n.Text)
		h.fails(a, "No.")
		h.until("2026-11-17 17:59")
		require.Empty(t, h.told())
		h.until("2026-11-17 18:02")
		require.Len(t, h.told(), 1)
		h.until("2026-11-19 18:02")
		require.Empty(t, h.told(), "nothing is not told")
	})
}

func TestNever(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		h.choose(engine.Settings{Notices: engine.NoticeSettings{Mode: engine.NoticeNever}})
		r := h.recipe("Big orders", "shop.order")
		h.fails(r, "No.")
		require.NoError(t, h.notices.Step(t.Context(), "Stock is low", ""))
		h.pass(time.Hour)
		require.Equal(t, []string{"Stock is low"}, h.told())
		h.choose(engine.Settings{})
		h.changes <- engine.Change{Kind: engine.SettingsChanged}
		h.pass(time.Hour)
		require.Empty(t, h.told(), "what was not told then is not told later")
		h.fails(r, "No.")
		h.pass(time.Minute)
		require.Len(t, h.told(), 1)
	})
}

// A clock that was ahead does not hold notices back for days.
func TestAClockThatIsSetBack(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		h.choose(engine.Settings{Notices: engine.NoticeSettings{Mode: engine.NoticeDigest, DigestAt: "18:00"}})
		h.change(func() { h.set += 72 * time.Hour })
		h.fails(h.recipe("Big orders", "shop.order"), "No.")
		h.pass(time.Minute)
		h.change(func() { h.set -= 72 * time.Hour })
		h.until("2026-11-16 18:02")
		h.pass(24 * time.Hour)
		require.Len(t, h.told(), 1)
	})
}

func TestNothingIsWrittenWhileNothingHappens(t *testing.T) {
	at(t, "UTC", monday, func(h *house) {
		h.recipe("Big orders", "shop.order")
		h.recipe("Hooks", "web.hook")
		h.pass(time.Hour)
		before := h.written()
		h.pass(24 * time.Hour)
		require.LessOrEqual(t, h.written()-before, 25, "once an hour at most")
	})
}
