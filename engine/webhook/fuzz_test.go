package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/content"
	"bellhop/engine/mapping"
	"bellhop/engine/webhook"
)

// FuzzDelivery: whatever comes to a door that anybody may use, it is answered, and what is accepted can be
// read by a run.
func FuzzDelivery(f *testing.F) {
	for _, kind := range []string{"application/json", "text/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "\x00", ""} {
		for _, body := range []string{`{"id":"e"}`, `{"id":`, "<a>1</a>", "--x\r\n\r\n--x--", "a=1&a=2", "\xff", strings.Repeat("[", 300)} {
			f.Add(kind, "e-1", "from=here&from=there", body)
		}
	}
	f.Fuzz(func(t *testing.T, kind, id, query, body string) {
		store := &memory{}
		h := webhook.New(webhook.Params{Store: store})
		h.SetTable(webhook.Table{"open": {
			RecipeID: 2, On: true, MaxBytes: 1000, Verifier: anyone(t), EventID: []string{"X-Event"}, EventIDIn: mapping.Path{{Name: "id"}},
		}})
		r := httptest.NewRequest(http.MethodPost, webhook.PathPrefix+"open", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header = http.Header{"Content-Type": {kind}, "X-Event": {id}, "User-Agent": {kind}}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Contains(t, []int{200, 400, 413}, w.Code)
		require.Equal(t, w.Code == http.StatusOK, len(store.events) == 1)
		if len(store.events) == 0 {
			return
		}
		e := store.events[0]
		require.Equal(t, body, string(e.Body))
		require.NotEmpty(t, e.Key)
		require.LessOrEqual(t, len(e.Key), 765) // the longest that is kept, where each byte had to be replaced
		_, err := content.Parse(e.ContentType, e.Body)
		require.NoError(t, err)
	})
}
