package content_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/content"
)

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		kind, body string
		want       any
	}{
		"JSON":                        {"application/json; charset=utf-8", `{"id":820982911946154508}`, map[string]any{"id": json.Number("820982911946154508")}},
		"JSON by suffix":              {"application/vnd.api+json", `[1]`, []any{json.Number("1")}},
		"JSON with a byte order mark": {"application/json", "\xef\xbb\xbf{}", map[string]any{}},
		"JSON without a type":         {"", `{"a":true}`, map[string]any{"a": true}},
		"JSON under a form's type":    {"application/x-www-form-urlencoded", ` {"a":"b=c"}`, map[string]any{"a": "b=c"}},
		"a form":                      {"application/x-www-form-urlencoded", "a=1&b=x+y&b=z%21", map[string]any{"a": "1", "b": []any{"x y", "z!"}}},
		"text":                        {"text/plain", "hello {", "hello {"},
		"text of an unknown type":     {"application/x-thing", "hello", "hello"},
		"text of a broken type":       {";;", "hello", "hello"},
		"nothing":                     {"application/json", " \n", map[string]any{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := content.Parse(c.kind, []byte(c.body))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ kind, body string }{
		"broken JSON":                {"application/json", `{"a":`},
		"broken JSON without a type": {"", `{"a":`},
		"JSON and more":              {"application/json", `{} {}`},
		"broken form":                {"application/x-www-form-urlencoded", "a=%zz"},
		"not UTF-8":                  {"text/plain", "caf\xe9"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := content.Parse(c.kind, []byte(c.body))
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
			require.NotEmpty(t, engine.ErrorMessage(err))
		})
	}
}

// FuzzCheck holds the check on the way in to what the runtime will make of the body.
func FuzzCheck(f *testing.F) {
	for _, kind := range []string{"", "application/json", "application/x-www-form-urlencoded", "text/plain", "a/b+json", ";", "application/json; charset=utf-8"} {
		for _, body := range []string{
			"", " ", "{}", "[1,2", `{"a":1}x`, "a=1&b=%zz", "caf\xe9", "\xef\xbb\xbf{}", "\xef\xbb\xbf\xef\xbb\xbf[]", "nul", "null", "-", "1e999999",
			"\"\\ud800\"", "{\"a\":\"\x00\"}", strings.Repeat("[", 201) + strings.Repeat("]", 201), strings.Repeat("[", 20_000), "\u00a0", "\x0b{", "{}\u00a0",
		} {
			f.Add(kind, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		_, err := content.Parse(kind, body)
		checked := content.Check(kind, body)
		require.Equal(t, engine.ErrorMessage(err), engine.ErrorMessage(checked))
		require.Equal(t, engine.ErrorCode(err), engine.ErrorCode(checked))
	})
}

func BenchmarkCheck(b *testing.B) {
	body := []byte(`{"id":820982911946154508,"line_items":[` + strings.TrimSuffix(strings.Repeat(`{"title":"Linen shirt","quantity":1,"price":"59.00"},`, 48), ",") + `]}`)
	b.Run("check", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := content.Check("application/json", body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := content.Parse("application/json", body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("application/json", []byte(`{"a":[1,"x"]}`))
	f.Add("application/x-www-form-urlencoded", []byte("a=1&b=%20"))
	f.Add("", []byte("\xef\xbb\xbf[1]"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		value, err := content.Parse(kind, body)
		if err != nil {
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
			return
		}
		_, err = json.Marshal(value)
		require.NoError(t, err, "what is accepted can be kept")
	})
}
