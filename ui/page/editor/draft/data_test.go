package draft_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/mapping"
	"bellhop/ui/page/editor/draft"
)

var sample = map[string]any{"trigger": map[string]any{
	"name": "#1042", "total_price": "189.00", "note": nil, "id": "6094853177622", "admin_url": "https://shop.example/6",
	"customer":   map[string]any{"email": "ana@silva.example", "first_name": "Ana"},
	"line_items": []any{map[string]any{"title": "Linen shirt"}, map[string]any{"title": "Wool scarf"}},
	"odd key!":   true,
}}

func TestDataFillsInExamples(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	data := s.Data(sample)
	require.Equal(t, sample["trigger"], data["trigger"])
	require.NotEmpty(t, data["post"], "the connector's example of a step that never ran")
	require.NotContains(t, data, "big", "a filter has no result")
	require.NotContains(t, sample, "post", "the sample stays as it is")
	require.NotEmpty(t, s.Data(nil)["trigger"])
}

func TestSources(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	require.Empty(t, s.Sources(draft.Trigger))
	require.Equal(t, []draft.Source{{Name: "trigger", Place: -1}, {Name: "trigger_request", Place: -1}}, s.Sources(0))
	require.Equal(t, []draft.Source{{Name: "trigger", Place: -1}, {Name: "trigger_request", Place: -1}, {Name: "big", Place: 0}, {Name: "post", Place: 1}}, s.Sources(2))
}

func TestOutline(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	data := s.Data(sample)
	o := draft.NewOutline(s.Sources(2), data)
	require.Equal(t, []string{"trigger", "post"}, o.Roots(), "what has no data is left out")

	var lines []string
	for _, id := range o.Children("trigger") {
		n, ok := o.Node(id)
		require.True(t, ok)
		lines = append(lines, n.Label+" = "+n.Value+" "+n.Pill())
		value, err := mapping.Lookup(data, id)
		require.True(t, err == nil || n.Empty, "%s can be inserted: %v", id, err)
		require.Equal(t, n.Empty, value == nil)
	}
	require.Equal(t, []string{
		"Name = #1042 {{trigger.name}}",
		"Total price = 189.00 {{trigger.total_price}}",
		`Odd key! = true {{trigger["odd key!"]}}`,
		"Customer =  {{trigger.customer}}",
		"Line items = Linen shirt, Wool scarf {{trigger.line_items}}",
		"Admin URL = https://shop.example/6 {{trigger.admin_url}}",
		"ID = 6094853177622 {{trigger.id}}",
		"Note =  {{trigger.note}}",
	}, lines)
	require.True(t, o.Branch("trigger.line_items"))
	require.False(t, o.Branch("trigger.name"))
	require.Equal(t, []string{"trigger.line_items[0]", "trigger.line_items[1]"}, o.Children("trigger.line_items"))
	item, _ := o.Node("trigger.line_items[1]")
	require.Equal(t, "Wool scarf", item.Value)
	_, ok := o.Node("trigger.nothing")
	require.False(t, ok)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	tests := map[string][]string{
		"189.00":         {"trigger.total_price"},
		"SILVA":          {"trigger.customer.email"},
		"customer email": {"trigger.customer.email"},
		"scarf":          {"trigger.line_items", "trigger.line_items[1]", "trigger.line_items[1].title"},
		"total_price":    {"trigger.total_price"},
		"nowhere":        nil,
	}
	for text, want := range tests {
		o := draft.NewOutline(s.Sources(0), s.Data(sample))
		require.Equal(t, want, o.Search(text), text)
	}
	many := make([]any, 100_000)
	for i := range many {
		many[i] = "a shirt"
	}
	o := draft.NewOutline(s.Sources(0), map[string]any{"trigger": map[string]any{"items": many}})
	require.LessOrEqual(t, len(o.Search("shirt")), 100)
	require.Len(t, o.Children("trigger.items"), 20)
}

func TestHumanise(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"total_price": "Total price", "totalPrice": "Total price", "X-Shopify-Topic": "X shopify topic", "id": "ID",
		"customer_id": "Customer ID", "htmlURL": "HTML URL", "ähnlich": "Ähnlich", "_": "_", "": "", "name": "Name", "URL": "URL",
	} {
		require.Equal(t, want, draft.Humanise(name), name)
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value any
		text  string
		ok    bool
		err   string
	}{
		{value: "plain"},
		{value: nil},
		{value: "For {{trigger.customer.first_name}}: {{trigger.total_price}}", text: "For Ana: 189.00", ok: true},
		{value: "{{trigger.line_items}}", text: `{"title":"Linen shirt"}, {"title":"Wool scarf"}`, ok: true},
		{value: map[string]any{"a": "{{trigger.name}}"}, text: `{"a":"#1042"}`, ok: true},
		{value: "{{trigger.note | default: 'none'}}", text: "none", ok: true},
		{value: "{{trigger.nmae}}", ok: true, err: `Did you mean "name"?`},
		{value: "{{trigger.name", ok: true, err: "not closed"},
	}
	for _, test := range tests {
		text, ok, err := draft.Preview(test.value, sample, mapping.Env{})
		require.Equal(t, test.text, text, "%v", test.value)
		require.Equal(t, test.ok, ok, "%v", test.value)
		if test.err == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, test.err)
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	data := s.Data(sample)
	require.Equal(t, "Order #1042, Ana", s.Summary(draft.Trigger, data, mapping.Env{}))
	require.Equal(t, "Send a message to #orders in Slack", s.Summary(1, data, mapping.Env{}))
	s.SetFields(1, "channel", map[string]any{"channel": "{{trigger.name}}", "text": "x"})
	require.Equal(t, "Send a message to #1042 in Slack", s.Summary(1, data, mapping.Env{}))
	s.SetFields(1, "channel", map[string]any{"channel": "{{trigger.gone}}"})
	require.Equal(t, "Send a message to … in Slack", s.Summary(1, data, mapping.Env{}))
	s.Insert(s.After(2), "http.request")
	require.Equal(t, "Send a GET request to …", s.Summary(3, data, mapping.Env{}), "the default counts")
	s.Choose(3, "gone.away")
	require.Empty(t, s.Summary(3, data, mapping.Env{}))
}

func TestDecide(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	pass, note, err := draft.Decide(s.Element(0).With, sample, mapping.Env{})
	require.NoError(t, err)
	require.True(t, pass)
	require.Equal(t, "189.00 is over 100", note)
	_, _, err = draft.Decide(map[string]any{}, sample, mapping.Env{})
	require.Error(t, err)
}

func TestShort(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a b", draft.Short(" a\n\n b ", 10))
	require.Equal(t, "äöü…", draft.Short("äöüß", 3))
	require.Equal(t, "äöü", draft.Short("äöü", 3))
	require.Len(t, []rune(draft.Short(strings.Repeat("x", 1000), 80)), 81)
}
