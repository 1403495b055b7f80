package limit_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/limit"
)

// After sleep, nobody waits for a probe that is minutes away; a few of those that wait come at once.
func TestAfterSleepAllThatIsAwayIsTriedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		released := map[string]int{}
		g := gate(t, limit.Params{Release: func(_ context.Context, name string, most int) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			released[name] = most
			return 0, nil
		}})
		a, b := to("A", engine.Limits{}), to("B", engine.Limits{})
		for _, call := range []action.Call{a, a, b} {
			goes(t, g, call, offline)
		}
		for range 5 { // the waits grow
			time.Sleep(time.Until(g.Trouble()[0].Next))
			goes(t, g, a, offline)
		}
		require.Greater(t, time.Until(g.Trouble()[0].Next), time.Minute)
		g.Again()
		synctest.Wait()
		require.Equal(t, map[string]int{"A": 3, "B": 3}, released)
		goes(t, g, b, nil)
		require.Empty(t, g.Trouble())

		refused := to("Refused", engine.Limits{})
		goes(t, g, refused, failed(engine.Unauthorized, action.Answered, func(f *action.Failure) { f.Reconnect = true }))
		g.Again()
		paused(t, g, refused) // sleep has mended nothing
	})
}

// An app that was away is tried, also while a call from before the sleep is still without an answer.
func TestAProbeFromBeforeTheSleepHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		a := to("A", engine.Limits{})
		for range 5 {
			goes(t, g, a, failed(engine.Unavailable, action.Answered, func(f *action.Failure) { f.Retry = true }))
		}
		time.Sleep(time.Until(g.Trouble()[0].Next))
		leave, err := g.Enter(t.Context(), a)
		require.NoError(t, err)
		paused(t, g, a)
		g.Again()
		goes(t, g, a, nil)
		require.Empty(t, g.Trouble())
		leave(action.Result{}, failed(engine.Unavailable, action.Before, func(f *action.Failure) { f.Retry = true }))
		require.Empty(t, g.Trouble(), "one failure is none")
	})
}
