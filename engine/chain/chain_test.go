package chain_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/chain"
)

func TestALinkIsReadBackAndNotForged(t *testing.T) {
	key := chain.Key(strings.Repeat("k", 32))
	signed := key.Sign(chain.Link{RunID: 1234567890123, Depth: 19})
	link, ok := key.Read(signed)
	require.True(t, ok)
	require.Equal(t, chain.Link{RunID: 1234567890123, Depth: 19}, link)

	for name, value := range map[string]string{
		"nothing":           "",
		"no proof":          "12.3",
		"another depth":     strings.Replace(signed, ".19.", ".1.", 1),
		"another run":       strings.Replace(signed, "1234", "1235", 1),
		"half a proof":      signed[:len(signed)-2],
		"more behind":       signed + "00",
		"not hexadecimal":   "12.3.zz",
		"very long":         strings.Repeat("9", 1000),
		"of another key":    chain.Key(strings.Repeat("x", 32)).Sign(chain.Link{RunID: 1, Depth: 1}),
		"only dots":         "...",
		"an unsigned depth": "1..",
	} {
		_, ok := key.Read(value)
		require.False(t, ok, name)
	}
}

// TestOnlyOwnAddressesGetTheChain checks redirects, too: from outside to an own address and back.
func TestOnlyOwnAddressesGetTheChain(t *testing.T) {
	got := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got[r.URL.Path] = r.Header.Get(chain.Header)
		if next := r.URL.Query().Get("next"); next != "" {
			http.Redirect(w, r, next, http.StatusTemporaryRedirect)
		}
	}))
	defer server.Close()
	key := chain.Key(strings.Repeat("k", 32))
	client := &http.Client{Transport: &chain.Transport{
		Base: http.DefaultTransport, Key: key, Own: func(path string) bool { return path == "/hooks/mine" },
	}}
	get := func(path string, running bool) {
		t.Helper()
		ctx := t.Context()
		if running {
			ctx = chain.With(ctx, chain.Link{RunID: 7, Depth: 2})
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+path, nil)
		require.NoError(t, err)
		r.Header.Set(chain.Header, "made up")
		answer, err := client.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
	}
	get("/away?next=/hooks/mine", true)
	link, ok := key.Read(got["/hooks/mine"])
	require.True(t, ok)
	require.Equal(t, chain.Link{RunID: 7, Depth: 2}, link)
	require.Empty(t, got["/away"])

	get("/hooks/mine?next=/elsewhere", true)
	require.Empty(t, got["/elsewhere"], "what is signed stays at home")

	get("/hooks/mine", false)
	require.Empty(t, got["/hooks/mine"], "whoever is no run has no chain")
}
