package runtime_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

const order = `{"name":"#1042","total_price":"189.00","id":820982911946154508}`

func TestStepsRunInOrderAndSeeWhatCameBefore(t *testing.T) {
	b := newBench(t, order,
		filter("big", "{{trigger.total_price}}", "greater_than", "100"),
		act("post", map[string]any{"text": "Order {{trigger.name}}", "id": "{{trigger.id}}"}),
		act("note", map[string]any{"ref": "{{post.ts}}"}),
	)
	b.outside.answers = append(b.outside.answers[:0], answers(map[string]any{"ts": json.Number("17.5")}), answers("done"))

	run := b.finish(t)
	require.Equal(t, engine.Succeeded, run.State)
	require.Equal(t, "Order #1042", run.Title)
	require.Nil(t, run.Failure)
	require.False(t, run.StartedAt.IsZero())
	require.False(t, run.FinishedAt.IsZero())

	require.Len(t, b.outside.calls, 2)
	require.Equal(t, map[string]any{"text": "Order #1042", "id": json.Number("820982911946154508")}, b.outside.calls[0].With)
	require.Equal(t, map[string]any{"ref": json.Number("17.5")}, b.outside.calls[1].With)
	require.Equal(t, "bellhop-7-1-post", b.outside.calls[0].IdempotencyKey)

	require.Len(t, run.Steps, 3)
	require.Contains(t, run.Steps[0].Note, "189")
	require.JSONEq(t, `{"text":"Order #1042","id":820982911946154508}`, text(run.Steps[1].Input))
	require.JSONEq(t, `{"ts":17.5}`, text(run.Steps[1].Output))
	require.Len(t, run.Steps[1].Attempts, 1)
	require.Equal(t, 200, run.Steps[1].Attempts[0].Response.Status)
	require.Equal(t, []engine.State{engine.Running, engine.Running, engine.Succeeded}, b.published.states)
}

func TestAFilterEndsTheRunInOneCommit(t *testing.T) {
	b := newBench(t, order, filter("big", "{{trigger.total_price}}", "greater_than", "500"), act("post", nil))
	run := b.finish(t)
	require.Equal(t, engine.Filtered, run.State)
	require.Nil(t, run.Failure, "filtered is not failed")
	require.Empty(t, b.outside.calls)
	require.Equal(t, engine.Filtered, run.Steps[0].State)
	require.Equal(t, 1, b.store.commits)
}

func TestStopEndsTheRunWithItsReason(t *testing.T) {
	b := newBench(t, order,
		engine.Step{ID: "end", Use: "logic.stop", With: map[string]any{"reason": "Nothing to do for {{trigger.name}}"}}, act("post", nil))
	run := b.finish(t)
	require.Equal(t, engine.Succeeded, run.State)
	require.Equal(t, "Nothing to do for #1042", run.Steps[0].Note)
	require.Empty(t, b.outside.calls)
}

func TestAStepIsOnRecordBeforeItsRequestIsSent(t *testing.T) {
	b := newBench(t, order, act("one", nil), act("two", nil))
	var seen []engine.Run
	b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
		seen = append(seen, b.run(t))
		return action.Result{Output: "fine"}, nil
	}
	b.finish(t)
	require.Len(t, seen, 2)
	require.Equal(t, engine.Running, seen[0].State)
	require.Equal(t, engine.Running, seen[0].Steps[0].State)
	require.True(t, seen[0].Steps[0].Attempts[0].FinishedAt.IsZero())
	require.Equal(t, engine.Succeeded, seen[1].Steps[0].State, "the first outcome is committed before the second request")
	require.Equal(t, engine.Running, seen[1].Steps[1].State)
}

func TestAPassingFailureIsTriedAgainLater(t *testing.T) {
	b := newBench(t, order, act("post", nil))
	b.outside.answers = append(b.outside.answers[:0],
		fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "The app is down."), Retry: true}),
		fails(action.Failure{Err: engine.Errorf(engine.Limited, "Slow down."), Retry: true, RetryAfter: 30 * time.Second}),
		answers("fine"),
	)
	until, ok := engine.SnoozedUntil(b.handle(t))
	require.True(t, ok)
	require.Equal(t, begin.Add(2*time.Second), until)
	waiting := b.run(t)
	require.Equal(t, engine.Waiting, waiting.State)
	require.Equal(t, until, waiting.DueAt)
	require.Equal(t, "The app is down.", waiting.Failure.Message)

	early, ok := engine.SnoozedUntil(b.handle(t))
	require.True(t, ok, "not before it is due")
	require.Equal(t, until, early)
	require.Len(t, b.outside.calls, 1)

	b.now = until
	until, _ = engine.SnoozedUntil(b.handle(t))
	require.Equal(t, b.now.Add(30*time.Second), until, "what the app asked for is more than our own wait")

	run := b.finish(t)
	require.Equal(t, engine.Succeeded, run.State)
	require.Nil(t, run.Failure)
	require.Len(t, run.Steps[0].Attempts, 3)
	require.Equal(t, []int{1, 2, 3}, []int{run.Steps[0].Attempts[0].Number, run.Steps[0].Attempts[1].Number, run.Steps[0].Attempts[2].Number})
	require.Equal(t, "Slow down.", run.Steps[0].Attempts[1].Failure.Message)
	require.Nil(t, run.Steps[0].Attempts[2].Failure)
}

func TestTriesAreBoundedAndWaitsGrow(t *testing.T) {
	b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", Retry: &engine.Retry{Times: 3}})
	b.outside.answers[0] = fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Retry: true})
	run := b.finish(t)
	require.Equal(t, engine.Failed, run.State)
	require.Len(t, b.outside.calls, 4)
	require.Equal(t, begin.Add((2+4+8)*time.Second), run.FinishedAt)
	require.Equal(t, &engine.Failure{Step: "post", Code: engine.Unavailable, Message: "Down."}, run.Failure)
}

func TestBeingOfflineIsNoFailure(t *testing.T) {
	away := fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Nobody answers."), Retry: true, Phase: action.Before})
	down := fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Retry: true, Phase: action.Answered})
	slower := fails(action.Failure{Err: engine.Errorf(engine.Limited, "Slow down."), Retry: true, RetryAfter: time.Second, Phase: action.Answered})
	for name, c := range map[string]struct {
		retry   *engine.Retry
		answers []func(context.Context, action.Call) (action.Result, error)
		want    engine.State
		calls   int
	}{
		"an app that comes back after a day": {nil, append(slices.Repeat([]func(context.Context, action.Call) (action.Result, error){away}, 150), answers("fine")), engine.Succeeded, 151},
		"and then is down for long":          {nil, append(slices.Repeat([]func(context.Context, action.Call) (action.Result, error){away}, 150), down), engine.Failed, 150 + 1 + engine.DefaultRetryTimes},
		"an app that has enough to do":       {nil, append(slices.Repeat([]func(context.Context, action.Call) (action.Result, error){slower}, 100), answers("fine")), engine.Succeeded, 101},
		"and that for good":                  {&engine.Retry{Times: 2}, []func(context.Context, action.Call) (action.Result, error){slower}, engine.Failed, 3},
		"a recipe that counts its tries":     {&engine.Retry{Times: 2}, []func(context.Context, action.Call) (action.Result, error){away}, engine.Failed, 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", Retry: c.retry})
			b.outside.answers = c.answers
			require.Equal(t, c.want, b.finish(t).State)
			require.Len(t, b.outside.calls, c.calls)
		})
	}

	b := newBench(t, order, act("post", nil))
	b.outside.answers[0] = away
	gone := b.finish(t)
	require.Equal(t, engine.Failed, gone.State, "not for ever")
	require.InDelta(t, 72, gone.FinishedAt.Sub(begin).Hours(), 1)
}

func TestAFailureForGoodIsNotTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		onFailure engine.OnFailure
		want      engine.State
		calls     int
	}{
		"stop is the default": {"", engine.Failed, 1},
		"stop":                {engine.OnFailureStop, engine.Failed, 1},
		"hold":                {engine.OnFailureHold, engine.Held, 1},
		"continue":            {engine.OnFailureContinue, engine.Succeeded, 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", OnFailure: c.onFailure}, act("after", nil))
			b.outside.answers = append(b.outside.answers[:0],
				fails(action.Failure{Err: engine.Errorf(engine.Refused, "No such channel."), Detail: "channel_not_found"}), answers("fine"))
			run := b.finish(t)
			require.Equal(t, c.want, run.State)
			require.Len(t, b.outside.calls, c.calls)
			require.Equal(t, engine.Failed, run.Steps[0].State)
			require.Equal(t, "channel_not_found", run.Steps[0].Failure.Detail)
		})
	}
}

func TestALostAnswerLeavesTheRunUnsure(t *testing.T) {
	b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", OnFailure: engine.OnFailureContinue}, act("after", nil))
	b.outside.answers[0] = fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "The answer was lost."), Phase: action.Between})
	run := b.finish(t)
	require.Equal(t, engine.Unsure, run.State, "it may have arrived: neither failed nor to be sent again by itself")
	require.Equal(t, engine.Unsure, run.Steps[0].State)
	require.Len(t, b.outside.calls, 1)
}

func TestALockedKeyringIsWaitedFor(t *testing.T) {
	b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", Connection: "Shop", Retry: &engine.Retry{}})
	locked := 0
	b.Accounts = accountFunc(func(string) (engine.Account, error) {
		if locked++; locked < 5 {
			return engine.Account{}, engine.Errorf(engine.Unavailable, "The keyring is locked.")
		}
		return engine.Account{Secrets: map[string]string{"key": "s"}}, nil
	})
	run := b.finish(t)
	require.Equal(t, engine.Succeeded, run.State)
	require.Equal(t, "s", b.outside.calls[0].Account.Secrets["key"])
	require.Equal(t, begin.Add(4*time.Minute), run.FinishedAt)
}

func TestAPillThatFindsNothingFailsTheStepInWords(t *testing.T) {
	b := newBench(t, order, act("post", map[string]any{"text": "{{trigger.nmae}}"}))
	run := b.finish(t)
	require.Equal(t, engine.Failed, run.State)
	require.Equal(t, engine.Invalid, run.Failure.Code)
	require.Contains(t, run.Failure.Message, "nmae")
	require.Contains(t, run.Failure.Message, `Did you mean "name"?`, "although the recipe uses nothing of that name")
	require.Empty(t, b.outside.calls)
}

func TestARunGoesOnWhereTheRecordEnds(t *testing.T) {
	b := newBench(t, order, act("one", nil), read("two", map[string]any{"ref": "{{one.ts}}"}))
	run := b.run(t)
	run.State, run.StartedAt = engine.Running, begin
	run.Steps = []engine.StepRun{
		{Position: 0, Step: "one", Use: "test.act", State: engine.Succeeded, Output: json.RawMessage(`{"ts":"99"}`), StartedAt: begin},
		{Position: 1, Step: "two", Use: "test.act", State: engine.Running, StartedAt: begin, Attempts: []engine.Attempt{{Number: 1, StartedAt: begin}}},
	}
	b.store.runs[1] = run
	b.now = begin.Add(time.Hour)

	after := b.finish(t)
	require.Equal(t, engine.Succeeded, after.State)
	require.Len(t, b.outside.calls, 1, "what is on record is not done again")
	require.Equal(t, map[string]any{"ref": "99"}, b.outside.calls[0].With)
	attempts := after.Steps[1].Attempts
	require.Len(t, attempts, 2)
	require.Contains(t, attempts[0].Failure.Message, "stopped before the answer came")
	require.Nil(t, attempts[1].Failure)
	require.Equal(t, begin, after.StartedAt)
}

func TestWhenTheStoreFailsNothingIsSent(t *testing.T) {
	b := newBench(t, order, act("post", nil))
	b.store.broken = errBroken
	require.ErrorIs(t, b.handle(t), errBroken)
	require.Empty(t, b.outside.calls)

	b.store.broken = nil
	require.Equal(t, engine.Succeeded, b.finish(t).State)
}

func TestARunCancelledMeanwhileGoesNoFurther(t *testing.T) {
	b := newBench(t, order, act("one", nil), act("two", nil))
	b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
		run := b.run(t)
		run.State = engine.Cancelled
		b.store.runs[1] = run
		return action.Result{Output: "sent"}, nil
	}
	require.NoError(t, b.handle(t))
	run := b.run(t)
	require.Equal(t, engine.Cancelled, run.State)
	require.Len(t, b.outside.calls, 1)
	require.Equal(t, engine.Succeeded, run.Steps[0].State, "what was sent stays on record")
}

func TestALoopCancelledMeanwhileGoesNoFurther(t *testing.T) {
	for _, atOnce := range []string{"1", "3"} {
		b := newBench(t, `{"lines":["a","b","c","d","e","f"]}`, loop("each", "{{trigger.lines}}", atOnce, act("one", nil)))
		b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
			b.store.mu.Lock()
			defer b.store.mu.Unlock()
			run := b.store.runs[1]
			run.State = engine.Cancelled
			b.store.runs[1] = run
			return action.Result{Output: "sent"}, nil
		}
		require.NoError(t, b.handle(t))
		run := b.run(t)
		require.Equal(t, engine.Cancelled, run.State)
		require.LessOrEqual(t, len(b.outside.calls), 3)
		require.Equal(t, engine.Cancelled, run.Steps[0].State)
		sent := 0
		for _, s := range run.Steps[1:] {
			require.Equal(t, engine.Succeeded, s.State, "what was sent stays on record")
			sent++
		}
		require.Len(t, b.outside.calls, sent)
	}
}

func TestWhenTheProgramEndsTheRunStaysForTheNextStart(t *testing.T) {
	b := newBench(t, order, read("one", nil))
	ctx, end := context.WithCancel(t.Context())
	b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
		end()
		return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Unavailable, "cut off"), Retry: true}
	}
	require.ErrorIs(t, b.Handle(ctx, engine.Job{RunID: 1}), context.Canceled)
	require.Equal(t, engine.Running, b.run(t).State)

	b.outside.answers[0] = answers("fine")
	require.Equal(t, engine.Succeeded, b.finish(t).State)
}

func TestWhatCannotRunFailsInWords(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		step engine.Step
		want string
	}{
		"unknown operation":  {order, engine.Step{ID: "x", Use: "nobody.knows"}, "does not know"},
		"missing connection": {order, engine.Step{ID: "x", Use: "test.act", Connection: "Gone"}, "no connection named"},
		"unreadable body":    {`{"a":`, act("x", nil), "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c.body, c.step)
			run := b.finish(t)
			require.Equal(t, engine.Failed, run.State)
			require.Contains(t, run.Failure.Message, c.want)
			require.Empty(t, b.outside.calls)
		})
	}
}

func TestACrashingStepTroublesItsRunOnly(t *testing.T) {
	for name, c := range map[string]struct {
		crash string
		want  engine.State
	}{
		"before its request": {"account", engine.Failed},
		"in its request":     {"request", engine.Unsure},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", Connection: "Shop"})
			b.Accounts = accountFunc(func(string) (engine.Account, error) {
				if c.crash == "account" {
					panic("boom")
				}
				return engine.Account{}, nil
			})
			b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) { panic("boom") }
			run := b.finish(t)
			require.Equal(t, c.want, run.State)
			require.Equal(t, engine.Internal, run.Failure.Code)
			require.NotContains(t, run.Failure.Message, "boom", "people are not shown a crash's text")
		})
	}
}

func TestARunThatIsOverOrGoneIsNothingToDo(t *testing.T) {
	b := newBench(t, order, act("post", nil))
	b.finish(t)
	require.NoError(t, b.handle(t))
	require.NoError(t, b.Handle(t.Context(), engine.Job{RunID: 99}))
	require.Len(t, b.outside.calls, 1)
}
