package notice

import (
	"time"

	"bellhop/engine"
	"bellhop/engine/schedule"
)

// times say when something may be shown.
type times struct {
	engine.NoticeSettings
	zone *time.Location
}

// due returns when what came up at a time is to be shown. Digests and quiet hours are by the clocks of the zone
// that the settings are meant in, also on the days on which those are changed.
func (t times) due(n engine.Notice) time.Time {
	at := n.At
	if t.Mode == engine.NoticeDigest && n.Kind != engine.NoticeStep {
		at = t.next(digestAt(t.NoticeSettings), at)
	}
	if end, quiet := t.quiet(at); quiet {
		at = end
	}
	return at
}

// quiet says whether a moment is in the quiet hours, and when those end.
func (t times) quiet(at time.Time) (end time.Time, quiet bool) {
	if t.QuietFrom == "" || t.QuietFrom == t.QuietTo {
		return time.Time{}, false
	}
	for _, day := range []int{-1, 0} {
		from := t.moment(at, day, t.QuietFrom)
		to := t.moment(from, 0, t.QuietTo)
		if t.QuietTo < t.QuietFrom {
			to = t.moment(from, 1, t.QuietTo)
		}
		if !at.Before(from) && at.Before(to) {
			return to, true
		}
	}
	return time.Time{}, false
}

// next returns the first time of day after a moment.
func (t times) next(clock string, after time.Time) time.Time {
	for day := 0; ; day++ {
		if at := t.moment(after, day, clock); at.After(after) {
			return at
		}
	}
}

// moment returns when clocks show a time of day so many days after the day of a moment.
func (t times) moment(of time.Time, days int, clock string) time.Time {
	y, m, d := of.In(t.zone).Date()
	hours, err := time.Parse("15:04", clock)
	if err != nil {
		hours = time.Time{} // the settings are checked where they are kept
	}
	return schedule.Moment(time.Date(y, m, d+days, hours.Hour(), hours.Minute(), 0, 0, time.UTC), t.zone)
}

func digestAt(s engine.NoticeSettings) string {
	if s.DigestAt == "" {
		return "09:00"
	}
	return s.DigestAt
}
