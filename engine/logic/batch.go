package logic

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// The limits of a batch: all of it becomes one step's result.
const (
	mostCollected    = 1000
	largestCollected = 4 << 20 // bytes of JSON in all; a batch that has as many is full
	largestValue     = 256 << 10
	longestCollected = 366 * 24 * time.Hour // as long as a run can wait
)

// batch collects the field `value` of each run until there are `count` of them, or until some time since
// the first (`for`, `unit`). The first run waits and takes all, by run; the result is `items` and their
// `count`. Later ones add theirs and end.
//
// If the run that was to take a batch has ended otherwise, the next that comes takes it: what others
// brought is not lost. The value of a run that a person cancelled is left out. A retry of the run that
// took a batch gets the same again, and one of a run whose value was taken brings it no second time.
func batch(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
	count, wait, value, err := c.collecting()
	if err != nil {
		return Outcome{}, err
	}
	b, err := tx.BatchOf(ctx, c.RecipeID, c.Step, c.RunID)
	if err == nil && b.ID == 0 {
		b, err = c.join(ctx, tx, wait, value)
	}
	if err != nil {
		return Outcome{}, err
	}
	now := c.Env.Now
	var taker engine.Run
	if b.Open && b.RunID != c.RunID {
		if taker, err = c.taker(ctx, tx, &b); err != nil {
			return Outcome{}, err
		}
	}
	enough := b.Count >= count || b.Size >= largestCollected || !now.Before(b.DueAt)
	switch {
	case b.RunID == c.RunID && b.Open && !enough:
		return Outcome{Wait: b.DueAt, Note: fmt.Sprintf("collected %d of %d", b.Count, count)}, tx.SaveBatch(b)
	case b.RunID == c.RunID:
		b.Open = false
		return taken(ctx, tx, b)
	}
	o := Outcome{Ends: engine.Succeeded, Note: fmt.Sprintf("collected with run %d", b.RunID)}
	if b.Open && enough && waits(taker, b) {
		taker.DueAt, b.DueAt = now, now
		if err := tx.SaveRun(taker, taker.State); err != nil {
			return Outcome{}, err
		}
		o.Wake = []int64{taker.ID}
		return o, tx.SaveBatch(b)
	}
	return o, nil
}

// collecting reads the step's fields.
func (c Call) collecting() (count int, wait time.Duration, value json.RawMessage, err error) {
	if c.Round != "" {
		return 0, 0, nil, mistake("A step that collects cannot stand in a loop, where it would wait for itself. Put it after the loop or before it.")
	}
	if count, err = c.whole("count", mostCollected, 1, mostCollected); err != nil {
		return 0, 0, nil, err
	}
	if wait, err = c.duration("for", "unit", longestCollected); err != nil {
		return 0, 0, nil, err
	}
	if wait == 0 {
		if c.text("count") == "" {
			return 0, 0, nil, mistake("The step does not say until when to collect. Give a number of events, a time, or both.")
		}
		wait = longestCollected
	}
	if value, err = json.Marshal(c.With["value"]); err != nil {
		return 0, 0, nil, err
	}
	if len(value) > largestValue {
		return 0, 0, nil, mistake("What is to be collected is larger than %d KiB. Collect only what you need of it.", largestValue>>10)
	}
	return count, wait, value, nil
}

// join puts the run's value into the place's open batch, or begins one.
func (c Call) join(ctx context.Context, tx engine.Tx, wait time.Duration, value json.RawMessage) (engine.Batch, error) {
	b, err := tx.OpenBatch(ctx, c.RecipeID, c.Step)
	if err != nil {
		return b, err
	}
	if b.ID == 0 {
		// The store keeps microseconds, and the due time is compared with what comes back.
		now := c.Env.Now.Truncate(time.Microsecond)
		b = engine.Batch{RecipeID: c.RecipeID, Place: c.Step, RunID: c.RunID, Open: true, CreatedAt: now, DueAt: now.Add(wait)}
		if err := tx.AddBatch(&b); err != nil {
			return b, err
		}
	}
	b.Count++
	b.Size += len(value)
	return b, tx.PutBatchValue(b.ID, c.RunID, value)
}

// taker returns the run that waits for the batch. If that has ended, it is this one from now on.
func (c Call) taker(ctx context.Context, tx engine.Tx, b *engine.Batch) (engine.Run, error) {
	runs, err := tx.Runs(ctx, engine.RunFilter{IDs: []int64{b.RunID}})
	if err != nil {
		return engine.Run{}, err
	}
	if len(runs) == 1 && runs[0].State.Active() {
		return runs[0], nil
	}
	if len(runs) == 1 && runs[0].State == engine.Cancelled {
		if err := tx.DropBatchValue(b.ID, b.RunID); err != nil {
			return engine.Run{}, err
		}
		b.Count--
	}
	b.RunID = c.RunID
	return engine.Run{}, nil
}

// waits says whether a run waits for this batch, and not in a retry or a delay before it.
func waits(run engine.Run, b engine.Batch) bool {
	return run.State == engine.Waiting && run.DueAt.Sub(b.DueAt).Abs() < time.Second
}

// taken closes a batch and gives all of it.
func taken(ctx context.Context, tx engine.Tx, b engine.Batch) (Outcome, error) {
	values, err := tx.BatchValues(ctx, b.ID)
	if err != nil {
		return Outcome{}, err
	}
	items := make([]any, len(values))
	for i, value := range values {
		if items[i], err = mapping.Decode(value); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{
		Output: map[string]any{"items": items, "count": number(len(items))},
		Note:   "collected " + counted(len(items), "event", "events"),
	}, tx.SaveBatch(b)
}
