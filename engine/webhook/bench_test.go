package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/catchup"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

// forgetful takes everything and keeps nothing.
type forgetful struct{ engine.Tx }

func (f *forgetful) Update(_ context.Context, fn func(engine.Tx) error) error { return fn(f) }

func (f *forgetful) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	return f.Update(ctx, fn)
}

func (*forgetful) AddEvent(*engine.Event) error { return nil }

func (*forgetful) AddRun(*engine.Run) error { return nil }

func (*forgetful) MarkSeen(int64, string, string) (bool, time.Time, error) {
	return true, time.Time{}, nil
}

// quietWriter is an answer nobody reads.
type quietWriter struct{ header http.Header }

func (w *quietWriter) Header() http.Header         { return w.header }
func (w *quietWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *quietWriter) WriteHeader(int)             {}

// BenchmarkAccept is the door's own part of accepting a signed order of 2.5 KB.
func BenchmarkAccept(b *testing.B) { accept(b, nil) }

// BenchmarkAcceptWhatMayBeMissed is the same where missed orders can be fetched, so that the order's key is
// looked for in its body: at its beginning, as Shopify has it, and where there is none.
func BenchmarkAcceptWhatMayBeMissed(b *testing.B) {
	for _, pill := range []string{"{{trigger.id}}", "{{trigger.none}}"} {
		b.Run(pill, func(b *testing.B) {
			key, err := catchup.NewKey(engine.Trigger{}, engine.Connector{}, engine.Operation{CatchUp: &engine.CatchUpSpec{Key: pill}}, engine.Account{})
			require.NoError(b, err)
			accept(b, key)
		})
	}
}

func accept(b *testing.B, missed *catchup.Key) {
	proved, err := signature.New(shop)
	require.NoError(b, err)
	h := webhook.New(webhook.Params{Store: &forgetful{}})
	h.SetTable(webhook.Table{"shop": {
		RecipeID: 1, Version: 3, On: true, MaxBytes: 1 << 20, Verifier: proved, Private: []string{"X-Sign"},
		Match: map[string]string{"X-Topic": "orders/create"}, EventID: []string{"X-Event"}, PerMinute: 100_000_000, Missed: missed,
	}})
	body := order(2500)
	r := httptest.NewRequest(http.MethodPost, webhook.PathPrefix+"shop", nil)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-Topic": "orders/create", "X-Event": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", "User-Agent": "Shopify-Captain-Hook",
		"Accept-Encoding": "gzip", "X-Shopify-Shop-Domain": "shop.myshopify.com", "X-Shopify-Api-Version": "2026-07", "X-Forwarded-For": "203.0.113.9",
	} {
		r.Header.Set(name, value)
	}
	require.NoError(b, signature.Sign(shop, r.Header, []byte(body)))
	r.ContentLength = int64(len(body))
	w := &quietWriter{header: http.Header{}}
	source := strings.NewReader(body)
	r.Body = struct {
		*strings.Reader
		nothing
	}{source, nothing{}}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		source.Reset(body)
		h.ServeHTTP(w, r)
	}
}

type nothing struct{}

func (nothing) Close() error { return nil }
