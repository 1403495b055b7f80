package catchup_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/practice"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

// door takes the shop's deliveries in, as the engine does.
func (b *bench) door() *webhook.Handler {
	table, err := webhook.NewTable(b.t.Context(), b.store, b.catalog, b)
	require.NoError(b.t, err)
	h := webhook.New(webhook.Params{Store: b.store})
	h.SetTable(table)
	return h
}

// deliver brings an order to the door, and returns what it says.
func (b *bench) deliver(h *webhook.Handler, o practice.Order, id string) string {
	r := httptest.NewRequest(http.MethodPost, webhook.PathPrefix+"abc", strings.NewReader(string(o.Body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Shopify-Topic", practice.TopicCreated)
	r.Header.Set("X-Shopify-Webhook-Id", id)
	spec := engine.SignatureSpec{Scheme: signature.SchemeHMAC, Header: "X-Shopify-Hmac-Sha256", Secret: "hush", Algorithm: "sha256", Encoding: "base64"}
	require.NoError(b.t, signature.Sign(spec, r.Header, o.Body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(b.t, http.StatusOK, w.Code)
	return w.Body.String()
}

// TestWhicheverComesFirst brings each order both ways: one after the other, the other way round, and by two
// subscriptions.
func TestWhicheverComesFirst(t *testing.T) {
	b := newBench(t)
	b.begin()
	defer func() { b.stop() }()
	door := b.door()
	b.place(4)
	orders := b.shop.Orders()

	require.Contains(t, b.deliver(door, orders[0], "d0"), "accepted")
	require.Contains(t, b.deliver(door, orders[0], "d0"), "duplicate", "sent again")
	require.Contains(t, b.deliver(door, orders[1], "d1"), "accepted")
	require.Contains(t, b.deliver(door, orders[1], "other"), "duplicate", "a second subscription")
	require.NoError(t, b.Ask(t.Context(), recipe))
	require.Contains(t, b.deliver(door, orders[2], "d2"), "duplicate", "Shopify tries for four hours")
	require.Len(t, b.store.runs, 4)
	recovered := []bool{}
	for _, r := range b.store.runs {
		recovered = append(recovered, r.Recovered)
	}
	require.Equal(t, []bool{false, false, true, true}, recovered)

	// What holds no key is no duplicate of anything.
	nothing := practice.Order{Body: []byte(`{"name":"#1"}`)}
	require.Contains(t, b.deliver(door, nothing, "n1"), "accepted")
	require.Contains(t, b.deliver(door, nothing, "n2"), "accepted")
}

// TestAtTheSameMoment delivers orders while they are fetched, many times over: each runs once.
func TestAtTheSameMoment(t *testing.T) {
	b := newBench(t)
	b.begin()
	defer func() { b.stop() }()
	door := b.door()
	for round := range 8 {
		b.place(10)
		var work sync.WaitGroup
		for i, o := range slices.Backward(b.shop.Orders()[round*10:]) {
			for try := range 2 {
				work.Go(func() { b.deliver(door, o, fmt.Sprintf("%d %d %d", round, i, try)) })
			}
		}
		work.Go(func() { _ = b.Ask(t.Context(), recipe) })
		work.Wait()
	}
	require.NoError(t, b.Ask(t.Context(), recipe))
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	ran := map[string]int{}
	for _, r := range b.store.runs {
		_, name, _ := strings.Cut(string(b.store.events[r.EventID-1].Body), `"name":"#`)
		name, _, _ = strings.Cut(name, `"`)
		ran[name]++
	}
	require.Len(t, b.store.runs, 80)
	require.Len(t, ran, 80, "each of them once: %v", ran)
}

// TestTheSameKeyElsewhere listens to payments after orders, and to another shop: what has the same key there is
// something else.
func TestTheSameKeyElsewhere(t *testing.T) {
	b := newBench(t)
	b.begin()
	b.place(1)
	order := b.shop.Orders()[0]
	require.Contains(t, b.deliver(b.door(), order, "d1"), "accepted")
	b.place(1)
	require.NoError(t, b.Ask(t.Context(), recipe))
	require.Len(t, b.store.runs, 2)

	with := func(base string) {
		b.with(func() { b.account.BaseURL = base })
		b.store.mu.Lock()
		b.store.connections[0] = b.account.Connection
		b.store.mu.Unlock()
	}
	b.stop()
	with("http://127.0.0.1:9999")
	require.Contains(t, b.deliver(b.door(), order, "d2"), "accepted")
	require.Contains(t, b.deliver(b.door(), order, "d3"), "duplicate")
	with(shopURL)
	require.Contains(t, b.deliver(b.door(), order, "d4"), "duplicate", "the first shop again")

	b.publish("shopify.order_paid")
	b.switchOn()
	b.begin()
	paid, err := b.shop.Place(practice.NewOrder{Topic: practice.TopicPaid})
	require.NoError(t, err)
	require.NoError(t, b.Ask(t.Context(), recipe))
	b.publish("shopify.order_created")
	require.Contains(t, b.deliver(b.door(), paid, "d5"), "accepted", "it was created, too")
	b.stop()
	require.Len(t, b.store.runs, 5)
}
