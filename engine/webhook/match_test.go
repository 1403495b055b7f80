package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/content"
	"bellhop/engine/webhook"
)

// TestEventsAreToldApartByTheirBody brings events of several kinds to one address.
func TestEventsAreToldApartByTheirBody(t *testing.T) {
	t.Parallel()
	d := &door{store: &memory{}}
	d.Handler = webhook.New(webhook.Params{Store: d.store})
	match, err := content.NewMatch(map[string]string{"type": "invoice.paid", "data.reason": "cycle"})
	require.NoError(t, err)
	d.SetTable(webhook.Table{"one": {RecipeID: 1, Version: 1, On: true, MaxBytes: 1 << 20, Verifier: anyone(t), MatchIn: match}})
	for body, started := range map[string]bool{
		`{"type":"invoice.paid","data":{"reason":"cycle"}}`:  true,
		`{"type":"invoice.paid","data":{"reason":"create"}}`: false,
		`{"type":"invoice.paid"}`:                            false,
		`{"type":"payout.paid","data":{"reason":"cycle"}}`:   false,
		`[]`: false,
		``:   false,
	} {
		before := len(d.store.runs)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, webhook.PathPrefix+"one", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		require.Equal(t, http.StatusOK, w.Code, "the sender must not send it again: %s", body)
		require.Equal(t, started, len(d.store.runs) > before, body)
		if !started {
			require.Contains(t, w.Body.String(), "ignored")
		}
	}
}
