package webhook_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/chain"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

// TestARecipeThatStartsItselfIsStopped: each delivery that a run sends here makes a run one deeper, up
// to the limit; one that only claims so is a delivery like any other.
func TestARecipeThatStartsItselfIsStopped(t *testing.T) {
	key := chain.Key("0123456789abcdef0123456789abcdef")
	store := &memory{}
	d := &door{store: store, Handler: webhook.New(webhook.Params{Store: store, Chain: key})}
	open, err := signature.New(engine.SignatureSpec{Scheme: "none"})
	require.NoError(t, err)
	d.SetTable(webhook.Table{"open": {RecipeID: 2, Version: 1, On: true, MaxBytes: 1000, Verifier: open}})

	link := chain.Link{RunID: 40}
	for range engine.MaxDepth {
		w := d.send(t, "open", `{}`, header(chain.Header, key.Sign(link)))
		require.Equal(t, http.StatusOK, w.Code, w.Body.String())
		run := store.runs[len(store.runs)-1]
		require.Equal(t, link.RunID, run.CalledBy)
		require.Equal(t, link.Depth+1, run.Depth)
		link = chain.Link{RunID: run.ID, Depth: run.Depth}
	}
	w := d.send(t, "open", `{}`, header(chain.Header, key.Sign(link)))
	require.Equal(t, http.StatusLoopDetected, w.Code)
	require.Len(t, store.runs, engine.MaxDepth)

	w = d.send(t, "open", `{}`, header(chain.Header, "40.99.00112233445566778899aabbccddeeff"))
	require.Equal(t, http.StatusOK, w.Code)
	run := store.runs[len(store.runs)-1]
	require.Zero(t, run.CalledBy)
	require.Zero(t, run.Depth)
	for _, e := range store.events {
		require.NotContains(t, e.Request.Headers, chain.Header)
	}

	require.True(t, d.Answers("/hooks/open"))
	require.False(t, d.Answers("/hooks/other"))
	require.False(t, d.Answers("/open"))
}
