package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func eventFiles(t *testing.T, s store) {
	r := s.recipe(t, "one")
	e := engine.Event{RecipeID: r.ID, Key: "big", File: "abc", FileSize: 50 << 20, ContentType: "application/json", ReceivedAt: at}
	s.update(t, func(tx engine.Tx) error { return tx.AddEvent(&e) })
	got, err := s.Event(t.Context(), e.ID)
	require.NoError(t, err)
	require.Empty(t, got.Body)
	require.Equal(t, "abc", got.File)
	require.Equal(t, int64(50<<20), got.FileSize)
	same, err := s.EventByKey(t.Context(), r.ID, "big")
	require.NoError(t, err)
	require.Equal(t, got, same)
}

func (s store) refuse(t *testing.T, all ...engine.Refusal) {
	t.Helper()
	s.update(t, func(tx engine.Tx) error { return tx.AddRefusals(all...) })
}

func (s store) refused(t *testing.T, recipe int64, limit int) []engine.Refusal {
	t.Helper()
	all, err := s.Refusals(t.Context(), recipe, limit)
	require.NoError(t, err)
	return all
}

func refusals(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	require.Empty(t, s.refused(t, 0, 0))
	first := engine.Refusal{RecipeID: one.ID, At: at, Method: "POST", Status: 401, Reason: "Größer' --", Sender: "10.0.0.1, Shop/1", Times: 3}
	second := engine.Refusal{RecipeID: two.ID, At: at.Add(time.Second), Method: "GET", Status: 410, Reason: "off", Times: 1}
	nobody := engine.Refusal{At: at.Add(2 * time.Second), Method: "POST", Status: 404, Reason: "nobody's", Times: 1}
	s.refuse(t, first, second, nobody)

	all := s.refused(t, 0, 0)
	require.Len(t, all, 3)
	for i, want := range []engine.Refusal{nobody, second, first} {
		require.NotZero(t, all[i].ID)
		want.ID = all[i].ID
		require.Equal(t, want, all[i], "newest first")
	}
	require.Equal(t, all[:1], s.refused(t, 0, 1))
	require.Equal(t, all[2:], s.refused(t, one.ID, 10))

	s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(one.ID) })
	require.Empty(t, s.refused(t, one.ID, 0), "they go with the recipe")
	require.Len(t, s.refused(t, 0, 0), 2)
}

func refusalsBounded(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	forged := engine.Refusal{RecipeID: one.ID, At: at, Method: "POST", Status: 401, Reason: "forged", Times: 2}
	again := forged
	again.At, again.Sender = at.Add(engine.RefusalsJoin), "somebody"
	s.refuse(t, forged, again)
	got := s.refused(t, one.ID, 0)
	require.Len(t, got, 1, "the same in a row is counted")
	require.Equal(t, 4, got[0].Times)
	require.Equal(t, again.At, got[0].At)
	require.Equal(t, "somebody", got[0].Sender)

	s.refuse(t, engine.Refusal{RecipeID: two.ID, At: at, Status: 401, Reason: "forged"})
	again.At = again.At.Add(engine.RefusalsJoin + time.Second)
	s.refuse(t, again)
	require.Len(t, s.refused(t, one.ID, 0), 2, "later it is another")
	require.Equal(t, 1, s.refused(t, two.ID, 0)[0].Times, "each recipe has its own, and once is the least")

	for recipe := range int64(12) {
		many := make([]engine.Refusal, 150)
		for i := range many {
			many[i] = engine.Refusal{RecipeID: 1000 + recipe, At: at, Status: 400, Reason: fmt.Sprint("other ", i)}
		}
		s.refuse(t, many...)
	}
	require.Len(t, s.refused(t, 0, 0), engine.MaxRefusals)
	require.Len(t, s.refused(t, 1011, 0), 150)
	require.Empty(t, s.refused(t, one.ID, 0), "the oldest made room")
	for i := range engine.MaxRefusalsPerRecipe + 50 {
		s.refuse(t, engine.Refusal{RecipeID: 1011, At: at, Status: 400, Reason: fmt.Sprint("more ", i)})
	}
	got = s.refused(t, 1011, 0)
	require.Len(t, got, engine.MaxRefusalsPerRecipe)
	require.Equal(t, "more 249", got[0].Reason)
}
