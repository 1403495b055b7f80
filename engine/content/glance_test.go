package content_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/content"
)

func TestGlance(t *testing.T) {
	t.Parallel()
	tests := []struct {
		body, kind, path string
		want             any // nil if a glance is not enough
	}{
		{`{"id":6094853177622,"x":[1]}`, "application/json", "id", json.Number("6094853177622")},
		{" \n{ \"id\" : 7 }", "application/json", "id", json.Number("7")},
		{`{"id":-7.5e3}`, "", "id", json.Number("-7.5e3")},
		{"\xef\xbb\xbf" + `{"id":"a b"}`, "application/json", "id", "a b"},
		{`{"a":{"id":1,"b":"}]\"{"},"b":[{"id":2}],"id":3}`, "application/json", "id", json.Number("3")},
		{`{"a":"\\","id":4}`, "application/json", "id", json.Number("4")},
		{`{"a":null,"b":true,"c":12 ,"id":"x"}`, "application/vnd.api+json", "id", "x"},
		{`{"data":{"object":{"id":"evt"}}}`, "application/json", "data.object.id", "evt"},
		{`{"id":"a\u0062"}`, "application/json", "id", nil},
		{`{"i\u0064":"a"}`, "application/json", "id", nil},
		{`{"id":{"a":1}}`, "application/json", "id", nil},
		{`{"id":null}`, "application/json", "id", nil},
		{`{"a":1}`, "application/json", "id", nil},
		{`{}`, "application/json", "id", nil},
		{`[1]`, "application/json", "id", nil},
		{``, "application/json", "id", nil},
		{`id=1`, "application/x-www-form-urlencoded", "id", nil},
		{`{"id":1}`, "text/plain", "id", nil},
	}
	for _, test := range tests {
		value, ok := content.Glance([]byte(test.body), test.kind, strings.Split(test.path, "."))
		require.Equal(t, test.want != nil, ok, test.body)
		require.Equal(t, test.want, value, test.body)
	}
}

// FuzzGlance holds what is seen at a glance against what reading all of it gives.
func FuzzGlance(f *testing.F) {
	f.Add([]byte(`{"a":{"id":1},"id":"x"}`))
	f.Add([]byte(`{"a":"\"","id":-1.0}`))
	f.Add([]byte(`{"id":1,"id":2}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if content.Check("application/json", body) != nil {
			_, _ = content.Glance(body, "application/json", []string{"id"}) // it ends, whatever it says
			return
		}
		value, ok := content.Glance(body, "application/json", []string{"id"})
		if !ok || strings.Count(string(body), `"id"`) > 1 || strings.Contains(string(body), `\u`) {
			return
		}
		whole, err := content.Parse("application/json", body)
		require.NoError(t, err)
		require.Equal(t, whole.(map[string]any)["id"], value)
	})
}
