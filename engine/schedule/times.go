package schedule

import (
	"time"

	"github.com/robfig/cron/v3"
)

// interval is every so often. It counts from a fixed moment, so that neither a restart nor a change
// of the recipe's steps shifts it.
type interval struct {
	anchor time.Time
	every  time.Duration
}

var _ times = interval{}

func (i interval) next(after time.Time) time.Time {
	passed := after.Sub(i.anchor)
	n := passed / i.every
	if passed < 0 && passed%i.every != 0 {
		n-- // Go rounds towards zero
	}
	return i.anchor.Add((n + 1) * i.every)
}

// anchorOf is a midnight: from there the quarters of an hour are the full ones, and six hours end at
// midnight, at noon and between, as long as clocks stand as in January.
func anchorOf(zone *time.Location) time.Time {
	return time.Date(2024, time.January, 1, 0, 0, 0, 0, zone)
}

// daily is a time of day, on some days.
type daily struct {
	hour, minute int
	on           func(day time.Time) bool
	zone         *time.Location
}

var _ times = daily{}

func (d daily) next(after time.Time) time.Time {
	wall := wallOf(after)
	// A month has one of its days within 31 days; and a day's moment may have passed, in zones that
	// set their clocks back at midnight.
	for i := range 64 {
		day := time.Date(wall.Year(), wall.Month(), wall.Day()+i, d.hour, d.minute, 0, 0, time.UTC)
		if !d.on(day) {
			continue
		}
		if t := Moment(day, d.zone); t.After(after) {
			return t
		}
	}
	return time.Time{}
}

// dayOf says whether a day is that of its month; one that the month lacks is its last.
func dayOf(number int) func(time.Time) bool {
	return func(day time.Time) bool {
		last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		return day.Day() == min(number, last)
	}
}

// line is a crontab line that names hours.
type line struct {
	spec *cron.SpecSchedule // of wall times
	zone *time.Location
}

var _ times = line{}

func (l line) next(after time.Time) time.Time {
	for wall := l.spec.Next(wallOf(after)); !wall.IsZero(); wall = l.spec.Next(wall) {
		if t := Moment(wall, l.zone); t.After(after) {
			return t
		}
	}
	return time.Time{}
}

// hourly is a crontab line that names every hour, also those that clocks show twice.
type hourly struct {
	spec *cron.SpecSchedule // of wall times
	zone *time.Location
}

var _ times = hourly{}

func (h hourly) next(after time.Time) time.Time {
	from, within := after, after.In(h.zone)
	for range maxChanges {
		// Until they are changed again, clocks run like those of a zone that never changes them.
		_, seconds := within.Zone()
		offset := time.Duration(seconds) * time.Second
		wall := h.spec.Next(from.UTC().Add(offset))
		if wall.IsZero() {
			return wall
		}
		next := wall.Add(-offset)
		_, change := within.ZoneBounds()
		if change.IsZero() || next.Before(change) {
			return next
		}
		from, within = change.Add(-1), change // the change itself may be one of the times
	}
	return time.Time{}
}

// maxChanges is how often clocks are changed in more years than a crontab line may wait.
const maxChanges = 64
