package mapping_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"bellhop/engine/mapping"
)

var fuzzSeeds = []string{
	"", "plain", "{{", "}}", "{{}}", "{{a}}", "{{ a.b[0][-1][\"x\"] }}", `{{ "x" | upper | lower }}`, `{{ "}}" }}`, "{{ a | default: b.c | money: 'EUR' }}",
	`{{ "2026-03-05" | date: "EEEE d MMMM yyyy 'x' HH:mm:ss.SSS a XXX", "Europe/Lisbon" }}`, `{{ 10 | divided_by: 3 | round: 2 | number: 4 }}`, `{{ a | map: "x.y" | sum | json }}`,
	`{{ "a,b" | split: "," | join: "-" | slug | truncate: 3, "…" | replace: "a", "b" | count }}`, "{{ a\xff }}", "{{ é.ü }}", "{{ -1e5 }}", "{{ 1..2 }}", `{{ "\` + `" }}`,
}

// What is parsed is the text, whole, and each part stands where it says.
func FuzzParse(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		template, err := mapping.Parse(text)
		if err != nil {
			var syntax *mapping.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.NotEmpty(t, syntax.Message)
			require.LessOrEqual(t, 0, syntax.Offset)
			require.LessOrEqual(t, syntax.Offset+syntax.Length, len(text))
			return
		}
		whole := ""
		for _, part := range template.Parts() {
			if part.Pill == nil {
				whole += part.Text
				continue
			}
			require.Equal(t, len(whole), part.Pill.Offset)
			whole += part.Pill.Source
			for _, path := range part.Pill.Paths() {
				again, err := mapping.ParsePath(path.String())
				require.NoError(t, err)
				require.Equal(t, path, again)
			}
		}
		require.Equal(t, text, whole)
	})
}

func FuzzEval(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed, `{"a": [{"x": {"y": "1.50"}}, {"x": null}], "b": {"c": 1e3}}`, "pt")
	}
	f.Add(`{{ a | date }} {{ b | money: "USD" }}`, `{"a": 99999999999999, "b": "-0.005"}`, "ar")
	f.Fuzz(func(t *testing.T, text, data, locale string) {
		template, err := mapping.Parse(text)
		if err != nil {
			return
		}
		v, err := mapping.Decode([]byte(data))
		if err != nil {
			return
		}
		tag, _ := language.Parse(locale)
		env := mapping.Env{Locale: tag}
		before := mapping.Text(v)
		got, err := template.Eval(v, env)
		again, errAgain := template.Eval(v, env)
		require.Equal(t, got, again)
		require.Equal(t, err == nil, errAgain == nil)
		require.Equal(t, before, mapping.Text(v), "data are never changed")
		for _, trace := range template.Explain(v, env) {
			require.Equal(t, trace.Value == nil, trace.Err != nil)
		}
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.NotNil(t, got)
		if s, ok := got.(string); ok {
			require.True(t, utf8.ValidString(s), "%q", s)
		}
	})
}

func FuzzCompile(f *testing.F) {
	for _, seed := range fuzzSeeds {
		tree, _ := json.Marshal(map[string]any{"a": []any{seed, map[string]any{"b c": seed}}, seed: seed})
		f.Add(tree)
	}
	f.Fuzz(func(t *testing.T, tree []byte) {
		value, err := mapping.Decode(tree)
		if err != nil {
			return
		}
		v, err := mapping.Compile(value)
		if err != nil {
			return
		}
		got, err := v.Eval(map[string]any{"a": "x"}, mapping.Env{})
		if v.Static() {
			require.NoError(t, err)
			require.Equal(t, value, got)
		}
	})
}

// What is decoded is what the bytes say, and can be written and read again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "null", `{"a":[1,2.50,"x",true]}`, "[[[[", `{"a":1}{`, "\ufeff1", `"\ud800"`, "1e999", "-", `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := mapping.Decode(text)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.True(t, json.Valid(text) || text[0] == 0xEF)
		_ = mapping.Text(v)
		written, err := json.Marshal(v)
		require.NoError(t, err)
		again, err := mapping.Decode(written)
		require.NoError(t, err)
		require.Equal(t, v, again)
	})
}
