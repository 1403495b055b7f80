package desk

import (
	"context"
	"time"

	"bellhop/engine"
)

// Unblock lets the runs go on that wait behind one that failed, or is held or unsure, in a recipe whose
// runs go one after the other. The run itself stays as it is. Conflict if it keeps nobody waiting.
func (d *Desk) Unblock(ctx context.Context, id int64) error {
	var state engine.State
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		run, err := tx.Run(ctx, id)
		if err != nil {
			return err
		}
		if !run.BlocksUntil.After(d.Now()) {
			return engine.Errorf(engine.Conflict, "No other run waits for this one.")
		}
		state, run.BlocksUntil = run.State, time.Time{}
		return tx.SaveRun(run, run.State)
	})
	if err != nil {
		return err
	}
	return d.runChanged(ctx, id, state)
}
