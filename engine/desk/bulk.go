package desk

import (
	"cmp"
	"context"
	"slices"

	"bellhop/engine"
	"bellhop/engine/runtime"
)

const (
	// MaxBulk is how many runs can be dealt with at a time.
	MaxBulk = 100_000
	// bulkPage is how many runs are read at a time, and bulkPiece how many are changed in a transaction:
	// other callers share its commit, so it must not take long.
	bulkPage  = 1000
	bulkPiece = 50
	// cancelPiece is as much for cancelling, which is done at once.
	cancelPiece = 200
)

// Bulk is what came of a change to many runs.
type Bulk struct {
	// Done counts the runs that were changed, or that came anew by a replay.
	Done int `json:"done"`
	// Skipped counts those that could not be changed, such as runs that went on by themselves meanwhile,
	// and Why says of the first of them what was in the way.
	Skipped int    `json:"skipped"`
	Why     string `json:"why,omitempty"`
	// More is true if there are more than MaxBulk such runs: ask again for the others.
	More bool `json:"more,omitempty"`
}

// RetryAll retries all runs that a filter chooses, as Retry does each, the oldest first. Without states
// in the filter those are meant that need a person: failed and held ones. Runs that are unsure are not
// among them unless named, since sending again may do a thing twice.
//
// Like the other changes to many runs it works in pieces, each of which is on disk before the next
// begins: what is done when the error comes, or ctx ends, stays done.
func (d *Desk) RetryAll(ctx context.Context, filter engine.RunFilter) (Bulk, error) {
	if len(filter.States) == 0 {
		filter.States = []engine.State{engine.Failed, engine.Held}
	}
	return d.all(ctx, filter, func(tx engine.Tx, id int64) (engine.Change, error) {
		return engine.Change{RunID: id, State: engine.Queued}, d.retry(ctx, tx, id, "")
	})
}

// ReplayAll runs the events of all runs that a filter chooses again, each as a new run of the published
// version, or of the draft.
func (d *Desk) ReplayAll(ctx context.Context, filter engine.RunFilter, draft bool) (Bulk, error) {
	return d.all(ctx, filter, func(tx engine.Tx, id int64) (engine.Change, error) {
		run, err := d.replay(ctx, tx, id, draft)
		return engine.Change{RunID: run.ID, State: engine.Queued}, err
	})
}

// CancelAll cancels all runs that a filter chooses. Without states in the filter those are meant that
// are not over: queued, running and waiting ones. The newest go first, so that of runs that go one
// after the other none gets its turn just before it is cancelled.
func (d *Desk) CancelAll(ctx context.Context, filter engine.RunFilter) (Bulk, error) {
	if len(filter.States) == 0 {
		filter.States = []engine.State{engine.Queued, engine.Running, engine.Waiting}
	}
	var b Bulk
	ids, err := d.chosen(ctx, filter)
	if err != nil {
		return b, err
	}
	if len(ids) > MaxBulk {
		ids, b.More = ids[:MaxBulk], true
	}
	slices.Reverse(ids)
	for piece := range slices.Chunk(ids, cancelPiece) {
		if err := ctx.Err(); err != nil {
			return b, err
		}
		changes, why, err := d.cancelPiece(ctx, piece)
		if err != nil {
			return b, err
		}
		b.Done, b.Skipped = b.Done+len(changes), b.Skipped+len(piece)-len(changes)
		b.Why = cmp.Or(b.Why, why)
		if err := d.Changed(ctx, changes...); err != nil {
			return b, err
		}
	}
	return b, nil
}

// cancelPiece cancels some runs in one transaction, and says what was in the way of the first that
// could not be cancelled.
func (d *Desk) cancelPiece(ctx context.Context, ids []int64) (changes []engine.Change, why string, err error) {
	err = d.Store.Update(ctx, func(tx engine.Tx) error {
		changes, why = nil, ""
		cancelled, err := tx.CancelRuns(ids, d.Now())
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(ids, func(id int64) bool { return !slices.Contains(cancelled, id) }); i >= 0 {
			why = engine.ErrorMessage(d.cancel(ctx, tx, ids[i]))
		}
		if len(cancelled) == 0 {
			return nil
		}
		runs, err := tx.Runs(ctx, engine.RunFilter{IDs: cancelled, Limit: len(cancelled)})
		if err != nil {
			return err
		}
		for _, run := range runs {
			if _, err := runtime.WakeCaller(ctx, tx, run, d.Now()); err != nil {
				return err
			}
			changes = append(changes, engine.Change{Kind: engine.RunChanged, RecipeID: run.RecipeID, RunID: run.ID, State: engine.Cancelled})
		}
		return nil
	})
	return changes, why, err
}

// all changes the runs that a filter chooses, the oldest first.
func (d *Desk) all(ctx context.Context, filter engine.RunFilter, change func(engine.Tx, int64) (engine.Change, error)) (Bulk, error) {
	var b Bulk
	ids, err := d.chosen(ctx, filter)
	if err != nil {
		return b, err
	}
	if len(ids) > MaxBulk {
		ids, b.More = ids[:MaxBulk], true
	}
	for piece := range slices.Chunk(ids, bulkPiece) {
		if err := ctx.Err(); err != nil {
			return b, err
		}
		if err := d.piece(ctx, piece, change, &b); err != nil {
			return b, err
		}
	}
	return b, nil
}

// chosen returns the ids of the runs that a filter chooses, the oldest first: at most one more than can
// be dealt with.
func (d *Desk) chosen(ctx context.Context, filter engine.RunFilter) ([]int64, error) {
	most := MaxBulk + 1
	if filter.Limit > 0 {
		most = min(most, filter.Limit)
	}
	var ids []int64
	for len(ids) < most {
		filter.Limit = min(bulkPage, most-len(ids))
		page, err := d.Store.Runs(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			ids = append(ids, r.ID)
		}
		if len(page) < filter.Limit {
			break
		}
		filter.Before = page[len(page)-1].ID
	}
	slices.Reverse(ids)
	return ids, nil
}

// piece changes some runs in one transaction. Runs that cannot be changed are left out: all that is
// checked of a run is checked before anything of it is changed.
func (d *Desk) piece(ctx context.Context, ids []int64, change func(engine.Tx, int64) (engine.Change, error), b *Bulk) error {
	var changes []engine.Change
	var skipped int
	var why string
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		changes, skipped, why = nil, 0, ""
		for _, id := range ids {
			c, err := change(tx, id)
			switch engine.ErrorCode(err) {
			case "":
				c.Kind = engine.RunChanged
				changes = append(changes, c)
			case engine.Conflict, engine.NotFound, engine.Invalid:
				skipped++
				if why == "" {
					why = engine.ErrorMessage(err)
				}
			default:
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.Done, b.Skipped = b.Done+len(changes), b.Skipped+skipped
	if b.Why == "" {
		b.Why = why
	}
	if len(changes) == 0 {
		return nil
	}
	return d.Changed(ctx, changes...)
}
