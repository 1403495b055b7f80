package queue

import (
	"context"
	"maps"
	"time"

	"bellhop/engine"
)

// refill looks into the store for due runs, if there may be some: at all recipes, or at one that runs
// low. It returns whether it did.
func (q *Queue) refill(ctx context.Context) (more bool, err error) {
	q.mu.Lock()
	now := time.Now()
	q.ripenLocked(now)
	if q.look {
		q.look = false // whatever is committed from here on is offered, or wakes us
		q.lookAt = now.Add(lookEvery)
		// Runs that are over or gone never ask for their rest again.
		maps.DeleteFunc(q.resting, func(_ int64, r *rest) bool { return now.Sub(r.until) > longestRest })
		q.mu.Unlock()
		return true, q.survey(ctx, now)
	}
	l := q.hungryLocked()
	if l == nil {
		q.mu.Unlock()
		return false, nil
	}
	// Those that are held come back from the store as well, so it asks for as many more.
	share := q.shareLocked()
	limit := share + l.busy
	for _, r := range q.resting {
		if r.recipe == l.recipe {
			limit++
		}
	}
	l.backlog, l.looking = false, true
	q.ended = map[int64]bool{}
	q.mu.Unlock()

	jobs, next, err := q.source.DueRuns(ctx, now, l.recipe, limit)
	fresh := q.readAhead(ctx, l, share, jobs)
	q.mu.Lock()
	defer q.mu.Unlock()
	ended := q.ended
	q.ended, l.looking = nil, false
	defer q.dropLocked(l)
	if err != nil {
		l.backlog = true
		q.troubleLocked(now)
		return true, err
	}
	l.backlog = l.backlog || len(jobs) >= limit
	q.dueLocked(l, next)
	for _, job := range jobs {
		if len(l.ready) >= share {
			l.backlog = true
			break
		}
		if !ended[job.RunID] {
			job.Fresh = fresh[job.RunID]
			q.addLocked(l, job)
		}
	}
	return true, nil
}

// readAhead reads the runs of the jobs that are not held yet, as many as the lane takes. What cannot be
// read, or was changed meanwhile, the handlers read.
func (q *Queue) readAhead(ctx context.Context, l *lane, share int, jobs []engine.Job) map[int64]*engine.Fresh {
	q.mu.Lock()
	var ids []int64
	for _, job := range jobs {
		if room := share - len(l.ready); len(ids) < room && !q.held[job.RunID] && !q.ended[job.RunID] {
			ids = append(ids, job.RunID)
		}
	}
	wakes := q.wakes
	q.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	fresh, err := q.source.Fresh(ctx, ids)
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil || q.wakes != wakes {
		return nil
	}
	return fresh
}

// survey finds out which recipes have due runs.
func (q *Queue) survey(ctx context.Context, now time.Time) error {
	all, err := q.source.Backlogs(ctx, now)
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil {
		q.troubleLocked(now)
		return err
	}
	for _, b := range all {
		l := q.laneLocked(b.RecipeID)
		l.backlog = l.backlog || b.Due
		q.dueLocked(l, b.Next)
		q.dropLocked(l)
	}
	return nil
}

// ripenLocked turns times that have come into looks.
func (q *Queue) ripenLocked(now time.Time) {
	if !q.lookAt.IsZero() && !q.lookAt.After(now) {
		q.look = true
	}
	if q.nextDue.IsZero() || q.nextDue.After(now) {
		return
	}
	q.nextDue = time.Time{}
	for _, l := range q.lanes {
		at := l.due
		if at.IsZero() {
			continue
		}
		l.due = time.Time{}
		if at.After(now) {
			q.dueLocked(l, at)
		} else {
			l.backlog = true
		}
	}
}

// hungryLocked returns a recipe that runs low although the store may have more, any of them.
func (q *Queue) hungryLocked() *lane {
	if q.blind.After(time.Now()) {
		return nil
	}
	low := q.shareLocked() / 4 // those that are ready are read once more
	for _, l := range q.lanes {
		if l.backlog && len(l.ready) <= low {
			return l
		}
	}
	return nil
}

// troubleLocked lets some time pass before the store, which cannot be read, is asked again.
func (q *Queue) troubleLocked(now time.Time) {
	q.blind = now.Add(storePause)
	q.lookAt = q.blind
}
