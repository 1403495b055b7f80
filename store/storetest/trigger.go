package storetest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func triggerState(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	require.Empty(t, s.triggerState(t, one.ID, "through"))
	s.update(t, func(tx engine.Tx) error {
		if err := tx.SetTriggerState(one.ID, "through", "1"); err != nil {
			return err
		}
		return tx.SetTriggerState(one.ID, "other", "'ü")
	})
	s.update(t, func(tx engine.Tx) error {
		if err := tx.SetTriggerState(one.ID, "through", "2"); err != nil {
			return err
		}
		own, err := tx.TriggerState(t.Context(), one.ID, "through")
		require.Equal(t, "2", own)
		return err
	})
	require.Equal(t, "2", s.triggerState(t, one.ID, "through"))
	require.Equal(t, "'ü", s.triggerState(t, one.ID, "other"))
	require.Empty(t, s.triggerState(t, two.ID, "through"), "each recipe has its own")

	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error { return tx.SetTriggerState(77, "through", "1") }))
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(one.ID) })
	require.Empty(t, s.triggerState(t, one.ID, "through"), "it goes with the recipe")
}

// triggerStateWithRun: what a trigger remembers is kept or lost together with the event and the run.
func triggerStateWithRun(t *testing.T, s store) {
	r := s.recipe(t, "one")
	tick := func(outcome error) error {
		return s.Update(t.Context(), func(tx engine.Tx) error {
			e := engine.Event{RecipeID: r.ID, Key: "tick", ReceivedAt: at}
			if err := tx.AddEvent(&e); err != nil {
				return err
			}
			if err := tx.AddRun(&engine.Run{RecipeID: r.ID, Version: 1, EventID: e.ID, State: engine.Queued, CreatedAt: at}); err != nil {
				return err
			}
			if err := tx.SetTriggerState(r.ID, "through", "1"); err != nil {
				return err
			}
			return outcome
		})
	}
	require.Error(t, tick(errors.New("cut off")))
	require.Empty(t, s.triggerState(t, r.ID, "through"))
	_, err := s.EventByKey(t.Context(), r.ID, "tick")
	requireCode(t, engine.NotFound, err)

	require.NoError(t, tick(nil))
	require.Equal(t, "1", s.triggerState(t, r.ID, "through"))
	_, err = s.EventByKey(t.Context(), r.ID, "tick")
	require.NoError(t, err)
}

func (s store) triggerState(t *testing.T, recipe int64, key string) string {
	t.Helper()
	value, err := s.TriggerState(t.Context(), recipe, key)
	require.NoError(t, err)
	return value
}
