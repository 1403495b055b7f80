package recipe_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// tree is a recipe with a step of each kind in each place.
var tree = engine.Definition{
	Format: 1, Name: "Tree", Trigger: engine.Trigger{Use: "webhook.received"},
	Steps: []engine.Step{
		{ID: "first", Use: "http.request"},
		{ID: "which", Use: "logic.paths", Paths: []engine.Path{
			{Name: "A", Steps: []engine.Step{
				{ID: "a1", Use: "http.request"},
				{ID: "each", Use: "logic.loop", With: map[string]any{"items": "{{trigger.lines}}"}, Steps: []engine.Step{
					{ID: "in1", Use: "http.request"},
					{ID: "inner", Use: "logic.loop", With: map[string]any{"items": "{{each.item.parts}}"}, Steps: []engine.Step{{ID: "deep", Use: "http.request"}}},
					{ID: "in2", Use: "http.request"},
				}},
				{ID: "a2", Use: "http.request"},
			}},
			{Name: "B", Steps: []engine.Step{{ID: "b1", Use: "http.request"}}},
		}},
		{ID: "last", Use: "http.request"},
	},
	IfFailed: []engine.Step{{ID: "alarm", Use: "http.request"}, {ID: "again", Use: "http.request"}},
}

// What a pill can be put into a field must be right there, and everything else must be refused: what is
// offered and what is checked are held against each other.
func TestPillsSeeWhatWasDoneBefore(t *testing.T) {
	want := map[string]string{
		"first": "",
		"which": "first",
		"a1":    "first",
		"each":  "first a1",
		"in1":   "first a1 each*",
		"inner": "first a1 each* in1",
		"deep":  "first a1 each* in1 inner*",
		"in2":   "first a1 each* in1 inner",
		"a2":    "first a1 each",
		"b1":    "first",
		"last":  "first which a1 each a2 b1",
		"alarm": "failure first which a1 each a2 b1 last",
		"again": "failure first which a1 each a2 b1 last alarm",
	}
	steps := tree.Walk()
	for i, s := range steps {
		var names []string
		for _, source := range recipe.Sources(steps, i)[2:] {
			name := source.Name
			if source.Loop {
				name += "*"
			}
			names = append(names, name)
		}
		require.Equal(t, want[s.ID], strings.Join(names, " "), s.ID)
	}
	for i, from := range steps {
		for _, to := range append([]string{"failure", "trigger"}, ids(steps)...) {
			d := withText(tree, i, "{{"+to+"}}")
			problems := recipe.Validate(d, recipe.Params{Catalog: catalog(t)})
			wrong := strings.Contains(problems.Error(), from.At+".with.text: {{"+to+"}}")
			offered := to == "trigger"
			for _, name := range strings.Fields(want[from.ID]) {
				offered = offered || strings.Trim(name, "*") == to
			}
			require.Equal(t, offered, !wrong, "%s in %s: %s", to, from.ID, problems)
		}
	}
}

func ids(steps []engine.Placed) (ids []string) {
	for _, s := range steps {
		ids = append(ids, s.ID)
	}
	return ids
}

// withText returns the recipe with a field of the step at a position changed.
func withText(d engine.Definition, position int, text string) engine.Definition {
	n := 0
	var change func(steps []engine.Step) []engine.Step
	change = func(steps []engine.Step) []engine.Step {
		out := make([]engine.Step, len(steps))
		for i, s := range steps {
			if n == position {
				s.With = map[string]any{"text": text}
				if s.Use != "http.request" {
					s.Use = "slack.send_message"
				}
			}
			n++
			s.Steps = change(s.Steps)
			paths := make([]engine.Path, len(s.Paths))
			for k, p := range s.Paths {
				p.Steps = change(p.Steps)
				paths[k] = p
			}
			s.Paths = paths
			out[i] = s
		}
		return out
	}
	d.Steps = change(d.Steps)
	d.IfFailed = change(d.IfFailed)
	return d
}

func TestSummaryOfNestedSteps(t *testing.T) {
	d := tree
	d.Steps = []engine.Step{
		{Use: "logic.paths", Paths: []engine.Path{
			{Name: "Abroad", Steps: []engine.Step{
				{Use: "logic.loop", With: map[string]any{"items": "{{trigger.line_items}}"}, Steps: []engine.Step{{Use: "logic.filter"}, {Use: "gone.away", Name: "Pack it"}}},
			}},
			{Name: "Otherwise"},
		}},
		{Use: "logic.stop"},
	}
	d.IfFailed = []engine.Step{{Use: "slack.send_message", With: map[string]any{"channel": "#alarm"}}, {Use: "logic.stop"}}
	require.Equal(t, "When another app calls this recipe's address, choose a path (Abroad: for each of the line items (only if …, pack it); Otherwise: nothing), then stop here."+
		" If it fails, send a message to #alarm in Slack, then stop here.", recipe.Summary(d, catalog(t)))
}

func TestCalls(t *testing.T) {
	call := func(name any) engine.Step {
		return engine.Step{Use: "recipe.call", With: map[string]any{"recipe": name}}
	}
	d := engine.Definition{
		Steps: []engine.Step{
			call(" Pack "), {Use: "slack.send_message", With: map[string]any{"recipe": "No"}}, call("{{trigger.which}}"), call(nil), call(json.Number("7")),
			{Paths: []engine.Path{{Steps: []engine.Step{call("Ship")}}}}, {Steps: []engine.Step{call("Pack")}},
		},
		IfFailed: []engine.Step{call("Alarm")},
	}
	require.Equal(t, []string{"Pack", "Ship", "Alarm"}, recipe.Calls(d, catalog(t)))
	require.Empty(t, recipe.Calls(tree, catalog(t)))
}

func TestIDsAreUniqueOverTheWholeRecipe(t *testing.T) {
	require.Equal(t, "deep_2", recipe.NextStepID(tree, "own.deep"))
	require.Equal(t, "again_2", recipe.NextStepID(tree, "own.again"))
	require.Equal(t, "failure_step", recipe.NextStepID(tree, "own.failure_step"))
	require.Equal(t, "step", recipe.NextStepID(tree, "own.failure"))
}

func TestTheDocumentedRecipesAreRight(t *testing.T) {
	for _, name := range []string{"paths-and-loops.md", "starting.md"} {
		page, err := os.ReadFile("../../docs/" + name)
		require.NoError(t, err)
		_, rest, _ := strings.Cut(string(page), "```yaml\n")
		file, _, ok := strings.Cut(rest, "```")
		require.True(t, ok, name)
		d, problems := recipe.Check([]byte(file), recipe.Params{Catalog: catalog(t)})
		require.NoError(t, problems.Err(), name)
		roundTrip(t, d)
	}
}

func TestAllStepsCount(t *testing.T) {
	steps := func(n int) (steps []engine.Step) {
		for i := range n {
			steps = append(steps, engine.Step{ID: fmt.Sprintf("s%d", i), Use: "logic.stop"})
		}
		return steps
	}
	d := engine.Definition{Format: 1, Name: "Many", Trigger: engine.Trigger{Use: "webhook.received"}}
	loop := engine.Step{ID: "each", Use: "logic.loop", With: map[string]any{"items": "{{trigger.list}}"}}
	loop.Steps = steps(recipe.MaxSteps - 1)
	d.Steps = []engine.Step{loop}
	require.NoError(t, recipe.Validate(d, recipe.Params{Catalog: catalog(t)}).Err())
	loop.Steps = steps(recipe.MaxSteps)
	d.Steps = []engine.Step{loop}
	require.ErrorContains(t, recipe.Validate(d, recipe.Params{Catalog: catalog(t)}).Err(), "at most 200 steps; this one has 201")

	d.Steps = steps(1)
	d.Steps = append(d.Steps, engine.Step{ID: "which", Use: "logic.paths", Paths: make([]engine.Path, 50_000)})
	d.Personal = make([]string, 50_000)
	problems := recipe.Validate(d, recipe.Params{Catalog: catalog(t)})
	require.Len(t, problems, 2, "one sentence each, and at once")
	require.ErrorContains(t, problems, "at most 20 paths; this one has 50000")
	require.ErrorContains(t, problems, "At most 100 fields can be named; these are 50000")
}
