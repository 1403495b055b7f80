package action_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// TestGroupsInAForm are written as most apps read them; what a person puts into a form stays as it is.
func TestGroupsInAForm(t *testing.T) {
	t.Parallel()
	notes := engine.Field{Name: "notes", Type: engine.FieldMap, Label: "Notes"}
	for name, test := range map[string]struct {
		request engine.RequestSpec
		with    map[string]any
		want    string
	}{
		"a field of names and values": {
			engine.RequestSpec{Form: map[string]any{"metadata": "{{notes}}"}}, map[string]any{"notes": map[string]any{"a b": "1", "c": "2"}},
			"metadata%5Ba+b%5D=1&metadata%5Bc%5D=2",
		},
		"none of them": {engine.RequestSpec{Form: map[string]any{"metadata": "{{notes}}", "x": "y"}}, nil, "x=y"},
		"deeper": {
			engine.RequestSpec{Form: map[string]any{"a": map[string]any{"b": map[string]any{"c": "1"}, "d[0]": "2"}, "e[]": []any{"3", "4"}}}, nil,
			"a%5Bb%5D%5Bc%5D=1&a%5Bd%5D%5B0%5D=2&e%5B%5D=3&e%5B%5D=4",
		},
		"by hand": {engine.RequestSpec{FormFrom: "notes"}, map[string]any{"notes": map[string]any{"blocks": map[string]any{"a": "1"}}}, "blocks=%7B%22a%22%3A%221%22%7D"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.Method, test.request.URL = "POST", "https://x.example"
			r, err := action.New(action.Params{}).Build(t.Context(), action.Call{
				Connector: engine.Connector{Name: "x", Title: "X"}, With: test.with,
				Operation: engine.Operation{Name: "do", Fields: []engine.Field{notes}, Request: &test.request},
			})
			require.NoError(t, err)
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			require.Equal(t, test.want, string(body))
		})
	}
}
