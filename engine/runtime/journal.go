package runtime

import (
	"context"
	"errors"
	"sync"
	"time"

	"bellhop/engine"
)

// journal is the run as the store has it, and what is to be put there next.
type journal struct {
	// committing is held for the time of a commit: there is one after the other.
	committing sync.Mutex
	run        engine.Run
	// was is the run's state in the store, and saved how many records are there.
	was   engine.State
	saved int
	rules *engine.RunRules

	// mu guards what follows; it is never held while something else is waited for.
	mu sync.Mutex
	// pending are steps whose outcome is not committed yet, and kept counts all that ever were.
	pending []engine.StepRun
	kept    int
	// acted is true while pending holds what came of a request: forgotten, it would be sent again.
	acted bool
	// told are to be called once what is pending is in the store.
	told []func()
	// awaited are runs that this one has called, and waits for.
	awaited []int64
}

// errTaken says that somebody else changed the run meanwhile: a person cancelled it, or deleted its
// recipe.
var errTaken = errors.New("the run was changed by somebody else")

// keep puts a step among those to be committed next, with as many of its last attempts as are new or
// changed: those before are on record already.
func (x *execution) keep(record *engine.StepRun, attempts int) {
	s := *record
	s.Attempts = s.Attempts[max(0, len(s.Attempts)-attempts):]
	s = x.masked(s)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.pending = append(x.pending, s)
	x.kept++
}

// unkeep takes a step out again that was kept last of its kind: what it says has not happened.
func (x *execution) unkeep(record *engine.StepRun) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := len(x.pending) - 1; i >= 0; i-- {
		if x.pending[i].Position == record.Position && x.pending[i].Round == record.Round {
			x.pending = append(x.pending[:i:i], x.pending[i+1:]...)
			return
		}
	}
}

// outcomeKept says that pending holds what came of a request.
func (x *execution) outcomeKept() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.acted = true
}

// extra is what a commit does besides: it may change the run, and returns steps to be kept with it.
type extra func(tx engine.Tx, run *engine.Run) ([]engine.StepRun, error)

// commit records the run's new state together with the steps that are pending. Rounds at the same
// time share commits: who comes while one is under way finds its steps in the next.
//
// What was done is recorded even when the run's context has ended, and when the store cannot take it
// for a while, as with a full disk: the request would be sent again otherwise, as often as its outcome
// is not kept.
func (x *execution) commit(ctx context.Context, to ending) error { return x.commitWith(ctx, to, nil) }

func (x *execution) commitWith(ctx context.Context, to ending, also extra) error {
	x.mu.Lock()
	mine := x.kept
	x.mu.Unlock()
	x.committing.Lock()
	defer x.committing.Unlock()
	if also == nil && x.saved >= mine && to.state == x.was && to.state.Active() && to.due.Equal(x.run.DueAt) {
		return nil
	}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		acted, err := x.save(ctx, to, also)
		if !acted || engine.ErrorCode(err) != engine.Unavailable {
			return err
		}
		x.log.Warn("what a step did cannot be recorded yet", "error", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// flush records what came of requests, if anything of that is pending.
func (x *execution) flush(ctx context.Context) error {
	x.mu.Lock()
	acted := x.acted
	x.mu.Unlock()
	if !acted {
		return nil
	}
	return x.commit(ctx, ending{state: engine.Running})
}

// save makes one commit; acted says whether it was to hold what came of a request.
func (x *execution) save(ctx context.Context, to ending, also extra) (acted bool, err error) {
	x.mu.Lock()
	pending, kept, told, awaited := x.pending, x.kept, x.told, x.awaited
	acted = x.acted
	x.pending, x.acted, x.told = nil, false, nil
	x.mu.Unlock()

	ctx = context.WithoutCancel(ctx)
	var run engine.Run
	var jobs []engine.Job
	var woke bool
	update := x.Store.UpdateRepeatable
	if also != nil { // it changes what a step knows
		update = x.Store.Update
	}
	err = update(ctx, func(tx engine.Tx) (err error) {
		run, jobs, woke = x.next(to), nil, false
		more := pending[:len(pending):len(pending)]
		if also != nil {
			steps, err := also(tx, &run)
			if err != nil {
				return err
			}
			more = append(more, steps...)
		}
		if run.State == engine.Waiting && len(awaited) > 0 {
			if err := x.awake(ctx, tx, &run, awaited); err != nil {
				return err
			}
		}
		if err := tx.SaveRun(run, x.was); err != nil {
			return taken(err)
		}
		if err := tx.SaveSteps(run.ID, more...); err != nil {
			return taken(err)
		}
		if run.State.Active() {
			return nil
		}
		if x.Ended != nil {
			if jobs, err = x.Ended(ctx, tx, run); err != nil {
				return err
			}
		}
		woke, err = WakeCaller(ctx, tx, run, x.Now())
		return err
	})
	if err != nil {
		x.mu.Lock()
		x.pending, x.acted, x.told = append(pending, x.pending...), x.acted || acted, append(told, x.told...)
		x.mu.Unlock()
		return acted, err
	}
	x.run, x.was, x.saved = run, run.State, kept
	x.after(told, jobs, woke)
	return acted, nil
}

// next returns the run as it is to be.
func (x *execution) next(to ending) engine.Run {
	run := x.run
	run.State, run.DueAt, run.Failure = to.state, to.due, x.personal.failure(to.failure)
	if !to.state.Active() {
		now := x.Now()
		run.FinishedAt, run.BlocksUntil = now, x.rules.BlocksUntil(to.state, now)
	}
	return run
}

// after tells everybody what was committed.
func (x *execution) after(told []func(), jobs []engine.Job, woke bool) {
	for _, tell := range told { // before the run's end is known: a step's answer counts more
		tell()
	}
	x.Publisher.Publish(engine.Change{
		Kind: engine.RunChanged, RecipeID: x.recipeID, RunID: x.runID, State: x.run.State,
	})
	if len(jobs) > 0 && x.Offer != nil {
		x.Offer(jobs...)
	}
	if woke {
		x.wake()
	}
}

func (x *execution) wake() {
	if x.Wake != nil {
		x.Wake()
	}
}

// taken says whether the store refused because the run is not what it was.
func taken(err error) error {
	switch engine.ErrorCode(err) {
	case engine.Conflict, engine.NotFound:
		return errTaken
	}
	return err
}

// given deals with a run that somebody else changed: what was done is kept with it, if it still
// exists, and no more is done.
func (x *execution) given(ctx context.Context) error {
	err := x.Store.Update(context.WithoutCancel(ctx), func(tx engine.Tx) error {
		return tx.SaveSteps(x.runID, x.pending...)
	})
	if engine.ErrorCode(err) == engine.NotFound {
		return nil
	}
	return err
}
