package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// pausedRuns wait for a connection without a try, and are made due when it is back.
func pausedRuns(t *testing.T, s store) {
	r := s.recipe(t, "r")
	far := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	pause := func(waitsFor string, due time.Time) engine.Run {
		run := s.run(t, r.ID, engine.Waiting, due)
		run.Failure = &engine.Failure{Step: "post", Code: engine.Unavailable, Message: waitsFor + " is away.", WaitsFor: waitsFor}
		s.update(t, func(tx engine.Tx) error {
			if err := tx.SaveRun(run, engine.Waiting); err != nil {
				return err
			}
			return tx.SaveSteps(run.ID, engine.StepRun{Step: "post", Use: "slack.send_message", State: engine.Waiting, DueAt: due, Failure: run.Failure})
		})
		return run
	}
	first, second := pause(`My "shop"`, far), pause(`My "shop"`, far)
	pause("api.example:8443", far)
	late := pause("", far) // a delay, or a retry
	soon := pause(`My "shop"`, time.Now().Add(-time.Minute).UTC().Truncate(time.Microsecond))

	all, err := s.Paused(t.Context())
	require.NoError(t, err)
	require.Equal(t, []engine.Paused{
		{WaitsFor: `My "shop"`, Why: `My "shop" is away.`, Runs: 3},
		{WaitsFor: "api.example:8443", Why: "api.example:8443 is away.", Runs: 1},
	}, all)
	ids, err := s.PausedRuns(t.Context(), `My "shop"`, 10)
	require.NoError(t, err)
	require.Equal(t, []int64{first.ID, second.ID}, ids, "and not the one that is due")
	ids, err = s.PausedRuns(t.Context(), `My "shop"`, 1)
	require.NoError(t, err)
	require.Equal(t, []int64{first.ID}, ids)

	s.update(t, func(tx engine.Tx) error { return tx.MakeDue(first.ID, late.ID, soon.ID, 77) })
	for id, due := range map[int64]bool{first.ID: true, second.ID: false, late.ID: false, soon.ID: true} {
		run, err := s.Run(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, engine.Waiting, run.State)
		require.Equal(t, due, run.DueAt.Before(far), id)
		require.Equal(t, due, run.Steps[0].DueAt.Before(far), id)
	}
	ids, err = s.PausedRuns(t.Context(), `My "shop"`, 10)
	require.NoError(t, err)
	require.Equal(t, []int64{second.ID}, ids)
}
