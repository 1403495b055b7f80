package notice

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// lisbon is where the shops of these tests are.
func lisbon(t *testing.T) *time.Location {
	zone, err := time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	return zone
}

// open is a shop's hours: when it has orders on a date, in hours from its midnight.
type open func(day time.Time) []float64

// hours are orders at these hours on every day.
func hours(at ...float64) open { return func(time.Time) []float64 { return at } }

// except leaves days out.
func (o open) except(closed func(day time.Time) bool) open {
	return func(day time.Time) []float64 {
		if closed(day) {
			return nil
		}
		return o(day)
	}
}

func weekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// from leaves out what is before a date, such as "2026-11-02".
func (o open) from(first string) open {
	return o.except(func(day time.Time) bool { return day.Format(time.DateOnly) < first })
}

// history returns the orders of the four weeks before a time.
func (o open) history(until time.Time) (at []time.Time) {
	for back := 28; back >= 0; back-- {
		y, m, d := until.Date()
		day := time.Date(y, m, d-back, 0, 0, 0, 0, until.Location())
		for _, hour := range o(day) {
			if when := day.Add(time.Duration(hour * float64(time.Hour))); when.Before(until) {
				at = append(at, when)
			}
		}
	}
	return at
}

// By when should a recipe have run again, that ran like this until now?
func TestHabits(t *testing.T) {
	daily := hours(9.5, 11, 14, 17.75)
	for name, c := range map[string]struct {
		shop  open
		until string // it is silent from here on
		want  string // when that is remarkable; "" for not within a week
		usual string
	}{
		// Its longest gap is from 17:45 to 9:30, 15.75 hours: 47.25 hours after its last order.
		"open every day":               {daily, "2026-12-02 18:00", "2026-12-04 17:00", "every day"},
		"closed on weekends, midweek":  {daily.except(weekend), "2026-12-01 18:00", "2026-12-03 17:00", "on every weekday"},
		"closed on weekends, a Friday": {daily.except(weekend), "2026-12-04 18:00", "2026-12-08 17:00", "on every weekday"},
		"closed on Mondays": {
			daily.except(func(d time.Time) bool { return d.Weekday() == time.Monday }), "2026-12-06 18:00", "2026-12-09 17:00",
			"on Tuesdays, Wednesdays, Thursdays, Fridays, Saturdays and Sundays",
		},
		"busy": {hours(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22), "2026-12-02 00:30", "2026-12-03 00:00", "every day"},
		// The holiday has shown that a day without is usual.
		"a holiday was before": {
			daily.except(weekend).except(func(d time.Time) bool { return d.Format(time.DateOnly) == "2026-11-23" }), "2026-12-04 18:00", "2026-12-11 17:00",
			"on every weekday",
		},
		"new":              {daily.from("2026-11-24"), "2026-12-02 18:00", "", ""},
		"two weeks old":    {daily.from("2026-11-19"), "2026-12-02 18:00", "2026-12-04 17:00", "every day"},
		"one order a week": {hours(9).except(func(d time.Time) bool { return d.Weekday() != time.Monday }), "2026-12-02 18:00", "", ""},
		"once a day":       {hours(9), "2026-12-02 18:00", "2026-12-05 09:00", "every day"},
		"now and then":     {daily.except(func(d time.Time) bool { return d.YearDay()*7919%10 > 4 }), "2026-12-02 18:00", "", ""},
		"switched off for a week": {
			daily.except(func(d time.Time) bool { return d.Month() == time.November && d.Day() >= 15 && d.Day() <= 21 }), "2026-12-02 18:00", "", "",
		},
		"the season is over, slowly": {func(d time.Time) []float64 {
			if d.Format(time.DateOnly) < "2026-11-22" {
				return []float64{9, 10, 11, 12, 13, 14}
			}
			return []float64{float64(9 + d.Day()%8)}
		}, "2026-12-02 18:00", "2026-12-05 14:00", "every day"},
	} {
		t.Run(name, func(t *testing.T) {
			zone := lisbon(t)
			until, err := time.ParseInLocation("2006-01-02 15:04", c.until, zone)
			require.NoError(t, err)
			runs := c.shop.history(until)
			h, ok := learn(runs, zone)
			if c.want == "" {
				require.False(t, ok && h.silent(runs[len(runs)-1]).Sub(until) < 7*24*time.Hour, "%+v", h)
				return
			}
			require.True(t, ok)
			require.Equal(t, c.want, h.silent(runs[len(runs)-1]).Format("2006-01-02 15:04"))
			require.Equal(t, c.usual, h.String())
		})
	}
}

// No shop that goes on as usual is ever told to be silent, whenever one looks, over a year with both changes of the
// clocks.
func TestNoFalseAlarms(t *testing.T) {
	zone := lisbon(t)
	daily := hours(9.5, 11, 14, 17.75)
	for name, shop := range map[string]open{
		"every day":      daily,
		"weekdays":       daily.except(weekend),
		"sundays closed": daily.except(func(d time.Time) bool { return d.Weekday() == time.Sunday }),
		"only mornings":  hours(8, 9, 10),
		"at night":       hours(1, 2, 23),
		"bank holidays": daily.except(weekend).except(func(d time.Time) bool {
			return d.Weekday() == time.Monday && d.Day() <= 7 || d.Format("01-02") == "12-25"
		}),
		"odd and even": func(d time.Time) []float64 {
			if d.YearDay()%2 == 0 {
				return []float64{10}
			}
			return []float64{9, 18}
		},
		"every second day": daily.except(func(d time.Time) bool { return d.YearDay()%2 == 0 }),
	} {
		t.Run(name, func(t *testing.T) {
			var all []time.Time
			for day := time.Date(2026, 1, 1, 0, 0, 0, 0, zone); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
				for _, hour := range shop(day) {
					all = append(all, day.Add(time.Duration(hour*float64(time.Hour))))
				}
			}
			for i := 1; i < len(all); i++ {
				h, ok := learn(all[max(0, i-400):i], zone)
				if ok {
					require.True(t, h.silent(all[i-1]).After(all[i]), "%s was long after %s", all[i], all[i-1])
				}
			}
		})
	}
}

// lives lets a shop have its orders for some days.
func (h *house) lives(recipeID int64, shop open, days int) {
	for range days {
		y, m, d := h.now().In(h.zone()).Date()
		day := time.Date(y, m, d, 0, 0, 0, 0, h.zone())
		for _, hour := range shop(day) {
			if wait := day.Add(time.Duration(hour * float64(time.Hour))).Sub(h.now()); wait > 0 {
				h.pass(wait)
				h.accepted(engine.Run{RecipeID: recipeID, State: engine.Succeeded})
			}
		}
		h.pass(time.Date(y, m, d+1, 0, 0, 0, 0, h.zone()).Sub(h.now()))
	}
}

// had gives a recipe a history of four weeks.
func (h *house) had(recipeID int64, shop open) {
	for _, at := range shop.history(h.now().In(h.zone())) {
		h.accepted(engine.Run{RecipeID: recipeID, State: engine.Succeeded, CreatedAt: at})
	}
}

var none = hours()

func TestARecipeThatHasBecomeSilent(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-02 00:00", func(h *house) {
		r := h.recipe("Contact form", "web.hook")
		h.lives(r, hours(9.5, 11, 14, 17.75), 21)
		require.Empty(t, h.told())
		h.lives(r, none, 1)
		require.Empty(t, h.told())
		h.lives(r, none, 2)
		n := h.tells()
		require.Equal(t, "“Contact form” has become silent", n.Title)
		require.Equal(t, "It has not run since Sunday 22 November, 17:45; usually it runs every day. Its deliveries show whether anything came."+
			" If this is as it should be, there is nothing to do.", n.Text)
		require.Equal(t, r, n.RecipeID)
		require.Equal(t, engine.NoticeSilent, n.Kind)
		h.stop()
		h.start()
		h.lives(r, none, 10)
		require.Empty(t, h.told(), "once")
		h.lives(r, hours(9.5, 11, 14, 17.75), 33)
		require.Empty(t, h.told())
		h.lives(r, none, 4)
		require.Len(t, h.told(), 1, "and again when it has run meanwhile")
	})
}

func TestRecipesOfWhichSilenceIsNotTold(t *testing.T) {
	daily := hours(9.5, 11, 14, 17.75)
	for name, c := range map[string]struct {
		use  string
		then func(h *house, r int64)
	}{
		"it is off":                     {"web.hook", func(h *house, r int64) { h.change(func() { h.recipes[0].On = false }) }},
		"its app was asked":             {"shop.order", func(*house, int64) {}},
		"it looks by itself":            {"app.poll", func(*house, int64) {}},
		"it starts by hand":             {"hand.start", func(*house, int64) {}},
		"no way in, of which was told":  {"web.hook", func(h *house, r int64) { h.change(func() { h.reach = cutOff }) }},
		"there is no network":           {"web.hook", func(h *house, r int64) { h.change(func() { h.offline = true }) }},
		"a holiday, and then as before": {"web.hook", func(h *house, r int64) { h.lives(r, none, 1); h.lives(r, daily, 10) }},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, "Europe/Lisbon", "2026-11-23 00:00", func(h *house) {
				r := h.recipe("Contact form", c.use)
				h.had(r, daily)
				c.then(h, r)
				h.lives(r, none, 2)
				h.told()
				if name != "a holiday, and then as before" {
					h.lives(r, none, 6)
				}
				for _, title := range h.told() {
					require.NotContains(t, title, "silent")
				}
			})
		})
	}
}

var cutOff = engine.Reach{Way: engine.WayNgrok, Problem: "Nobody answers.", Cut: []string{"Contact form"}, Worked: time.Now()}

// Where the app cannot be asked any more, silence is remarkable.
func TestAnAppThatCannotBeAskedAnyMore(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-23 00:00", func(h *house) {
		r := h.recipe("Big orders", "shop.order")
		h.had(r, hours(9.5, 11, 14, 17.75))
		h.change(func() {
			h.uncaught[r] = engine.Trouble{Code: engine.Unauthorized, Message: "No.", Since: h.nowLocked()}.String()
		})
		h.lives(r, none, 3)
		require.Len(t, h.told(), 1)
	})
}

// Off for three weeks and on again: what is expected of it has to be learned anew.
func TestSwitchedOffAndOn(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-23 00:00", func(h *house) {
		r := h.recipe("Contact form", "web.hook")
		h.had(r, hours(9.5, 11, 14, 17.75))
		h.change(func() { h.recipes[0].On = false })
		h.lives(r, none, 21)
		h.change(func() { h.recipes[0].On = true })
		h.lives(r, none, 6)
		require.Empty(t, h.told())
	})
}

// After two weeks of holidays nothing is told before there was time to begin; the computer was off.
func TestAComputerThatWasOff(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-23 00:00", func(h *house) {
		daily := hours(9.5, 11, 14, 17.75)
		r := h.recipe("Contact form", "web.hook")
		h.had(r, daily)
		h.lives(r, daily, 1)
		h.stop()
		h.change(func() { h.set += 14 * 24 * time.Hour })
		h.start()
		h.notices.Back(Stopped, h.now())
		h.until("2026-12-08 09:29")
		require.Empty(t, h.told())
		h.lives(r, daily, 14)
		require.Empty(t, h.told())
		for range 14 { // asleep each night
			h.pass(9*time.Hour + 30*time.Minute)
			h.accepted(engine.Run{RecipeID: r, State: engine.Succeeded})
			h.pass(8 * time.Hour)
			h.accepted(engine.Run{RecipeID: r, State: engine.Succeeded})
			h.sleeps(6*time.Hour + 30*time.Minute)
		}
		require.Empty(t, h.told())
	})
}

func TestSchedules(t *testing.T) {
	run := func(h *house, r int64, times int) {
		for range times {
			h.pass(time.Hour)
			h.accepted(engine.Run{RecipeID: r, State: engine.Succeeded})
		}
	}
	at(t, "Europe/Lisbon", "2026-11-16 10:00", func(h *house) {
		r := h.recipe("Stock check", "clock.every")
		h.change(func() { h.live[r].Trigger.With["every"], h.live[r].Trigger.With["unit"] = "1", "hours" })
		run(h, r, 5)
		require.Empty(t, h.told())
		h.pass(3 * time.Hour)
		n := h.tells()
		require.Equal(t, "“Stock check” did not run", n.Title)
		require.Equal(t, "It should have run at Monday 16 November, 16:00. Open it and look at its times, and at the log in Settings.", n.Text)
		h.pass(24 * time.Hour)
		require.Empty(t, h.told(), "once")
		run(h, r, 5)
		h.sleeps(8 * time.Hour)
		h.pass(30 * time.Minute)
		require.Empty(t, h.told(), "times that were slept through are the schedule's affair")

		h.change(func() { h.live[r].Trigger.With["unit"] = "moons" })
		h.pass(30 * time.Minute)
		require.Equal(t, []string{"“Stock check” does not run"}, h.told())
		h.pass(24 * time.Hour)
		require.Empty(t, h.told(), "once")
	})
}

func TestATriggerThatCannotLook(t *testing.T) {
	at(t, "Europe/Lisbon", "2026-11-16 10:00", func(h *house) {
		r := h.recipe("New mail", "app.poll")
		h.pass(2 * time.Hour)
		trouble := func() {
			h.change(func() {
				h.trouble[r] = engine.Trouble{Code: engine.Unauthorized, Message: "The mailbox does not accept the password.", Since: h.nowLocked()}.String()
			})
		}
		trouble()
		h.pass(50 * time.Minute)
		require.Empty(t, h.told())
		h.pass(30 * time.Minute)
		n := h.tells()
		require.Equal(t, "“New mail” cannot look for what is new", n.Title)
		require.Equal(t, "The mailbox does not accept the password.", n.Text)
		h.pass(48 * time.Hour)
		require.Empty(t, h.told(), "once")
		h.change(func() { h.trouble[r] = "" })
		h.pass(time.Hour)
		trouble()
		h.pass(30 * time.Minute)
		h.change(func() { h.trouble[r] = "" })
		h.pass(24 * time.Hour)
		require.Empty(t, h.told(), "it has passed")
		h.change(func() { h.offline = true })
		trouble()
		h.pass(24 * time.Hour)
		require.Empty(t, h.told(), "without a network none can")
	})
}
