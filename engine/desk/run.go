package desk

import (
	"context"
	"time"

	"bellhop/engine"
	"bellhop/engine/content"
)

// RunDetail is one run with what it ran on and what it ran.
type RunDetail struct {
	engine.Run
	Event engine.Event
	// Data is the event's body as fields; nil if it cannot be read.
	Data any
	// Definition is the version that the run executes.
	Definition engine.Definition
}

// Runs returns runs without steps, newest first.
func (d *Desk) Runs(ctx context.Context, filter engine.RunFilter) ([]engine.Run, error) {
	return d.Store.Runs(ctx, filter)
}

// Run returns one run whole.
func (d *Desk) Run(ctx context.Context, id int64) (RunDetail, error) {
	run, err := d.Store.Run(ctx, id)
	if err != nil {
		return RunDetail{}, err
	}
	detail := RunDetail{Run: run}
	if detail.Event, err = d.Store.Event(ctx, run.EventID); err != nil {
		return RunDetail{}, err
	}
	if detail.Definition, err = d.Store.Version(ctx, run.RecipeID, run.Version); err != nil {
		return RunDetail{}, err
	}
	detail.Data, _ = content.Parse(detail.Event.ContentType, detail.Event.Body) // shown where it can be
	return detail, nil
}

// StateCounts counts all runs by state.
func (d *Desk) StateCounts(ctx context.Context) (map[engine.State]int, error) {
	return d.Store.StateCounts(ctx)
}

// Retry runs a finished run again from a step, or from the one that failed if step is "". What the
// steps before it did stays done. The run takes the recipe as it is published now, so that a
// correction counts, provided the steps already done are still the same ones.
func (d *Desk) Retry(ctx context.Context, id int64, step string) error {
	if err := d.Store.Update(ctx, func(tx engine.Tx) error { return d.retry(ctx, tx, id, step) }); err != nil {
		return err
	}
	return d.runChanged(ctx, id, engine.Queued)
}

func (d *Desk) retry(ctx context.Context, tx engine.Tx, id int64, step string) error {
	run, err := tx.Run(ctx, id)
	if err != nil {
		return err
	}
	if run.State.Active() {
		return engine.Errorf(engine.Conflict, "This run is not over yet. Cancel it first, or wait for its end.")
	}
	from, err := d.retryFrom(ctx, tx, run, step)
	if err != nil {
		return err
	}
	if run.Version, err = d.retryVersion(ctx, tx, run, from); err != nil {
		return err
	}
	if err := tx.DropSteps(id, from+1); err != nil {
		return err
	}
	for _, s := range run.Steps {
		if s.Position == from {
			s.State, s.Failure, s.Attempts = engine.Queued, nil, nil // the attempts in the store remain
			if err := tx.SaveSteps(id, s); err != nil {
				return err
			}
		}
	}
	was := run.State
	run.State, run.DueAt, run.Failure = engine.Queued, time.Time{}, nil
	run.FinishedAt = time.Time{}
	return tx.SaveRun(run, was)
}

// Cancel stops a run that is not over. Conflict if it is.
func (d *Desk) Cancel(ctx context.Context, id int64) error {
	if err := d.Store.Update(ctx, func(tx engine.Tx) error { return d.cancel(ctx, tx, id) }); err != nil {
		return err
	}
	return d.runChanged(ctx, id, engine.Cancelled)
}

func (d *Desk) cancel(ctx context.Context, tx engine.Tx, id int64) error {
	run, err := tx.Run(ctx, id)
	if err != nil {
		return err
	}
	was := run.State
	if !was.CanBecome(engine.Cancelled) {
		return engine.Errorf(engine.Conflict, "This run is over already (%s), so there is nothing to cancel.", was)
	}
	run.State, run.FinishedAt, run.DueAt = engine.Cancelled, d.Now(), time.Time{}
	if was != engine.Running { // of a step that is being done the runtime tells how it ended
		run.Failure = nil
		for _, s := range run.Steps {
			if s.State != engine.Waiting && s.State != engine.Queued {
				continue
			}
			s.State, s.FinishedAt, s.Attempts = engine.Cancelled, d.Now(), nil // the attempts in the store remain
			if err := tx.SaveSteps(id, s); err != nil {
				return err
			}
		}
	}
	return tx.SaveRun(run, was)
}

func (d *Desk) runChanged(ctx context.Context, id int64, state engine.State) error {
	return d.Changed(ctx, engine.Change{Kind: engine.RunChanged, RunID: id, State: state})
}

// retryFrom returns the position to begin at.
func (d *Desk) retryFrom(ctx context.Context, tx engine.Tx, run engine.Run, step string) (int, error) {
	definition, err := tx.Version(ctx, run.RecipeID, run.Version)
	if err != nil {
		return 0, err
	}
	var ids []string
	for i, s := range definition.Steps {
		if step != "" && s.ID == step {
			if i > len(run.Steps) {
				return 0, engine.Errorf(engine.Invalid, "The run never came to the step %q.", step)
			}
			return i, nil
		}
		ids = append(ids, s.ID)
	}
	if step != "" {
		problem := engine.Problem{Message: "This run has no step \"" + step + "\".", Suggestion: engine.Suggest(step, ids)}
		return 0, engine.Errorf(engine.NotFound, "%s", problem)
	}
	return lastOpen(run), nil
}

// lastOpen returns the position of the step that ended the run. Steps before it that failed, and that
// the recipe goes on after, are over: going back to them would repeat what came after.
func lastOpen(run engine.Run) int {
	n := len(run.Steps)
	if n > 0 && run.State != engine.Succeeded {
		last := run.Steps[n-1]
		passed := last.State == engine.Failed && (run.Failure == nil || run.Failure.Step != last.Step)
		if last.State == engine.Succeeded || passed {
			return n
		}
		return n - 1
	}
	for _, s := range run.Steps {
		if s.State != engine.Succeeded {
			return s.Position
		}
	}
	return 0 // all was done: from the beginning
}

// retryVersion returns the published version if its steps before position are those of the run's
// own, else the run's own.
func (d *Desk) retryVersion(ctx context.Context, tx engine.Tx, run engine.Run, position int) (int, error) {
	r, err := tx.Recipe(ctx, run.RecipeID)
	if err != nil || r.Published == run.Version || run.Version < 0 {
		return run.Version, err // a trial goes on as it was tried
	}
	old, err := tx.Version(ctx, run.RecipeID, run.Version)
	if err != nil {
		return 0, err
	}
	live, err := tx.Version(ctx, run.RecipeID, r.Published)
	if err != nil {
		return 0, err
	}
	if len(live.Steps) <= position {
		return run.Version, nil
	}
	for i := range position + 1 {
		if i < len(old.Steps) && (old.Steps[i].ID != live.Steps[i].ID || old.Steps[i].Use != live.Steps[i].Use) {
			return run.Version, nil
		}
	}
	return r.Published, nil
}
