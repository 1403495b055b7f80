package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/logic"
	"bellhop/store/sqlite"
)

// collect does a step that collects three values, or what there is after an hour.
func (h *house) collect(t *testing.T, run engine.Run, value string) logic.Outcome {
	t.Helper()
	return h.do(t, run, engine.LogicBatch, `{"value": "`+value+`", "count": 3, "for": 1, "unit": "hours"}`)
}

func (h *house) dueOf(t *testing.T, run engine.Run) time.Time {
	t.Helper()
	run, err := h.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, engine.Waiting, run.State)
	return run.DueAt
}

func TestBatchOfEnough(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b, c := h.run(t), h.run(t), h.run(t)
	due := h.now.Add(time.Hour)
	o := h.collect(t, a, "a")
	require.Equal(t, logic.Outcome{Wait: due, Note: "collected 1 of 3"}, o)
	collected := logic.Outcome{Ends: engine.Succeeded, Note: fmt.Sprint("collected with run ", a.ID)}
	require.Equal(t, collected, h.collect(t, b, "b"))
	require.Equal(t, due, h.dueOf(t, a))
	h.now = h.now.Add(time.Minute)
	collected.Wake = []int64{a.ID}
	require.Equal(t, collected, h.collect(t, c, "c"))
	require.Equal(t, h.now, h.dueOf(t, a), "the last one makes the first due")

	d := h.run(t)
	late := h.collect(t, d, "d") // before the first has taken the batch
	require.Equal(t, engine.Succeeded, late.Ends)
	o = h.collect(t, a, "a")
	requireJSON(t, `{"items": ["a", "b", "c", "d"], "count": 4}`, o.Output)
	require.Empty(t, o.Ends)

	// The next batch is another one; retries of the first get what they got.
	e := h.run(t)
	require.Equal(t, h.now.Add(time.Hour), h.collect(t, e, "e").Wait)
	requireJSON(t, `{"items": ["a", "b", "c", "d"], "count": 4}`, h.collect(t, a, "a").Output)
	collected.Wake = nil
	require.Equal(t, collected, h.collect(t, b, "changed meanwhile"))
	requireJSON(t, `{"items": ["a", "b", "c", "d"], "count": 4}`, h.collect(t, a, "a").Output)
}

func TestBatchOfATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.run(t), h.run(t)
	due := h.collect(t, a, "a").Wait
	h.collect(t, b, "b")
	h.now = due.Add(-time.Second)
	require.Equal(t, due, h.collect(t, a, "a").Wait, "it is not yet time, whoever asks")
	h.now = due
	requireJSON(t, `{"items": ["a", "b"], "count": 2}`, h.collect(t, a, "a").Output)
}

func TestBatchOfOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	requireJSON(t, `{"items": [{"x": 1}], "count": 1}`, h.do(t, h.run(t), engine.LogicBatch, `{"value": {"x": 1}, "count": 1}`).Output)
}

// TestBatchWhoseTakerEnds: what others brought is not lost when the run that waits is cancelled, fails or is
// removed: the next that comes takes it. The value of a cancelled run is left out, as the person wanted.
func TestBatchWhoseTakerEnds(t *testing.T) {
	t.Parallel()
	for state, items := range map[engine.State]string{
		engine.Cancelled: `["b", "c", "d"]`,
		engine.Failed:    `["a", "b", "c"]`,
		engine.Held:      `["a", "b", "c"]`,
	} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			a, b, c, d := h.run(t), h.run(t), h.run(t), h.run(t)
			due := h.collect(t, a, "a").Wait
			h.collect(t, b, "b")
			h.set(t, a, state)
			h.now = h.now.Add(time.Minute)
			o := h.collect(t, c, "c")
			if state == engine.Cancelled {
				require.Equal(t, due, o.Wait, "the time counts from the first still")
				require.Equal(t, []int64{c.ID}, h.collect(t, d, "d").Wake)
				o = h.collect(t, c, "c")
			}
			requireJSON(t, `{"items": `+items+`, "count": 3}`, o.Output)

			// The one that had ended is retried: its value is taken once.
			h.set(t, a, engine.Queued)
			o = h.collect(t, a, "a")
			if state == engine.Cancelled {
				require.Equal(t, h.now.Add(time.Hour), o.Wait, "it was left out, and begins the next")
			} else {
				require.Equal(t, logic.Outcome{Ends: engine.Succeeded, Note: fmt.Sprint("collected with run ", c.ID)}, o)
			}
		})
	}
}

// TestBatchRetriedBeforeItIsTaken: the run that waits is stopped and retried before another came.
func TestBatchRetriedBeforeItIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.run(t), h.run(t)
	due := h.collect(t, a, "a").Wait
	h.collect(t, b, "b")
	h.set(t, a, engine.Cancelled)
	h.set(t, a, engine.Queued)
	require.Equal(t, due, h.collect(t, a, "a").Wait)
	h.now = due
	requireJSON(t, `{"items": ["a", "b"], "count": 2}`, h.collect(t, a, "a").Output)
}

// TestBatchOverdue: nobody took the batch for days, as when the computer was off and its run removed.
func TestBatchOverdue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.run(t), h.run(t)
	h.collect(t, a, "a")
	h.set(t, a, engine.Failed)
	h.now = h.now.Add(48 * time.Hour)
	requireJSON(t, `{"items": ["a", "b"], "count": 2}`, h.collect(t, b, "b").Output)
}

// TestBatchLeavesOtherWaitsAlone: the run that takes the batch was retried from a step before, and waits there.
func TestBatchLeavesOtherWaitsAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.run(t)
	h.collect(t, a, "a")
	run, err := h.Run(t.Context(), a.ID)
	require.NoError(t, err)
	run.DueAt = h.now.Add(30 * time.Minute) // a delay before the step
	require.NoError(t, h.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveRun(run, engine.Waiting) }))
	h.collect(t, h.run(t), "b")
	require.Empty(t, h.collect(t, h.run(t), "c").Wake)
	require.Equal(t, run.DueAt, h.dueOf(t, a))
	requireJSON(t, `{"items": ["a", "b", "c"], "count": 3}`, h.collect(t, a, "a").Output)
}

// TestBatchGoesWithItsRun: a batch stays until its run is removed, while it is open even longer.
func TestBatchGoesWithItsRun(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.run(t), h.run(t)
	h.collect(t, a, "a")
	h.collect(t, b, "b")
	h.set(t, a, engine.Failed)
	h.run(t) // the newest of a recipe stays
	prune := func() {
		h.now = h.now.Add(time.Hour)
		_, err := h.Prune(t.Context(), sqlite.Prune{Before: map[engine.State]time.Time{engine.Failed: h.now, engine.Succeeded: h.now}})
		require.NoError(t, err)
	}
	prune()
	_, err := h.Run(t.Context(), a.ID)
	require.Equal(t, engine.NotFound, engine.ErrorCode(err))
	c := h.run(t)
	requireJSON(t, `{"items": ["a", "b", "c"], "count": 3}`, h.collect(t, c, "c").Output)
	of := func() engine.Batch {
		batch, err := h.BatchOf(t.Context(), h.recipe.ID, "batch_step", c.ID)
		require.NoError(t, err)
		return batch
	}
	require.False(t, of().Open)
	h.set(t, c, engine.Succeeded)
	h.run(t)
	prune()
	require.Zero(t, of())
}

// TestBatchAtOnce: whatever comes at the same time, and however often its commit fails, each value is
// taken once.
func TestBatchAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const values = 90
	cut := errors.New("cut off")
	var mu sync.Mutex
	taken := map[any]int{}
	take := func(o logic.Outcome) {
		if o.Output == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, item := range o.Output.(map[string]any)["items"].([]any) {
			taken[item]++
		}
	}
	var calls []logic.Call
	for i := range values {
		calls = append(calls, h.call(t, h.run(t), engine.LogicBatch, fmt.Sprintf(`{"value": "%d", "count": 7, "for": 1, "unit": "hours"}`, i)))
	}
	var all sync.WaitGroup
	for _, c := range calls {
		all.Go(func() {
			_, err := h.try(context.Background(), c, cut)
			o, again := h.try(context.Background(), c, nil)
			if !errors.Is(err, cut) || again != nil {
				panic(fmt.Sprint(err, again))
			}
			take(o)
		})
	}
	all.Wait()
	// Those that wait are done again: the woken ones at once, and the last one when its hour is over.
	for _, after := range []time.Duration{0, time.Hour} {
		h.now = h.now.Add(after)
		for _, c := range calls {
			run, err := h.Run(t.Context(), c.RunID)
			require.NoError(t, err)
			if run.State == engine.Waiting && !run.DueAt.After(h.now) {
				c.Env.Now = h.now
				o, err := h.try(t.Context(), c, nil)
				require.NoError(t, err)
				take(o)
			}
		}
	}
	require.Len(t, taken, values)
	for value, n := range taken {
		require.Equal(t, 1, n, "value %v", value)
	}
}

func TestBatchMistakes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for with, says := range map[string]string{
		`{"value": 1}`:                             "until when",
		`{"value": 1, "count": 1001}`:              "from 1 to 1000",
		`{"value": 1, "for": 3, "unit": "moons"}`:  `"moons"`,
		`{"value": 1, "for": 60, "unit": "weeks"}`: "from 1 to 52",
	} {
		_, err := h.try(t.Context(), h.call(t, h.run(t), engine.LogicBatch, with), nil)
		require.ErrorContains(t, err, says)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	}
	c := h.call(t, h.run(t), engine.LogicBatch, `{"value": 1, "count": 2}`)
	c.Round = "0"
	_, err := h.try(t.Context(), c, nil)
	require.ErrorContains(t, err, "loop")
}
