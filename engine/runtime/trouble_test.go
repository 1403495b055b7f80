package runtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

func TestWhatWasSentIsRecordedWhenTheStoreCanAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, order, act("post", nil))
		b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
			b.store.fail(engine.Errorf(engine.Unavailable, "The disk is full."))
			return action.Result{Output: "sent"}, nil
		}
		ended := make(chan error, 1)
		go func() { ended <- b.handle(t) }()
		<-time.After(time.Minute)
		synctest.Wait()
		require.Empty(t, ended, "it holds on to what it knows")
		require.Equal(t, engine.Running, b.run(t).State)

		b.store.fail(nil)
		require.NoError(t, <-ended)
		require.Equal(t, engine.Succeeded, b.run(t).State)
		require.Len(t, b.outside.calls, 1, "and does not send it again")
	})
}

func TestAnEndOfTheProgramIsNotHeldUpByAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, order, act("post", nil))
		ctx, end := context.WithCancel(t.Context())
		b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
			b.store.fail(engine.Errorf(engine.Unavailable, "The disk is full."))
			return action.Result{Output: "sent"}, nil
		}
		ended := make(chan error, 1)
		go func() { ended <- b.Handle(ctx, engine.Job{RunID: 1}) }()
		synctest.Wait()
		end()
		require.Equal(t, engine.Unavailable, engine.ErrorCode(<-ended))
	})
}

func TestAnAnswerThatCameAsTheProgramEndedIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want engine.State
	}{
		"done":    {nil, engine.Succeeded},
		"refused": {&action.Failure{Err: engine.Errorf(engine.Refused, "No."), Phase: action.Answered}, engine.Failed},
		"lost":    {&action.Failure{Err: engine.Errorf(engine.Unavailable, "cut off"), Phase: action.Between}, engine.Running},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, act("one", nil))
			ctx, end := context.WithCancel(t.Context())
			b.Ended = func(ctx context.Context, _ engine.Tx, _ engine.Run) ([]engine.Job, error) { return nil, ctx.Err() }
			b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
				end()
				return action.Result{Output: "fine"}, c.err
			}
			_ = b.Handle(ctx, engine.Job{RunID: 1}) // what counts is what is on record
			require.Equal(t, c.want, b.run(t).State)
		})
	}
}

func TestClocksThatAreSetBack(t *testing.T) {
	t.Run("a queued run does not wait for yesterday's tomorrow", func(t *testing.T) {
		b := newBench(t, order, act("post", nil))
		b.now = begin.Add(-24 * time.Hour)
		require.NoError(t, b.handle(t))
		require.Equal(t, engine.Succeeded, b.run(t).State)
	})
	t.Run("a run that was cut off neither", func(t *testing.T) {
		b := newBench(t, order, act("post", nil))
		run := b.run(t)
		run.State = engine.Running
		b.store.runs[1] = run
		b.now = begin.Add(-24 * time.Hour)
		require.NoError(t, b.handle(t))
		require.Equal(t, engine.Succeeded, b.run(t).State)
	})
	t.Run("only what waits has a time", func(t *testing.T) {
		b := newBench(t, order, act("post", nil))
		b.outside.answers = append(b.outside.answers[:0],
			fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Retry: true}), answers("fine"))
		_ = b.handle(t)
		require.Equal(t, begin.Add(2*time.Second), b.run(t).DueAt)
		require.Zero(t, b.finish(t).DueAt)
	})
	t.Run("tries are counted all the same", func(t *testing.T) {
		b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", Retry: &engine.Retry{Times: 3}})
		b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
			b.now = b.now.Add(-time.Hour)
			return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Retry: true}
		}
		run := b.finish(t)
		require.Equal(t, engine.Failed, run.State)
		require.Equal(t, engine.Unavailable, run.Failure.Code)
		require.Len(t, b.outside.calls, 4)
	})
	t.Run("also when the keyring was waited for meanwhile", func(t *testing.T) {
		b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", Connection: "Shop", Retry: &engine.Retry{Times: 3}})
		asked := 0
		b.Accounts = accountFunc(func(string) (engine.Account, error) {
			if asked++; asked == 1 {
				return engine.Account{}, engine.Errorf(engine.Unavailable, "The keyring is locked.")
			}
			return engine.Account{}, nil
		})
		b.outside.answers[0] = fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Retry: true})
		_, waits := engine.SnoozedUntil(b.handle(t))
		require.True(t, waits)
		b.now = begin.Add(-24 * time.Hour)
		waiting := b.run(t)
		waiting.DueAt = b.now
		b.store.runs[1] = waiting
		require.Equal(t, engine.Failed, b.finish(t).State)
		require.Len(t, b.outside.calls, 4)
	})
}

func TestARunWhoseRecipeIsDeletedMeanwhileEndsQuietly(t *testing.T) {
	b := newBench(t, order, act("one", nil), act("two", nil))
	b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
		b.store.mu.Lock()
		defer b.store.mu.Unlock()
		clear(b.store.runs)
		return action.Result{Output: "sent"}, nil
	}
	require.NoError(t, b.handle(t))
	require.Len(t, b.outside.calls, 1)
}

func TestAStepThatEndsTheProgramEachTimeIsNotSentForEver(t *testing.T) {
	b := newBench(t, order, read("post", nil))
	b.outside.answers[0] = func(ctx context.Context, _ action.Call) (action.Result, error) {
		return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Unavailable, "killed"), Phase: action.Between}
	}
	for range 20 {
		ctx, kill := context.WithCancel(t.Context())
		kill()
		_ = b.Handle(ctx, engine.Job{RunID: 1})
	}
	run := b.run(t)
	require.Equal(t, engine.Unsure, run.State)
	require.Equal(t, engine.Unsure, run.Steps[0].State)
	require.Contains(t, run.Failure.Message, "5 times")
	require.Len(t, b.outside.calls, 5)

	// A person who looked there may send it again.
	run.State, run.Steps[0].State = engine.Queued, engine.Queued
	b.store.runs[1] = run
	b.now = b.now.Add(time.Hour)
	b.outside.answers[0] = answers("fine")
	require.Equal(t, engine.Succeeded, b.finish(t).State)
}

func TestOnlyNewAttemptsAreWritten(t *testing.T) {
	b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", Retry: &engine.Retry{Times: 20}})
	b.outside.answers[0] = fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Retry: true})
	run := b.finish(t)
	require.Len(t, run.Steps[0].Attempts, 21)
	require.LessOrEqual(t, b.store.attempts, 2*21+20)
}

func TestWhatIsShownInALineIsBounded(t *testing.T) {
	long := strings.Repeat("ä", 100_000)
	body, err := json.Marshal(map[string]any{"name": long})
	require.NoError(t, err)
	b := newBench(t, string(body), engine.Step{ID: "end", Use: "logic.stop", With: map[string]any{"reason": "{{trigger.name}}"}})
	run := b.finish(t)
	require.Len(t, []rune(run.Title), 120)
	require.Len(t, []rune(run.Steps[0].Note), 500)
	require.True(t, strings.HasSuffix(run.Title, "ä…"))
}

func TestARunThatGoesOnHasNoFailure(t *testing.T) {
	b := newBench(t, order, act("post", nil))
	b.outside.answers = append(b.outside.answers[:0], fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Retry: true}),
		func(context.Context, action.Call) (action.Result, error) {
			if run := b.run(t); run.Failure != nil {
				return action.Result{}, fmt.Errorf("it is %s with the failure %v", run.State, run.Failure)
			}
			return action.Result{Output: "fine"}, nil
		})
	require.Equal(t, engine.Succeeded, b.finish(t).State)
}
