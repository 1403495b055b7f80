package runtime_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// pauseDuring pauses all recipes while the call with that number, from 1, is under way.
func (b *bench) pauseDuring(call int32) *atomic.Bool {
	var paused atomic.Bool
	var calls atomic.Int32
	b.Paused = paused.Load
	answer := b.outside.answers[0]
	b.outside.answers = []func(context.Context, action.Call) (action.Result, error){
		func(ctx context.Context, c action.Call) (action.Result, error) {
			if calls.Add(1) == call {
				paused.Store(true)
			}
			return answer(ctx, c)
		},
	}
	return &paused
}

func TestAPauseLetsTheStepEndAndNoOtherBegin(t *testing.T) {
	for name, again := range map[string]func(b *bench){
		"the same Bellhop goes on": func(*bench) {},
		"another one does, after a crash": func(b *bench) {
			params := b.Params
			b.Runtime = newBench(t, order).Runtime
			b.Params = params
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, act("one", nil), filter("big", "{{trigger.total_price}}", "greater_than", "100"),
				act("two", nil), act("three", nil))
			paused := b.pauseDuring(1)
			_, snoozed := engine.SnoozedUntil(b.handle(t))
			require.True(t, snoozed)
			require.Len(t, b.outside.calls, 1)
			run := b.run(t)
			require.Equal(t, engine.Queued, run.State, "it does not look as if it were being done")
			require.Zero(t, run.DueAt)
			require.Equal(t, engine.Succeeded, run.Steps[0].State, "what was done is on disk")
			require.Equal(t, "Order #1042", run.Title)

			again(b)
			_, snoozed = engine.SnoozedUntil(b.handle(t))
			require.True(t, snoozed)
			require.Len(t, b.outside.calls, 1)

			paused.Store(false)
			require.Equal(t, engine.Succeeded, b.finish(t).State)
			require.Len(t, b.outside.calls, 3, "each once")
		})
	}
}

func TestAPauseStopsALoopBetweenItsRounds(t *testing.T) {
	for name, atOnce := range map[string]string{"one by one": "1", "several at once": "3"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, lines, loop("each", "{{trigger.lines}}", atOnce, act("one", nil)), act("after", nil))
			paused := b.pauseDuring(2)
			_, snoozed := engine.SnoozedUntil(b.handle(t))
			require.True(t, snoozed)
			done := len(b.outside.calls)
			require.GreaterOrEqual(t, done, 2)
			require.Less(t, done, 5)
			require.Equal(t, engine.Queued, b.run(t).State)

			paused.Store(false)
			require.Equal(t, engine.Succeeded, b.finish(t).State)
			require.Len(t, b.outside.calls, 6, "five rounds and the step after them, each once")
		})
	}
}

func TestARunThatOnlyComputesEndsDuringAPause(t *testing.T) {
	b := newBench(t, order, filter("big", "{{trigger.total_price}}", "greater_than", "500"), act("post", nil))
	b.Paused = func() bool { return true }
	require.Equal(t, engine.Filtered, b.finish(t).State)
}
