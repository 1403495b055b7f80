package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// cancelMany cancels runs of all states at once: the outcome is as if each were saved by itself.
func cancelMany(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	failure := &engine.Failure{Step: "post", Code: engine.Unavailable, Message: "Away."}
	var ids, want []int64
	for _, state := range engine.States {
		run := s.run(t, recipe.ID, state, time.Time{})
		run.Failure = failure
		s.update(t, func(tx engine.Tx) error {
			if err := tx.SaveRun(run, state); err != nil {
				return err
			}
			return tx.SaveSteps(run.ID,
				engine.StepRun{Position: 0, State: engine.Succeeded, FinishedAt: at},
				engine.StepRun{Position: 1, State: engine.Waiting, DueAt: at, Attempts: []engine.Attempt{{Number: 1, StartedAt: at, Failure: failure}}})
		})
		ids = append(ids, run.ID)
		if state.CanBecome(engine.Cancelled) {
			want = append(want, run.ID)
		}
	}
	end := at.Add(time.Hour)
	s.update(t, func(tx engine.Tx) error {
		got, err := tx.CancelRuns(append(ids, 99_999), end)
		require.ElementsMatch(t, want, got)
		return err
	})
	for i, state := range engine.States {
		run, err := s.Run(t.Context(), ids[i])
		require.NoError(t, err)
		require.Equal(t, at, run.Steps[0].FinishedAt)
		require.Len(t, run.Steps[1].Attempts, 1)
		if !state.CanBecome(engine.Cancelled) {
			require.Equal(t, state, run.State)
			require.Equal(t, engine.Waiting, run.Steps[1].State)
			continue
		}
		require.Equal(t, engine.Cancelled, run.State)
		require.Equal(t, end, run.FinishedAt)
		if state == engine.Running {
			require.Equal(t, failure, run.Failure)
			require.Equal(t, engine.Waiting, run.Steps[1].State, "the runtime tells how it ended")
		} else {
			require.Nil(t, run.Failure)
			require.Equal(t, engine.Cancelled, run.Steps[1].State)
			require.Equal(t, end, run.Steps[1].FinishedAt)
			require.Zero(t, run.Steps[1].DueAt)
		}
	}
	counts, err := s.StateCounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, len(want)+1, counts[engine.Cancelled], "those, and the one that was so already")
	require.Empty(t, s.ready(t, recipe.ID))

	// Of a line, whoever is left has its turn.
	var line []int64
	for range 5 {
		line = append(line, s.inOrder(t, recipe.ID, "a").ID)
	}
	s.update(t, func(tx engine.Tx) error {
		_, err := tx.CancelRuns([]int64{line[0], line[1], line[3]}, end)
		return err
	})
	require.Equal(t, []int64{line[2]}, s.ready(t, recipe.ID))
	s.update(t, func(tx engine.Tx) error {
		got, err := tx.CancelRuns(nil, end)
		require.Empty(t, got)
		return err
	})
}
