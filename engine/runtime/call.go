package runtime

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// callLook is how often a run that waits for another looks after it. It is called when the other ends;
// this is for ends that nobody told it of, such as a recipe's removal.
const callLook = time.Hour

// Caller starts another recipe.
type Caller interface {
	// Call stores the run that a step of run wants, in the transaction of the step, and returns its id.
	// Its error fails the step.
	Call(ctx context.Context, tx engine.Tx, run engine.Run, with map[string]any) (childRunID int64, err error)
}

// call starts another recipe, and waits for it if the field `wait` says so.
func (x *execution) call(ctx context.Context, s *step, record *engine.StepRun, sc *scope, fields map[string]any) (ending, error) {
	if x.Caller == nil {
		return x.failed(s, record, engine.Errorf(engine.Internal, "nothing starts other recipes"), 0)
	}
	waits := mapping.Text(fields["wait"]) == "true"
	var child int64
	var output any
	var done engine.StepRun
	var refused error
	err := x.commitWith(ctx, ending{state: engine.Running}, func(tx engine.Tx, run *engine.Run) ([]engine.StepRun, error) {
		if child, refused = x.Caller.Call(context.WithoutCancel(ctx), tx, *run, fields); refused != nil {
			return nil, refused
		}
		output = map[string]any{"run": json.Number(strconv.FormatInt(child, 10))}
		done = *record
		if done.Output, refused = x.encode(output); refused != nil {
			return nil, refused
		}
		done.State, done.FinishedAt = engine.Succeeded, x.Now()
		if waits {
			done.State, done.FinishedAt, done.DueAt = engine.Waiting, time.Time{}, x.Now().Add(callLook)
			done.Note = "waits for run " + strconv.FormatInt(child, 10)
			if !sc.aside {
				run.State, run.DueAt = engine.Waiting, done.DueAt
			}
		}
		return []engine.StepRun{x.masked(done)}, nil
	})
	if err != nil {
		if refused != nil && engine.ErrorCode(refused) != engine.Unavailable {
			return x.failed(s, record, refused, 0)
		}
		return ending{}, err
	}
	*record = done
	x.wake()
	if waits {
		x.await(child)
		return ending{state: engine.Waiting, due: record.DueAt}, nil
	}
	sc.see(s.ID, output)
	return ending{}, nil
}

// called looks after the run that was started: its last result is the step's.
func (x *execution) called(ctx context.Context, s *step, record *engine.StepRun, sc *scope) (ending, error) {
	started, err := x.decode(record.Output)
	if err != nil {
		return ending{}, err
	}
	fields, _ := started.(map[string]any)
	id, err := strconv.ParseInt(mapping.Text(fields["run"]), 10, 64)
	if err != nil {
		return x.failed(s, record, err, 0)
	}
	child, err := x.Store.Run(ctx, id)
	switch {
	case engine.ErrorCode(err) == engine.NotFound:
		return x.failed(s, record, engine.Errorf(engine.NotFound, "The run %d, which this step waited for, was removed. Retry this one to start it again.", id), 0)
	case err != nil:
		return ending{}, err
	case !over(child.State):
		x.await(id)
		return x.wait(record, x.Now().Add(callLook), 0)
	case child.State == engine.Failed:
		why := "it does not say why"
		if child.Failure != nil {
			why = child.Failure.Message
		}
		return x.failed(s, record, engine.Errorf(engine.Refused, "The recipe %q failed in run %d: %s", child.RecipeName, id, why), 0)
	case child.State == engine.Cancelled:
		return x.failed(s, record, engine.Errorf(engine.Refused, "The run %d of the recipe %q was cancelled.", id, child.RecipeName), 0)
	}
	var output any
	record.Output, record.Note = nil, "run "+strconv.FormatInt(id, 10)
	for _, one := range child.Steps {
		if one.Round == "" && one.State == engine.Succeeded && len(one.Output) > 0 {
			record.Output = one.Output
		}
	}
	if len(record.Output) > 0 {
		if output, err = mapping.Decode(record.Output); err != nil {
			return x.failed(s, record, err, 0)
		}
	}
	x.succeed(record, sc, output)
	return ending{}, nil
}

// over says whether a run needs nothing and nobody any more. One that needs a person may go on.
func over(s engine.State) bool {
	return s == engine.Succeeded || s == engine.Filtered || s == engine.Failed || s == engine.Cancelled
}

// await notes that the run waits for another.
func (x *execution) await(runID int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.awaited = append(x.awaited, runID)
}

// awake makes the run due at once if one that it waits for ended before it waited.
func (x *execution) awake(ctx context.Context, tx engine.Tx, run *engine.Run, awaited []int64) error {
	children, err := tx.Runs(ctx, engine.RunFilter{IDs: awaited, Limit: len(awaited)})
	if err != nil {
		return err
	}
	for _, child := range children {
		if over(child.State) {
			run.DueAt = x.Now()
		}
	}
	return nil
}

// WakeCaller makes the run due that waits for this one, if this one is over. It belongs into the
// transaction that ends the run; after it, woke says that the queue has something to look for.
func WakeCaller(ctx context.Context, tx engine.Tx, run engine.Run, now time.Time) (woke bool, err error) {
	if run.CalledBy == 0 || !over(run.State) {
		return false, nil
	}
	callers, err := tx.Runs(ctx, engine.RunFilter{IDs: []int64{run.CalledBy}, Limit: 1})
	if err != nil || len(callers) == 0 || callers[0].State != engine.Waiting || !callers[0].DueAt.After(now) {
		return false, err // its steps are not read for nothing: it may have thousands
	}
	caller, err := tx.Run(ctx, run.CalledBy)
	waits := func(s engine.StepRun) bool { return s.State == engine.Waiting && startedBy(s) == run.ID }
	if err != nil || !slices.ContainsFunc(caller.Steps, waits) {
		return false, err // it waits for something else, such as a time
	}
	caller.DueAt = now
	return true, tx.SaveRun(caller, engine.Waiting)
}

// startedBy returns the run that a step waits for; 0 if it waits for none.
func startedBy(s engine.StepRun) int64 {
	var started struct {
		Run int64 `json:"run"`
	}
	if json.Unmarshal(s.Output, &started) != nil {
		return 0
	}
	return started.Run
}
