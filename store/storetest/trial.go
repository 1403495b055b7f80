package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// trials are versions that nobody published: numbered down from -1, and one for the same draft.
func trials(t *testing.T, s store) {
	r := s.recipe(t, "Orders")
	draft, other := definition("Orders"), definition("Orders")
	other.Note = "tried"
	add := func(fn func(tx engine.Tx) (int, error)) (number int) {
		t.Helper()
		s.update(t, func(tx engine.Tx) (err error) {
			number, err = fn(tx)
			return err
		})
		return number
	}
	try := func(d engine.Definition) int {
		t.Helper()
		return add(func(tx engine.Tx) (int, error) { return tx.AddTrial(r.ID, d) })
	}
	require.Equal(t, -1, try(draft))
	require.Equal(t, -1, try(draft), "the same once more")
	require.Equal(t, -2, try(other))
	require.Equal(t, -2, try(other))
	require.Equal(t, -3, try(draft))

	require.Equal(t, 1, add(func(tx engine.Tx) (int, error) { return tx.AddVersion(r.ID, draft) }), "versions count from 1 all the same")
	require.Equal(t, 2, add(func(tx engine.Tx) (int, error) { return tx.AddVersion(r.ID, draft) }))
	require.Equal(t, -4, try(other))

	for number, want := range map[int]engine.Definition{-1: draft, -2: other, -3: draft, 1: draft} {
		got, err := s.Version(t.Context(), r.ID, number)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := s.Version(t.Context(), r.ID, -5)
	requireCode(t, engine.NotFound, err)
	_, err = s.Version(t.Context(), r.ID, 0)
	requireCode(t, engine.NotFound, err)

	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error {
		_, err := tx.AddTrial(r.ID+1, draft)
		return err
	}))

	s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(r.ID) })
	_, err = s.Version(t.Context(), r.ID, -1)
	requireCode(t, engine.NotFound, err)
}
