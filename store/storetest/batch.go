package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func batches(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	get := func(recipe int64, place string) engine.Batch {
		b, err := s.OpenBatch(t.Context(), recipe, place)
		require.NoError(t, err)
		return b
	}
	of := func(run int64) engine.Batch {
		b, err := s.BatchOf(t.Context(), one.ID, "collect", run)
		require.NoError(t, err)
		return b
	}
	require.Zero(t, get(one.ID, "collect"))

	b := engine.Batch{RecipeID: one.ID, Place: "collect", RunID: 7, Open: true, CreatedAt: at, DueAt: at.Add(time.Hour)}
	s.update(t, func(tx engine.Tx) error { return tx.AddBatch(&b) })
	require.Equal(t, b, get(one.ID, "collect"))
	require.Zero(t, get(one.ID, "other"))
	require.Zero(t, get(two.ID, "collect"))
	twin := b
	requireCode(t, engine.Conflict, s.Update(t.Context(), func(tx engine.Tx) error { return tx.AddBatch(&twin) }))

	put := func(batch, run int64, value string) {
		s.update(t, func(tx engine.Tx) error { return tx.PutBatchValue(batch, run, json.RawMessage(value)) })
	}
	put(b.ID, 9, `"ü"`)
	put(b.ID, 7, `1`)
	put(b.ID, 7, `10`) // again, with another value
	put(b.ID, 8, `null`)
	b.Count, b.Size = 3, len(`10null"ü"`)
	require.Equal(t, b, get(one.ID, "collect"))
	require.Equal(t, b, of(8))
	require.Zero(t, of(6))
	s.update(t, func(tx engine.Tx) error { return tx.DropBatchValue(b.ID, 8) })
	require.Zero(t, of(8))
	values, err := s.BatchValues(t.Context(), b.ID)
	require.NoError(t, err)
	require.Equal(t, []json.RawMessage{[]byte(`10`), []byte(`"ü"`)}, values)

	b.RunID, b.Open, b.DueAt = 9, false, at.Add(time.Minute)
	s.update(t, func(tx engine.Tx) error { return tx.SaveBatch(b) })
	require.Zero(t, get(one.ID, "collect"))
	b.Count, b.Size = 2, len(`10"ü"`)
	require.Equal(t, b, of(7))
	s.update(t, func(tx engine.Tx) error { return tx.AddBatch(&twin) }) // the next one

	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveBatch(engine.Batch{ID: 77}) }))
	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error { return tx.PutBatchValue(77, 1, json.RawMessage(`1`)) }))
	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error {
		return tx.AddBatch(&engine.Batch{RecipeID: 77, Place: "collect", RunID: 7, Open: true})
	}))
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(one.ID) })
	require.Zero(t, of(7))
	require.Zero(t, get(one.ID, "collect"))
}
