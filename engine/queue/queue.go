// Package queue is the embedded queue: it takes due runs out of the store and hands them to a
// handler, so many at a time. The backlog stays in the store; the queue holds only a window of it,
// and looks for more when it runs low, when the nearest due time has come, or when it is told to.
package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bellhop/engine"
)

// Source is where due runs are found.
type Source interface {
	DueRuns(ctx context.Context, now time.Time, limit int) ([]engine.Job, error)
	NextDue(ctx context.Context, now time.Time) (time.Time, error)
}

// Params are what a queue needs. Source is required.
type Params struct {
	Source Source
	Log    *slog.Logger
	// Workers is how many handlers run at once; 0 means 64.
	Workers int
	// Window is how many waiting jobs are held in memory; 0 means 16 for each worker.
	Window int
	// Drain is how long handlers may go on after Run's context is done; 0 means 10 s.
	Drain time.Duration
}

// Queue hands due runs to a handler. Make one with New.
type Queue struct {
	source  Source
	log     *slog.Logger
	workers int
	window  int
	drain   time.Duration
	wake    chan struct{}

	mu      sync.Mutex
	ready   []engine.Job
	held    map[int64]bool // in ready or running
	running map[int64]context.CancelFunc
	ended   map[int64]bool      // handled while the store was being read: what was read of them is stale
	resting map[int64]time.Time // whose state could not be recorded: not before this time
	backlog bool                // the store may hold due runs that are not in ready
	nextDue time.Time           // when to look again; zero if nothing is known to come
}

var _ engine.Queue = (*Queue)(nil)

// restAfterError is how long a job rests whose handler could not record its state.
const restAfterError = 2 * time.Second

// New makes a queue that has not begun.
func New(p Params) *Queue {
	if p.Workers == 0 {
		p.Workers = 64
	}
	if p.Window == 0 {
		p.Window = 16 * p.Workers
	}
	if p.Drain == 0 {
		p.Drain = 10 * time.Second
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Queue{
		source: p.Source, log: p.Log, workers: p.Workers, window: p.Window, drain: p.Drain,
		wake:    make(chan struct{}, 1),
		held:    map[int64]bool{},
		running: map[int64]context.CancelFunc{},
		resting: map[int64]time.Time{},
		backlog: true,
	}
}

// Run calls handle for every due job until ctx is done. Then it starts no more, gives those that
// run the drain time, ends their contexts, and returns when the last has returned.
func (q *Queue) Run(ctx context.Context, handle engine.Handler) error {
	var handlers sync.WaitGroup
	handling, stopHandling := context.WithCancel(context.WithoutCancel(ctx))
	defer stopHandling()
	for ctx.Err() == nil {
		for _, job := range q.take() {
			jobCtx, cancel := context.WithCancel(handling)
			q.mu.Lock()
			q.running[job.RunID] = cancel
			q.mu.Unlock()
			handlers.Go(func() {
				defer cancel()
				q.finish(job, handle(jobCtx, job))
			})
		}
		if q.wantsMore() {
			if err := q.refill(ctx); err != nil && ctx.Err() == nil {
				q.log.Error("the queue cannot read the store", "error", err)
			} else {
				continue
			}
		}
		q.sleep(ctx)
	}
	cutOff := time.AfterFunc(q.drain, stopHandling)
	defer cutOff.Stop()
	handlers.Wait()
	return nil
}

// Offer adds jobs that were just committed. What does not fit in the window stays in the store.
func (q *Queue) Offer(jobs ...engine.Job) {
	now := time.Now()
	q.mu.Lock()
	for _, job := range jobs {
		switch {
		case job.DueAt.After(now):
			q.lookAgainLocked(job.DueAt)
		case q.backlog || len(q.ready) >= q.window:
			q.backlog = true // behind those that are in the store already
		default:
			q.addLocked(job)
		}
	}
	q.mu.Unlock()
	q.nudge()
}

// Wake makes the queue look into the store.
func (q *Queue) Wake() {
	q.mu.Lock()
	q.backlog = true
	q.mu.Unlock()
	q.nudge()
}

// Cancel ends the context of the run's handler, if it runs now.
func (q *Queue) Cancel(runID int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cancel, ok := q.running[runID]; ok {
		cancel()
	}
}

func (q *Queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns the jobs that can start now.
func (q *Queue) take() []engine.Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.ready), q.workers-len(q.running))
	if n <= 0 {
		return nil
	}
	jobs := append([]engine.Job(nil), q.ready[:n]...)
	q.ready = append(q.ready[:0], q.ready[n:]...)
	return jobs
}

func (q *Queue) finish(job engine.Job, err error) {
	q.mu.Lock()
	delete(q.running, job.RunID)
	delete(q.held, job.RunID)
	if q.ended != nil {
		q.ended[job.RunID] = true
	}
	if until, ok := engine.SnoozedUntil(err); ok {
		q.lookAgainLocked(until)
	} else if err != nil {
		q.log.Error("a run could not go on; it will be tried again", "run", job.RunID, "error", err)
		until := time.Now().Add(restAfterError)
		q.resting[job.RunID] = until
		q.lookAgainLocked(until)
	}
	q.mu.Unlock()
	q.nudge()
}

func (q *Queue) wantsMore() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.nextDue.IsZero() && !q.nextDue.After(time.Now()) {
		q.backlog, q.nextDue = true, time.Time{}
	}
	return q.backlog && len(q.ready) <= q.window/2
}

// refill fills the window from the store. Jobs that are held come back from the store as well, so
// it asks for as many more.
func (q *Queue) refill(ctx context.Context) error {
	q.mu.Lock()
	limit := q.window + len(q.held) + len(q.resting)
	q.backlog = false // whatever is committed from here on is offered, or wakes us
	q.ended = map[int64]bool{}
	q.mu.Unlock()

	now := time.Now()
	jobs, err := q.source.DueRuns(ctx, now, limit)
	var next time.Time
	if err == nil && len(jobs) < limit {
		next, err = q.source.NextDue(ctx, now)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	defer func() { q.ended = nil }()
	if err != nil {
		q.lookAgainLocked(now.Add(restAfterError))
		return err
	}
	if len(jobs) == limit {
		q.backlog = true
	}
	q.lookAgainLocked(next)
	for _, job := range jobs {
		if len(q.ready) >= q.window {
			q.backlog = true
			break
		}
		if !q.ended[job.RunID] {
			q.addLocked(job)
		}
	}
	return nil
}

func (q *Queue) addLocked(job engine.Job) {
	if q.held[job.RunID] {
		return
	}
	if until, ok := q.resting[job.RunID]; ok {
		if until.After(time.Now()) {
			return
		}
		delete(q.resting, job.RunID)
	}
	q.held[job.RunID] = true
	q.ready = append(q.ready, job)
}

func (q *Queue) lookAgainLocked(at time.Time) {
	if !at.IsZero() && (q.nextDue.IsZero() || at.Before(q.nextDue)) {
		q.nextDue = at
	}
}

// sleep returns when there may be something to do.
func (q *Queue) sleep(ctx context.Context) {
	q.mu.Lock()
	next := q.nextDue
	q.mu.Unlock()
	var due <-chan time.Time
	if !next.IsZero() {
		// Never trust a timer over a long time: the machine may sleep and the clock may jump.
		timer := time.NewTimer(min(time.Until(next), time.Minute))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
	case <-q.wake:
	case <-due:
	}
}
