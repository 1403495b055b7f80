package storetest

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// fresh: what is read ahead is what reading one by one gives, and only of runs that were not begun.
func fresh(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	add := func(key string, body []byte, run engine.Run) int64 {
		s.update(t, func(tx engine.Tx) error {
			e := engine.Event{RecipeID: recipe.ID, Key: key, Body: body, ContentType: "application/json", ReceivedAt: at,
				Request: engine.Request{Method: "POST", Headers: map[string]string{"A": "b"}}}
			if err := tx.AddEvent(&e); err != nil {
				return err
			}
			run.RecipeID, run.EventID, run.CreatedAt = recipe.ID, e.ID, at
			return tx.AddRun(&run)
		})
		return run.ID
	}
	small := []byte(`{"id": 1}`)
	plain := add("plain", small, engine.Run{State: engine.Queued, Version: 3})
	whole := add("whole", small, engine.Run{
		State: engine.Queued, Version: 4, ReplayOf: plain, Recovered: true, CalledBy: plain, Depth: 2, OrderKey: "a", Title: "Order #1",
		StartedAt: at.Add(time.Second),
	})
	ids := []int64{
		plain, whole, 99_999,
		add("large", bytes.Repeat([]byte("x"), 1<<20), engine.Run{State: engine.Queued}),
		add("empty", nil, engine.Run{State: engine.Queued}),
		add("running", small, engine.Run{State: engine.Running}),
		add("over", small, engine.Run{State: engine.Succeeded}),
	}
	begun := add("begun", small, engine.Run{State: engine.Queued})
	s.update(t, func(tx engine.Tx) error { return tx.SaveSteps(begun, engine.StepRun{State: engine.Succeeded}) })

	got, err := s.Fresh(t.Context(), append(ids, begun))
	require.NoError(t, err)
	require.Len(t, got, 2)
	for _, id := range []int64{plain, whole} {
		run, err := s.Run(t.Context(), id)
		require.NoError(t, err)
		event, err := s.Event(t.Context(), run.EventID)
		require.NoError(t, err)
		require.Equal(t, &engine.Fresh{Run: run, Event: event}, got[id])
	}
	got, err = s.Fresh(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, got)

	var many []int64
	for i := range 400 {
		many = append(many, add(string(rune('0'+i)), bytes.Repeat([]byte("y"), 60<<10), engine.Run{State: engine.Queued}))
	}
	got, err = s.Fresh(t.Context(), many)
	require.NoError(t, err)
	require.NotEmpty(t, got)
	require.Less(t, len(got), 300, "no more than a few megabytes")
	require.Contains(t, got, many[0], "from the first on")
}
