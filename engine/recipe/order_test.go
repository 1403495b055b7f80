package recipe_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

func TestOrderKeys(t *testing.T) {
	const text = `{"id":9007199254740993,"customer":{"email":"ana@example.com"},"recipe":"recipe","empty":null}`
	body, err := mapping.Decode([]byte(text))
	require.NoError(t, err)
	request := engine.Request{Headers: map[string]string{"X-Shop": "one"}}
	for name, test := range map[string]struct {
		rules *engine.RunRules
		want  string
	}{
		"no rules":            {nil, ""},
		"not in order":        {&engine.RunRules{OrderBy: "{{trigger.id}}"}, ""},
		"the whole recipe":    {&engine.RunRules{InOrder: true}, "recipe"},
		"a number as written": {&engine.RunRules{InOrder: true, OrderBy: "{{trigger.id}}"}, "=9007199254740993"},
		"several":             {&engine.RunRules{InOrder: true, OrderBy: "{{trigger.id}}/{{trigger_request.headers.X-Shop}}"}, "=9007199254740993/one"},
		"data named as ours":  {&engine.RunRules{InOrder: true, OrderBy: "{{trigger.recipe}}"}, "=recipe"},
		"nothing there":       {&engine.RunRules{InOrder: true, OrderBy: "{{trigger.name}}"}, "none"},
		"null":                {&engine.RunRules{InOrder: true, OrderBy: "{{trigger.empty}}"}, "none"},
		"a fallback":          {&engine.RunRules{InOrder: true, OrderBy: `{{trigger.name | default: "x"}}`}, "=x"},
	} {
		got, err := recipe.OrderKey(engine.Definition{Runs: test.rules}, body, request, mapping.Env{})
		require.NoError(t, err, name)
		require.Equal(t, test.want, got, name)

		o, err := recipe.NewOrder(engine.Definition{Runs: test.rules})
		require.NoError(t, err, name)
		event := engine.Event{Body: []byte(text), ContentType: "application/json", Request: request}
		require.Equal(t, test.want, o.OfEvent(event), name)
	}

	_, err = recipe.NewOrder(engine.Definition{Runs: &engine.RunRules{InOrder: true, OrderBy: "{{trigger."}})
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))

	o, err := recipe.NewOrder(engine.Definition{Runs: &engine.RunRules{InOrder: true, OrderBy: "{{trigger.text}}"}})
	require.NoError(t, err)
	require.Len(t, o.Pills(), 1)
	key := func(text string) string {
		return o.Key(map[string]any{"trigger": map[string]any{"text": text}}, mapping.Env{})
	}
	long := strings.Repeat("x", 10_000)
	require.Less(t, len(key(long)), 100)
	require.NotEqual(t, key(long), key(long+"y"))
	require.NotEqual(t, key(key(long)[1:]), key(long))
}
