package content_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/content"
)

func TestASelectionHoldsWhatWasAskedForAndWhatLeadsThere(t *testing.T) {
	body := `{"id": 820982911946154508, "total": "9.50", "customer": {"name": "Ana \"A\" Silva", "email": "a@b.c"}, "paid": true, "note": null,
		"items": [{"title": "Shirt", "price": "59.00"}, {"title": "Cap", "price": "12.00"}], "id": 7, "tags": ["a", "b"]}`
	for name, c := range map[string]struct {
		paths [][]string
		want  any
	}{
		"nothing":              {[][]string{}, map[string]any{}},
		"the last of one name": {[][]string{{"id"}}, map[string]any{"id": json.Number("7")}},
		"a text, true, null":   {[][]string{{"total"}, {"paid"}, {"note"}}, map[string]any{"total": "9.50", "paid": true, "note": nil}},
		"a field of a field":   {[][]string{{"customer", "name"}}, map[string]any{"customer": map[string]any{"name": `Ana "A" Silva`}}},
		"an item's field":      {[][]string{{"items", "1", "title"}}, map[string]any{"items": []any{nil, map[string]any{"title": "Cap"}}}},
		"a whole list":         {[][]string{{"tags"}}, map[string]any{"tags": []any{"a", "b"}}},
		"what is not there":    {[][]string{{"nobody", "home"}}, map[string]any{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := content.Select(c.paths).Parse("application/json", []byte(body))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	all, err := content.Select(nil).Parse("application/json", []byte(body))
	require.NoError(t, err)
	require.Len(t, all, 7)
	form, err := content.Select([][]string{{"a"}}).Parse("application/x-www-form-urlencoded", []byte("a=1&b=2"))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"a": "1", "b": "2"}, form, "only of JSON a part is read")
}

// FuzzSelection: a selection of one field is that field of the whole, and fails where the whole fails.
func FuzzSelection(f *testing.F) {
	for _, body := range []string{
		`{"a":1,"b":{"a":2}}`, `{"a":"x\ny","a":"z"}`, `{"\u0061":[1,{"a":2}]}`, `[{"a":1}]`, `{"a":`, `{"a":1}x`, ` {"a" : -1.5e+3 } `, `{"a":nul}`, `"a"`, `1`,
		`{"a":"\ud800"}`, "{\"a\":\"\xff\"}", `{"a":01}`, strings.Repeat(`{"a":`, 201) + "1" + strings.Repeat("}", 201),
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		whole, err := content.Parse("application/json", body)
		part, partErr := content.Select([][]string{{"a"}}).Parse("application/json", body)
		require.Equal(t, engine.ErrorCode(err), engine.ErrorCode(partErr), "%v / %v", err, partErr)
		fields, ok := whole.(map[string]any)
		if err != nil || !ok {
			return
		}
		want := map[string]any{}
		if a, ok := fields["a"]; ok {
			want["a"] = a
		}
		require.Equal(t, want, part)
	})
}

func BenchmarkSelection(b *testing.B) {
	body := []byte(`{"id":820982911946154508,"name":"#1042","total_price":"59.00","customer":{"first_name":"Ana","last_name":"Silva"},"line_items":[` +
		strings.TrimSuffix(strings.Repeat(`{"title":"Linen shirt","quantity":1,"price":"59.00"},`, 42), ",") + `]}`)
	selection := content.Select([][]string{{"name"}, {"id"}, {"total_price"}, {"customer", "first_name"}, {"customer", "last_name"}})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := selection.Parse("application/json", body); err != nil {
			b.Fatal(err)
		}
	}
}
