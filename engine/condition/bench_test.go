package condition_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/condition"
	"bellhop/engine/mapping"
)

func BenchmarkEval(b *testing.B) {
	data := decode(b, order)
	for _, bench := range []struct{ name, with string }{
		{"over", `{"rules": [{"value": "{{trigger.total}}", "is": "greater_than", "than": "100"}]}`},
		{"equals", `{"rules": [{"value": "{{trigger.country}}", "is": "equals", "than": "PT"}]}`},
		{"four rules", `{"match": "all", "rules": [
			{"value": "{{trigger.total}}", "is": "at_least", "than": 10}, {"value": "{{trigger.country}}", "is": "one_of", "than": "ES, PT"},
			{"value": "{{trigger.note}}", "is": "is_empty"}, {"value": "{{trigger.name}}", "is": "contains", "than": "Silva"}]}`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c, err := condition.Compile(decode(b, bench.with).(map[string]any))
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				_, _, err = c.Eval(data, mapping.Env{})
			}
			require.NoError(b, err)
		})
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"match": "any", "rules": []}`, `{"rules": [{"value": "{{trigger.total}}", "is": "greater_than", "than": "100"}]}`,
		`{"rules": [{"value": "{{trigger.tags}}", "is": "contains", "than": "{{trigger.name | lower}}"}, {"value": "{{a", "is": "matches", "than": "(a*)*b"}]}`,
		`{"match": 1, "rules": [{"value": [1, "{{x}}"], "is": "one_of", "than": [1, null, {}]}]}`, `{"rules": [{"value": "now", "is": "before", "than": "2026-03-05"}]}`,
		`{"rules": [{"value": "x", "is": "is_true"}, {"value": {}, "is": "is_empty"}, {"value": "{{trigger.no}}", "is": "exists"}]}`, `{"rules": [null, 5, {"is": null}]}`,
		`{"rules": [{"value": "aaaaaaaaaaaaaaaaaaaaaaaa", "is": "matches", "than": "(a?){50}a{50}"}]}`,
	} {
		f.Add([]byte(seed))
	}
	data := decode(f, order)
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := mapping.Decode(text)
		with, ok := v.(map[string]any)
		if err != nil || !ok {
			return
		}
		c, err := condition.Compile(with)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		pass, note, err := c.Eval(data, mapping.Env{})
		require.Equal(t, err == nil, note != "", "a note says why, or an error does")
		require.False(t, err != nil && pass)
		require.Less(t, len(note), 1000)
	})
}
