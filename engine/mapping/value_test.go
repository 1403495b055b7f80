package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

func TestValue(t *testing.T) {
	t.Parallel()
	data := readOrder(t)
	value := decode(t, `{
		"channel": "#orders", "text": "New {{trigger.name}}", "id": "{{trigger.id}}", "n": 5, "nothing": null, "same": {"a": ["b", {}]},
		"blocks": [{"items": "{{trigger.line_items | map: \"sku\"}}", "style": "x"}, "{{trigger.test}}", []]
	}`)
	v, err := mapping.Compile(value)
	require.NoError(t, err)
	require.False(t, v.Static())
	got, err := v.Eval(data, mapping.Env{})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"channel": "#orders", "text": "New #1042", "id": json.Number("820982911946154508"), "n": json.Number("5"), "nothing": nil,
		"same":   map[string]any{"a": []any{"b", map[string]any{}}},
		"blocks": []any{map[string]any{"items": []any{"BELL-01", "TAG-07"}, "style": "x"}, false, []any{}},
	}, got)

	var places []string
	v.Walk(func(place string, t *mapping.Template) {
		places = append(places, place+"="+t.Pills()[0].Path().String())
	})
	require.Equal(t, []string{"blocks[0].items=trigger.line_items", "blocks[1]=trigger.test", "id=trigger.id", "text=trigger.name"}, places)

	static := map[string]any{"a": []any{"b", nil, true}}
	v, err = mapping.Compile(static)
	require.NoError(t, err)
	require.True(t, v.Static())
	got, err = v.Eval(nil, mapping.Env{})
	require.NoError(t, err)
	require.Equal(t, any(static), got)
}

func TestValueErrors(t *testing.T) {
	t.Parallel()
	_, err := mapping.Compile(decode(t, `{"a": {"b c": ["{{x", "ok"]}, "d": "{{ e | uper }}", "{{k}}": 1}`))
	var problems engine.Problems
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems, 3)
	require.Equal(t, `a["b c"][0]`, problems[0].Path)
	require.Contains(t, problems[0].Message, "not closed")
	require.Equal(t, engine.Problem{Path: "d", Message: `There is no filter "uper".`, Suggestion: "upper"}, problems[1])
	require.Equal(t, `["{{k}}"]`, problems[2].Path)
	require.Equal(t, `steps[0].with["{{k}}"]`, problems.Under("steps[0].with")[2].Path)

	_, err = mapping.Compile("{{x")
	require.ErrorAs(t, err, &problems)
	require.Empty(t, problems[0].Path)
	require.Equal(t, "steps[0].with", problems.Under("steps[0].with")[0].Path)

	var deep any = "x"
	for range 300 {
		deep = []any{deep}
	}
	_, err = mapping.Compile(deep)
	require.ErrorContains(t, err, "200 levels")

	v, err := mapping.Compile(map[string]any{"list": []any{"x", map[string]any{"odd name": "{{trigger.no}}"}}})
	require.NoError(t, err)
	_, err = v.Eval(readOrder(t), mapping.Env{})
	var place *mapping.PlaceError
	require.ErrorAs(t, err, &place)
	require.Equal(t, `list[1]["odd name"]`, place.Place)
	var missing *mapping.MissingError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, "trigger.no", missing.Path)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))

	// Twenty values of 1 MiB are more work than one step may cause, each alone is not.
	big := make([]any, 40)
	for i := range big {
		big[i] = "{{ a | trim }}"
	}
	v, err = mapping.Compile(big)
	require.NoError(t, err)
	_, err = v.Eval(map[string]any{"a": strings.Repeat("a", 1<<20)}, mapping.Env{})
	require.ErrorContains(t, err, "too much data")
}
