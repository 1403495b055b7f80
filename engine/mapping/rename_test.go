package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/mapping"
)

func TestRename(t *testing.T) {
	names := map[string]string{"each": "each_2", "upper": "big", "é": "e"}
	for text, want := range map[string]string{
		"": "", "each": "each", "{{each}}": "{{each_2}}", "{{ each.item.each }}": "{{ each_2.item.each }}",
		"{{trigger.each | upper}}":                               "{{trigger.each | upper}}",
		`{{upper | replace: "each {{", each.item | upper}} each`: `{{big | replace: "each {{", each_2.item | upper}} each`,
		`{{each[0].x}}{{each["each"]}} {{eaches}} {{é}}`:         `{{each_2[0].x}}{{each_2["each"]}} {{eaches}} {{e}}`,
		"{{each.":         "{{each.",
		"{{each | nope}}": "{{each | nope}}",
	} {
		require.Equal(t, want, mapping.Rename(text, names))
	}
	value := map[string]any{"a": []any{"{{each.item}}", true, nil}}
	require.Equal(t, map[string]any{"a": []any{"{{each_2.item}}", true, nil}}, mapping.RenameIn(value, names))
	require.Equal(t, "{{each.item}}", value["a"].([]any)[0], "the value given stays as it is")
}
