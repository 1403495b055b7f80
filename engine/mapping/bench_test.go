package mapping_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"bellhop/engine/mapping"
)

// What a shop posts to Slack, on an order of 2.4 KB.
const slackMessage = `New order {{trigger.name}} from {{trigger.customer.first_name}} {{trigger.customer.last_name}}: ` +
	`{{trigger.total_price | money: trigger.currency}} for {{trigger.line_items | map: "title" | join: ", "}} to {{trigger.shipping_address.city}}. ` +
	`Note: {{trigger.note | default: "none"}}. {{trigger.created_at | date: "datetime"}}`

func BenchmarkDecode(b *testing.B) {
	text, err := os.ReadFile("testdata/order.json")
	require.NoError(b, err)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, err = mapping.Decode(text)
	}
	require.NoError(b, err)
}

func BenchmarkParse(b *testing.B) {
	var err error
	b.ReportAllocs()
	for b.Loop() {
		_, err = mapping.Parse(slackMessage)
	}
	require.NoError(b, err)
}

func BenchmarkEval(b *testing.B) {
	data, lisbon := readOrder(b), time.FixedZone("WET", 0)
	for _, bench := range []struct{ name, text string }{
		{"slack message", slackMessage},
		{"one pill", "{{trigger.customer.first_name}}"},
		{"text", "New order {{trigger.name}}"},
		{"money", "{{trigger.total_price | money: trigger.currency}}"},
		{"date", `{{trigger.created_at | date: "datetime"}}`},
		{"fallback", `{{trigger.note.author | default: "none"}}`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			template, err := mapping.Parse(bench.text)
			require.NoError(b, err)
			env := mapping.Env{Locale: language.German, Zone: lisbon}
			b.ReportAllocs()
			for b.Loop() {
				_, err = template.Eval(data, env)
			}
			require.NoError(b, err)
		})
	}
}

func BenchmarkValue(b *testing.B) {
	data := readOrder(b)
	v, err := mapping.Compile(map[string]any{"channel": "#orders", "text": slackMessage, "blocks": []any{map[string]any{"type": "section", "text": "{{trigger.name}}"}}})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, err = v.Eval(data, mapping.Env{})
	}
	require.NoError(b, err)
}
