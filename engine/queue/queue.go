// Package queue is the embedded queue: it takes due runs out of the store and hands them to a
// handler, so many at a time. The backlog stays in the store; the queue holds only a window of it,
// and looks for more when it runs low, when the nearest due time has come, or when it is told to.
package queue

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"bellhop/engine"
)

// Source is where due runs are found; engine.Store says what its methods mean.
type Source interface {
	Backlogs(ctx context.Context, now time.Time) ([]engine.Backlog, error)
	DueRuns(ctx context.Context, now time.Time, recipeID int64, limit int) (jobs []engine.Job, next time.Time, err error)
	Fresh(ctx context.Context, runIDs []int64) (map[int64]*engine.Fresh, error)
}

// Params are what a queue needs. Source is required.
type Params struct {
	Source Source
	Log    *slog.Logger
	// Workers is how many handlers run at once, unless many recipes hang; 0 means 128.
	Workers int
	// Window is how many waiting jobs are held in memory, shared among the recipes; 0 means 8 for each
	// worker.
	Window int
	// Limits returns how many runs of a recipe may be handled at once; 0 means as many as there is
	// room for, and so does nil. It is called often and must be quick.
	Limits func(recipeID int64) int
	// Drain is how long handlers may go on after Run's context is done; 0 means 10 s.
	Drain time.Duration
}

// Queue hands due runs to a handler. Make one with New.
type Queue struct {
	source  Source
	log     *slog.Logger
	workers int
	window  int
	limits  func(recipeID int64) int
	drain   time.Duration
	wake    chan struct{}

	mu      sync.Mutex
	lanes   map[int64]*lane // by recipe, of those that have something to do
	ring    []*lane         // those with ready jobs, who are served in turn
	turn    int             // whose turn it is in ring
	held    map[int64]bool  // runs that are ready or running
	running map[int64]*handling
	ended   map[int64]bool  // handled while the store was being read: what was read of them is stale
	resting map[int64]*rest // whose state could not be recorded
	look    bool            // the store may hold due runs of any recipe
	nextDue time.Time       // when there is something to look for, see dueLocked
	lookAt  time.Time       // when to look at all recipes again, whatever was heard
	blind   time.Time       // until then the store, which could not be read, is not asked
	wakes   int             // counts the calls of Wake
	fresh   int             // bytes that ready jobs carry
	failed  int             // handlers in a row that could not record their state
	pause   time.Time       // until then no handler begins, since the store takes nothing
	until   time.Time       // until then no handler begins, since a person wants it so; see Pause
}

var _ engine.Queue = (*Queue)(nil)

// handling is a job that a worker has.
type handling struct {
	engine.Job
	lane   *lane
	ctx    context.Context
	cancel context.CancelFunc
	// again says that the queue was woken meanwhile: perhaps a person has retried the run, which its
	// handler may just be done with.
	again bool
}

// rest is a run whose handler could not record its state.
type rest struct {
	recipe int64
	times  int
	until  time.Time
}

// Rests. Few failures are a run's own trouble, and others go on; more in a row are the store's, and
// going on would only heat the computer and fill the log.
const (
	firstRest    = 2 * time.Second
	longestRest  = 30 * time.Second
	storeTrouble = 3
	storePause   = 2 * time.Second
)

// lookEvery is how often the queue looks into the store although nobody told it to, so that a run
// whose news got lost waits no longer than that.
const lookEvery = time.Minute

// New makes a queue that has not begun.
func New(p Params) *Queue {
	if p.Workers == 0 {
		p.Workers = 128
	}
	if p.Window == 0 {
		p.Window = 8 * p.Workers
	}
	if p.Drain == 0 {
		p.Drain = 10 * time.Second
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Limits == nil {
		p.Limits = func(int64) int { return 0 }
	}
	return &Queue{
		source: p.Source, log: p.Log, workers: p.Workers, window: p.Window, limits: p.Limits, drain: p.Drain,
		wake:    make(chan struct{}, 1),
		lanes:   map[int64]*lane{},
		held:    map[int64]bool{},
		running: map[int64]*handling{},
		resting: map[int64]*rest{},
		look:    true,
	}
}

// Run calls handle for every due job until ctx is done. Then it starts no more, gives those that
// run the drain time, ends their contexts, and returns when the last has returned.
func (q *Queue) Run(ctx context.Context, handle engine.Handler) error {
	var handlers sync.WaitGroup
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	for ctx.Err() == nil {
		if q.rest(ctx) {
			continue
		}
		for _, h := range q.take(work) {
			handlers.Go(func() {
				defer h.cancel()
				q.finish(h, q.call(handle, h))
			})
		}
		if more, err := q.refill(ctx); err != nil && ctx.Err() == nil {
			q.log.Error("the queue cannot read the store", "error", err)
		} else if more {
			continue
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
		l := q.laneLocked(job.RecipeID)
		switch {
		case !job.DueAt.Before(engine.Never):
			// Whoever it waits for tells the store.
		case job.DueAt.After(now):
			q.dueLocked(l, job.DueAt)
		case q.look || q.pausedLocked() || l.backlog || len(l.ready) >= q.shareLocked():
			l.backlog = true // behind those that are in the store already
		default:
			q.addLocked(l, job)
		}
		q.dropLocked(l)
	}
	q.mu.Unlock()
	q.nudge()
}

// Wake makes the queue look into the store, and once more for each run that is being handled.
func (q *Queue) Wake() {
	q.mu.Lock()
	q.look = true
	q.wakes++
	q.forgetFreshLocked() // somebody may have changed those runs
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

// take gives free workers the jobs that can start now: one of each recipe in turn, and of one recipe
// the oldest first.
func (q *Queue) take(ctx context.Context) []*handling {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.pause.After(time.Now()) || q.pausedLocked() {
		return nil
	}
	var taken []*handling
	for passed := 0; len(q.running) < mostExtra*q.workers && passed < len(q.ring); {
		if q.turn >= len(q.ring) {
			q.turn = 0
		}
		l := q.ring[q.turn]
		job, ok := l.next(q.roomLocked(l))
		if !ok {
			passed++
			q.turn++
			continue
		}
		passed = 0
		q.fresh -= weight(job)
		h := &handling{Job: job, lane: l}
		h.ctx, h.cancel = context.WithCancel(ctx)
		q.running[job.RunID] = h
		taken = append(taken, h)
		if len(l.ready) == 0 {
			q.ring = slices.Delete(q.ring, q.turn, q.turn+1)
		} else {
			q.turn++
		}
	}
	return taken
}

func (q *Queue) finish(h *handling, err error) {
	q.mu.Lock()
	delete(q.running, h.RunID)
	delete(q.held, h.RunID)
	h.lane.done(h.Job)
	if q.ended != nil {
		q.ended[h.RunID] = true
	}
	until, snoozed := engine.SnoozedUntil(err)
	switch {
	case err == nil || snoozed:
		q.dueLocked(h.lane, until)
		q.recordedLocked(h.RunID)
	case h.ctx.Err() != nil:
		h.lane.backlog = true // it was stopped: no fault of the store
	default:
		q.unrecordedLocked(h, err)
	}
	// Of runs that go one after the other the next has its turn now, as the store knows.
	h.lane.backlog = h.lane.backlog || h.again || h.OrderKey != ""
	q.dropLocked(h.lane)
	q.mu.Unlock()
	q.nudge()
}

// recordedLocked notes that the store takes what handlers have to say.
func (q *Queue) recordedLocked(runID int64) {
	if q.failed >= storeTrouble {
		q.log.Info("runs can be recorded again")
		clear(q.resting) // it was not their fault
		q.look = true
	}
	q.failed = 0
	delete(q.resting, runID)
}

// unrecordedLocked lets a run rest, longer each time, and the whole queue if it is not the only one.
func (q *Queue) unrecordedLocked(h *handling, err error) {
	now := time.Now()
	r := q.resting[h.RunID]
	if r == nil {
		r = &rest{recipe: h.RecipeID}
		q.resting[h.RunID] = r
	}
	r.until = now.Add(min(firstRest<<min(r.times, 10), longestRest))
	r.times++
	q.dueLocked(h.lane, r.until)
	q.failed++
	if q.failed <= storeTrouble {
		q.log.Error("a run could not go on; it will be tried again", "run", h.RunID, "error", err)
	}
	if q.failed < storeTrouble {
		return
	}
	if q.failed == storeTrouble {
		q.log.Error("nothing can be recorded, so runs are tried now and then until it can")
	}
	q.pause = now.Add(storePause)
}

// sleep returns when there may be something to do.
func (q *Queue) sleep(ctx context.Context) {
	q.mu.Lock()
	next := q.lookAt
	if !q.nextDue.IsZero() && q.nextDue.Before(next) {
		next = q.nextDue
	}
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
