package notice

import (
	"context"
	"maps"
	"slices"
	"time"

	"bellhop/engine"
)

const (
	// watched is how long somebody is taken to look on who has started, replayed or retried a run: what comes of it
	// by then shows in the window.
	watched = time.Minute
	// mostRuns is how many runs are looked at together.
	mostRuns = 500
	// perHour is how many notices there are of one recipe in an hour.
	perHour = 5
)

// failures are the runs that were heard of.
type failures struct {
	// heardOf are runs that need a person, and missed is true if some may be among those in the store that were
	// not heard of.
	heardOf map[int64]bool
	missed  bool
	// known are runs that have needed a person before, and retried when a person let those go on.
	known   map[int64]bool
	retried map[int64]time.Time
	shown   time.Time // when something about runs was last shown
}

func newFailures() failures {
	return failures{heardOf: map[int64]bool{}, known: map[int64]bool{}, retried: map[int64]time.Time{}}
}

// mostKnown bounds what is remembered of runs.
const mostKnown = 10_000

// heard notes that a run is in another state, and says whether it may be something to tell.
func (f *failures) heard(c engine.Change, now time.Time) bool {
	switch {
	case c.State.NeedsPerson():
		if len(f.heardOf) >= mostRuns {
			f.missed = true
		} else {
			f.heardOf[c.RunID] = true
		}
		return true
	case c.State == engine.Queued && f.known[c.RunID]:
		if len(f.retried) >= mostKnown {
			clear(f.retried)
		}
		f.retried[c.RunID] = now
	}
	return false
}

// lookAtRunsLocked takes up the runs that came to need a person.
func (n *Notices) lookAtRunsLocked(ctx context.Context) {
	f := &n.failed
	if len(f.heardOf) == 0 && !f.missed {
		return
	}
	now := n.Now()
	var runs []engine.Run
	if ids := slices.Collect(maps.Keys(f.heardOf)); len(ids) > 0 {
		found, err := n.Store.Runs(ctx, engine.RunFilter{IDs: ids, States: needy, Limit: len(ids)})
		if err != nil {
			n.Log.Error("the runs that need a person cannot be read", "error", err)
			return
		}
		runs = found
	}
	if f.missed {
		found, err := n.Store.Runs(ctx, engine.RunFilter{States: needy, Limit: mostRuns})
		if err != nil {
			n.Log.Error("the runs that need a person cannot be read", "error", err)
			return
		}
		for _, r := range found {
			if r.FinishedAt.After(n.kept.Through) && !f.heardOf[r.ID] {
				runs = append(runs, r)
			}
		}
	}
	clear(f.heardOf)
	f.missed = false
	slices.SortFunc(runs, func(a, b engine.Run) int { return a.FinishedAt.Compare(b.FinishedAt) })
	for _, r := range runs {
		if n.tellsLocked(r) {
			n.addLocked(engine.Notice{Kind: engine.NoticeFailed, RecipeID: r.RecipeID, RunID: r.ID, At: now})
		}
		if len(f.known) >= mostKnown {
			clear(f.known)
		}
		f.known[r.ID] = true
		delete(f.retried, r.ID)
	}
	n.kept.Through = now
}

var needy = []engine.State{engine.Failed, engine.Held, engine.Unsure}

// tellsLocked says whether somebody has to be told of a run, who does not see it anyway.
func (n *Notices) tellsLocked(r engine.Run) bool {
	if retried, ok := n.failed.retried[r.ID]; ok && r.FinishedAt.Sub(retried) < watched {
		return false
	}
	if n.byHand(r) && r.FinishedAt.Sub(r.CreatedAt) < watched {
		return false
	}
	return n.kept.Away == nil || !n.kept.Away.has(r) // those are told of together
}

// byHand says whether a person has started the run.
func (n *Notices) byHand(r engine.Run) bool { return r.ReplayOf != 0 || r.Version < 0 }

// takeRunsLocked makes notices of the pending ones about runs, and returns what is to be shown of them, and what
// is told together, if that is wanted. Runs that nobody has to see to any more are left out.
func (n *Notices) takeRunsLocked(ctx context.Context, pending []engine.Notice, more int, together bool) []engine.Notice {
	if len(pending) == 0 {
		return nil
	}
	ids := make([]int64, len(pending))
	for i, p := range pending {
		ids[i] = p.RunID
	}
	runs, err := n.Store.Runs(ctx, engine.RunFilter{IDs: ids, States: needy, Limit: len(ids)})
	if err != nil {
		n.Log.Error("the runs that need a person cannot be read", "error", err)
		n.kept.Pending = append(n.kept.Pending, pending...)
		return nil
	}
	now := n.Now()
	by := map[int64][]engine.Run{} // newest first
	last := false
	for _, r := range runs {
		if together || len(n.shownLocked(r.RecipeID, now)) < perHour {
			by[r.RecipeID] = append(by[r.RecipeID], r)
		}
	}
	if len(by) == 0 {
		return nil
	}
	for id := range by {
		shown := append(n.shownLocked(id, now), now)
		last = last || len(shown) == perHour
		if n.kept.Shown == nil {
			n.kept.Shown = map[int64][]time.Time{}
		}
		n.kept.Shown[id] = shown
	}
	n.failed.shown = now
	return []engine.Notice{sayRuns(by, more, last && !together, now)}
}

// shownLocked returns when notices of a recipe were shown within the last hour.
func (n *Notices) shownLocked(recipeID int64, now time.Time) []time.Time {
	shown := slices.DeleteFunc(n.kept.Shown[recipeID], func(at time.Time) bool { return now.Sub(at) >= time.Hour || at.After(now) })
	if len(shown) == 0 {
		delete(n.kept.Shown, recipeID)
	}
	return shown
}
