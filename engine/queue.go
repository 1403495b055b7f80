package engine

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Job is one run that wants to be taken on.
type Job struct {
	RunID    int64
	RecipeID int64
	// DueAt is when it is to be taken on; Never of a run that waits for others.
	DueAt time.Time
	// OrderKey is the run's: of those that share one, a recipe's runs go one after the other.
	OrderKey string
	// Fresh is the run as it was committed, or found a moment ago, so that the handler need not read it;
	// nil if it has begun before, or where there is no room.
	Fresh *Fresh
}

// Fresh is a run that was not begun yet, with its event. What others changed since then shows when the
// handler saves it: SaveRun is a Conflict then.
type Fresh struct {
	Run   Run
	Event Event
}

// JobOf returns the job of a run that was just added or changed; Offer takes it.
func JobOf(r Run) Job {
	return Job{RunID: r.ID, RecipeID: r.RecipeID, DueAt: r.DueAt, OrderKey: r.OrderKey}
}

// Backlog is how the active runs of a recipe stand.
type Backlog struct {
	RecipeID int64
	// Due says whether some are due now, or being done.
	Due bool
	// Next is the earliest time later than now when one is due; zero if there is none.
	Next time.Time
}

// Handler does one job as far as it goes now. It returns nil when the job needs nothing more, or
// Snooze when it wants to be called again later. Any other error means that the state could not be
// recorded: the queue waits a little and calls again.
type Handler func(ctx context.Context, job Job) error

// Queue hands jobs to a handler. It owns claiming, waiting and concurrency; what a job means and
// how it ended is the handler's affair. The embedded queue reads due runs from the Store; one on
// River and PostgreSQL would claim rows of its own.
type Queue interface {
	// Run calls handle for every due job until ctx is done, and returns when the last call has.
	Run(ctx context.Context, handle Handler) error
	// Offer tells the queue of jobs that were just committed, so that it need not look for them.
	Offer(jobs ...Job)
	// Wake makes the queue look for due jobs that it was not offered.
	Wake()
	// Cancel ends the context of the job's handler if it runs now.
	Cancel(runID int64)
}

type snooze struct{ until time.Time }

func (s snooze) Error() string { return fmt.Sprintf("again at %s", s.until.Format(time.RFC3339)) }

// Snooze is returned by a Handler that wants its job again at a time. It is not a failure.
func Snooze(until time.Time) error { return snooze{until} }

// SnoozedUntil returns the time that err, made by Snooze, asks for.
func SnoozedUntil(err error) (until time.Time, ok bool) {
	s, ok := errors.AsType[snooze](err)
	return s.until, ok
}
