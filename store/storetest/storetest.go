// Package storetest is the suite that every engine.Store passes.
package storetest

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// Run holds a store to the contract of engine.Store. open returns a new, empty store; Run closes it.
func Run(t *testing.T, open func(t *testing.T) engine.Store) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s store)
	}{
		{"settings", settings},
		{"recipes", recipes},
		{"recipe names and tokens are unique", recipesUnique},
		{"recipe changed", recipeChanged},
		{"recipes that do not exist", recipesMissing},
		{"deleting a recipe takes all it has", recipeDeleted},
		{"versions", versions},
		{"drafts that are tried", trials},
		{"JSON numbers stay as written", numbers},
		{"connections", connections},
		{"connections that do not exist or clash", connectionErrors},
		{"events", events},
		{"events come once", eventsUnique},
		{"events without a recipe", eventsMissing},
		{"events with a body in a file", eventFiles},
		{"what was not let in", refusals},
		{"what was not let in is counted and bounded", refusalsBounded},
		{"what triggers remember", triggerState},
		{"what triggers remember is one with their runs", triggerStateWithRun},
		{"memory", memory},
		{"memory goes with its recipe", memoryForgotten},
		{"keys are new once", seenOnce},
		{"keys are forgotten", seenForgotten},
		{"changes of steps", changesMade},
		{"batches", batches},
		{"tables", tables},
		{"rows of tables", tableRows},
		{"limits of tables", tableLimits},
		{"runs", runs},
		{"runs that do not exist", runsMissing},
		{"run transitions", transitions},
		{"runs chosen by a filter", filters},
		{"steps", steps},
		{"steps keep earlier attempts", attempts},
		{"steps in rounds", stepsInRounds},
		{"steps dropped", stepsDropped},
		{"due runs", due},
		{"backlogs", backlogs},
		{"runs read ahead", fresh},
		{"runs in order", order},
		{"many runs cancelled", cancelMany},
		{"runs that block those behind them", orderBlocks},
		{"runs in order, whatever happens", orderModel},
		{"runs that are paused", pausedRuns},
		{"counts", counts},
		{"stats", stats},
		{"ids are never used again", ids},
		{"an update that fails leaves nothing", rollback},
		{"an update sees its own writes", ownWrites},
		{"others do not see an update before it is done", isolation},
		{"updates at once", concurrency},
		{"one failure among many", neighbours},
		{"a duplicate is not the end", duplicate},
		{"a panic is the caller's", panics},
		{"cancelled contexts", cancelled},
		{"a transaction ends with its function", overUse},
		{"times", times},
		{"closing", closing},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			test.run(t, store{s})
		})
	}
}

// store adds what tests need to the store under test.
type store struct{ engine.Store }

// at is a time with microseconds, which every store keeps.
var at = time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC)

func (s store) update(t *testing.T, fn func(tx engine.Tx) error) {
	t.Helper()
	require.NoError(t, s.Update(t.Context(), fn))
}

// recipe adds a recipe of that name.
func (s store) recipe(t *testing.T, name string) engine.Recipe {
	t.Helper()
	r := engine.Recipe{Name: name, On: true, Token: "token of " + name, Draft: definition(name)}
	s.update(t, func(tx engine.Tx) error { return tx.AddRecipe(&r) })
	return r
}

// event adds an event with that key.
func (s store) event(t *testing.T, recipe int64, key string) engine.Event {
	t.Helper()
	e := engine.Event{RecipeID: recipe, Key: key, Body: []byte(`{"id":1}`), ContentType: "application/json", ReceivedAt: at}
	s.update(t, func(tx engine.Tx) error { return tx.AddEvent(&e) })
	return e
}

// run adds a run in that state, due at that time, with an event of its own.
func (s store) run(t *testing.T, recipe int64, state engine.State, due time.Time) engine.Run {
	t.Helper()
	var r engine.Run
	s.update(t, func(tx engine.Tx) error {
		e := engine.Event{RecipeID: recipe, Key: rand.Text(), ReceivedAt: at}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		r = engine.Run{RecipeID: recipe, Version: 1, EventID: e.ID, State: state, DueAt: due, CreatedAt: at}
		return tx.AddRun(&r)
	})
	return r
}

// definition is a recipe with everything that one can have.
func definition(name string) engine.Definition {
	return engine.Definition{
		Format: engine.RecipeFormat, Name: name, Note: "Größer als 100 €",
		Trigger: engine.Trigger{Use: "shopify.order_created", Connection: "My shop", MaxBytes: 1 << 40},
		Steps: []engine.Step{
			{ID: "big", Use: "logic.filter", With: map[string]any{
				"match": "all",
				"rules": []any{map[string]any{"value": "{{trigger.total_price}}", "is": "greater_than", "than": json.Number("100.10")}},
			}},
			{ID: "post", Name: "Tell <all> & everyone", Use: "slack.send_message", Connection: "Shop Slack", With: map[string]any{
				"text": "New order {{trigger.name}}", "silent": false, "thread": nil, "id": json.Number("9007199254740993"),
			}, Retry: &engine.Retry{Times: 3}, OnFailure: engine.OnFailureHold},
		},
	}
}

func requireCode(t *testing.T, code engine.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, engine.ErrorCode(err), "error: %v", err)
	require.NotEmpty(t, engine.ErrorMessage(err))
}
