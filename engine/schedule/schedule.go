// Package schedule knows times that come again: every so often, or at a time of day on days that a
// person can name. It is pure: it has no clock, and starts nothing.
//
// Times of day are those of a time zone, also where its clocks are changed:
//   - a time that does not exist, since the clocks are set forward past it, is the first moment after;
//   - a time that exists twice, since the clocks are set back, is the first of the two;
//   - "every 15 minutes" counts the time that really passes, whatever clocks show; so does a crontab
//     line that names every hour.
package schedule

import (
	"time"
)

// Schedule is one trigger's times. It never changes; make one with Parse.
type Schedule struct {
	times  times
	zone   *time.Location
	says   string
	missed Missed
}

// times are the moments at which something is due.
type times interface {
	// next returns the first moment after one; zero if there is none.
	next(after time.Time) time.Time
}

// Next returns the first time after one, in the schedule's zone; zero if there is none.
func (s Schedule) Next(after time.Time) time.Time {
	next := s.times.next(after.Round(0).In(s.zone))
	if next.IsZero() {
		return next
	}
	return next.In(s.zone)
}

// Upcoming returns the next n times after one.
func (s Schedule) Upcoming(after time.Time, n int) []time.Time {
	var list []time.Time
	for t := s.Next(after); !t.IsZero() && len(list) < n; t = s.Next(t) {
		list = append(list, t)
	}
	return list
}

// Describe says the schedule in a few words: "Every weekday at 07:00".
func (s Schedule) Describe() string { return s.says }

// Missed says what becomes of times that passed while the computer was off or asleep.
type Missed string

// What can become of missed times.
const (
	Skip Missed = "skip" // nothing
	Once Missed = "once" // one run for all of them, as of the latest
	Each Missed = "each" // a run for each of them, but for the latest MaxMissed only
)

// MaxMissed is the most missed times that are made up for.
const MaxMissed = 100

// patience is how late a time may be noticed without counting as missed.
const patience = 2 * time.Minute

// Tick is a time that has come.
type Tick struct {
	// At is when it was due, in the schedule's zone.
	At time.Time
	// Late is true if it was missed, and is made up for now.
	Late bool
}

// Due returns what is to be done now about the times after through and up to now, oldest first, and
// up to when that settles them: the latest of these times, or through if there are none.
func (s Schedule) Due(through, now time.Time) (ticks []Tick, settled time.Time) {
	due := s.latest(through, now, MaxMissed)
	if len(due) == 0 {
		return nil, through
	}
	settled = due[len(due)-1]
	switch {
	case s.missed == Each:
	case s.missed == Skip && now.Sub(settled) > patience:
		return nil, settled
	default:
		due = due[len(due)-1:]
	}
	for _, at := range due {
		ticks = append(ticks, Tick{At: at, Late: now.Sub(at) > patience})
	}
	return ticks, settled
}

// latest returns the last n times after one and up to another. It looks back further and further,
// so that a year of missed minutes costs no more than an hour of them.
func (s Schedule) latest(after, until time.Time, n int) []time.Time {
	for back := time.Hour; ; back *= 4 {
		from := until.Add(-back)
		whole := !from.After(after) || back > longestBack
		if !from.After(after) {
			from = after
		}
		var list []time.Time
		for t := s.Next(from); !t.IsZero() && !t.After(until); t = s.Next(t) {
			list = append(list, t)
		}
		if whole || len(list) >= n {
			return list[max(0, len(list)-n):]
		}
	}
}

// longestBack bounds how far latest looks back, beyond any two times of a schedule.
const longestBack = 50 * 365 * 24 * time.Hour
