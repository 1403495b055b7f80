package source_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/source"
)

func parse(t *testing.T, text string) *source.Document {
	t.Helper()
	d, problems := source.Parse([]byte(text))
	require.NoError(t, problems.Err())
	return d
}

func TestValues(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want any
	}{
		"large number":             {"450789469123456789012345", json.Number("450789469123456789012345")},
		"number as written":        {"189.00", json.Number("189.00")},
		"leading zeros are a text": {"00123", "00123"},
		"underscores are a text":   {"1_000", "1_000"},
		"hexadecimal is a text":    {"0x1F", "0x1F"},
		"plus is a text":           {"+351", "+351"},
		"infinity is a text":       {".inf", ".inf"},
		"no is a text":             {"no", "no"},
		"date is a text":           {"2026-11-21", "2026-11-21"},
		"time is a text":           {"12:30:45", "12:30:45"},
		"quoted number":            {`"1"`, "1"},
		"boolean":                  {"True", true},
		"null":                     {"~", nil},
		"nothing":                  {"", nil},
		"emoji by escape":          {`"\U0001F514"`, "🔔"},
		"emoji by pair":            {`"\ud83d\udd14"`, "🔔"},
		"pill":                     {`"{{trigger.name}}"`, "{{trigger.name}}"},
		"list":                     {"[1, a, {b: c}]", []any{json.Number("1"), "a", map[string]any{"b": "c"}}},
		"empty":                    {"{}", map[string]any{}},
		"comment":                  {"a # b", "a"},
		"comment below":            {"a\n#b", "a"},
		"ruled comment":            {"a ### b", "a"},
		"no comment":               {"a#b", "a#b"},
		"block":                    {"|-\n  a\n    b\n\n  c", "a\n  b\n\nc"},
		"folded":                   {">-\n  a\n  b", "a b"},
		"colon within":             {"http://x.y/z", "http://x.y/z"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, map[string]any{"v": test.want}, parse(t, "v: "+test.text).Value())
			require.Equal(t, map[string]any{"v": test.want}, parse(t, "v: "+test.text+"\n").Value())
		})
	}
}

func TestJSONAndYAMLAreTheSame(t *testing.T) {
	yaml := "a: 1\nb: [x, null, true]\nc:\n  \"odd key\": 1.50\n"
	withTabs := "{\n\t\"a\": 1,\n\t\"b\": [\"x\", null, true],\n\t\"c\": {\"odd key\": 1.50}\n}"
	flow := "{a: 1, \"b\": [x, null, true], \"c\": {\"odd key\": 1.50},}"
	require.Equal(t, parse(t, yaml).Value(), parse(t, withTabs).Value())
	require.Equal(t, parse(t, yaml).Value(), parse(t, flow).Value())
	require.Equal(t, parse(t, yaml).Value(), parse(t, "\ufeff"+strings.ReplaceAll(yaml, "\n", "\r\n")).Value())
}

func TestPositions(t *testing.T) {
	const yaml = `# a recipe
name: Täll "x"
steps:
  - id: big
    with: {match: all, rules: [{value: "ä{{a}}", is: 'it''s'}]}
    text: |

      Hello ä
        {{x}}
    esc: "a\tb\"{{y}}"
    long: plain that
      goes on
    empty:
    "odd key": 1
  - - nested
`
	const inJSON = "{\"name\": \"é\\n{{a}}\",\n  \"steps\": [1,\n    {\"id\": \"x\"}]}"
	for _, test := range []struct {
		text, path string
		offset     int // -1 for the value itself
		want, key  string
	}{
		{yaml, "", -1, "2:1", "2:1"},
		{yaml, "name", -1, "2:7", "2:1"},
		{yaml, "steps", -1, "4:3", "3:1"},
		{yaml, "steps[0]", -1, "4:5", "4:5"},
		{yaml, "steps[0].with", -1, "5:11", "5:5"},
		{yaml, "steps[0].with.rules[0].is", -1, "5:54", "5:50"},
		{yaml, "steps[0].with.rules[0].value", 2, "5:42", "5:33"},
		{yaml, "steps[0].with.rules[0].is", 3, "5:59", "5:50"},
		{yaml, "steps[0].text", 0, "7:1", "6:5"},
		{yaml, "steps[0].text", 8, "8:14", "6:5"},
		{yaml, "steps[0].text", strings.Index("\nHello ä\n  {{x}}", "{{x"), "9:9", "6:5"},
		{yaml, "steps[0].esc", 4, "10:17", "10:5"},
		{yaml, "steps[0].long", 6, "11:17", "11:5"},
		{yaml, "steps[0].long", 12, "11:11", "11:5"},
		{yaml, "steps[0].empty", -1, "13:5", "13:5"},
		{yaml, `steps[0]["odd key"]`, -1, "14:16", "14:5"},
		{yaml, "steps[1][0]", -1, "15:7", "15:7"},
		{yaml, "steps[0].with.channel", -1, "5:5", "5:5"},
		{yaml, "steps[7].with", -1, "3:1", "3:1"},
		{inJSON, "name", 3, "1:14", "1:2"},
		{inJSON, "steps[0]", -1, "2:13", "2:13"},
		{inJSON, "steps[1].id", -1, "3:12", "3:6"},
	} {
		t.Run(fmt.Sprint(test.path, test.offset), func(t *testing.T) {
			d := parse(t, test.text)
			line, column := d.Position(test.path)
			if test.offset >= 0 {
				line, column = d.PositionIn(test.path, test.offset)
			}
			require.Equal(t, test.want, fmt.Sprintf("%d:%d", line, column))
			line, column = d.KeyPosition(test.path)
			require.Equal(t, test.key, fmt.Sprintf("%d:%d", line, column))
		})
	}
}

func TestSyntaxProblems(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "1:1: This file is empty."},
		{" \n\t\n", "1:1: This file is empty."},
		{"# only a comment\n", "1:1: This file holds nothing but comments."},
		{"\xff\xfea\x00", "1:1: This file is saved as UTF-16. Save it as UTF-8."},
		{"a: 1\nb: \xe9", "2:4: There is a byte here that is not UTF-8. Save the file as UTF-8."},
		{"a: x\x00", "1:5: There is an invisible character (U+0000) here. Delete it."},
		{"a: 1\n\tb: 2", "2:1: There is a tab at the start of this line. Use spaces."},
		{"\ta: 1", "1:2: There is a tab at the start of this line. Use spaces."},
		{"a: 1\nb: 2\na: 3", `3:1: "a" stands here twice, first in line 1. Keep one of the two.`},
		{`{"a": 1, "a": 2}`, `1:10: "a" stands here twice, first in line 1. Keep one of the two.`},
		{"a: 1\n---\nb: 1", "3:1: A second document begins here, after the line ---. Put each into a file of its own."},
		{"a: &x 1", "1:4: Anchors (&) and aliases (*) are not understood here. Write the value out where it is needed, or put a text that begins with this sign in quotes."},
		{"a: *x", "1:4: Anchors (&) and aliases (*) are not understood here. Write the value out where it is needed, or put a text that begins with this sign in quotes."},
		{"a: !!binary x", "1:4: Tags (!) are not understood here. Leave it out, or put a text that begins with this sign in quotes."},
		{"a:\n  <<: {b: 1}", "2:3: The merge key << is not understood here. Write the values out."},
		{"a: {{trigger.name}}", `1:4: A text that begins with {{ must be in quotes: "{{trigger.name}}".`},
		{"a:\n  - {{x}}", `2:5: A text that begins with {{ must be in quotes: "{{x}}".`},
		{"a: {{x}} is new", `1:4: A text that begins with {{ must be in quotes: "{{x}} is new".`},
		{"channel: #orders\nb: 1", `1:10: What follows a # is a comment, so this value is empty. Put it in quotes: "#orders".`},
		{"text: New order #1042\nb: 1", "1:17: What follows a # is a comment, so the text ends before it. Put all of the text in quotes; if it is a comment, write a space after the #."},
		{"a: one\n  two #3", "2:7: What follows a # is a comment, so the text ends before it. Put all of the text in quotes; if it is a comment, write a space after the #."},
		{"- its #, or", "1:7: What follows a # is a comment, so the text ends before it. Put all of the text in quotes; if it is a comment, write a space after the #."},
		{"a: New order: 12", "1:4: There is a second colon in this line. If the text holds one, put it in quotes."},
		{"a: {b: 1 c: 2}", "1:8: There is a colon inside this text. Put the text in quotes, or, if it is two entries, a comma between them."},
		{"a: 'x' y", "1:8: Something follows here that does not belong to the value before it. If both are one text, put all of it in quotes."},
		{"a: - b", "1:4: A list begins in the line below its key."},
		{"a: {b: \"x\", c: {{y}}}", `1:16: A text that begins with {{ must be in quotes: "{{y}}".`},
		{"a: @here", "1:4: A text cannot begin with this sign. Put it in quotes."},
		{"a: \"x", "1:4: A quote that opens here is never closed."},
		{"a: [1, 2", "1:4: A list that opens here with [ is never closed."},
		{"a: {b: 1", "1:4: A { that opens here is never closed."},
		{"a:\n  b: 1\n c: 2", "3:2: This does not belong here. Mostly the line has too many or too few spaces at its start."},
		{"a: 1\nb\nc: 2", "2:1: This line has no colon. A key and its value are written as key: value."},
		{`{"a": 1 "b": 2}`, "1:9: Entries are parted by commas. One is missing here."},
		{"{\"a\": 1,\n", "2:1: The file ends too early: a quote or a bracket is not closed."},
		{`{"a": 1, b: 2}`, "1:10: A key in double quotes is expected here. After the last entry there is no comma."},
		{`{"a": 1,}`, "1:9: A key in double quotes is expected here. After the last entry there is no comma."},
		{`{"a": 1} x`, "1:10: Something follows after the closing brace. Delete it."},
		{strings.Repeat("[", 1000), "1:61: Values are nested more than 60 deep here. No recipe or connector file needs that."},
		{strings.Repeat("- ", 1000), "1:121: Values are nested more than 60 deep here. No recipe or connector file needs that."},
		{strings.Repeat("[]", 100_000), "1:50001: This file is too long. Recipes and connector files are much shorter: is this the right file?"},
		{`{"a":` + strings.Repeat("[", 1000), "1:65: Values are nested more than 60 deep here. No recipe or connector file needs that."},
		{"a: " + strings.Repeat("x", source.MaxBytes), "1:1: This file is larger than 1 MiB. Recipes and connector files are much smaller: is this the right file?"},
	} {
		name := test.text[:min(len(test.text), 20)]
		t.Run(name, func(t *testing.T) {
			_, problems := source.Parse([]byte(test.text))
			require.Equal(t, test.want, problems.Error())
		})
	}
}

func TestSyntaxProblemsAreNotEndless(t *testing.T) {
	_, problems := source.Parse([]byte(strings.Repeat("? a\n", 1000)))
	require.Len(t, problems, 50)
}

func TestDecode(t *testing.T) {
	type part struct {
		Name string `json:"name"`
		On   bool   `json:"on"`
	}
	type whole struct {
		Format int               `json:"format"`
		Parts  []part            `json:"parts"`
		One    *part             `json:"one"`
		Words  map[string]string `json:"words"`
		Any    any               `json:"any"`
		Raw    json.RawMessage   `json:"raw"`
	}
	var got whole
	require.Empty(t, parse(t, `
format: 1
parts: [{name: a}, {name: b, on: true}]
one: {name: c}
words: {404: none, "x y": z}
any: {n: 12345678901234567890}
raw: {z: 1, a: [true, "<&>", 0.10]}
`).Decode(&got))
	require.Equal(t, whole{
		Format: 1, Parts: []part{{Name: "a"}, {Name: "b", On: true}}, One: &part{Name: "c"},
		Words: map[string]string{"404": "none", "x y": "z"},
		Any:   map[string]any{"n": json.Number("12345678901234567890")},
		Raw:   json.RawMessage(`{"z":1,"a":[true,"<&>",0.10]}`),
	}, got)

	got = whole{}
	problems := parse(t, `
format: 1.5
forma: 1
parts:
  - {nam: a, on: yes}
  - name: 12
  - x
one: []
words: {a: 1}
`).Decode(&got)
	require.Equal(t, strings.TrimSpace(`
2:9: "format" must be a whole number, but it is a number.
3:1: "forma" is not known here. Did you mean "format"?
5:6: "nam" is not known here. Did you mean "name"?
5:18: "on" must be true or false, but it is a text.
6:11: "name" must be a text. Put it in quotes: "12".
7:5: Entry 3 of "parts" must be names and values, but it is a text. Each is written as name: value, on a line of its own.
8:6: "one" must be names and values, but it is a list. Each is written as name: value, on a line of its own.
9:12: "a" must be a text. Put it in quotes: "1".
`), problems.Error())
	require.Equal(t, engine.Problem{
		Line: 3, Column: 1, Path: "forma", Message: `"forma" is not known here.`, Suggestion: "format",
	}, problems[1])
}

func TestPaths(t *testing.T) {
	require.Equal(t, "steps[1].with.channel", source.Key(source.Key(source.Index(source.Key("", "steps"), 1), "with"), "channel"))
	require.Equal(t, `with["X.Y"]`, source.Key("with", "X.Y"))
	require.Equal(t, "a.b", source.Join("a", "b"))
	require.Equal(t, "a[0].b", source.Join("a", "[0].b"))
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "a: 1", "a: [1, {b: c}]\n", "- - a", `{"a": [1, null]}`, "a: |\n  x\n  y\n", "a: >-\n x\n\n y", "? a\n: b", "a: &x 1\nb: *x", "--- a\n...\n---\nb", "%YAML 1.2\n---\na: 1", "\"a\": 'b''c'", "a: \"\\u00e9\"", "#\n", "a: !t b", "<<: {a: 1}", "{a", "a:\r\n  b: c\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, problems := source.Parse(data)
		if d == nil {
			require.NotEmpty(t, problems)
			for _, p := range problems {
				require.Positive(t, p.Line)
				require.Positive(t, p.Column)
				require.NotEmpty(t, p.Message)
			}
			return
		}
		// What was read can be written as JSON and read again, and is the same.
		again, err := json.Marshal(d.Value())
		require.NoError(t, err)
		if strings.HasPrefix(string(again), `{"`) {
			second, problems := source.Parse(again)
			require.NoError(t, problems.Err())
			require.Equal(t, d.Value(), second.Value())
		}
	})
}
