package runtime_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// prober is the gate of an app that is away: each call that it lets in is a probe.
type prober struct{}

func (prober) Enter(context.Context, action.Call) (func(action.Result, error), error) {
	return func(_ action.Result, err error) {
		if f, ok := errors.AsType[*action.Failure](err); ok {
			f.Probe = true
		}
	}, nil
}

func TestProbesDoNotUseUpTheTries(t *testing.T) {
	down := action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Retry: true, Phase: action.Answered}
	times := func(n int, f action.Failure) (all []func(context.Context, action.Call) (action.Result, error)) {
		return slices.Repeat(append(all, fails(f)), n)
	}
	revoked := action.Failure{Err: engine.Errorf(engine.Unauthorized, "Reconnect it."), Reconnect: true, Phase: action.Answered}
	for name, c := range map[string]struct {
		failure action.Failure
		retry   *engine.Retry
		want    engine.State
		calls   int
	}{
		"an app that is away for long":         {down, nil, engine.Succeeded, 31},
		"unless the recipe counts the tries":   {down, &engine.Retry{Times: 2}, engine.Failed, 3},
		"a connection that waits to be mended": {revoked, &engine.Retry{}, engine.Succeeded, 31},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, engine.Step{ID: "post", Use: "test.act", Retry: c.retry})
			b.Gate = prober{}
			b.outside.answers = append(times(30, c.failure), answers("fine"))
			require.Equal(t, c.want, b.finish(t).State)
			require.Len(t, b.outside.calls, c.calls)
		})
	}
}
