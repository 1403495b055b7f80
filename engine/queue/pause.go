package queue

import (
	"context"
	"time"

	"bellhop/engine"
)

// Pause lets no handler begin before the wall clock shows until; engine.Never means before Resume. Those that run
// go on, and ask Paused before they do more. What is offered meanwhile stays in the store.
func (q *Queue) Pause(until time.Time) {
	q.mu.Lock()
	q.until = until.Round(0) // wall clock: the computer may sleep meanwhile
	q.mu.Unlock()
	q.nudge()
}

// Resume ends a pause.
func (q *Queue) Resume() {
	q.mu.Lock()
	q.until = time.Time{}
	q.look = true
	q.mu.Unlock()
	q.nudge()
}

// Paused returns up to when the queue is paused, if it is.
func (q *Queue) Paused() (until time.Time, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.until, q.pausedLocked()
}

func (q *Queue) pausedLocked() bool {
	return !q.until.IsZero() && (!q.until.Before(engine.Never) || time.Now().Round(0).Before(q.until))
}

// rest waits while the queue is paused, and returns whether it was; then there is something to look for.
func (q *Queue) rest(ctx context.Context) bool {
	rested := false
	for ctx.Err() == nil {
		q.mu.Lock()
		paused, wait := q.pausedLocked(), time.Minute
		switch {
		case paused && q.until.Before(engine.Never):
			// Never trust a timer over a long time: the machine may sleep and the clock may jump.
			wait = min(time.Until(q.until), wait)
		case !paused && rested:
			q.until, q.look = time.Time{}, true
		}
		q.mu.Unlock()
		if !paused {
			return rested
		}
		rested = true
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-q.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return rested
}
