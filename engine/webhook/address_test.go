package webhook_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

// A signature made of the address goes by what the sender was told, and not by what it says in Host.
func TestTheAddressIsTheOneThatTheSenderWasTold(t *testing.T) {
	const path = webhook.PathPrefix + "t"
	told := []string{"https://shop.example.com", "https://own.example.com/bellhop/", "http://127.0.0.1:8420"}
	spec := engine.SignatureSpec{Scheme: "{{connection.scheme | default: 'square'}}", Secret: secret}
	g := greeted{spec: engine.WebhookSpec{Signature: &spec}}
	table, err := webhook.NewTable(t.Context(), g, g, g)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		signed, query, host string
		status              int
	}{
		"the public one":          {told[0] + path, "", "shop.example.com", 200},
		"with a query":            {told[0] + path + "?shop=a%20b&x", "?shop=a%20b&x", "shop.example.com", 200},
		"by way of another host":  {told[0] + path, "", "127.0.0.1:8420", 200},
		"one with a path":         {"https://own.example.com/bellhop" + path, "", "own.example.com", 200},
		"this computer's":         {told[2] + path, "", "127.0.0.1:8420", 200},
		"what only the Host says": {"https://evil.example.com" + path, "", "evil.example.com", 401},
		"another query":           {told[0] + path + "?shop=a", "?shop=b", "shop.example.com", 401},
	} {
		d := &door{store: &memory{}}
		d.Handler = webhook.New(webhook.Params{Store: d.store, Addresses: func() []string { return told }})
		d.SetTable(table)
		r := httptest.NewRequest("POST", path+c.query, strings.NewReader(`{"a":1}`))
		r.Host = c.host
		square := engine.SignatureSpec{Scheme: "square", Secret: secret}
		require.NoError(t, signature.Sign(square, r.Header, []byte(`{"a":1}`), c.signed))
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		require.Equal(t, c.status, w.Code, "%s: %s", name, w.Body)
		require.Len(t, d.store.events, map[int]int{200: 1}[c.status], name)
		if c.status == 200 {
			require.NotContains(t, d.store.events[0].Request.Headers, "X-Square-Hmacsha256-Signature", name)
		}
	}
}
