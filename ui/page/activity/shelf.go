package activity

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"bellhop/engine"
)

const (
	// pageSize is how many runs are read at once.
	pageSize = 50
	// mostRuns is how many runs are kept when new ones arrive for days; older ones are read again when
	// one scrolls to them.
	mostRuns = 5000
)

// shelf is the runs that were read, newest first.
type shelf struct {
	wish
	runs []engine.Run
	// more is true while the store may have older ones.
	more bool
	// query narrows down what is shown of them.
	query string
}

// wish is which runs are read.
type wish struct {
	// states is empty for all.
	states []engine.State
	// recovered is for only those whose events were missed at first.
	recovered bool
	// recipe is 0 for all.
	recipe int64
}

// wants says whether a run is one of those that were read for.
func (w wish) wants(r engine.Run) bool {
	return (!w.recovered || r.Recovered) && (len(w.states) == 0 || slices.Contains(w.states, r.State)) && (w.recipe == 0 || w.recipe == r.RecipeID)
}

// replace puts newly read runs in place of all, of which there may be more if limit were read.
func (s *shelf) replace(runs []engine.Run, limit int) {
	s.runs, s.more = runs, len(runs) == limit
}

// older adds the next page.
func (s *shelf) older(runs []engine.Run, limit int) {
	s.runs, s.more = append(s.runs, runs...), len(runs) == limit
}

// last returns the id of the oldest run, from where to read on; 0 if there is none.
func (s *shelf) last() int64 {
	if len(s.runs) == 0 {
		return 0
	}
	return s.runs[len(s.runs)-1].ID
}

// merge takes runs in their new state. One that is there already stays, even in a state that was not
// read for, so that nothing vanishes under the user's hands.
func (s *shelf) merge(runs []engine.Run) {
	for _, r := range runs {
		i, found := slices.BinarySearchFunc(s.runs, r.ID, func(have engine.Run, id int64) int { return cmp.Compare(id, have.ID) })
		switch {
		case found:
			s.runs[i] = r
		case s.wants(r) && (i < len(s.runs) || !s.more):
			s.runs = slices.Insert(s.runs, i, r)
		}
	}
	if len(s.runs) > mostRuns {
		s.runs, s.more = slices.Clone(s.runs[:mostRuns]), true
	}
}

// shown returns the runs that fit the query.
func (s *shelf) shown() []engine.Run {
	query := strings.ToLower(strings.TrimSpace(s.query))
	if query == "" {
		return s.runs
	}
	var fit []engine.Run
	for _, r := range s.runs {
		if slices.ContainsFunc([]string{r.Title, r.RecipeName, r.EventKey}, func(words string) bool {
			return strings.Contains(strings.ToLower(words), query)
		}) {
			fit = append(fit, r)
		}
	}
	return fit
}

// inbox holds the ids of runs that changed, until their new state is shown. What is taken and never
// shown, since its read was given up, is taken again. It may be used from any goroutine.
type inbox struct {
	mu             sync.Mutex
	waiting, taken map[int64]bool
}

func (b *inbox) add(id int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting == nil {
		b.waiting = map[int64]bool{}
	}
	b.waiting[id] = true
}

// take returns what is to be read.
func (b *inbox) take() []int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken == nil {
		b.taken = map[int64]bool{}
	}
	maps.Copy(b.taken, b.waiting)
	clear(b.waiting)
	return slices.Sorted(maps.Keys(b.taken))
}

// done says that what was taken is shown.
func (b *inbox) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.taken)
}

func (b *inbox) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)+len(b.taken) == 0
}
