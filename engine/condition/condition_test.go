package condition_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
)

func decode(t testing.TB, text string) any {
	t.Helper()
	v, err := mapping.Decode([]byte(text))
	require.NoError(t, err)
	return v
}

const order = `{"trigger": {
	"total": "49.00", "count": 3, "big": 9007199254740993, "zip": "01234", "country": "PT", "name": "Ana Silva", "note": null, "blank": "  ",
	"tags": ["vip", "100.0"], "none": [], "paid": true, "word": "maybe", "says": "Yes", "at": "2026-03-29T00:30:00Z", "day": "2026-03-29",
	"arabic": "مرحبا", "limit": "49", "nothing": "", "huge": 1e3, "address": {"city": "Lisboa"}, "countries": ["PT", "ES"]
}}`

func TestOperators(t *testing.T) {
	t.Parallel()
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	env := mapping.Env{Zone: lisbon, Now: time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)}
	data := decode(t, order)
	tests := []struct {
		rule string
		pass bool
		note string
		err  string
	}{
		{rule: `{"value": "{{trigger.total}}", "is": "greater_than", "than": "100"}`, note: "49.00 is not over 100"},
		{rule: `{"value": "{{trigger.total}}", "is": "less_than", "than": 100}`, pass: true, note: "49.00 is under 100"},
		{rule: `{"value": "{{trigger.total}}", "is": "at_least", "than": "{{trigger.limit}}"}`, pass: true, note: "49.00 is at least 49"},
		{rule: `{"value": "{{trigger.total}}", "is": "at_most", "than": 48.999}`, note: "49.00 is over 48.999"},
		{rule: `{"value": "{{trigger.total}}", "is": "equals", "than": "49"}`, pass: true, note: "49.00 is 49"},
		{rule: `{"value": "{{trigger.huge}}", "is": "equals", "than": 1000}`, pass: true, note: "1000 is 1000"},
		{rule: `{"value": "1e3", "is": "equals", "than": "1000"}`, note: `"1e3" is not 1000`},
		{rule: `{"value": "{{trigger.big}}", "is": "equals", "than": "9007199254740992"}`, note: "9007199254740993 is not 9007199254740992"},
		{rule: `{"value": "{{trigger.zip}}", "is": "equals", "than": "1234"}`, note: `"01234" is not 1234`},
		{rule: `{"value": "{{trigger.country}}", "is": "not_equals", "than": "PT"}`, note: `"PT" is "PT"`},
		{rule: `{"value": "{{trigger.nothing}}", "is": "equals", "than": ""}`, pass: true, note: `"" is ""`},
		{rule: `{"value": "{{trigger.paid}}", "is": "equals", "than": "true"}`, pass: true, note: `true is "true"`},
		{rule: `{"value": "{{trigger.name}}", "is": "contains", "than": "Silva"}`, pass: true, note: `"Ana Silva" contains "Silva"`},
		{rule: `{"value": "{{trigger.name}}", "is": "contains", "than": "silva"}`, note: `"Ana Silva" does not contain "silva"`},
		{rule: `{"value": "{{trigger.name | lower}}", "is": "contains", "than": "silva"}`, pass: true, note: `"ana silva" contains "silva"`},
		{rule: `{"value": "{{trigger.tags}}", "is": "contains", "than": 100}`, pass: true, note: `vip, 100.0 contains 100`},
		{rule: `{"value": "{{trigger.tags}}", "is": "contains", "than": "vi"}`, note: `vip, 100.0 does not contain "vi"`},
		{rule: `{"value": "{{trigger.tags}}", "is": "not_contains", "than": "gold"}`, pass: true, note: `vip, 100.0 does not contain "gold"`},
		{rule: `{"value": "{{trigger.name}}", "is": "contains", "than": "{{trigger.nothing}}"}`, err: "{{trigger.name}} cannot be decided: There is nothing to compare with"},
		{rule: `{"value": "{{trigger.name}}", "is": "starts_with", "than": "Ana"}`, pass: true, note: `"Ana Silva" starts with "Ana"`},
		{rule: `{"value": "{{trigger.name}}", "is": "ends_with", "than": "Ana"}`, note: `"Ana Silva" does not end with "Ana"`},
		{rule: `{"value": "{{trigger.arabic}}", "is": "starts_with", "than": "مر"}`, pass: true, note: `"مرحبا" starts with "مر"`},
		{rule: `{"value": "{{trigger.country}}", "is": "one_of", "than": "ES, PT,FR"}`, pass: true, note: `"PT" is one of "ES, PT,FR"`},
		{rule: `{"value": "{{trigger.country}}", "is": "one_of", "than": ["ES", "FR"]}`, note: `"PT" is none of ES, FR`},
		{rule: `{"value": "{{trigger.country}}", "is": "one_of", "than": "{{trigger.countries}}"}`, pass: true, note: `"PT" is one of PT, ES`},
		{rule: `{"value": "{{trigger.total}}", "is": "one_of", "than": "48, 49"}`, pass: true, note: `49.00 is one of "48, 49"`},
		{rule: `{"value": "{{trigger.name}}", "is": "matches", "than": "^Ana\\s"}`, pass: true, note: `"Ana Silva" matches "^Ana\s"`},
		{rule: `{"value": "{{trigger.name}}", "is": "matches", "than": "{{trigger.country}}"}`, note: `"Ana Silva" does not match "PT"`},
		{rule: `{"value": "{{trigger.at}}", "is": "before", "than": "2026-03-29"}`, note: `"2026-03-29T00:30:00Z" is not before "2026-03-29"`},
		// At 01:00 UTC that day clocks in Lisbon go from 1 to 2: 02:30 there is 01:30 UTC.
		{rule: `{"value": "{{trigger.at}}", "is": "before", "than": "2026-03-29 02:30"}`, pass: true, note: `"2026-03-29T00:30:00Z" is before "2026-03-29 02:30"`},
		{rule: `{"value": "2026-03-29T01:29:59Z", "is": "before", "than": "2026-03-29 02:30"}`, pass: true, note: `"2026-03-29T01:29:59Z" is before "2026-03-29 02:30"`},
		{rule: `{"value": "2026-03-29T01:30:01Z", "is": "after", "than": "2026-03-29 02:30"}`, pass: true, note: `"2026-03-29T01:30:01Z" is after "2026-03-29 02:30"`},
		{rule: `{"value": "{{trigger.at}}", "is": "before", "than": "now"}`, pass: true, note: `"2026-03-29T00:30:00Z" is before "now"`},
		{rule: `{"value": "{{trigger.name}}", "is": "after", "than": "today"}`, err: `"Ana Silva" is not a date`},
		{rule: `{"value": "{{trigger.paid}}", "is": "is_true"}`, pass: true, note: "trigger.paid is yes"},
		{rule: `{"value": "{{trigger.says}}", "is": "is_false"}`, note: "trigger.says is yes"},
		{rule: `{"value": "{{trigger.word}}", "is": "is_true"}`, err: `"maybe" is neither yes nor no`},
		{rule: `{"value": "{{trigger.note}}", "is": "is_empty"}`, pass: true, note: "trigger.note is empty"},
		{rule: `{"value": "{{trigger.blank}}", "is": "is_empty"}`, pass: true, note: "trigger.blank is empty"},
		{rule: `{"value": "{{trigger.none}}", "is": "is_empty"}`, pass: true, note: "trigger.none is empty"},
		{rule: `{"value": "{{trigger.absent.deep}}", "is": "is_empty"}`, pass: true, note: "trigger.absent.deep is empty"},
		{rule: `{"value": "{{trigger.name}}", "is": "is_not_empty"}`, pass: true, note: "trigger.name is not empty"},
		{rule: `{"value": "{{trigger.none}}", "is": "exists"}`, pass: true, note: "trigger.none is there"},
		{rule: `{"value": "{{trigger.note}}", "is": "exists"}`, note: "trigger.note is missing"},
		{rule: `{"value": "{{trigger.absent}}", "is": "not_exists"}`, pass: true, note: "trigger.absent is missing"},
		{rule: `{"value": "{{trigger.absent}}", "is": "equals", "than": "x"}`, err: `{{trigger.absent}} finds nothing: trigger has no "absent"`},
		{rule: `{"value": "{{trigger.note}}", "is": "not_equals", "than": "x"}`, err: `{{trigger.note}} finds nothing: trigger.note is empty`},
		{rule: `{"value": "{{trigger.name}}", "is": "equals", "than": "{{trigger.nmae}}"}`, err: `Did you mean "name"?`},
		{rule: `{"value": "{{trigger.name}}", "is": "greater_than", "than": 5}`, err: `The rule on {{trigger.name}} cannot be decided: "Ana Silva" is not a number`},
		{rule: `{"value": "{{trigger.at}}", "is": "greater_than", "than": 5}`, err: `is a date, not a number`},
		{rule: `{"value": "{{trigger.address}}", "is": "greater_than", "than": 5}`, err: `a group of fields is not a number`},
	}
	for _, test := range tests {
		c, err := condition.Compile(map[string]any{"rules": []any{decode(t, test.rule)}})
		require.NoError(t, err, test.rule)
		pass, note, err := c.Eval(data, env)
		if test.err != "" {
			require.ErrorContains(t, err, test.err, test.rule)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
			require.Contains(t, engine.ErrorMessage(err), test.err, "the sentence reaches people")
			require.False(t, pass)
			continue
		}
		require.NoError(t, err, test.rule)
		require.Equal(t, test.pass, pass, test.rule)
		require.Equal(t, test.note, note)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	data := decode(t, order)
	const yes, no, broken = `{"value": 2, "is": "greater_than", "than": 1}`, `{"value": 1, "is": "greater_than", "than": 2}`, `{"value": "{{trigger.absent}}", "is": "equals", "than": 2}`
	tests := []struct {
		with string
		pass bool
		note string
		err  string
	}{
		{with: `{"match": "all", "rules": [` + yes + `,` + yes + `]}`, pass: true, note: "all 2 rules fit"},
		{with: `{"match": "all", "rules": [` + yes + `,` + no + `]}`, note: "1 is not over 2"},
		{with: `{"rules": [` + no + `,` + broken + `]}`, note: "1 is not over 2"},
		{with: `{"match": "any", "rules": [` + no + `,` + yes + `,` + broken + `]}`, pass: true, note: "2 is over 1"},
		{with: `{"match": "any", "rules": [` + no + `,` + no + `]}`, note: "none of 2 rules fits; 1 is not over 2"},
		{with: `{"match": "any", "rules": [` + broken + `,` + yes + `]}`, err: "rules[0]: {{trigger.absent}} finds nothing"},
		{with: `{"match": "all", "rules": [` + yes + `,` + broken + `]}`, err: "rules[1]: {{trigger.absent}} finds nothing"},
	}
	for _, test := range tests {
		c, err := condition.Compile(decode(t, test.with).(map[string]any))
		require.NoError(t, err, test.with)
		pass, note, err := c.Eval(data, mapping.Env{})
		if test.err != "" {
			require.ErrorContains(t, err, test.err)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, test.pass, pass, test.with)
		require.Equal(t, test.note, note)
	}
}

func TestCompileProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		with string
		want []engine.Problem // Message holds a part of the sentence
	}{
		{`{}`, []engine.Problem{{Path: "rules", Message: "no rules"}}},
		{`{"rules": {}}`, []engine.Problem{{Path: "rules", Message: "is a list"}}},
		{`{"rules": ["x"]}`, []engine.Problem{{Path: "rules[0]", Message: "a group"}}},
		{`{"match": "al", "rules": [{"value": 1, "is": "exists"}]}`, []engine.Problem{{Path: "match", Message: "all or any", Suggestion: "all"}}},
		{`{"mach": "all", "rules": [{"value": 1, "is": "exists", "odd one": 1}]}`, []engine.Problem{
			{Path: "mach", Message: `no "mach"`, Suggestion: "match"}, {Path: `rules[0]["odd one"]`, Message: `no "odd one"`},
		}},
		{`{"rules": [{"value": "{{a}}", "is": "greater_then", "than": 1}]}`, []engine.Problem{{Path: "rules[0].is", Message: `"greater_then"`, Suggestion: "greater_than"}}},
		{`{"rules": [{"is": 5}]}`, []engine.Problem{{Path: "rules[0].value", Message: "no value"}, {Path: "rules[0].is", Message: "how to compare"}}},
		{`{"rules": [{"value": "{{a", "is": "equals", "than": ["b", "{{c | uper}}"]}]}`, []engine.Problem{
			{Path: "rules[0].value", Message: "not closed"}, {Path: "rules[0].than[1]", Message: `no filter "uper"`, Suggestion: "upper"},
		}},
		{`{"rules": [{"value": "{{a}}", "is": "equals"}]}`, []engine.Problem{{Path: "rules[0].than", Message: "something to compare with"}}},
		{`{"rules": [{"value": "{{a}}", "is": "contains", "than": ""}]}`, []engine.Problem{{Path: "rules[0].than", Message: "something to compare with"}}},
		{`{"rules": [{"value": "{{a}}", "is": "exists"}, {"value": "{{a}}", "is": "less_than", "than": "ten"}]}`, []engine.Problem{{Path: "rules[1].than", Message: `"ten" is not a number`}}},
		{`{"rules": [{"value": "{{a}}", "is": "before", "than": "soon"}]}`, []engine.Problem{{Path: "rules[0].than", Message: `"soon" is not a date`}}},
		{`{"rules": [{"value": "{{a}}", "is": "matches", "than": "a(?=b)"}]}`, []engine.Problem{{Path: "rules[0].than", Message: "not a pattern"}}},
		{`{"rules": [{"value": "{{a}}", "is": "matches", "than": "((a{100}){10}){10}"}]}`, []engine.Problem{{Path: "rules[0].than", Message: "pattern"}}},
	}
	for _, test := range tests {
		_, err := condition.Compile(decode(t, test.with).(map[string]any))
		var problems engine.Problems
		require.ErrorAs(t, err, &problems, test.with)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
		require.Len(t, problems, len(test.want), "%s: %v", test.with, problems)
		for i, want := range test.want {
			require.Equal(t, want.Path, problems[i].Path, test.with)
			require.Contains(t, problems[i].Message, want.Message)
			require.Equal(t, want.Suggestion, problems[i].Suggestion, test.with)
		}
	}
}

func TestOperatorsAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, o := range condition.Operators() {
		require.NotEmpty(t, o.Name)
		require.NotEmpty(t, o.Label, o.Name)
		require.NotEmpty(t, o.Types, o.Name)
		require.False(t, seen[o.Name], o.Name)
		seen[o.Name] = true
		with := map[string]any{"value": "{{a}}", "is": o.Name}
		_, err := condition.Compile(map[string]any{"rules": []any{with}})
		require.Equal(t, o.NeedsThan, err != nil, o.Name)
	}
}
