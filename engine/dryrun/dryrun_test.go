package dryrun_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/connector"
	"bellhop/engine/dryrun"
	"bellhop/engine/mapping"
)

// store has one connection. Its transactions know two real values, and are counted by how they ended.
type store struct {
	engine.Store // what a trial does not use is not there
	committed    int
	undone       int
}

func (s *store) Connection(_ context.Context, name string) (engine.Connection, error) {
	if name != "Shop Slack" {
		return engine.Connection{}, engine.Errorf(engine.NotFound, "There is no connection %q.", name)
	}
	return engine.Connection{Name: name, Connector: "slack", SecretFields: []string{"bot_token"}}, nil
}

func (s *store) Update(_ context.Context, fn func(engine.Tx) error) error {
	if err := fn(tx{}); err != nil {
		s.undone++
		return err
	}
	s.committed++
	return nil
}

type tx struct{ engine.Tx }

func (tx) Memory(_ context.Context, recipeID int64, name string) (engine.Memory, error) {
	return engine.Memory{RecipeID: recipeID, Name: name, Value: json.RawMessage(`"really"`)}, nil
}

// accounts have a secret, or are locked.
type accounts struct{ locked bool }

const secret = "xoxb-1234567890"

func (a accounts) Account(_ context.Context, name string) (engine.Account, error) {
	switch {
	case name != "Shop Slack":
		return engine.Account{}, engine.Errorf(engine.NotFound, "There is no connection %q.", name)
	case a.locked:
		return engine.Account{}, engine.Errorf(engine.Unavailable, "The keyring is locked.")
	}
	return engine.Account{
		Connection: engine.Connection{Name: name, Connector: "slack", SecretFields: []string{"bot_token"}},
		Secrets:    map[string]string{"bot_token": secret},
	}, nil
}

// nowhere fails the test if anything is sent.
type nowhere struct{ *testing.T }

func (n nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	n.Errorf("a request was sent to %s", r.URL)
	return nil, errors.New("nowhere")
}

type bench struct {
	store  *store
	params dryrun.Params
}

var at = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func newBench(t *testing.T) *bench {
	t.Helper()
	catalog, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	b := &bench{store: &store{}}
	b.params = dryrun.Params{
		Store: b.store, Catalog: catalog, Accounts: accounts{}, Previewer: action.New(action.Params{Transport: nowhere{t}}),
		Locale: func() mapping.Env { return mapping.Env{Zone: time.UTC} }, Now: func() time.Time { return at },
	}
	return b
}

func (b *bench) try(t *testing.T, definition engine.Definition, bodies ...string) dryrun.Result {
	t.Helper()
	var events []engine.Event
	for i, body := range bodies {
		events = append(events, engine.Event{
			ID: int64(i + 1), RecipeID: 7, Key: fmt.Sprintf("evt_%d", i+1), Body: []byte(body), ContentType: "application/json",
		})
	}
	definition.Trigger.Use = "webhook.received"
	result, err := dryrun.Try(t.Context(), b.params, engine.Recipe{ID: 7, Name: "Orders"}, definition, all(events...))
	require.NoError(t, err)
	require.Len(t, result.Outcomes, len(bodies))
	require.Zero(t, b.store.committed, "nothing is stored")
	return result
}

func all(events ...engine.Event) iter.Seq2[engine.Event, error] {
	return func(yield func(engine.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func post(id, text string) engine.Step {
	return engine.Step{ID: id, Use: "slack.send_message", Connection: "Shop Slack", With: map[string]any{"channel": "#orders", "text": text}}
}

func filter(id, value, than string) engine.Step {
	return engine.Step{ID: id, Use: "logic.filter", With: map[string]any{
		"match": "all", "rules": []any{map[string]any{"value": value, "is": "greater_than", "than": than}},
	}}
}

// states are the states of a run's steps, by step and round.
func states(run engine.Run) map[string]engine.State {
	out := map[string]engine.State{}
	for _, s := range run.Steps {
		key := s.Step
		if s.Round != "" {
			key += " " + s.Round
		}
		out[key] = s.State
	}
	return out
}

func TestWhatWouldHaveBeenSent(t *testing.T) {
	for _, locked := range []bool{false, true} {
		t.Run(fmt.Sprintf("locked %t", locked), func(t *testing.T) {
			b := newBench(t)
			b.params.Accounts = accounts{locked: locked}
			result := b.try(t, engine.Definition{Steps: []engine.Step{
				filter("big", "{{trigger.total}}", "100"), post("post", "Order {{trigger.name}}"), post("again", "It is {{post.ts}}"),
			}}, `{"name":"#1","total":189}`, `{"name":"#2","total":12}`, `{"name":"#3","total":200}`)

			require.Equal(t, map[string]int{"Slack": 2}, result.Apps)
			require.Equal(t, "Of 3 events, 2 would have gone to Slack and 1 would have been filtered out.", result.Summary())
			first := result.Outcomes[0]
			require.Equal(t, engine.Succeeded, first.Run.State)
			require.Zero(t, first.Run.ID)
			require.Equal(t, "evt_1", first.Run.EventKey)
			require.Equal(t, "189 is over 100", first.Run.Steps[0].Note)

			step := first.Run.Steps[1]
			require.JSONEq(t, `{"channel":"#orders","text":"Order #1"}`, string(step.Input))
			require.Len(t, step.Attempts, 1)
			sent := step.Attempts[0].Request
			require.Equal(t, "POST", sent.Method)
			require.Equal(t, "https://slack.com/api/chat.postMessage", sent.URL)
			require.Contains(t, sent.Body, "Order #1")
			require.Nil(t, step.Attempts[0].Response)
			require.Contains(t, first.Run.Steps[2].Attempts[0].Request.Body, "It is 1", "the sample is the result")

			whole, err := json.Marshal(result)
			require.NoError(t, err)
			require.NotContains(t, string(whole), secret)

			require.Equal(t, engine.Filtered, result.Outcomes[1].Run.State)
			require.Equal(t, map[string]engine.State{"big": engine.Filtered}, states(result.Outcomes[1].Run))
			require.Zero(t, b.store.undone, "no transaction where no step needs one")
		})
	}
}

func TestPathsAndLoopsAreTried(t *testing.T) {
	b := newBench(t)
	result := b.try(t, engine.Definition{Steps: []engine.Step{
		{ID: "which", Use: "logic.paths", Paths: []engine.Path{
			{Name: "Big", When: filter("", "{{trigger.total}}", "100").With, Steps: []engine.Step{post("big", "Big")}},
			{Name: "Small", Steps: []engine.Step{post("small", "Small")}},
		}},
		{ID: "each", Use: "logic.loop", With: map[string]any{"items": "{{trigger.items}}"}, Steps: []engine.Step{
			filter("many", "{{each.item.n}}", "1"), post("line", "{{each.number}}: {{each.item.n}}"),
		}},
	}}, `{"total":200,"items":[{"n":1},{"n":2},{"n":3}]}`)
	run := result.Outcomes[0].Run
	require.Equal(t, engine.Succeeded, run.State, "%+v", run.Failure)
	got := states(run)
	require.Equal(t, engine.Succeeded, got["big"])
	require.NotContains(t, got, "small")
	require.Equal(t, engine.Filtered, got["many 0"])
	require.NotContains(t, got, "line 0")
	require.Equal(t, engine.Succeeded, got["line 1"])
	require.Equal(t, engine.Succeeded, got["line 2"])
	require.Equal(t, map[string]int{"Slack": 1}, result.Apps, "an event counts once")
}

func TestWaitsAreOverAtOnce(t *testing.T) {
	b := newBench(t)
	result := b.try(t, engine.Definition{Steps: []engine.Step{
		{ID: "wait", Use: "logic.delay", With: map[string]any{"for": json.Number("2"), "unit": "weeks"}}, post("post", "Later"),
	}}, `{}`)
	run := result.Outcomes[0].Run
	require.Equal(t, engine.Succeeded, run.State)
	require.Equal(t, "until 2026-12-05 09:00", run.Steps[0].Note)
	require.Equal(t, at.Add(14*24*time.Hour), run.FinishedAt)
}

// TestWhatIsKeptStaysAsItIs: steps that remember read what is really remembered, go on from there within
// the trial, and leave it as it was. Keys that were met count from the trial's beginning.
func TestWhatIsKeptStaysAsItIs(t *testing.T) {
	b := newBench(t)
	recall := engine.Definition{Steps: []engine.Step{
		{ID: "before", Use: "logic.recall", With: map[string]any{"name": "last"}},
		{ID: "keep", Use: "logic.remember", With: map[string]any{"name": "last", "value": "{{trigger.n}}"}},
		post("post", "{{before.value}}"),
	}}
	result := b.try(t, recall, `{"n":"one"}`, `{"n":"two"}`)
	var texts []string
	for _, o := range result.Outcomes {
		require.Equal(t, engine.Succeeded, o.Run.State, "%+v", o.Run.Failure)
		var input map[string]any
		require.NoError(t, json.Unmarshal(o.Run.Steps[2].Input, &input))
		texts = append(texts, input["text"].(string))
	}
	require.Equal(t, []string{"really", "one"}, texts)
	require.Positive(t, b.store.undone)

	again := b.try(t, recall, `{"n":"three"}`)
	require.Contains(t, string(again.Outcomes[0].Run.Steps[2].Input), "really", "a trial remembers nothing of the one before")
}

// TestOtherRunsAreNotStarted: a call and a batch are shown like a request that is not sent.
func TestOtherRunsAreNotStarted(t *testing.T) {
	b := newBench(t)
	result := b.try(t, engine.Definition{Steps: []engine.Step{
		{ID: "call", Use: "recipe.call", With: map[string]any{"recipe": "Pack it", "wait": true, "data": map[string]any{"a": "{{trigger.a}}"}}},
		{ID: "some", Use: "logic.batch", With: map[string]any{"value": "{{trigger.a}}", "count": json.Number("10")}},
		post("post", "Done {{some.count}}"),
	}}, `{"a":1}`)
	run := result.Outcomes[0].Run
	require.Equal(t, engine.Succeeded, run.State, "%+v", run.Failure)
	require.JSONEq(t, `{"recipe":"Pack it","wait":true,"data":{"a":1}}`, string(run.Steps[0].Input))
	require.Contains(t, run.Steps[2].Attempts[0].Request.Body, "Done 2", "the batch is the one of the example")
	require.Equal(t, map[string]int{"Slack": 1}, result.Apps)
}

func TestWhatWouldFailFails(t *testing.T) {
	b := newBench(t)
	for name, test := range map[string]struct {
		steps []engine.Step
		body  string
		says  string
	}{
		"a pill that finds nothing": {[]engine.Step{post("post", "{{trigger.nothing}}")}, `{}`, "nothing"},
		"no such connection": {[]engine.Step{{
			ID: "post", Use: "slack.send_message", Connection: "Other", With: map[string]any{"channel": "#a", "text": "x"},
		}}, `{}`, `no connection "Other"`},
		"a body that cannot be read":  {[]engine.Step{post("post", "x")}, `{`, ""},
		"an action nobody knows":      {[]engine.Step{{ID: "x", Use: "slack.no"}}, `{}`, "does not know"},
		"an address that is none":     {[]engine.Step{{ID: "x", Use: "http.request", With: map[string]any{"method": "GET", "url": "{{trigger.u}}"}}}, `{"u":"javascript:1"}`, ""},
		"a filter of what is missing": {[]engine.Step{filter("big", "{{trigger.no}}", "1")}, `{}`, "no"},
	} {
		t.Run(name, func(t *testing.T) {
			result := b.try(t, engine.Definition{Steps: test.steps}, test.body)
			run := result.Outcomes[0].Run
			require.Equal(t, engine.Failed, run.State)
			require.Contains(t, run.Failure.Message, test.says)
			require.Equal(t, "Of 1 event, 1 would have failed.", result.Summary())
		})
	}
}

func TestATrialEndsWithItsContext(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := dryrun.Try(ctx, b.params, engine.Recipe{ID: 7}, engine.Definition{}, all(engine.Event{}))
	require.ErrorIs(t, err, context.Canceled)
}

func TestSummaries(t *testing.T) {
	of := func(n int, apps map[string]int, states map[engine.State]int) string {
		return dryrun.Result{Outcomes: make([]dryrun.Outcome, n), Apps: apps, States: states}.Summary()
	}
	require.Equal(t, "Of 0 events, nothing would have been sent anywhere.", of(0, nil, nil))
	require.Equal(t, "Of 1 event, 1 would have gone to Slack.", of(1, map[string]int{"Slack": 1}, map[engine.State]int{engine.Succeeded: 1}))
	require.Equal(t, "Of 20 events, 2 would have gone to Shopify, 4 would have gone to Slack, 9 would have been filtered out, 1 would have been held for a person and 6 would have failed.",
		of(20, map[string]int{"Slack": 4, "Shopify": 2}, map[engine.State]int{engine.Filtered: 9, engine.Failed: 6, engine.Held: 1, engine.Succeeded: 4}))
}
