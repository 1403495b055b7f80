package runtime

import (
	"context"
	"time"

	"bellhop/engine"
	"bellhop/engine/logic"
)

// think does a step of package logic.
func (x *execution) think(ctx context.Context, s *step, record *engine.StepRun, sc *scope, fields map[string]any) (ending, error) {
	call := logic.Call{
		RecipeID: x.recipeID, RunID: x.runID, Step: s.ID, Round: sc.round,
		Logic: s.operation.Logic, With: fields, Env: x.env,
	}
	switch {
	case s.pure != nil:
		out, err := s.pure(call)
		if err == nil {
			err = x.note(record, out)
		}
		if err != nil {
			return x.failed(s, record, err, 0)
		}
		x.keep(record, 0)
		return x.concluded(record, sc, out), nil
	case s.kept != nil:
		return x.thinkKept(ctx, s, record, sc, call)
	}
	return x.failed(s, record, engine.Errorf(engine.Invalid,
		"This Bellhop does not know what %q is. Perhaps the recipe was made with a newer one.", s.operation.Logic), 0)
}

// thinkKept does logic that changes what Bellhop keeps, in the commit of its outcome: both are on disk
// or neither. Where it makes the run wait, that is in the same commit too, for others may make it due
// from then on.
func (x *execution) thinkKept(ctx context.Context, s *step, record *engine.StepRun, sc *scope, call logic.Call) (ending, error) {
	var out logic.Outcome
	var done engine.StepRun
	var refused error
	err := x.commitWith(ctx, ending{state: engine.Running}, func(tx engine.Tx, run *engine.Run) ([]engine.StepRun, error) {
		if out, refused = s.kept(context.WithoutCancel(ctx), tx, call); refused != nil {
			return nil, refused
		}
		done = *record
		if refused = x.note(&done, out); refused != nil {
			return nil, refused
		}
		if done.State == engine.Waiting && !sc.aside {
			run.State, run.DueAt = engine.Waiting, out.Wait
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
	if len(out.Wake) > 0 {
		x.wake()
	}
	return x.concluded(record, sc, out), nil
}

// note puts an outcome into the step's record.
func (x *execution) note(record *engine.StepRun, out logic.Outcome) (err error) {
	if out.Output != nil {
		if record.Output, err = x.encode(out.Output); err != nil {
			return err
		}
	}
	record.Note, record.Failure, record.DueAt = shorten(out.Note, longestNote), nil, time.Time{}
	switch {
	case !out.Wait.IsZero():
		record.State, record.DueAt = engine.Waiting, out.Wait
		return nil
	case out.Ends != "":
		record.State, record.Ended = out.Ends, true
	default:
		record.State = engine.Succeeded
	}
	record.FinishedAt = x.Now()
	return nil
}

// concluded says what an outcome means for the steps around it.
func (x *execution) concluded(record *engine.StepRun, sc *scope, out logic.Outcome) ending {
	if record.State == engine.Waiting {
		return ending{state: engine.Waiting, due: record.DueAt}
	}
	sc.see(record.Step, out.Output)
	return ending{state: out.Ends}
}
