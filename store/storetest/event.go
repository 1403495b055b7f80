package storetest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func events(t *testing.T, s store) {
	r := s.recipe(t, "one")
	for name, e := range map[string]engine.Event{
		"all of it": {
			Key: "b1946ac9", Body: []byte(`{"id": 5678901234567890123}`), ContentType: "application/json; charset=utf-8",
			Request: engine.Request{Method: "POST", Headers: map[string]string{"X-Topic": "orders/create"}, Query: map[string]string{"a": "ü"}},
		},
		"bytes that are no text": {Key: "bytes", Body: []byte{0, 0xff, 0xfe, '\n', 0}},
		"no body":                {Key: "empty"},
		"a large body":           {Key: "large", Body: bytes.Repeat([]byte("0123456789abcdef"), 1<<16)},
		"an odd key":             {Key: "'; DROP TABLE event; --\x00ü"},
	} {
		t.Log(name)
		e.RecipeID, e.ReceivedAt = r.ID, at
		s.update(t, func(tx engine.Tx) error { return tx.AddEvent(&e) })
		got, err := s.Event(t.Context(), e.ID)
		require.NoError(t, err)
		require.True(t, bytes.Equal(e.Body, got.Body))
		same, err := s.EventByKey(t.Context(), r.ID, e.Key)
		require.NoError(t, err)
		require.Equal(t, got, same)
		got.Body = e.Body
		require.Equal(t, e, got)
	}
	unstamped := engine.Event{RecipeID: r.ID, Key: "unstamped"}
	s.update(t, func(tx engine.Tx) error { return tx.AddEvent(&unstamped) })
	require.False(t, unstamped.ReceivedAt.IsZero(), "an event was received at some time")
}

func eventsUnique(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	first := s.event(t, one.ID, "k")
	again := engine.Event{RecipeID: one.ID, Key: "k", Body: []byte("other")}
	requireCode(t, engine.Conflict, s.Update(t.Context(), func(tx engine.Tx) error { return tx.AddEvent(&again) }))
	got, err := s.EventByKey(t.Context(), one.ID, "k")
	require.NoError(t, err)
	require.Equal(t, first, got)
	s.event(t, two.ID, "k")
	s.event(t, one.ID, "K")
}

func eventsMissing(t *testing.T, s store) {
	_, err := s.Event(t.Context(), 77)
	requireCode(t, engine.NotFound, err)
	r := s.recipe(t, "one")
	_, err = s.EventByKey(t.Context(), r.ID, "nothing")
	requireCode(t, engine.NotFound, err)
	e := engine.Event{RecipeID: 77, Key: "k"}
	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error { return tx.AddEvent(&e) }))
}
