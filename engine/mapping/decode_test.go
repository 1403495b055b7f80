package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	tests := []struct {
		text string
		want any
		err  string
	}{
		{text: `{"id": 9007199254740993, "x": [1.50, -0, 1e400, null, true, "ü"]}`, want: map[string]any{"id": json.Number("9007199254740993"), "x": []any{
			json.Number("1.50"), json.Number("-0"), json.Number("1e400"), nil, true, "ü"}}},
		{text: " null\n", want: nil},
		{text: "\ufeff\"mark\"", want: "mark"},
		{text: `"` + strings.Repeat("[", 300) + `\"` + strings.Repeat("[", 300) + `"`, want: strings.Repeat("[", 300) + `"` + strings.Repeat("[", 300)},
		{text: "", err: "is empty or ends too early"},
		{text: `{"a": `, err: "ends too early"},
		{text: `{"a": 1} {}`, err: "something follows its end, at line 1, column 9"},
		{text: `{"a": 1}x`, err: "something follows its end"},
		{text: "{\n \"ä\": nope}", err: "line 2, column 8"},
		{text: "\"\xff\"", err: "not UTF-8"},
		{text: deep(201), err: "more than 200 levels"},
		{text: strings.Repeat(`{"a":`, 5000), err: "more than 200 levels"},
	}
	for _, test := range tests {
		got, err := mapping.Decode([]byte(test.text))
		if test.err != "" {
			require.ErrorContains(t, err, test.err, test.text)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
			continue
		}
		require.NoError(t, err, test.text)
		require.Equal(t, test.want, got)
	}
	_, err := mapping.Decode([]byte(deep(200)))
	require.NoError(t, err)
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ json, want string }{
		{`null`, ""},
		{`true`, "true"},
		{`"<b>&"`, "<b>&"},
		{`1.50`, "1.50"},
		{`820982911946154508`, "820982911946154508"},
		{`1e+06`, "1000000"},
		{`-1.5E3`, "-1500"},
		{`25e-4`, "0.0025"},
		{`1e400`, "1e400"},
		{`1e-400`, "1e-400"},
		{`["a", 1, null, [true, "b"], {"k": "<"}]`, `a, 1, , true, b, {"k":"<"}`},
		{`{"b": [1.0, "ü"], "a": null}`, `{"a":null,"b":[1.0,"ü"]}`},
		{`[]`, ""},
	} {
		require.Equal(t, test.want, mapping.Text(decode(t, test.json)), test.json)
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0", "-0.5", "100.00", "12345678901234567890123456789.000001"} {
		d, ok := mapping.ParseDecimal(text)
		require.True(t, ok, text)
		require.Equal(t, text, d.String())
	}
	for _, text := range []string{"", "-", "01", "+1", "1.", ".5", "1e3", "1,000.00", "0x10", "NaN", "١", "1 2", "€5", strings.Repeat("9", 2000)} {
		_, ok := mapping.ParseDecimal(text)
		require.False(t, ok, text)
	}
	for _, v := range []any{nil, true, []any{}, map[string]any{}, json.Number("1e99999"), json.Number("abc")} {
		_, ok := mapping.ParseDecimal(v)
		require.False(t, ok, v)
	}
	for _, test := range []struct {
		a, b any
		want int
	}{
		{"100.00", json.Number("100"), 0}, {"99.99", "100", -1}, {"-1", "-1.001", 1}, {json.Number("1e3"), "1000", 0},
		{"9007199254740993", "9007199254740992", 1}, {"0", "-0.0", 0}, {json.Number("1e-3"), "0.001", 0},
	} {
		a, ok := mapping.ParseDecimal(test.a)
		require.True(t, ok)
		b, ok := mapping.ParseDecimal(test.b)
		require.True(t, ok)
		require.Equal(t, test.want, a.Cmp(b), "%v %v", test.a, test.b)
		require.Equal(t, -test.want, b.Cmp(a), "%v %v", test.b, test.a)
	}
}
