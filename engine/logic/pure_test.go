package logic_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"bellhop/engine"
	"bellhop/engine/logic"
	"bellhop/engine/mapping"
)

var lisbon = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		panic(err)
	}
	return zone
}()

// env is in Lisbon, on the night before its clocks go forward.
var env = mapping.Env{Locale: language.Portuguese, Zone: lisbon, Now: time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC)}

// do does a step whose fields are given as JSON.
func do(t *testing.T, name, with string) (logic.Outcome, error) {
	t.Helper()
	fields, err := mapping.Decode([]byte(with))
	require.NoError(t, err)
	pure, kept := logic.Find(name)
	require.NotNil(t, pure, name)
	require.Nil(t, kept)
	outcome, err := pure(logic.Call{RecipeID: 1, RunID: 2, Step: "step", Logic: name, With: fields.(map[string]any), Env: env})
	after, _ := json.Marshal(fields)
	require.JSONEq(t, with, string(after), "the fields stay as they are")
	return outcome, err
}

const lines = `[{"sku": "B", "n": 10, "price": "12.50", "v": {"id": 1}}, {"sku": "A", "n": "9", "price": "7"}, {"sku": "B", "n": null, "price": "0.00"}]`

func TestPure(t *testing.T) {
	for name, test := range map[string]struct{ logic, with, output, note string }{
		"compose": {"compose", `{"values": {"a": [1, {"b": null}], "c": 9007199254740993}}`, `{"a": [1, {"b": null}], "c": 9007199254740993}`, ""},

		"one list after another":   {"combine", `{"first": [1], "second": [[2]], "third": "", "how": "append"}`, `{"items": [1, [2]], "count": 2}`, "2 entries"},
		"an entry alone is a list": {"combine", `{"first": {"a": 1}, "second": null}`, `{"items": [{"a": 1}], "count": 1}`, "1 entry"},
		"match": {
			"combine", `{"how": "match", "first": [{"id": 1, "t": "x"}, {"id": "2"}, {"t": "y"}], "second": [{"no": "1", "t": "z", "p": 5}, {"no": 1, "p": 6}], "first_key": "id", "second_key": "no"}`,
			`{"items": [{"id": 1, "t": "x", "no": "1", "p": 5}, {"id": "2"}, {"t": "y"}], "count": 3}`, "1 of 3 matched",
		},
		"match, the rest left out": {
			"combine", `{"how": "match", "rest": "leave_out", "first": [{"sku": "A"}, {"sku": "B"}], "second": [{"sku": "B", "p": 5}], "first_key": "sku"}`,
			`{"items": [{"sku": "B", "p": 5}], "count": 1}`, "1 of 2 matched",
		},

		"keep": {"list_keep", `{"list": ` + lines + `, "rules": [{"value": "n", "is": "at_least", "than": "9.5"}]}`, `{"items": [{"sku": "B", "n": 10, "price": "12.50", "v": {"id": 1}}], "count": 1}`, "1 of 3 entries"},
		"keep any": {
			"list_keep", `{"match": "any", "list": ` + lines + `, "rules": [{"value": "n", "is": "greater_than", "than": 9}, {"value": "price", "is": "equals", "than": "0"}]}`,
			`{"items": [{"sku": "B", "n": 10, "price": "12.50", "v": {"id": 1}}, {"sku": "B", "n": null, "price": "0.00"}], "count": 2}`, "2 of 3 entries",
		},
		"keep what has no value":             {"list_keep", `{"list": [{"a": 1}, {}], "rules": [{"value": "b", "is": "not_exists"}]}`, `{"items": [{"a": 1}, {}], "count": 2}`, "2 of 2 entries"},
		"keep of nothing":                    {"list_keep", `{"list": [], "rules": [{"value": "b", "is": "equals", "than": 1}]}`, `{"items": [], "count": 0}`, "0 of 0 entries"},
		"data with braces is no pill":        {"list_keep", `{"list": [{"a": "{{x}}"}, {"a": 1}], "rules": [{"value": "a", "is": "equals", "than": "{{x}}"}]}`, `{"items": [{"a": "{{x}}"}], "count": 1}`, "1 of 2 entries"},
		"data with braces in a list neither": {"list_keep", `{"list": [{"a": "{{x}}"}, {"a": 1}], "rules": [{"value": "a", "is": "one_of", "than": ["{{x}}"]}]}`, `{"items": [{"a": "{{x}}"}], "count": 1}`, "1 of 2 entries"},

		"sort numbers":         {"list_sort", `{"list": ` + lines + `, "by": "n"}`, `{"items": [{"sku": "A", "n": "9", "price": "7"}, {"sku": "B", "n": 10, "price": "12.50", "v": {"id": 1}}, {"sku": "B", "n": null, "price": "0.00"}], "count": 3}`, ""},
		"sort down, none last": {"list_sort", `{"list": [{"a": 1}, {"b": 1}, {"a": 3}], "by": "a", "order": "descending"}`, `{"items": [{"a": 3}, {"a": 1}, {"b": 1}], "count": 3}`, ""},
		"sort by alphabet":     {"list_sort", `{"list": ["Zé", "ção", "Ângela", "ana", 10, "9"]}`, `{"items": ["9", 10, "ana", "Ângela", "ção", "Zé"], "count": 6}`, ""},
		"sort is stable":       {"list_sort", `{"list": [{"a": 1, "b": 1}, {"a": "1.0", "b": 2}], "by": "a", "order": "descending"}`, `{"items": [{"a": 1, "b": 1}, {"a": "1.0", "b": 2}], "count": 2}`, ""},

		"take the first":       {"list_take", `{"list": [1, 2, 3], "count": "2"}`, `{"items": [1, 2], "count": 2}`, "2 of 3 entries"},
		"take the last":        {"list_take", `{"list": [1, 2, 3], "end": "last", "count": 2}`, `{"items": [2, 3], "count": 2}`, "2 of 3 entries"},
		"take more than there": {"list_take", `{"list": [1], "count": 5}`, `{"items": [1], "count": 1}`, "1 of 1 entry"},
		"unique":               {"list_unique", `{"list": ` + lines + `, "by": "sku"}`, `{"items": [{"sku": "B", "n": 10, "price": "12.50", "v": {"id": 1}}, {"sku": "A", "n": "9", "price": "7"}], "count": 2}`, "1 entry left out"},
		"unique by themselves": {"list_unique", `{"list": [1, "1", 2, null, null]}`, `{"items": [1, 2, null, null], "count": 4}`, "1 entry left out"},

		"total":            {"list_total", `{"list": ` + lines + `, "by": "price"}`, `{"count": 3, "sum": 19.50, "average": 6.50, "least": 0.00, "most": 12.50}`, "19.50 of 3 numbers"},
		"total is exact":   {"list_total", `{"list": ["0.1", 0.2, ""]}`, `{"count": 2, "sum": 0.3, "average": 0.15, "least": 0.1, "most": 0.2}`, "0.3 of 2 numbers"},
		"total of nothing": {"list_total", `{"list": []}`, `{"count": 0, "sum": 0, "average": null, "least": null, "most": null}`, "0 of 0 numbers"},
		"join":             {"list_join", `{"list": ` + lines + `, "by": "v.id"}`, `{"text": "1"}`, ""},
		"join lines":       {"list_join", `{"list": ["a", 2], "separator": "line"}`, `{"text": "a\n2"}`, ""},

		"split lines": {"text_split", `{"text": " a \r\n\nb"}`, `{"items": ["a", "b"], "count": 2}`, "2 parts"},
		"split":       {"text_split", `{"text": "a, b,,", "separator": ","}`, `{"items": ["a", "b"], "count": 2}`, "2 parts"},

		"find between":     {"text_find", `{"text": "No: 17;\nNo: 18;", "after": "No:", "before": ";"}`, `{"found": "17", "all": ["17", "18"], "count": 2}`, `found "17"`},
		"find to the end":  {"text_find", `{"text": "Total: 5 €", "after": "Total:"}`, `{"found": "5 €", "all": ["5 €"], "count": 1}`, `found "5 €"`},
		"find from begin":  {"text_find", `{"text": "Ana <a@b>", "before": "<"}`, `{"found": "Ana", "all": ["Ana"], "count": 1}`, `found "Ana"`},
		"find nothing":     {"text_find", `{"text": "x", "after": "y", "before": "z"}`, `{"found": null, "all": [], "count": 0}`, "nothing found"},
		"find mail":        {"text_find", `{"what": "email", "text": "Ana <ana.s+1@ex-ample.co.uk>, b@c."}`, `{"found": "ana.s+1@ex-ample.co.uk", "all": ["ana.s+1@ex-ample.co.uk"], "count": 1}`, `found "ana.s+1@ex-ample.co.uk"`},
		"find web address": {"text_find", `{"what": "address", "text": "(see https://a.example/x?y=1)."}`, `{"found": "https://a.example/x?y=1", "all": ["https://a.example/x?y=1"], "count": 1}`, `found "https://a.example/x?y=1"`},
		"find numbers":     {"text_find", `{"what": "number", "text": "Order-5: 1.234,50 € and -3"}`, `{"found": "5", "all": ["5", "1.234,50", "-3"], "count": 3}`, `found "5"`},

		"German number":      {"number_read", `{"text": "1.234,50 €"}`, `{"number": 1234.50}`, ""},
		"English number":     {"number_read", `{"text": "USD 1,234,567.8"}`, `{"number": 1234567.8}`, ""},
		"Swiss number":       {"number_read", `{"text": "CHF 1'234.05"}`, `{"number": 1234.05}`, ""},
		"French number":      {"number_read", `{"text": "- 1 234,5 €"}`, `{"number": -1234.5}`, ""},
		"decimals at an end": {"number_read", `{"text": "7,5"}`, `{"number": 7.5}`, ""},
		"thousands as told":  {"number_read", `{"text": "1.234", "decimal": "comma"}`, `{"number": 1234}`, ""},
		"decimals as told":   {"number_read", `{"text": "1.234", "decimal": "point"}`, `{"number": 1.234}`, ""},
		"three decimals":     {"number_read", `{"text": "0.125 kg"}`, `{"number": 0.125}`, ""},
		"zeros before":       {"number_read", `{"text": "007"}`, `{"number": 7}`, ""},

		"a day is a day, also of 23 hours": {"date_move", `{"date": "2026-03-28 12:00", "by": 1, "unit": "days"}`, `{"date": "2026-03-29T12:00:00+01:00", "day": "2026-03-29"}`, ""},
		"hours are hours":                  {"date_move", `{"date": "2026-03-28 12:00", "by": "24", "unit": "hours"}`, `{"date": "2026-03-29T13:00:00+01:00", "day": "2026-03-29"}`, ""},
		"months end":                       {"date_move", `{"date": "2028-01-31", "by": 1, "unit": "months"}`, `{"date": "2028-02-29T00:00:00Z", "day": "2028-02-29"}`, ""},
		"leap years":                       {"date_move", `{"date": "2028-02-29", "by": -1, "unit": "years"}`, `{"date": "2027-02-28T00:00:00Z", "day": "2027-02-28"}`, ""},
		"weeks from now":                   {"date_move", `{"date": "today", "by": -1, "unit": "weeks"}`, `{"date": "2026-03-21T00:00:00Z", "day": "2026-03-21"}`, ""},

		"look up":         {"lookup", `{"value": " pt", "table": {"DE": 1, "PT": "Ana"}}`, `{"value": "Ana", "found": true}`, `"pt" is "Ana"`},
		"look up exactly": {"lookup", `{"value": "PT", "table": {"PT": 1, "pt": 2}}`, `{"value": 1, "found": true}`, `"PT" is 1`},
		"look up other":   {"lookup", `{"value": "FR", "table": {"PT": 1}, "otherwise": "all"}`, `{"value": "all", "found": false}`, `"FR" is not in the list`},
	} {
		t.Run(name, func(t *testing.T) {
			outcome, err := do(t, test.logic, test.with)
			require.NoError(t, err)
			output, err := json.Marshal(outcome.Output)
			require.NoError(t, err)
			// As it is written, since numbers keep their decimals.
			want, err := mapping.Decode([]byte(test.output))
			require.NoError(t, err)
			written, err := json.Marshal(want)
			require.NoError(t, err)
			require.Equal(t, string(written), string(output))
			require.Equal(t, test.note, outcome.Note)
			require.Equal(t, logic.Outcome{Output: outcome.Output, Note: outcome.Note}, outcome, "pure logic neither ends nor waits")
		})
	}
}

func TestPureMistakes(t *testing.T) {
	for name, test := range map[string]struct{ logic, with, says string }{
		"no values":           {"compose", `{"values": "x"}`, "names and values"},
		"no list":             {"list_take", `{"list": "a, b"}`, `"a, b" is a text`},
		"a number as list":    {"list_take", `{"list": 5}`, "5 is none"},
		"too few":             {"list_take", `{"list": [1], "count": -1}`, "-1 is not a whole number"},
		"half an entry":       {"list_take", `{"list": [1], "count": "1.5"}`, `"1.5" is not a whole number`},
		"no such field":       {"list_sort", `{"list": [{"price": 1}], "by": "prise"}`, "prise"},
		"no field at all":     {"list_sort", `{"list": [{"price": 1}], "by": "a b"}`, `"a b" names no field`},
		"no rules":            {"list_keep", `{"list": [1]}`, "no rules"},
		"a rule on a value":   {"list_keep", `{"list": [1], "rules": [{"value": "12.50", "is": "equals", "than": 1}]}`, `"12.50", which names no field`},
		"a rule on no field":  {"list_keep", `{"list": [{"a": 1}], "rules": [{"value": "b", "is": "equals", "than": 1}]}`, `anything at "b"`},
		"an unknown rule":     {"list_keep", `{"list": [{"a": 1}], "rules": [{"value": "a", "is": "equal", "than": 1}]}`, `Did you mean "equals"`},
		"what is no number":   {"list_keep", `{"list": [{"a": 1}, {"a": "x"}], "rules": [{"value": "a", "is": "less_than", "than": 1}]}`, "Entry 2"},
		"no number in a sum":  {"list_total", `{"list": [1, "two"]}`, `Entry 2 of the list has "two"`},
		"no key":              {"combine", `{"how": "match", "first": [{}], "second": []}`, "belong together"},
		"no group":            {"combine", `{"how": "match", "first": [{"a": 1}, 1], "second": [], "first_key": "a"}`, "Entry 2"},
		"nothing to find":     {"text_find", `{"text": "x"}`, "before or after"},
		"cannot be found":     {"text_find", `{"text": "x", "what": "phone"}`, `"phone" cannot be looked for`},
		"no number":           {"number_read", `{"text": "many"}`, `no number in "many"`},
		"thousands or not":    {"number_read", `{"text": "1.234"}`, "read in two ways"},
		"decimals twice":      {"number_read", `{"text": "1,5,5", "decimal": "comma"}`, "several signs"},
		"thousands after":     {"number_read", `{"text": "1,5.5", "decimal": "comma"}`, "after the decimals"},
		"no date":             {"date_move", `{"date": "soon", "by": 1, "unit": "days"}`, `"soon" is not a date`},
		"no unit":             {"date_move", `{"date": "now", "by": 1, "unit": "moons"}`, `"moons" is none`},
		"beyond the calendar": {"date_move", `{"date": "now", "by": 9000, "unit": "years"}`, "1 to 9999"},
		"not in the list":     {"lookup", `{"value": "FR", "table": {"PT": 1}}`, `"FR" is not in the list`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := do(t, test.logic, test.with)
			require.ErrorContains(t, err, test.says)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
		})
	}
}
