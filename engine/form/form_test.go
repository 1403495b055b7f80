package form_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/form"
	"bellhop/engine/mapping"
)

func parse(t *testing.T, text string) ([]engine.Field, error) {
	t.Helper()
	value, err := mapping.Decode([]byte(text))
	require.NoError(t, err)
	return form.Parse(value)
}

func TestFormsAreRead(t *testing.T) {
	fields, err := parse(t, `[{"name":"to_whom"},{"name":"size","label":"Size","type":"choice","options":["S",38],"required":true,"help":"Of the shirt"}]`)
	require.NoError(t, err)
	require.Equal(t, []engine.Field{
		{Name: "to_whom", Type: engine.FieldText, Label: "to whom"},
		{
			Name: "size", Type: engine.FieldChoice, Label: "Size", Help: "Of the shirt", Required: true,
			Options: []engine.Option{{Value: "S", Label: "S"}, {Value: "38", Label: "38"}},
		},
	}, fields)
	fields, err = form.Parse(nil)
	require.NoError(t, err)
	require.Empty(t, fields)
}

func TestWhatIsWrongWithAForm(t *testing.T) {
	for text, want := range map[string]string{
		`{"name":"a"}`:                               "The questions are a list",
		`["a"]`:                                      "[0]: A question has a name",
		`[{"name":"Ä"}]`:                             "[0].name: A question's name",
		`[{"label":"x"}]`:                            "[0].name: A question's name",
		`[{"name":"a"},{"name":"a"}]`:                `[1].name: There are two questions called "a"`,
		`[{"name":"a","type":"nummer"}]`:             `[0].type: The type of a question is one of: text, long, number, bool, url, choice. Did you mean "number"?`,
		`[{"name":"a","kind":"text"}]`:               `[0].kind: A question has no "kind"`,
		`[{"name":"a","required":"yes"}]`:            "[0].required: required is either true or false",
		`[{"name":"a","type":"choice"}]`:             "[0].options: A choice needs",
		`[{"name":"a","options":["x"]}]`:             "[0].options: Only a choice has options",
		`[{"name":"a","label":{"en":"x"}}]`:          "[0].label: label must be a text",
		`[{"name":"a","type":"secret"}]`:             "[0].type: ",
		`[{"name":"a","type":"choice","options":3}]`: "[0].options: ",
	} {
		_, err := parse(t, text)
		require.ErrorContains(t, err, want, text)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	}
	_, err := form.Parse(make([]any, form.MaxFields+1))
	require.ErrorContains(t, err, "50 questions at most")
}

func TestWhatIsFilledIn(t *testing.T) {
	fields := []engine.Field{
		{Name: "n", Label: "How many", Type: engine.FieldNumber, Required: true},
		{Name: "m", Label: "Less", Type: engine.FieldNumber},
		{Name: "b", Label: "Gift", Type: engine.FieldBool},
		{Name: "t", Label: "Line", Type: engine.FieldText},
		{Name: "l", Label: "Text", Type: engine.FieldLong},
		{Name: "u", Label: "Page", Type: engine.FieldURL},
		{Name: "c", Label: "Size", Type: engine.FieldChoice, Options: []engine.Option{{Value: "small"}, {Value: "large"}}},
	}
	got, err := form.Read(fields, map[string]any{
		"n": "12.50", "b": "Yes", "t": " a ", "l": "a\nb", "u": "https://a.example", "c": "large",
	})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"n": json.Number("12.50"), "m": nil, "b": true, "t": "a", "l": "a\nb", "u": "https://a.example", "c": "large",
	}, got)

	got, err = form.Read(fields, map[string]any{"n": json.Number("3"), "b": false})
	require.NoError(t, err, "values as well as texts")
	require.Equal(t, map[string]any{"n": json.Number("3"), "m": nil, "b": false, "t": "", "l": "", "u": "", "c": ""}, got)

	for name, values := range map[string]map[string]any{
		`"How many" (n) is missing`:        {},
		`"How many" (n) must be a number`:  {"n": "twelve"},
		`"Gift" (b) is yes or no`:          {"n": "1", "b": "perhaps"},
		`"Line" (t) is one line`:           {"n": "1", "t": "a\nb"},
		`Did you mean "large"`:             {"n": "1", "c": "larg"},
		`"Page" (u) must be a web address`: {"n": "1", "u": "javascript:alert(1)"},
		`does not ask for "x"`:             {"n": "1", "x": "1"},
	} {
		_, err := form.Read(fields, values)
		require.ErrorContains(t, err, name)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	}
	_, err = form.Read(nil, map[string]any{"a": "1"})
	require.ErrorContains(t, err, "asks for nothing")
}
