package boot_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/signature"
)

const benchSecret = "bench-secret"

var benchOrder atomic.Int64

// openBench opens an engine with a signed recipe and returns the function that delivers one order.
func openBench(b *testing.B, recipe string) (*boot.System, func() error) {
	b.Helper()
	ctx := b.Context()
	s, err := boot.Open(ctx, boot.Config{Dir: b.TempDir(), Listen: "127.0.0.1:0", Secrets: "file"})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	require.NoError(b, s.AllowPrivate(ctx, []string{"127.0.0.1"})) // where the sink is
	connection := engine.Connection{Name: "My shop", Connector: "shopify", Fields: map[string]string{"shop": "bench", "client_id": "x"}}
	require.NoError(b, s.SaveConnection(ctx, &connection, map[string]string{"client_secret": benchSecret}))
	r, _, err := s.Import(ctx, "bench.yaml", []byte(recipe))
	require.NoError(b, err)
	require.NoError(b, s.Switch(ctx, r.ID, true))
	addresses, err := s.Addresses(ctx, r)
	require.NoError(b, err)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	return s, func() error { return deliver(client, addresses[0]) }
}

func deliver(client *http.Client, address string) error {
	n := benchOrder.Add(1)
	body := fmt.Sprintf(`{"id":%d,"name":"#%d","number":%d,"total_price":"189.00","currency":"EUR","line_items":[%s]}`,
		820982911946154508+n, n, n, strings.TrimSuffix(strings.Repeat(`{"title":"Linen shirt","quantity":1,"price":"59.00","sku":"LS-01","vendor":"Practice","grams":200},`, 24), ","))
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Shopify-Topic", "orders/create")
	req.Header.Set("X-Shopify-Webhook-Id", fmt.Sprintf("bench-%d", n))
	spec := engine.SignatureSpec{Scheme: signature.SchemeHMAC, Header: "X-Shopify-Hmac-Sha256", Secret: benchSecret, Algorithm: "sha256", Encoding: "base64"}
	if err := signature.Sign(spec, req.Header, []byte(body)); err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, answer)
	}
	return err
}

// sendAll delivers b.N orders, from 16 senders for each core, each waiting for its answer.
func sendAll(b *testing.B, send func() error) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := send(); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkAccept is the way from a signed order of 2.5 KB to its 200, with 32 senders at a time,
// each waiting for its answer. The runs end at a filter.
func BenchmarkAccept(b *testing.B) {
	_, send := openBench(b, `
recipe: 1
name: Bench
trigger: {use: shopify.order_created, connection: My shop}
steps:
  - {id: big, use: logic.filter, with: {match: all, rules: [{value: "{{trigger.total_price}}", is: greater_than, than: "1000"}]}}
  - {id: stop, use: logic.stop}
`)
	sendAll(b, send)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
}

// BenchmarkRun is the whole way of an order through three steps: a filter, a POST that arrives, and a
// note at the end, all on record.
func BenchmarkRun(b *testing.B) {
	var arrived atomic.Int64
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived.Add(1)
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	defer sink.Close()
	s, send := openBench(b, `
recipe: 1
name: Bench
trigger: {use: shopify.order_created, connection: My shop}
steps:
  - {id: big, use: logic.filter, with: {match: all, rules: [{value: "{{trigger.total_price}}", is: greater_than, than: "10"}]}}
  - {id: post, use: http.request, with: {method: POST, url: "`+sink.URL+`", json: {text: "New order {{trigger.name}} for {{trigger.total_price | money: trigger.currency}}"}}}
  - {id: end, use: logic.stop, with: {reason: "{{trigger.name}} was told"}}
`)
	sendAll(b, send)
	waitFor(b, func() bool {
		counts, err := s.Store.StateCounts(context.Background())
		require.NoError(b, err)
		return counts[engine.Succeeded] == b.N
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
	require.Equal(b, int64(b.N), arrived.Load(), "each once")
}

// waitFor waits until something is so; it is for what happens in the engine's own goroutines.
func waitFor(tb testing.TB, is func() bool) {
	tb.Helper()
	deadline := time.Now().Add(time.Minute)
	for !is() {
		if time.Now().After(deadline) {
			tb.Fatal("it does not happen")
		}
		<-time.After(5 * time.Millisecond)
	}
}
