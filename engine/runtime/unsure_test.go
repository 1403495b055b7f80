package runtime_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// TestALostAnswer: what may be sent again is, the rest is for a person to decide.
func TestALostAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		step engine.Step
		want engine.State
	}{
		"a POST":                   {act("x", nil), engine.Unsure},
		"a GET":                    {read("x", nil), engine.Succeeded},
		"a POST with a key":        {engine.Step{ID: "x", Use: "test.keyed"}, engine.Succeeded},
		"a method by a field: GET": {engine.Step{ID: "x", Use: "test.any", With: map[string]any{"method": "GET"}}, engine.Succeeded},
		"a method by a field: PUT": {engine.Step{ID: "x", Use: "test.any", With: map[string]any{"method": "PUT"}}, engine.Unsure},
		"a notification":           {engine.Step{ID: "x", Use: "test.note"}, engine.Succeeded},
		"rows for a file":          {engine.Step{ID: "x", Use: "test.append"}, engine.Unsure},
	} {
		t.Run(name+", since Bellhop was killed", func(t *testing.T) {
			b := newBench(t, order, c.step)
			run := b.run(t)
			run.State = engine.Running
			run.Steps = []engine.StepRun{{Step: "x", Use: c.step.Use, State: engine.Running, StartedAt: begin, Attempts: []engine.Attempt{{Number: 1, StartedAt: begin}}}}
			b.store.runs[1] = run
			after := b.finish(t)
			require.Equal(t, c.want, after.State)
			require.False(t, after.Steps[0].Attempts[0].FinishedAt.IsZero(), "the try that was cut off is closed")
			if c.want == engine.Unsure {
				require.Empty(t, b.outside.calls)
				require.Equal(t, engine.Unsure, after.Steps[0].State)
				require.Contains(t, after.Failure.Message, "it went through")
				require.Contains(t, after.Failure.Message, "send it again")
				require.Equal(t, after.Failure, after.Steps[0].Failure)
			}
		})
		t.Run(name+", since the connection broke", func(t *testing.T) {
			b := newBench(t, order, c.step)
			repeatable := c.want == engine.Succeeded // as package action judges it
			b.outside.answers = append(b.outside.answers[:0],
				fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Lost."), Phase: action.Between, Retry: repeatable}), answers("fine"))
			after := b.finish(t)
			require.Equal(t, c.want, after.State)
			require.Len(t, b.outside.calls, map[bool]int{true: 2, false: 1}[repeatable])
		})
	}
}

func TestWhatAPersonSendsAgainIsSent(t *testing.T) {
	b := newBench(t, order, act("x", nil))
	run := b.run(t)
	run.State = engine.Queued
	run.Steps = []engine.StepRun{{Step: "x", Use: "test.act", State: engine.Queued, StartedAt: begin, Attempts: []engine.Attempt{{Number: 1, StartedAt: begin}}}}
	b.store.runs[1] = run
	b.now = begin.Add(time.Minute)
	after := b.finish(t)
	require.Equal(t, engine.Succeeded, after.State)
	require.Len(t, after.Steps[0].Attempts, 2)
}

func TestWhatWasNotSentAsTheProgramEndedIsSentByTheNext(t *testing.T) {
	b := newBench(t, order, act("x", nil))
	ctx, end := context.WithCancel(t.Context())
	b.outside.answers = append(b.outside.answers[:0], func(context.Context, action.Call) (action.Result, error) {
		end()
		return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Unavailable, "not sent"), Phase: action.Before, Retry: true}
	}, answers("fine"))
	require.ErrorIs(t, b.Handle(ctx, engine.Job{RunID: 1}), context.Canceled)
	require.Equal(t, engine.Running, b.run(t).State)
	require.Equal(t, engine.Succeeded, b.finish(t).State, "nothing is in doubt")
	require.Len(t, b.outside.calls, 2)
}

// gate lets a call in after so many pauses.
type gate struct {
	pauses  int
	until   time.Time
	entered int
	left    []error
}

func (g *gate) Enter(context.Context, action.Call) (func(action.Result, error), error) {
	if g.pauses > 0 {
		g.pauses--
		return nil, &action.Paused{Until: g.until, Why: "Slack is away.", For: "Shop", Code: engine.Unavailable}
	}
	g.entered++
	return func(_ action.Result, err error) { g.left = append(g.left, err) }, nil
}

func TestTheGate(t *testing.T) {
	t.Run("a pause is no try", func(t *testing.T) {
		b := newBench(t, order, act("x", nil))
		g := &gate{pauses: 3, until: begin.Add(time.Hour)}
		b.Gate = g
		until, waits := engine.SnoozedUntil(b.handle(t))
		require.True(t, waits)
		require.Equal(t, g.until, until)
		run := b.run(t)
		require.Equal(t, engine.Waiting, run.State)
		require.Equal(t, &engine.Failure{Step: "x", Code: engine.Unavailable, Message: "Slack is away.", Unsent: true, WaitsFor: "Shop"}, run.Failure)
		require.Empty(t, run.Steps[0].Attempts)

		run = b.finish(t)
		require.Equal(t, engine.Succeeded, run.State)
		require.Len(t, run.Steps[0].Attempts, 1)
		require.Equal(t, []error{nil}, g.left)
	})
	t.Run("who waits is called sooner", func(t *testing.T) {
		b := newBench(t, order, act("x", nil))
		b.Gate = &gate{pauses: 1, until: begin.Add(time.Hour)}
		_, waits := engine.SnoozedUntil(b.handle(t))
		require.True(t, waits)
		run := b.run(t)
		run.DueAt = begin // the connection is there again
		b.store.runs[1] = run
		require.NoError(t, b.handle(t))
		require.Equal(t, engine.Succeeded, b.run(t).State)
	})
	t.Run("but a delay is not over sooner", func(t *testing.T) {
		b := newBench(t, order, engine.Step{ID: "wait", Use: "logic.delay", With: map[string]any{"for": "5"}})
		_, waits := engine.SnoozedUntil(b.handle(t))
		require.True(t, waits)
		run := b.run(t)
		run.DueAt = begin
		b.store.runs[1] = run
		until, waits := engine.SnoozedUntil(b.handle(t))
		require.True(t, waits)
		require.Equal(t, begin.Add(5*time.Minute), until)
	})
	t.Run("who came in leaves, whatever happens", func(t *testing.T) {
		for name, does := range map[string]func(b *bench){
			"refused": func(b *bench) {
				b.outside.answers[0] = fails(action.Failure{Err: engine.Errorf(engine.Refused, "No."), Phase: action.Answered})
			},
			"crashed": func(b *bench) {
				b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) { panic("boom") }
			},
			"not on record": func(b *bench) { b.store.broken = errBroken },
		} {
			b := newBench(t, order, act("x", nil))
			g := &gate{}
			b.Gate = g
			does(b)
			_ = b.handle(t)
			require.Len(t, g.left, 1, name)
			require.Error(t, g.left[0], name)
		}
	})
}

func TestWaitingAtTheGateIsNotBeingAway(t *testing.T) {
	b := newBench(t, order, act("x", nil))
	b.Gate = &gate{pauses: 1, until: begin.Add(100 * time.Hour)}
	b.outside.answers = append(b.outside.answers[:0],
		fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Nobody answers."), Phase: action.Before, Retry: true}), answers("fine"))
	require.Equal(t, engine.Succeeded, b.finish(t).State)
}
