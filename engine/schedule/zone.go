package schedule

import "time"

// A wall time is what a clock on the wall shows: it is kept as a time.Time in UTC, whose zone means
// nothing.

// wallOf returns what clocks in t's own zone show at t.
func wallOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// margin is more than any zone is away from UTC, and less than zones keep to one offset.
const margin = 15 * time.Hour

// Moment returns when clocks in zone show a wall time, kept as a time in UTC: the first time they do, or, if they are set
// forward past it, the moment at which that happens.
func Moment(wall time.Time, zone *time.Location) time.Time {
	before := wall.Add(-margin).In(zone)
	_, was := before.Zone()
	_, is := wall.Add(margin).In(zone).Zone()
	// Until clocks are changed they are before's; when they are set back, that is the first time.
	first := wall.Add(-time.Duration(was) * time.Second).In(zone)
	if _, offset := first.Zone(); offset == was {
		return first
	}
	second := wall.Add(-time.Duration(is) * time.Second).In(zone)
	if _, offset := second.Zone(); offset == is {
		return second
	}
	_, change := before.ZoneBounds()
	return change
}
