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
		"XML": {"text/xml; charset=utf-8", "<?xml version='1.0'?><!-- x --><o:order xmlns:o='urn:x' id='7'><o:item>a</o:item><item size='L'> b </item><note><![CDATA[<x>]]></note><empty/></o:order>", map[string]any{
			"order": map[string]any{"@id": "7", "item": []any{"a", map[string]any{"@size": "L", "#text": "b"}}, "note": "<x>", "empty": ""}}},
		"XML by suffix": {"application/atom+xml", "<a>&lt;1&#62;</a>", map[string]any{"a": "<1>"}},
		"a form with files": {"multipart/form-data; boundary=x", part(`name="a"`, "1") + part(`name="b"`, "ü") + part(`name="b"`, "3") +
			part(`name="f"; filename="n.txt"`, "hello") + part(`name="g"; filename="n.bin"`, "\xff\x00") + part(`name="h"; filename="n.big"`, strings.Repeat("y", 1<<20+1)) + "--x--", map[string]any{
			"a": "1", "b": []any{"ü", "3"},
			"f": map[string]any{"filename": "n.txt", "content_type": "", "size": json.Number("5"), "text": "hello"},
			"g": map[string]any{"filename": "n.bin", "content_type": "", "size": json.Number("2"), "base64": "/wA="},
			"h": map[string]any{"filename": "n.big", "content_type": "", "size": json.Number("1048577")}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := content.Parse(c.kind, []byte(c.body))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// part is one part of a form with files whose boundary is x.
func part(disposition, body string) string {
	return "--x\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + body + "\r\n"
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ kind, body string }{
		"broken JSON":                {"application/json", `{"a":`},
		"broken JSON without a type": {"", `{"a":`},
		"JSON and more":              {"application/json", `{} {}`},
		"broken form":                {"application/x-www-form-urlencoded", "a=%zz"},
		"not UTF-8":                  {"text/plain", "caf\xe9"},
		"broken XML":                 {"text/xml", "<a><b></a>"},
		"XML that stops":             {"text/xml", "<a>"},
		"XML with two elements":      {"text/xml", "<a/><b/>"},
		"XML with text around it":    {"text/xml", "<a/>x"},
		"no XML at all":              {"text/xml", "hello"},
		"XML with a document type":   {"text/xml", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`},
		"XML with an entity":         {"text/xml", `<a>&lol;</a>`},
		"XML too deep":               {"text/xml", strings.Repeat("<a>", 201) + strings.Repeat("</a>", 201)},
		"a form without boundary":    {"multipart/form-data", "--x--"},
		"a form that stops":          {"multipart/form-data; boundary=x", part(`name="a"`, "1")},
		"a form of too many parts":   {"multipart/form-data; boundary=x", strings.Repeat(part(`name="a"`, ""), 1001) + "--x--"},
		"a form's text not in UTF-8": {"multipart/form-data; boundary=x", part(`name="a"`, "caf\xe9") + "--x--"},
		"JSON too deep":              {"application/json", strings.Repeat("[", 201) + strings.Repeat("]", 201)},
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
