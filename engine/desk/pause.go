package desk

import (
	"context"
	"time"

	"bellhop/engine"
)

// Pause lets no run begin, or go on to a step that changes something, before until; engine.Never means before
// Resume. What happens meanwhile is taken and queued. Invalid if the time has passed.
func (d *Desk) Pause(ctx context.Context, until time.Time) error {
	if !until.After(d.Now().Round(0)) {
		return engine.Errorf(engine.Invalid, "A pause needs a time that is still to come.")
	}
	return d.pause(ctx, until)
}

// Resume ends a pause; without one it does nothing.
func (d *Desk) Resume(ctx context.Context) error { return d.pause(ctx, time.Time{}) }

func (d *Desk) pause(ctx context.Context, until time.Time) error {
	err := d.Store.Update(ctx, func(tx engine.Tx) error { return engine.WritePause(tx, until) })
	if err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.PauseChanged})
}
