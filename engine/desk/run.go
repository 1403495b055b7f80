package desk

import (
	"context"
	"time"

	"bellhop/engine"
	"bellhop/engine/runtime"
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
	detail.Data, _ = d.body(detail.Event) // shown where it can be
	return detail, nil
}

// StateCounts counts all runs by state.
func (d *Desk) StateCounts(ctx context.Context) (map[engine.State]int, error) {
	return d.Store.StateCounts(ctx)
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
			if s.State != engine.Waiting && s.State != engine.Queued && s.State != engine.Running {
				continue
			}
			s.State, s.FinishedAt, s.Attempts = engine.Cancelled, d.Now(), nil // the attempts in the store remain
			if err := tx.SaveSteps(id, s); err != nil {
				return err
			}
		}
	}
	if err := tx.SaveRun(run, was); err != nil {
		return err
	}
	_, err = runtime.WakeCaller(ctx, tx, run, d.Now())
	return err
}

func (d *Desk) runChanged(ctx context.Context, id int64, state engine.State) error {
	return d.Changed(ctx, engine.Change{Kind: engine.RunChanged, RunID: id, State: state})
}
