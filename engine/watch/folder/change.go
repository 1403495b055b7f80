package folder

import (
	"slices"
	"time"
)

// Change is what happened to a file.
type Change string

// The changes.
const (
	Added   Change = "new"
	Changed Change = "changed"
	Renamed Change = "renamed"
	Removed Change = "removed"
)

// settled is how long a file must have stood still before it is told of: one that is being written or
// copied has not arrived yet, and programs that save a file may remove it for a moment.
const settled = 5 * time.Second

// entry is what is known of a file.
type entry struct {
	stand
	// Due is what has happened to the file and is told when it has stood still; "" if nothing has.
	Due Change `json:"d,omitempty"`
	// Since is when it was first seen to stand as it does, in seconds since 1970, if something is due.
	Since int64 `json:"t,omitempty"`
}

// still says whether the file was seen to stand as it does at a look before, some time ago.
func (e entry) still(now time.Time) bool {
	return now.Sub(time.Unix(e.Since, 0)).Abs() >= settled // if the clock was set, it has stood long enough
}

// told is a change that is ready to be told.
type told struct {
	change Change
	name   string
	// before is the name that a renamed file had.
	before string
	stand
}

// compare takes up how the files stand now, and returns what is ready to be told, oldest first, and
// whether something is not ready yet.
func compare(known map[string]entry, files map[string]stand, now time.Time) (next map[string]entry, ready []told, moving bool) {
	next = make(map[string]entry, len(files))
	wait := func(name string, at stand, due Change, since int64) {
		next[name] = entry{at, due, since}
		moving = true
	}
	for name, at := range files {
		was, ok := known[name]
		switch {
		case !ok, was.stand != at && was.Due == Added:
			wait(name, at, Added, now.Unix())
		case was.stand != at:
			wait(name, at, Changed, now.Unix())
		case (was.Due == Added || was.Due == Changed) && was.still(now):
			ready = append(ready, told{change: was.Due, name: name, stand: at})
			next[name] = entry{stand: at}
		case was.Due == Added, was.Due == Changed:
			wait(name, at, was.Due, was.Since)
		default: // also if it was removed for a moment
			next[name] = entry{stand: at}
		}
	}
	for name, was := range known {
		if _, ok := files[name]; ok {
			continue
		}
		switch {
		case was.Due == Added: // it went before it was told of
		case was.Due == Removed && was.still(now):
			ready = append(ready, told{change: Removed, name: name, stand: was.stand})
		case was.Due == Removed:
			wait(name, was.stand, Removed, was.Since)
		default:
			wait(name, was.stand, Removed, now.Unix())
		}
	}
	ready = renamed(ready)
	sortOldestFirst(ready)
	return next, ready, moving
}

// renamed makes one change of a file that went and one that came with the same size and time.
func renamed(ready []told) []told {
	gone, came := map[stand][]string{}, map[stand]int{}
	for _, t := range ready {
		switch t.change {
		case Removed:
			gone[t.stand] = append(gone[t.stand], t.name)
		case Added:
			came[t.stand]++
		}
	}
	paired := map[string]bool{}
	for i, t := range ready {
		if names := gone[t.stand]; t.change == Added && t.Size > 0 && len(names) == 1 && came[t.stand] == 1 {
			ready[i].change, ready[i].before = Renamed, names[0]
			paired[names[0]] = true
		}
	}
	return slices.DeleteFunc(ready, func(t told) bool { return t.change == Removed && paired[t.name] })
}

// later puts a change back that is told at the next look.
func later(next map[string]entry, t told) {
	switch t.change {
	case Renamed:
		next[t.name] = entry{stand: t.stand, Due: Added}
		next[t.before] = entry{stand: t.stand, Due: Removed}
	default:
		next[t.name] = entry{stand: t.stand, Due: t.change}
	}
}
