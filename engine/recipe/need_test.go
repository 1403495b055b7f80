package recipe_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// answering is a catalogue of one operation, which gives an answer, and of any others.
type answering struct{ engine.Catalog }

func (answering) Operation(use string) (engine.Connector, engine.Operation, bool) {
	o := engine.Operation{Title: "Send it"}
	if use == "shop.create" {
		o = engine.Operation{Title: "Create", Sample: json.RawMessage(`{"id":7013458821,"ok":true,"message":{"ts":"1503435956.000247"},"items":[{"id":1}]}`)}
	}
	return engine.Connector{}, o, true
}

func uses(id string, with map[string]any) engine.Step {
	return engine.Step{ID: id, Use: "chat.send", With: with}
}

func TestWhatLaterStepsUseOfAResult(t *testing.T) {
	t.Parallel()
	d := engine.Definition{
		Steps: []engine.Step{
			uses("before", map[string]any{"text": "{{order.id}}"}),
			{ID: "order", Use: "shop.create"},
			uses("first", map[string]any{"text": "{{order.message.ts}} and {{trigger.id}}", "to": []any{"{{order.id | default: order.ok}}"}}),
			{ID: "which", Use: "logic.paths", Paths: []engine.Path{
				{Name: "A", When: map[string]any{"rules": []any{map[string]any{"value": "{{order.id}}"}}}, Steps: []engine.Step{uses("inner", map[string]any{"text": "{{order.items[0].id}}"})}},
			}},
			uses("last", map[string]any{"all": "{{order}}", "list": "{{order.items}}", "end": "{{order.items[-1].id}}", "other": "{{ordered.id}}", "broken": "{{order."}),
		},
		IfFailed: []engine.Step{uses("alarm", map[string]any{"text": "{{order.id}}"})},
	}
	got := map[string][]string{}
	samples := map[string]string{}
	var given []string
	for _, n := range recipe.Needs(d, answering{}, "order") {
		got[n.Path], samples[n.Path] = n.By, n.Sample
		if n.Text {
			given = append(given, n.Path)
		}
	}
	require.Equal(t, map[string][]string{
		"message.ts": {"Send it"}, "id": {"Send it"}, "ok": {"Send it"}, "items[0].id": {"Send it"}, "": {"Send it"}, "items": {"Send it"}, "items[-1].id": {"Send it"},
	}, got)
	require.Equal(t, "1503435956.000247", samples["message.ts"])
	require.ElementsMatch(t, []string{"message.ts", "id", "ok", "items[0].id"}, given)
	require.Empty(t, recipe.Needs(d, answering{}, "last"))
	require.Empty(t, recipe.Needs(d, answering{}, "gone"))

	for _, c := range []struct {
		given map[string]string
		want  string
		says  string
	}{
		{map[string]string{"message.ts": "17.5", "id": " 42 ", "ok": "yes"}, `{"id":42,"message":{"ts":"17.5"},"ok":true}`, ""},
		{map[string]string{"items[0].id": "9007199254740993"}, `{"items":[{"id":9007199254740993}]}`, ""},
		{map[string]string{"ok": "no"}, `{"ok":false}`, ""},
		{map[string]string{"id": "forty"}, "", `"id" is a number there, and "forty" is none.`},
		{map[string]string{"ok": "perhaps"}, "", `is yes or no there`},
		{map[string]string{"items": "a"}, "", `is more than one value`},
		{map[string]string{"": "a"}, "", `is more than one value`},
		{map[string]string{"message.tsx": "a"}, "", `Did you mean "message.ts"?`},
	} {
		result, err := recipe.Result(d, answering{}, "order", c.given)
		if c.says != "" {
			require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%v", c.given)
			require.ErrorContains(t, err, c.says)
			continue
		}
		require.NoError(t, err)
		text, err := json.Marshal(result)
		require.NoError(t, err)
		require.JSONEq(t, c.want, string(text))
	}
}
