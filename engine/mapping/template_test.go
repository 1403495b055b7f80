package mapping_test

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// readOrder returns an order as Shopify sends it, under the name trigger.
func readOrder(t testing.TB) map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/order.json")
	require.NoError(t, err)
	v, err := mapping.Decode(text)
	require.NoError(t, err)
	return map[string]any{"trigger": v}
}

func decode(t testing.TB, text string) any {
	t.Helper()
	v, err := mapping.Decode([]byte(text))
	require.NoError(t, err, text)
	return v
}

func eval(t testing.TB, text string, data any, env mapping.Env) (any, error) {
	t.Helper()
	template, err := mapping.Parse(text)
	require.NoError(t, err, text)
	require.Equal(t, text, template.String())
	return template.Eval(data, env)
}

func TestEval(t *testing.T) {
	t.Parallel()
	data := readOrder(t)
	data["odd"] = decode(t, `{"a b": {"größe": [[1, 2], [3]]}, "quote\"": 1, "مفتاح": "قيمة", "false": {"x": 1}, "empty": "", "none": [], "no": false, "zero": 0, "big": 1e+06, "long": 12345678901234567890.123}`)
	tests := []struct {
		text string
		want any
	}{
		{"", ""},
		{"no pills, }} and { alone", "no pills, }} and { alone"},
		{"{{trigger.name}}", "#1042"},
		{"Order {{trigger.name}}!", "Order #1042!"},
		{"{{trigger.name}}{{trigger.name}}", "#1042#1042"},
		{"{{trigger.id}}", json.Number("820982911946154508")},
		{"id {{trigger.id}}", "id 820982911946154508"},
		{"{{trigger.test}}", false},
		{"{{trigger.test}}, {{trigger.confirmed}}", "false, true"},
		{"{{trigger.line_items[0].title}}", "Brass desk bell"},
		{"{{trigger.line_items[-1].title}}", "Luggage tag «Ōsaka»"},
		{"{{trigger[\"line_items\"][ 1 ]['sku']}}", "TAG-07"},
		{"{{['trigger'].name}}", "#1042"},
		{"{{\n\ttrigger.name\n}}", "#1042"},
		{`{{odd["a b"].größe[0][1]}}`, json.Number("2")},
		{`{{odd["quote\""]}}`, json.Number("1")},
		{"{{odd.مفتاح}}", "قيمة"},
		{"{{odd.false.x}}", json.Number("1")},
		{"{{odd.big}} {{odd.long}}", "1000000 12345678901234567890.123"},
		{`{{odd["a b"].größe}}`, []any{[]any{json.Number("1"), json.Number("2")}, []any{json.Number("3")}}},
		{`: {{odd["a b"].größe}}`, ": 1, 2, 3"},
		{"{{trigger.discount_codes}}.", `{"amount":"10.00","code":"SPRING10","type":"fixed_amount"}.`},
		{`{{ "{{" }} and {{ '}}' }}`, "{{ and }}"},
		{`{{ "a\n\t\"\\\x" }}`, "a\n\t\"\\\\x"},
		{"{{ -0.50 }}", json.Number("-0.50")},
		{"{{ true }}", true},
		{"{{ false }}", false},
		// default decides what a missing value is, and nothing else does.
		{`{{trigger.note | default: "none"}}`, "none"},
		{`{{trigger.absent.deeper | default: "none"}}`, "none"},
		{`{{odd.empty | default: "none"}}`, "none"},
		{`{{odd.none | default: "none"}}`, "none"},
		{`{{odd.no | default: "none"}}`, false},
		{`{{odd.zero | default: "none"}}`, json.Number("0")},
		{`{{trigger.phone | default: trigger.email}}`, "ana.silva@example.com"},
		{`{{trigger.phone | default: trigger.note | default: 7}}`, json.Number("7")},
		{`{{trigger.phone | upper | default: "a" | upper}}`, "A"},
		{`{{trigger.note | default: ""}}`, ""},
		{`{{trigger.line_items[0].properties | first | default: "plain"}}`, "plain"},
		{`{{ "text" | default: trigger.absent }}`, "text"},
	}
	for _, test := range tests {
		got, err := eval(t, test.text, data, mapping.Env{})
		require.NoError(t, err, test.text)
		require.Equal(t, test.want, got, test.text)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	data := readOrder(t)
	tests := []struct {
		text, path, found, reason, suggestion string
	}{
		{"{{trigger.nam}}", "trigger.nam", "trigger", `trigger has no "nam"`, "name"},
		{"{{ triger.name | upper }}", "triger.name", "", `the data has no "triger"`, "trigger"},
		{"{{trigger.customer.fist_name}}", "trigger.customer.fist_name", "trigger.customer", `trigger.customer has no "fist_name"`, "first_name"},
		{"{{trigger.note}}", "trigger.note", "trigger.note", "trigger.note is empty", ""},
		{"{{trigger.note.author}}", "trigger.note.author", "trigger.note", "trigger.note is empty", ""},
		{"{{trigger.line_items[2].title}}", "trigger.line_items[2].title", "trigger.line_items", "trigger.line_items has 2, so there is no [2]", ""},
		{"{{trigger.line_items[-3]}}", "trigger.line_items[-3]", "trigger.line_items", "trigger.line_items has 2, so there is no [-3]", ""},
		{"{{trigger.line_items.title}}", "trigger.line_items.title", "trigger.line_items", "trigger.line_items is a list of 2, so a name needs an item first, such as trigger.line_items[0].title", ""},
		{"{{trigger.customer[0]}}", "trigger.customer[0]", "trigger.customer", "trigger.customer is not a list, so it has no [0]", ""},
		{"{{trigger.name.first}}", "trigger.name.first", "trigger.name", "trigger.name is text and has no parts", ""},
		{"{{trigger.id.x}}", "trigger.id.x", "trigger.id", "trigger.id is a number and has no parts", ""},
		{"{{trigger.line_items[0].properties[0]}}", "trigger.line_items[0].properties[0]", "trigger.line_items[0].properties", "trigger.line_items[0].properties is an empty list", ""},
		{"{{trigger.line_items[0].properties | last}}", "trigger.line_items[0].properties", "trigger.line_items[0].properties", `the list is empty, so "last" has nothing to give`, ""},
		{"{{trigger.total_price | money: trigger.curency}}", "trigger.curency", "trigger", `trigger has no "curency"`, "currency"},
		{"{{trigger.note | default: trigger.phone}}", "trigger.phone", "trigger.phone", "trigger.phone is empty", ""},
		{`{{trigger["odd name"].x}}`, `trigger["odd name"].x`, "trigger", `trigger has no "odd name"`, ""},
	}
	for _, test := range tests {
		for _, around := range []string{"", "text "} {
			_, err := eval(t, around+test.text, data, mapping.Env{})
			var missing *mapping.MissingError
			require.ErrorAs(t, err, &missing, test.text)
			require.Equal(t, mapping.MissingError{Path: test.path, Pill: test.text, Found: test.found, Reason: test.reason, Suggestion: test.suggestion}, *missing)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
			require.Contains(t, engine.ErrorMessage(err), test.text+" finds nothing: "+test.reason)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text       string
		part       string // the text that Offset and Length point at
		message    string
		suggestion string
	}{
		{"a {{b", "{{b", "not closed", ""},
		{"a {{b {{c}}", "{{b ", "not closed", ""},
		{"a {{b } c", "{{b } c", "not closed", ""},
		{"{{", "{{", "not closed", ""},
		{"{{}}", "{{}}", "empty", ""},
		{"x {{   }}", "{{   }}", "empty", ""},
		{"{{ | upper }}", "|", "A value is missing", ""},
		{"{{ trigger . name }}", ".", "Expected a |", ""},
		{"{{ a b }}", "b", `instead of "b"`, ""},
		{"{{ a. }}", " ", "A name is missing", ""},
		{"{{ a.0 }}", "0", "Write [0]", ""},
		{"{{ a[b] }}", "[", "Brackets hold", ""},
		{"{{ a[99999999999] }}", "[99999999999", "Brackets hold", ""},
		{"{{ a[1 }}", "[1 ", "not closed", ""},
		{`{{ a["x }}`, `"`, "This text is not closed", ""},
		{"{{ a | }}", "}", "name of a filter is missing", ""},
		{"{{ a | uper }}", "uper", `There is no filter "uper"`, "upper"},
		{"{{ a | size }}", "size", `There is no filter "size"`, ""},
		{"{{ a | upper: 1 }}", "upper: 1 ", "takes no values, not 1", ""},
		{"{{ a | money }}", "money ", "needs to know: currency", ""},
		{"{{ a | default }}", "default ", "needs to know: use instead", ""},
		{"{{ a | join: }}", "}", "A value is missing", ""},
		{"{{ a | money: 'EURO' }}", "money: 'EURO' ", `no currency "EURO"`, "EUR"},
		{"{{ a | money: 978 }}", "money: 978 ", "no currency 978", ""},
		{"{{ a | round: 'x' }}", "round: 'x' ", `needs a number here, and "x" is none`, ""},
		{"{{ a | round: 1.5 }}", "round: 1.5 ", "whole number from 0 to 20", ""},
		{"{{ a | round: 21 }}", "round: 21 ", "whole number from 0 to 20", ""},
		{"{{ a | truncate: -1 }}", "truncate: -1 ", "whole number", ""},
		{"{{ a | replace: '' }}", "replace: '' ", "must not be empty", ""},
		{"{{ a | split: '' }}", "split: '' ", "must not be empty", ""},
		{"{{ a | map: '' }}", "map: '' ", "names no field", ""},
		{"{{ a | date: 'meduim' }}", "date: 'meduim' ", "is not known", "medium"},
		{"{{ a | date: '%Y-%m' }}", "date: '%Y-%m' ", "written like yyyy-MM-dd", ""},
		{"{{ a | date: \"d 'of\" }}", "date: \"d 'of\" ", "quote that is not closed", ""},
		{"{{ a | date: '' }}", "date: '' ", "characters long", ""},
		{"{{ a | date: 'short', 'Europe/Lisbn' }}", "date: 'short', 'Europe/Lisbn' ", "no time zone", "Europe/Lisbon"},
		{"{{ a | date: 'short', '../../etc/passwd' }}", "date: 'short', '../../etc/passwd' ", "no time zone", ""},
		{"{{ 1.2.3 }}", "1.2.3", "is no number", ""},
		{"{{ - }}", "-", "is no number", ""},
		{"{{ a" + strings.Repeat(" | upper", 21) + " }}", "{{ a" + strings.Repeat(" | upper", 21) + " ", "more than 20 filters", ""},
		{"{{ a" + strings.Repeat("[0]", 300) + " }}", "a" + strings.Repeat("[0]", 200), "more than 200 parts", ""},
		{"größer {{ ü.ö | uper }}", "uper", "no filter", "upper"},
		{"\xff", "\xff", "UTF-8", ""},
		{strings.Repeat("x", 256<<10) + "y", "y", "longer than", ""},
	}
	for _, test := range tests {
		_, err := mapping.Parse(test.text)
		var syntax *mapping.SyntaxError
		require.ErrorAs(t, err, &syntax, test.text)
		require.Contains(t, syntax.Message, test.message)
		require.Equal(t, test.suggestion, syntax.Suggestion, test.text)
		require.Equal(t, test.part, test.text[syntax.Offset:syntax.Offset+syntax.Length], test.text)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
		require.Equal(t, syntax.Error(), engine.ErrorMessage(err))
	}
}

func TestPartsOfATemplate(t *testing.T) {
	t.Parallel()
	template, err := mapping.Parse(`Hi {{ a.b | money: c["d e"] | default: "x" }}{{ 1 | plus: f }}!`)
	require.NoError(t, err)
	require.False(t, template.Static())
	pills := template.Pills()
	require.Len(t, pills, 2)
	require.Equal(t, `{{ a.b | money: c["d e"] | default: "x" }}`, pills[0].Source)
	require.Equal(t, 3, pills[0].Offset)
	require.Equal(t, "a.b", pills[0].Path().String())
	require.Equal(t, []mapping.Path{{{Name: "a"}, {Name: "b"}}, {{Name: "c"}, {Name: "d e"}}}, pills[0].Paths())
	require.Equal(t, []string{"money", "default"}, pills[0].Filters())
	require.Nil(t, pills[1].Path())
	require.Equal(t, []mapping.Path{{{Name: "f"}}}, pills[1].Paths())
	require.Equal(t, []mapping.Part{{Text: "Hi "}, {Pill: pills[0]}, {Pill: pills[1]}, {Text: "!"}}, template.Parts())

	for _, text := range []string{"", "plain"} {
		static, err := mapping.Parse(text)
		require.NoError(t, err)
		require.True(t, static.Static())
		require.Empty(t, static.Pills())
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	data := readOrder(t)
	path := mapping.Path{}.Field("trigger").Field("line_items").At(0)
	require.Equal(t, "trigger.line_items[0].title", path.Field("title").String())
	require.Equal(t, `trigger.line_items[0]["unit price"]`, path.Field("unit price").String(), "a path is not changed by its children")
	for _, text := range []string{"a", "a.b", "a[0].b", `["a b"]`, `["a b"].c[-1]["\"\\\n"]`, "a-b.größe", `a["0"]`, `a[""]`, "true.x"} {
		p, err := mapping.ParsePath(text)
		require.NoError(t, err, text)
		require.Equal(t, text, p.String())
	}
	for _, text := range []string{"", " ", "a b", "a.", ".a", "a[", "a[0", "a | upper", "5"} {
		_, err := mapping.ParsePath(text)
		var syntax *mapping.SyntaxError
		require.ErrorAs(t, err, &syntax, text)
	}
	got, err := mapping.Lookup(data, " trigger.customer.first_name ")
	require.NoError(t, err)
	require.Equal(t, "Ana", got)
	_, err = mapping.Lookup(data, "trigger.customer.firstname")
	require.EqualError(t, err, `trigger.customer.firstname finds nothing: trigger.customer has no "firstname". Did you mean "first_name"?`)
	_, err = mapping.Lookup(nil, "a")
	require.ErrorContains(t, err, "the data is empty")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	data := readOrder(t)
	template, err := mapping.Parse(`{{ trigger.total_price | times: 2 | money: "EUR" }} {{ trigger.note | upper | default: "-" }} {{ trigger.name | round }} {{ trigger.nope }}`)
	require.NoError(t, err)
	traces := template.Explain(data, mapping.Env{})
	require.Len(t, traces, 4)
	require.Equal(t, mapping.Trace{
		Pill: `{{ trigger.total_price | times: 2 | money: "EUR" }}`, Path: "trigger.total_price", Raw: "1189.00",
		Steps: []mapping.TraceStep{{Filter: "times", Value: json.Number("2378.00")}, {Filter: "money", Value: "€2,378.00"}},
		Value: "€2,378.00",
	}, traces[0])
	require.Nil(t, traces[1].Raw)
	require.Equal(t, []mapping.TraceStep{{Filter: "upper"}, {Filter: "default", Value: "-"}}, traces[1].Steps)
	require.Equal(t, "-", traces[1].Value)
	require.ErrorContains(t, traces[2].Err, `"#1042" is none`)
	require.Equal(t, traces[2].Err, traces[2].Steps[0].Err)
	require.Equal(t, "trigger.nope", traces[3].Path)
	require.ErrorContains(t, traces[3].Err, "finds nothing")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	// Each template tries to grow, or to cost, more than one field may.
	data := map[string]any{"a": strings.Repeat("a", 1<<20), "list": make([]any, 200_000)}
	for i := range data["list"].([]any) {
		data["list"].([]any)[i] = map[string]any{"x": "1"}
	}
	for _, text := range []string{
		"{{a}}{{a}}",
		"x{{a}}",
		`{{ a | replace: "a", "bb" }}`,
		`{{ "1e9" | replace: "1", a | replace: "a", "aa" }}`,
		`{{ list | join: "----------" }}`,
		"{{ list }}.",
		"{{ list | json }}",
		`{{ a | split: "a" | join: ", " }}`,
		strings.Repeat(`{{ a | trim | truncate: 1 }}`, 100),
		"{{ 9" + strings.Repeat(" | times: "+strings.Repeat("9", 900), 3) + " }}",
	} {
		_, err := eval(t, text, data, mapping.Env{})
		var filter *mapping.FilterError
		require.ErrorAs(t, err, &filter, text[:min(60, len(text))])
		require.NotEmpty(t, filter.Pill)
		require.Less(t, len(err.Error()), 20_000)
	}
	whole, err := eval(t, "{{a}}", data, mapping.Env{})
	require.NoError(t, err, "a value that is only passed on is not copied, and may be long")
	require.Len(t, whole, 1<<20)
}

func TestManyGoroutines(t *testing.T) {
	t.Parallel()
	data := readOrder(t)
	template, err := mapping.Parse(`{{trigger.total_price | money: trigger.currency}} {{trigger.created_at | date: "long", "Asia/Tokyo"}} {{trigger.name | upper}}`)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 8 {
		locale := []language.Tag{language.English, language.German, language.MustParse("tr"), language.Japanese}[i%4]
		wg.Go(func() {
			for range 50 {
				_, err := template.Eval(data, mapping.Env{Locale: locale, Zone: time.UTC})
				require.NoError(t, err)
			}
		})
	}
	wg.Wait()
}
