// Package runtime runs recipes: it takes a queued run, executes its tree of steps, commits what became
// of each before the next one acts, and goes on after a crash where the record ends.
//
// Steps that only compute (a filter, paths) ride in the next commit; they can be computed again. A step
// that changes what Bellhop keeps does so inside the commit of its outcome. A step that reaches outside is
// committed as begun before its request is sent, and with its outcome before the next such step begins.
// Where the outcome of one that was begun is lost, it is sent again only if that does no harm; otherwise
// the run is unsure, and a person decides. docs/run-states.md tells all of it.
//
// A run that goes on is done from its beginning once more, but what is on record is taken from there: so
// loops, paths and what comes after need no state of their own.
package runtime

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/chain"
	"bellhop/engine/mapping"
)

// Store is what the runtime needs of the store.
type Store interface {
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
	UpdateRepeatable(ctx context.Context, fn func(tx engine.Tx) error) error
	Run(ctx context.Context, id int64) (engine.Run, error)
	Event(ctx context.Context, id int64) (engine.Event, error)
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
}

// Accounts finds a connection with its secrets by name.
type Accounts interface {
	Account(ctx context.Context, name string) (engine.Account, error)
}

// Actions carries out what reaches outside.
type Actions interface {
	Do(ctx context.Context, call action.Call) (action.Result, error)
}

// Bodies opens the files of large bodies; see engine.Bodies.
type Bodies interface {
	Open(name string) (io.ReadSeekCloser, error)
}

// Params are what a runtime needs; the first four are required.
type Params struct {
	Store    Store
	Catalog  engine.Catalog
	Accounts Accounts
	Actions  Actions
	// Publisher hears of every committed state.
	Publisher engine.Publisher
	// Installation stands in the keys by which apps know a request that comes again, such as "x7k2m9-". Ids are
	// counted anew in each data folder, and several may use one account at an app.
	Installation string
	// Locale returns the language and time zone that pills are formatted in.
	Locale func() mapping.Env
	Log    *slog.Logger
	Now    func() time.Time
	// Gate is passed before each request; nil lets all of them begin at once.
	Gate Gate
	// Paused says whether runs are not to go on to a step that changes something; nil if they always are.
	Paused func() bool
	// Bodies opens large bodies of events; nil if there are none.
	Bodies Bodies
	// Caller starts other recipes; nil if none can be called.
	Caller Caller
	// Ended is called in the commit that ends a run, whatever its end, and returns the jobs of runs that
	// it started; nil for nothing.
	Ended func(ctx context.Context, tx engine.Tx, run engine.Run) ([]engine.Job, error)
	// Offer is told of runs that a commit started, and Wake that others became due; both must not block.
	Offer func(jobs ...engine.Job)
	Wake  func()
	// Answer is told what a step has for the sender of the run's webhook, once the step is on disk, and
	// before Publisher hears of it. It must not block.
	Answer func(runID int64, status int, headers map[string]string, body string)
	// Jitter returns a random duration from 0 up to max; tests make it certain.
	Jitter func(max time.Duration) time.Duration
}

// Runtime executes runs. Its Handle is the handler of an engine.Queue.
type Runtime struct {
	Params
	planning sync.Mutex
	plans    map[version]*plan
	// forgotten counts the calls of Forget, so that no plan outlives one that came while it was made.
	forgotten int
}

type version struct {
	recipeID int64
	number   int
}

// New makes a runtime.
func New(p Params) *Runtime {
	if p.Publisher == nil {
		p.Publisher = silent{}
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Locale == nil {
		p.Locale = func() mapping.Env { return mapping.Env{Zone: time.Local} }
	}
	if p.Jitter == nil {
		p.Jitter = func(max time.Duration) time.Duration { return rand.N(max) }
	}
	return &Runtime{Params: p, plans: map[version]*plan{}}
}

type silent struct{}

func (silent) Publish(engine.Change) {}

// Handle takes a run as far as it goes now: to its end, or to a wait, which it returns as Snooze.
// A run that is over, or gone, is nothing to do. An error means that the store did not take the
// outcome; the run is then as the store has it, and Handle may be called again.
func (r *Runtime) Handle(ctx context.Context, job engine.Job) error {
	x := &execution{Runtime: r, runID: job.RunID}
	if job.Fresh != nil {
		x.run, x.event = job.Fresh.Run, &job.Fresh.Event
	} else {
		var err error
		x.run, err = r.Store.Run(ctx, job.RunID)
		if engine.ErrorCode(err) == engine.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
	}
	x.recipeID, x.was = x.run.RecipeID, x.run.State
	x.link = chain.Link{RunID: x.run.ID, Depth: x.run.Depth}
	switch {
	case !x.was.Active():
		return nil
	case x.was != engine.Running && x.run.DueAt.After(r.Now()): // a wait, or others have their turn first
		return engine.Snooze(x.run.DueAt)
	}
	x.log = r.Log.With("run", x.runID)
	return x.handle(ctx)
}

func (x *execution) handle(ctx context.Context) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			x.log.Error("a run crashed", "fault", fault, "stack", string(debug.Stack()))
			err = x.fail(ctx, engine.Errorf(engine.Internal, "a run crashed: %v", fault))
		}
	}()
	root, err := x.begin(ctx)
	if engine.ErrorCode(err) == engine.Unavailable {
		return err
	}
	if err != nil {
		x.log.Warn("a run cannot begin", "error", err)
		return x.fail(ctx, err)
	}
	err = x.proceed(ctx, root)
	if errors.Is(err, errPaused) {
		err = x.layDown(ctx)
	}
	if errors.Is(err, errTaken) {
		return x.given(ctx)
	}
	return err
}

// fail ends a run that cannot even begin.
func (x *execution) fail(ctx context.Context, cause error) error {
	err := x.commit(ctx, ending{state: engine.Failed, failure: failureOf("", cause)})
	if errors.Is(err, errTaken) {
		return x.given(ctx)
	}
	return err
}

// plan returns the compiled version, from memory if it ran before.
func (r *Runtime) plan(ctx context.Context, recipeID int64, number int) (*plan, error) {
	key := version{recipeID, number}
	r.planning.Lock()
	p, ok := r.plans[key]
	forgotten := r.forgotten
	r.planning.Unlock()
	if ok {
		return p, nil
	}
	definition, err := r.Store.Version(ctx, recipeID, number)
	if err != nil {
		return nil, err
	}
	if p, err = compile(definition, r.Catalog); err != nil {
		return nil, err
	}
	r.planning.Lock()
	defer r.planning.Unlock()
	if r.forgotten == forgotten {
		r.plans[key] = p
	}
	return p, nil
}

// Forget drops the compiled versions, because connectors may have changed.
func (r *Runtime) Forget() {
	r.planning.Lock()
	defer r.planning.Unlock()
	clear(r.plans)
	r.forgotten++
}

// failureOf puts an error as it is kept with a run.
func failureOf(step string, err error) *engine.Failure {
	f := &engine.Failure{Step: step, Code: engine.ErrorCode(err), Message: engine.ErrorMessage(err)}
	if failed, ok := asActionFailure(err); ok {
		f.Detail, f.Unsent, f.Probe = failed.Detail, failed.Phase == action.Before, failed.Probe
	}
	return f
}
