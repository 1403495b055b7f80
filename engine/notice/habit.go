package notice

import (
	"slices"
	"time"

	"bellhop/engine/schedule"
)

const (
	// memory is how far back is looked to learn how a recipe usually runs: four times each day of the week.
	memory = 28 * 24 * time.Hour
	// leastRuns and leastDays are what has to be known of a recipe before anything is expected of it.
	leastRuns = 20
	leastDays = 14
	// patience is how many times its longest usual gap a recipe may be silent, and leastSilence the least that
	// is remarkable.
	patience     = 3
	leastSilence = 24 * time.Hour
)

// habit is how a recipe usually runs: on some days of the week each time, and then never silent for longer than a
// gap. The other days do not count at all, as those on which a shop is closed.
type habit struct {
	zone *time.Location
	days [7]bool
	gap  time.Duration // on its days only
}

// learn finds out how a recipe usually runs from the times at which it did. ok is false if that is not known: it
// is new, runs seldom, or now and then.
func learn(runs []time.Time, zone *time.Location) (h habit, ok bool) {
	if len(runs) < leastRuns {
		return h, false
	}
	runs = slices.SortedFunc(slices.Values(runs), time.Time.Compare)
	last := runs[len(runs)-1]
	for len(runs) > 0 && last.Sub(runs[0]) > memory {
		runs = runs[1:]
	}
	if len(runs) < leastRuns {
		return h, false
	}
	h.zone = zone
	ran := map[time.Time]bool{}
	for _, at := range runs {
		ran[dayOf(at, zone)] = true
	}
	var had, hit [7]int
	count := 0
	for day := dayOf(runs[0], zone); !day.After(dayOf(last, zone)); day = day.AddDate(0, 0, 1) {
		count++
		had[day.Weekday()]++
		if ran[day] {
			hit[day.Weekday()]++
		}
	}
	if count < leastDays {
		return h, false
	}
	for day := range h.days {
		// Once in four weeks a day may be a holiday.
		h.days[day] = hit[day] >= had[day]-had[day]/4
		ok = ok || h.days[day]
	}
	for i, at := range runs[1:] {
		h.gap = max(h.gap, h.between(runs[i], at))
	}
	return h, ok
}

// silent returns when a recipe that has not run since a time is silent for longer than usual.
func (h habit) silent(since time.Time) time.Time {
	left := max(leastSilence, patience*h.gap)
	at := since
	for {
		end := nextDay(at, h.zone)
		if h.days[at.In(h.zone).Weekday()] {
			if here := end.Sub(at); here >= left {
				return at.Add(left)
			}
			left -= end.Sub(at)
		}
		at = end
	}
}

// between returns how long it is from one time to another on the recipe's days.
func (h habit) between(from, to time.Time) (long time.Duration) {
	for at := from; at.Before(to); {
		end := nextDay(at, h.zone)
		if end.After(to) {
			end = to
		}
		if h.days[at.In(h.zone).Weekday()] {
			long += end.Sub(at)
		}
		at = end
	}
	return long
}

// dayOf returns the date of a moment, as its midnight in UTC.
func dayOf(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// nextDay returns when the next day begins.
func nextDay(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	if next := schedule.Moment(time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC), zone); next.After(at) {
		return next
	}
	return at.Add(time.Hour) // clocks were set back over midnight
}
