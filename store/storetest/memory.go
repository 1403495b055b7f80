package storetest

import (
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func memory(t *testing.T, s store) {
	r := s.recipe(t, "one")
	get := func(recipe int64, name string) engine.Memory {
		m, err := s.Memory(t.Context(), recipe, name)
		require.NoError(t, err)
		return m
	}
	require.Equal(t, engine.Memory{RecipeID: r.ID, Name: "count"}, get(r.ID, "count"), "nothing is kept yet")

	own := engine.Memory{RecipeID: r.ID, Name: "count", Value: json.RawMessage(`9007199254740993`), UpdatedAt: at}
	shared := engine.Memory{Name: "count", Value: json.RawMessage(`{"a":["ü",null]}`), UpdatedAt: at.Add(time.Hour)}
	s.update(t, func(tx engine.Tx) error { return errors.Join(tx.SetMemory(own), tx.SetMemory(shared)) })
	require.Equal(t, own, get(r.ID, "count"))
	require.Equal(t, shared, get(0, "count"), "what is shared is apart from what is a recipe's own")

	own.Value, own.UpdatedAt = json.RawMessage(`null`), at.Add(2*time.Hour)
	s.update(t, func(tx engine.Tx) error { return tx.SetMemory(own) })
	require.Equal(t, own, get(r.ID, "count"), "null is a value")

	s.update(t, func(tx engine.Tx) error { return tx.SetMemory(engine.Memory{RecipeID: r.ID, Name: "count"}) })
	require.Nil(t, get(r.ID, "count").Value)
	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error {
		return tx.SetMemory(engine.Memory{RecipeID: 77, Name: "x", Value: json.RawMessage(`1`)})
	}))
}

func memoryForgotten(t *testing.T, s store) {
	r := s.recipe(t, "one")
	m := engine.Memory{RecipeID: r.ID, Name: "x", Value: json.RawMessage(`1`), UpdatedAt: at}
	shared := engine.Memory{Name: "x", Value: json.RawMessage(`2`), UpdatedAt: at}
	s.update(t, func(tx engine.Tx) error { return errors.Join(tx.SetMemory(m), tx.SetMemory(shared)) })
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(r.ID) })
	got, err := s.Memory(t.Context(), r.ID, "x")
	require.NoError(t, err)
	require.Nil(t, got.Value)
	got, err = s.Memory(t.Context(), 0, "x")
	require.NoError(t, err)
	require.Equal(t, shared, got)
}

// mark marks a key in a transaction of its own.
func (s store) mark(t *testing.T, recipe int64, place, key string) (first bool, at time.Time) {
	t.Helper()
	s.update(t, func(tx engine.Tx) (err error) {
		first, at, err = tx.MarkSeen(recipe, place, key)
		return err
	})
	return first, at
}

func seenOnce(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	first, since := s.mark(t, one.ID, "step", "a")
	require.True(t, first)
	require.False(t, since.IsZero())
	first, again := s.mark(t, one.ID, "step", "a")
	require.False(t, first)
	require.Equal(t, since, again, "it is told when the key first came")
	for _, other := range []struct {
		recipe     int64
		place, key string
	}{{two.ID, "step", "a"}, {one.ID, "other", "a"}, {one.ID, "step", "A"}, {one.ID, "step", "a "}} {
		first, _ = s.mark(t, other.recipe, other.place, other.key)
		require.True(t, first, "%+v", other)
	}

	// A mark is kept or lost with the rest of its transaction.
	require.Error(t, s.Update(t.Context(), func(tx engine.Tx) error {
		first, _, err := tx.MarkSeen(one.ID, "step", "b")
		require.True(t, first)
		return errors.Join(err, errors.New("cut off"))
	}))
	first, _ = s.mark(t, one.ID, "step", "b")
	require.True(t, first)

	for code, try := range map[engine.Code]struct {
		recipe int64
		key    string
	}{engine.NotFound: {77, "a"}, engine.Invalid: {one.ID, ""}} {
		requireCode(t, code, s.Update(t.Context(), func(tx engine.Tx) error {
			_, _, err := tx.MarkSeen(try.recipe, "step", try.key)
			return err
		}))
	}

	// Of many at the same time exactly one is the first.
	var firsts atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_ = s.Update(t.Context(), func(tx engine.Tx) error {
				first, _, err := tx.MarkSeen(one.ID, "step", "race")
				if first {
					firsts.Add(1)
				}
				return err
			})
		})
	}
	all.Wait()
	require.Equal(t, int32(1), firsts.Load())
}

func seenForgotten(t *testing.T, s store) {
	r := s.recipe(t, "one")
	for i := range 3 {
		s.mark(t, r.ID, "step", strconv.Itoa(i))
	}
	s.mark(t, r.ID, "other", "0")
	s.update(t, func(tx engine.Tx) error { return tx.ForgetSeen(r.ID, "step", "1") })
	first, _ := s.mark(t, r.ID, "step", "1")
	require.True(t, first)
	first, _ = s.mark(t, r.ID, "step", "2")
	require.False(t, first, "only the key that was named")
	s.update(t, func(tx engine.Tx) error { return tx.ForgetSeen(r.ID, "step", "") })
	first, _ = s.mark(t, r.ID, "step", "2")
	require.True(t, first)
	first, _ = s.mark(t, r.ID, "other", "0")
	require.False(t, first, "other places keep theirs")
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(r.ID) })
	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error {
		_, _, err := tx.MarkSeen(r.ID, "other", "0")
		return err
	}))
}

func changesMade(t *testing.T, s store) {
	r := s.recipe(t, "one")
	run := s.run(t, r.ID, engine.Running, time.Time{})
	change := engine.ChangeMade{RunID: run.ID, Step: "count", Round: "0", Input: "abc"}
	got, err := s.ChangeMade(t.Context(), change)
	require.NoError(t, err)
	require.Equal(t, change, got)

	change.Outcome = json.RawMessage(`{"output":1}`)
	s.update(t, func(tx engine.Tx) error { return tx.SetChangeMade(change) })
	ask := change
	ask.Outcome = nil
	got, err = s.ChangeMade(t.Context(), ask)
	require.NoError(t, err)
	require.Equal(t, change, got)
	for _, other := range []engine.ChangeMade{
		{RunID: run.ID + 1, Step: "count", Round: "0", Input: "abc"}, {RunID: run.ID, Step: "other", Round: "0", Input: "abc"},
		{RunID: run.ID, Step: "count", Round: "1", Input: "abc"}, {RunID: run.ID, Step: "count", Round: "0", Input: "abd"},
	} {
		got, err = s.ChangeMade(t.Context(), other)
		require.NoError(t, err)
		require.Nil(t, got.Outcome, "%+v", other)
	}
	change.RunID = 77
	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error { return tx.SetChangeMade(change) }))
}
