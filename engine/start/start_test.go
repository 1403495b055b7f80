package start_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/start"
)

func (b *bench) call(t *testing.T, from engine.Run, with map[string]any) (id int64, err error) {
	t.Helper()
	err = b.update(func(tx engine.Tx) (err error) {
		id, err = b.Call(t.Context(), tx, from, with)
		return err
	})
	return id, err
}

func TestACallStartsARunWithItsData(t *testing.T) {
	b := newBench(t)
	b.add(t, 1, "Orders", "webhook.received", nil)
	b.add(t, 2, "Pack it", "recipe.called", nil)
	from := b.run(1, engine.Running)
	from.Depth = 3

	id, err := b.call(t, from, map[string]any{"recipe": " pack IT ", "data": map[string]any{"total": json.Number("12.50")}})
	require.NoError(t, err)
	child := b.runs[id-1]
	require.Equal(t, engine.Run{
		ID: id, RecipeID: 2, Version: 1, EventID: 1, State: engine.Queued, CalledBy: from.ID, Depth: 4, CreatedAt: at,
	}, child)
	require.Equal(t, `{"total":12.50}`, string(b.events[0].Body), "digits stay as they are")
	require.Equal(t, "application/json", b.events[0].ContentType)

	again, err := b.call(t, from, map[string]any{"recipe": "2"})
	require.NoError(t, err, "by its id, and without data")
	require.Equal(t, "{}", string(b.events[1].Body))
	require.NotEqual(t, id, again)
	require.NotEqual(t, b.events[0].Key, b.events[1].Key, "a loop calls as often as it likes")
}

func TestACallThatCannotBe(t *testing.T) {
	b := newBench(t)
	b.add(t, 1, "Orders", "webhook.received", nil)
	b.add(t, 2, "Pack it", "recipe.called", nil)
	b.add(t, 3, "Off", "recipe.called", nil)
	b.add(t, 4, "Draft", "recipe.called", nil)
	b.recipes[2].On = false
	b.recipes[3].Published = 0
	require.NoError(t, b.Reload(t.Context()))
	from := b.run(1, engine.Running)
	deep := from
	deep.Depth = engine.MaxDepth
	data := map[string]any{"text": strings.Repeat("x", engine.DefaultMaxBytes)}

	for _, test := range []struct {
		name string
		from engine.Run
		with map[string]any
		code engine.Code
		says string
	}{
		{"no such recipe", from, map[string]any{"recipe": "Pack itt"}, engine.NotFound, `Did you mean "Pack it"`},
		{"no name", from, map[string]any{}, engine.NotFound, "no recipe"},
		{"not to be called", from, map[string]any{"recipe": "Orders"}, engine.Conflict, "starts in another way"},
		{"off", from, map[string]any{"recipe": "Off"}, engine.Conflict, "is off"},
		{"never published", from, map[string]any{"recipe": "Draft"}, engine.Conflict, "Publish it"},
		{"not names and values", from, map[string]any{"recipe": "Pack it", "data": "x"}, engine.Invalid, "names and values"},
		{"too much", from, map[string]any{"recipe": "Pack it", "data": data}, engine.Invalid, "too large"},
		{"a ring", deep, map[string]any{"recipe": "Pack it"}, engine.Invalid, "20 recipes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := b.call(t, test.from, test.with)
			require.Equal(t, test.code, engine.ErrorCode(err), "%v", err)
			require.Contains(t, engine.ErrorMessage(err), test.says)
			require.Empty(t, b.events)
		})
	}

	// Published anew, with another trigger, before the starter was told.
	b.recipes[0].Published, b.recipes[1].Published = 2, 2
	b.versions[1] = engine.Definition{Trigger: engine.Trigger{Use: "recipe.called"}}
	b.versions[2] = engine.Definition{Trigger: engine.Trigger{Use: "webhook.received"}}
	id, err := b.call(t, from, map[string]any{"recipe": "Orders"})
	require.NoError(t, err)
	require.Equal(t, 2, b.runs[id-1].Version)
	_, err = b.call(t, from, map[string]any{"recipe": "Pack it"})
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
}

func (b *bench) ended(t *testing.T, run engine.Run) []engine.Job {
	t.Helper()
	var jobs []engine.Job
	require.NoError(t, b.update(func(tx engine.Tx) (err error) {
		jobs, err = b.Ended(t.Context(), tx, run)
		return err
	}))
	return jobs
}

func TestAFailedRunStartsThoseWhoWait(t *testing.T) {
	b := newBench(t)
	b.add(t, 1, "Orders", "webhook.received", nil)
	b.add(t, 2, "Refunds", "webhook.received", nil)
	b.add(t, 3, "Tell me", "recipe.failed", nil)
	b.add(t, 4, "Only orders", "recipe.failed", map[string]any{"recipe": "orders"})
	b.add(t, 5, "Only held", "recipe.failed", map[string]any{"states": []any{"held"}})
	b.add(t, 6, "Off", "recipe.failed", nil)
	b.recipes[5].On = false
	require.NoError(t, b.Reload(t.Context()))

	for _, test := range []struct {
		recipe int64
		state  engine.State
		want   []int64
	}{
		{1, engine.Failed, []int64{3, 4}},
		{2, engine.Failed, []int64{3}},
		{1, engine.Held, []int64{3, 4, 5}},
		{2, engine.Unsure, []int64{3}},
		{1, engine.Succeeded, nil},
		{1, engine.Filtered, nil},
		{1, engine.Cancelled, nil},
		{1, engine.Waiting, nil},
	} {
		var got []int64
		for _, job := range b.ended(t, b.run(test.recipe, test.state)) {
			got = append(got, job.RecipeID)
		}
		require.Equal(t, test.want, got, "recipe %d, %s", test.recipe, test.state)
	}

	var told map[string]any
	require.NoError(t, json.Unmarshal(b.events[0].Body, &told))
	require.Equal(t, map[string]any{
		"recipe": "Orders", "recipe_id": 1.0, "run": 1.0, "state": "failed", "step": "post", "code": "refused",
		"message": "Slack has no channel #orders.", "title": "Order #1042", "event": "evt_1", "at": "2026-11-21T09:00:00Z", "left_out": 0.0,
	}, told)
}

// TestFailuresStartNoRing: neither a recipe's own runs nor those it caused start it, so that two recipes
// that look at each other are done after one round.
func TestFailuresStartNoRing(t *testing.T) {
	b := newBench(t)
	b.add(t, 1, "Orders", "webhook.received", nil)
	b.add(t, 2, "Tell Ana", "recipe.failed", nil)
	b.add(t, 3, "Tell Rui", "recipe.failed", nil)

	started := 0
	for left := b.ended(t, b.run(1, engine.Failed)); len(left) > 0; left = left[1:] {
		started++
		require.Less(t, started, 10)
		run := b.runs[left[0].RunID-1]
		run.State = engine.Failed
		left = append(left, b.ended(t, run)...)
	}
	require.Equal(t, 4, started, "Ana and Rui of the order, and each of the other's failure")

	caused := b.run(1, engine.Failed, b.run(1, engine.Running, b.run(2, engine.Running)))
	require.Len(t, b.ended(t, caused), 1, "Rui alone: Ana's run caused it")
	deep := b.run(1, engine.Failed)
	deep.Depth = engine.MaxDepth
	require.Empty(t, b.ended(t, deep))
}

// TestAStormOfFailuresIsCounted: many failures at a time start a few runs, and the next tells of the rest.
func TestAStormOfFailuresIsCounted(t *testing.T) {
	b := newBench(t)
	b.add(t, 1, "Orders", "webhook.received", nil)
	b.add(t, 2, "Tell me", "recipe.failed", map[string]any{"per_minute": json.Number("3")})
	b.add(t, 3, "Tell me, too", "recipe.failed", nil)
	started := map[int64]int{}
	for range 1000 {
		for _, job := range b.ended(t, b.run(1, engine.Failed)) {
			started[job.RecipeID]++
		}
	}
	require.Equal(t, map[int64]int{2: 3, 3: start.DefaultFailuresPerMinute}, started)

	b.now = b.now.Add(time.Minute)
	b.Starter = start.New(start.Params{Recipes: b.memory, Catalog: catalog{}, Now: func() time.Time { return b.now }})
	require.NoError(t, b.Reload(t.Context()))
	jobs := b.ended(t, b.run(1, engine.Failed))
	require.Len(t, jobs, 2)
	last := b.events[len(b.events)-2:]
	require.Contains(t, string(last[0].Body), `"left_out":997`, "also after a restart")
	require.Contains(t, string(last[1].Body), `"left_out":990`)
	b.ended(t, b.run(1, engine.Failed))
	require.Contains(t, string(b.events[len(b.events)-1].Body), `"left_out":0`)
}

func TestARecipeIsRunByHand(t *testing.T) {
	b := newBench(t)
	b.add(t, 1, "Count", "manual.run", map[string]any{"form": []any{
		map[string]any{"name": "amount", "type": "number", "required": true}, map[string]any{"name": "note"},
	}})
	b.add(t, 2, "Orders", "webhook.received", nil)
	hand := func(id int64, values map[string]any) (run engine.Run, err error) {
		err = b.update(func(tx engine.Tx) (err error) {
			run, err = start.ByHand(t.Context(), tx, catalog{}, id, values, at)
			return err
		})
		return run, err
	}
	run, err := hand(1, map[string]any{"amount": "12.50"})
	require.NoError(t, err)
	require.Equal(t, engine.Run{ID: run.ID, RecipeID: 1, Version: 1, EventID: 1, State: engine.Queued, CreatedAt: at}, run)
	require.Equal(t, `{"amount":12.50,"note":""}`, string(b.events[0].Body))

	_, err = hand(1, nil)
	require.ErrorContains(t, err, `"amount" (amount) is missing`)
	_, err = hand(2, nil)
	require.ErrorContains(t, err, "does not start by hand")
	b.recipes[0].On = false
	_, err = hand(1, map[string]any{"amount": "1"})
	require.ErrorContains(t, err, "is off")
	b.recipes[0].Published = 0
	_, err = hand(1, map[string]any{"amount": "1"})
	require.ErrorContains(t, err, "never published")
	require.Len(t, b.events, 1)
}

// TestRunsInOrderHaveTheirKey: those started from within wait for each other as all others do.
func TestRunsInOrderHaveTheirKey(t *testing.T) {
	b := newBench(t)
	b.add(t, 1, "Orders", "webhook.received", nil)
	b.add(t, 2, "Pack it", "recipe.called", nil)
	live := b.versions[2]
	live.Runs = &engine.RunRules{InOrder: true, OrderBy: "{{trigger.shelf}}"}
	b.versions[2] = live
	require.NoError(t, b.Reload(t.Context()))
	id, err := b.call(t, b.run(1, engine.Running), map[string]any{"recipe": "Pack it", "data": map[string]any{"shelf": "A"}})
	require.NoError(t, err)
	require.Equal(t, "=A", b.runs[id-1].OrderKey)
}

func TestRings(t *testing.T) {
	calls := func(names ...string) (steps []engine.Step) {
		for _, name := range names {
			steps = append(steps, engine.Step{Use: "recipe.call", With: map[string]any{"recipe": name}})
		}
		return steps
	}
	sends := func(url string) []engine.Step {
		return []engine.Step{{Use: "logic.loop", Steps: []engine.Step{{Use: "http.request", With: map[string]any{
			"url": "http://127.0.0.1:8420/", "json": map[string]any{"to": []any{"see " + url}},
		}}}}}
	}
	node := func(name, use string, with map[string]any, steps []engine.Step) start.Node {
		return start.Node{Name: name, Token: "token" + name, Definition: engine.Definition{
			Name: name, Trigger: engine.Trigger{Use: use, With: with}, Steps: steps,
		}}
	}
	of := func(name string) map[string]any { return map[string]any{"recipe": name} }
	for _, test := range []struct {
		name  string
		nodes []start.Node
		want  []string
	}{
		{"none", []start.Node{node("A", "recipe.called", nil, calls("B")), node("B", "recipe.called", nil, calls("C"))}, nil},
		{"itself", []start.Node{node("A", "recipe.called", nil, calls("a"))}, []string{"A", "A"}},
		{"each other", []start.Node{node("A", "recipe.called", nil, calls("B")), node("B", "recipe.called", nil, calls("A"))}, []string{"A", "B", "A"}},
		{"the shortest way", []start.Node{
			node("A", "recipe.called", nil, calls("B", "C")), node("B", "recipe.called", nil, calls("C")), node("C", "recipe.called", nil, calls("A")),
		}, []string{"A", "C", "A"}},
		{"a ring of others is not its own", []start.Node{
			node("A", "recipe.called", nil, calls("B")), node("B", "recipe.called", nil, calls("C")), node("C", "recipe.called", nil, calls("B")),
		}, nil},
		{"one that is not to be called", []start.Node{node("A", "manual.run", nil, calls("A"))}, nil},
		{"by failing", []start.Node{node("A", "recipe.called", nil, nil), node("B", "recipe.failed", of("a"), calls("A"))}, []string{"A", "B", "A"}},
		{"any failing is no ring", []start.Node{node("A", "recipe.called", nil, nil), node("B", "recipe.failed", nil, calls("A"))}, nil},
		{"by its address", []start.Node{node("A", "webhook.received", nil, sends("https://x.example/hooks/tokenA?x=1"))}, []string{"A", "A"}},
		{"by an address of another", []start.Node{
			node("A", "recipe.called", nil, sends("/hooks/tokenB")), node("B", "webhook.received", nil, calls("A")),
		}, []string{"A", "B", "A"}},
		{"an address of nobody", []start.Node{node("A", "webhook.received", nil, sends("/hooks/tokenX"))}, nil},
		{"a name from data", []start.Node{node("A", "recipe.called", nil, calls("{{trigger.name}}"))}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, start.Ring(catalog{}, "/hooks/", test.nodes, "A"))
		})
	}
	require.Nil(t, start.Ring(catalog{}, "/hooks/", nil, "A"))
}
