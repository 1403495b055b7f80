// Package queue is the embedded queue: it takes due runs out of the store and hands them to a
// handler, so many at a time. The backlog stays in the store; the queue holds only a window of it,
// and looks for more when it runs low, when the nearest due time has come, or when it is told to.
package queue

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
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
	share   int // of the workers, for one recipe
	window  int
	drain   time.Duration
	wake    chan struct{}

	mu      sync.Mutex
	ready   []engine.Job
	held    map[int64]bool // in ready or running
	running map[int64]*handling
	busy    map[int64]int   // how many workers each recipe has
	ended   map[int64]bool  // handled while the store was being read: what was read of them is stale
	resting map[int64]*rest // whose state could not be recorded
	backlog bool            // the store may hold due runs that are not in ready
	nextDue time.Time       // when to look again; zero if nothing is known to come
	failed  int             // handlers in a row that could not record their state
	pause   time.Time       // until then no handler begins, since the store takes nothing
}

var _ engine.Queue = (*Queue)(nil)

// handling is a job that a worker has.
type handling struct {
	engine.Job
	ctx    context.Context
	cancel context.CancelFunc
	// again says that the queue was woken meanwhile: perhaps a person has retried the run, which its
	// handler may just be done with.
	again bool
}

// rest is a run whose handler could not record its state.
type rest struct {
	times int
	until time.Time
}

// Rests. Few failures are a run's own trouble, and others go on; more in a row are the store's, and
// going on would only heat the computer and fill the log.
const (
	firstRest    = 2 * time.Second
	longestRest  = 30 * time.Second
	storeTrouble = 3
	storePause   = 2 * time.Second
)

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
		// One recipe whose app does not answer must leave some workers to the others.
		share:   p.Workers - p.Workers/8,
		wake:    make(chan struct{}, 1),
		held:    map[int64]bool{},
		running: map[int64]*handling{},
		busy:    map[int64]int{},
		resting: map[int64]*rest{},
		backlog: true,
	}
}

// Run calls handle for every due job until ctx is done. Then it starts no more, gives those that
// run the drain time, ends their contexts, and returns when the last has returned.
func (q *Queue) Run(ctx context.Context, handle engine.Handler) error {
	var handlers sync.WaitGroup
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	for ctx.Err() == nil {
		for _, h := range q.take(work) {
			handlers.Go(func() {
				defer h.cancel()
				q.finish(h, q.call(handle, h))
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
	cutOff := time.AfterFunc(q.drain, stopWork)
	defer cutOff.Stop()
	handlers.Wait()
	return nil
}

// call runs a handler. One that panics has failed, and takes nobody with it.
func (q *Queue) call(handle engine.Handler, h *handling) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			q.log.Error("a handler crashed", "run", h.RunID, "fault", fault, "stack", string(debug.Stack()))
			err = fmt.Errorf("the handler crashed: %v", fault)
		}
	}()
	return handle(h.ctx, h.Job)
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

// Wake makes the queue look into the store, and once more for each run that is being handled.
func (q *Queue) Wake() {
	q.mu.Lock()
	q.backlog = true
	for _, h := range q.running {
		h.again = true
	}
	q.mu.Unlock()
	q.nudge()
}

// Cancel ends the context of the run's handler, if it runs now.
func (q *Queue) Cancel(runID int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if h, ok := q.running[runID]; ok {
		h.cancel()
	}
}

func (q *Queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take gives free workers the jobs that can start now, oldest first, but for those of recipes that
// have their share of workers.
func (q *Queue) take(ctx context.Context) []*handling {
	q.mu.Lock()
	defer q.mu.Unlock()
	free := q.workers - len(q.running)
	if free <= 0 || len(q.ready) == 0 || q.pause.After(time.Now()) {
		return nil
	}
	var taken []*handling
	left, full := q.ready[:0], int64(-1)
	for i, job := range q.ready {
		if len(taken) == free {
			left = append(left, q.ready[i:]...)
			break
		}
		if job.RecipeID == full || q.busy[job.RecipeID] >= q.share {
			full = job.RecipeID // most of a long backlog is often of one recipe
			left = append(left, job)
			continue
		}
		h := &handling{Job: job}
		h.ctx, h.cancel = context.WithCancel(ctx)
		q.running[job.RunID] = h
		q.busy[job.RecipeID]++
		taken = append(taken, h)
	}
	q.ready = left
	return taken
}

func (q *Queue) finish(h *handling, err error) {
	q.mu.Lock()
	delete(q.running, h.RunID)
	delete(q.held, h.RunID)
	if q.busy[h.RecipeID]--; q.busy[h.RecipeID] == 0 {
		delete(q.busy, h.RecipeID)
	}
	if q.ended != nil {
		q.ended[h.RunID] = true
	}
	until, snoozed := engine.SnoozedUntil(err)
	switch {
	case err == nil || snoozed:
		q.lookAgainLocked(until)
		q.recordedLocked(h.RunID)
	case h.ctx.Err() != nil:
		q.backlog = true // it was stopped: no fault of the store
	default:
		q.unrecordedLocked(h.RunID, err)
	}
	q.backlog = q.backlog || h.again
	q.mu.Unlock()
	q.nudge()
}

// recordedLocked notes that the store takes what handlers have to say.
func (q *Queue) recordedLocked(runID int64) {
	if q.failed >= storeTrouble {
		q.log.Info("runs can be recorded again")
		clear(q.resting) // it was not their fault
		q.backlog = true
	}
	q.failed = 0
	delete(q.resting, runID)
}

// unrecordedLocked lets a run rest, longer each time, and the whole queue if it is not the only one.
func (q *Queue) unrecordedLocked(runID int64, err error) {
	now := time.Now()
	r := q.resting[runID]
	if r == nil {
		r = &rest{}
		q.resting[runID] = r
	}
	r.until = now.Add(min(firstRest<<min(r.times, 10), longestRest))
	r.times++
	q.lookAgainLocked(r.until)
	q.failed++
	if q.failed <= storeTrouble {
		q.log.Error("a run could not go on; it will be tried again", "run", runID, "error", err)
	}
	if q.failed < storeTrouble {
		return
	}
	if q.failed == storeTrouble {
		q.log.Error("nothing can be recorded, so runs are tried now and then until it can")
	}
	q.pause = now.Add(storePause)
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
	now := time.Now()
	// Runs that are over or gone never ask for their rest again.
	maps.DeleteFunc(q.resting, func(_ int64, r *rest) bool { return now.Sub(r.until) > longestRest })
	limit := q.window + len(q.held) + len(q.resting)
	q.backlog = false // whatever is committed from here on is offered, or wakes us
	q.ended = map[int64]bool{}
	q.mu.Unlock()

	jobs, err := q.source.DueRuns(ctx, now, limit)
	var next time.Time
	if err == nil && len(jobs) < limit {
		next, err = q.source.NextDue(ctx, now)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	defer func() { q.ended = nil }()
	if err != nil {
		q.lookAgainLocked(now.Add(storePause))
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
	if r, ok := q.resting[job.RunID]; ok && r.until.After(time.Now()) {
		q.lookAgainLocked(r.until)
		return
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
	if q.pause.After(time.Now()) && (next.IsZero() || q.pause.Before(next)) {
		next = q.pause
	}
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
