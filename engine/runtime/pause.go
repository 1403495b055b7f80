package runtime

import (
	"context"
	"errors"

	"bellhop/engine"
)

// errPaused says that the run is not to go on to its next step for now: a person has paused all recipes.
var errPaused = errors.New("all recipes are paused")

// paused says whether a step has to be left for after a pause: one that changes something, here or outside. What
// only computes, waits, or answers a sender who waits for it, is done.
func (x *execution) paused(s *step) bool {
	acts := s.operation.Logic == "" || s.operation.Logic == engine.LogicCall || s.kept != nil
	return acts && x.Paused != nil && x.Paused()
}

// layDown records what the run has done so far, and puts it back among those that wait for their turn.
func (x *execution) layDown(ctx context.Context) error {
	if err := x.commit(ctx, ending{state: engine.Queued}); err != nil {
		return err
	}
	return engine.Snooze(x.Now())
}
