package webhook_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

// TestACaughtDeliveryRunsOnceWhateverIDItIsGiven: the id in a header is not signed, so it is no proof of another
// event where the time of sending is.
func TestACaughtDeliveryRunsOnceWhateverIDItIsGiven(t *testing.T) {
	d := newDoor(t)
	spec := engine.SignatureSpec{Scheme: "stripe", Header: "Stripe-Signature", Secret: "s3cret"}
	stripe, err := signature.New(spec)
	require.NoError(t, err)
	d.SetTable(webhook.Table{"stripe": {RecipeID: 5, Version: 1, On: true, MaxBytes: 1000, Verifier: stripe, EventID: []string{"X-Event"}}})
	caught := http.Header{}
	require.NoError(t, signature.Sign(spec, caught, []byte(`{"a":1}`)))
	send := func(id string) string {
		w := d.send(t, "stripe", `{"a":1}`, header("X-Event", id), header("Stripe-Signature", caught.Get("Stripe-Signature")))
		require.Equal(t, http.StatusOK, w.Code)
		return w.Body.String()
	}

	d.store.full = true
	w := d.send(t, "stripe", `{"a":1}`, header("X-Event", "e-1"), header("Stripe-Signature", caught.Get("Stripe-Signature")))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	d.store.full = false
	require.Contains(t, send("e-1"), `"accepted"`, "what was not stored is no copy")

	require.Contains(t, send("e-1"), `"duplicate"`)
	require.Contains(t, send("e-2"), `"duplicate"`)
	require.Len(t, d.store.events, 1)

	require.NoError(t, signature.Sign(spec, caught, []byte(`{"a":1} `)))
	w = d.send(t, "stripe", `{"a":1} `, header("X-Event", "e-2"), header("Stripe-Signature", caught.Get("Stripe-Signature")))
	require.Contains(t, w.Body.String(), `"accepted"`, "another delivery is another event")
}
