package webhook_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

// memory keeps events and runs; it refuses everything while it is full.
type memory struct {
	engine.Tx // what the handler does not use is not there
	mu        sync.Mutex
	events    []engine.Event
	runs      []engine.Run
	refusals  []engine.Refusal
	full      bool
}

func (m *memory) Update(_ context.Context, fn func(engine.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full {
		return engine.Errorf(engine.Unavailable, "The disk is full.")
	}
	return fn(m)
}

// UpdateRepeatable runs fn twice and keeps what it did the second time.
func (m *memory) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	return m.Update(ctx, func(tx engine.Tx) error {
		events, runs := m.events, m.runs
		_ = fn(tx)
		m.events, m.runs = events, runs
		return fn(tx)
	})
}

func (m *memory) fill(full bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.full = full
}

func (m *memory) AddEvent(e *engine.Event) error {
	for _, old := range m.events {
		if old.RecipeID == e.RecipeID && old.Key == e.Key {
			return engine.Errorf(engine.Conflict, "seen")
		}
	}
	e.ID = int64(len(m.events) + 1)
	m.events = append(m.events, *e)
	return nil
}

func (m *memory) AddRun(r *engine.Run) error {
	r.ID = int64(len(m.runs) + 1)
	m.runs = append(m.runs, *r)
	return nil
}

const secret = "shhh"

// shop is the signature scheme of the test's deliveries.
var shop = engine.SignatureSpec{Scheme: "hmac", Header: "X-Sign", Secret: secret, Algorithm: "sha256", Encoding: "base64"}

// anyone lets every sender in.
func anyone(t testing.TB) signature.Verifier {
	t.Helper()
	v, err := signature.New(engine.SignatureSpec{Scheme: "none"})
	require.NoError(t, err)
	return v
}

type door struct {
	*webhook.Handler
	store    *memory
	accepted []engine.Job
}

func newDoor(t *testing.T) *door {
	t.Helper()
	proved, err := signature.New(shop)
	require.NoError(t, err)
	open := anyone(t)
	d := &door{store: &memory{}}
	d.Handler = webhook.New(webhook.Params{Store: d.store, Accepted: func(j engine.Job) { d.accepted = append(d.accepted, j) }})
	d.SetTable(webhook.Table{
		"shop": {
			RecipeID: 1, Version: 3, On: true, MaxBytes: 1000, Verifier: proved, Private: []string{"x-sign"},
			Match: map[string]string{"X-Topic": "orders/create"}, EventID: []string{"X-Event", "X-Other"},
		},
		"open":   {RecipeID: 2, Version: 1, On: true, MaxBytes: 1000, Verifier: open},
		"off":    {RecipeID: 3, Version: 1, MaxBytes: 1000},
		"locked": {RecipeID: 4, Version: 1, On: true, MaxBytes: 1000, Broken: engine.Errorf(engine.Unavailable, "locked")},
	})
	return d
}

// send delivers a signed order and returns the answer.
func (d *door) send(t *testing.T, token, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, webhook.PathPrefix+token+"?from=here", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Topic", "orders/create")
	r.Header.Set("X-Event", "e-1")
	r.Header.Set("Authorization", "Bearer private")
	require.NoError(t, signature.Sign(shop, r.Header, []byte(body)))
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	return w
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestADeliveryIsStoredWithItsRunAndAnswered(t *testing.T) {
	d := newDoor(t)
	w := d.send(t, "shop", `{"id": 1}`)
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"status":"accepted","event":"e-1"}`, w.Body.String())

	require.Len(t, d.store.events, 1)
	e := d.store.events[0]
	require.Equal(t, `{"id": 1}`, string(e.Body), "byte for byte")
	require.Equal(t, "application/json", e.ContentType)
	require.Equal(t, int64(1), e.RecipeID)
	require.Equal(t, map[string]string{"from": "here"}, e.Request.Query)
	require.Equal(t, "orders/create", e.Request.Headers["X-Topic"])
	require.NotContains(t, e.Request.Headers, "X-Sign", "what proves the sender is not kept")
	require.NotContains(t, e.Request.Headers, "Authorization")

	require.Len(t, d.store.runs, 1)
	run := d.store.runs[0]
	require.Equal(t, engine.Queued, run.State)
	require.Equal(t, 3, run.Version)
	require.Equal(t, e.ID, run.EventID)
	require.Equal(t, []engine.Job{{RunID: run.ID, RecipeID: 1, Fresh: &engine.Fresh{Run: run, Event: e}}}, d.accepted)
}

func TestADeliverySeenBeforeRunsNothing(t *testing.T) {
	d := newDoor(t)
	d.send(t, "shop", `{"id":1}`)
	w := d.send(t, "shop", `{"id":1}`)
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"status":"duplicate","event":"e-1"}`, w.Body.String())
	require.Len(t, d.store.runs, 1)
	require.Len(t, d.accepted, 1)
}

func TestWhatIsRefusedIsNotStored(t *testing.T) {
	for name, c := range map[string]struct {
		token  string
		body   string
		change func(*http.Request)
		want   int
	}{
		"unknown address":        {"nobody", `{}`, nil, 404},
		"address with a tail":    {"shop/more", `{}`, nil, 404},
		"another path":           {"shop", `{}`, func(r *http.Request) { r.URL.Path = "/admin" }, 404},
		"the root":               {"shop", `{}`, func(r *http.Request) { r.URL.Path = "/" }, 404},
		"another method":         {"shop", `{}`, func(r *http.Request) { r.Method = http.MethodDelete }, 405},
		"a recipe that is off":   {"off", `{}`, nil, 410},
		"locked secrets":         {"locked", `{}`, nil, 503},
		"no signature":           {"shop", `{}`, func(r *http.Request) { r.Header.Del("X-Sign") }, 401},
		"a forged signature":     {"shop", `{}`, header("X-Sign", "Zm9yZ2Vk"), 401},
		"another body":           {"shop", `{}`, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"total":0}`)) }, 401},
		"an unsigned GET":        {"shop", ``, func(r *http.Request) { r.Method = http.MethodGet; r.Header.Del("X-Sign") }, 401},
		"too large":              {"shop", strings.Repeat("x", 1001), nil, 413},
		"too large, unannounced": {"shop", strings.Repeat("x", 1001), func(r *http.Request) { r.ContentLength = -1 }, 413},
		"broken JSON":            {"shop", `{"id":`, nil, 400},
		"not UTF-8":              {"shop", "{\"a\":\"\xff\"}", nil, 400},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t)
			if c.change == nil {
				c.change = func(*http.Request) {}
			}
			w := d.send(t, c.token, c.body, c.change)
			require.Equal(t, c.want, w.Code)
			require.Contains(t, w.Body.String(), `"status":"refused"`)
			require.Empty(t, d.store.events)
			require.Empty(t, d.store.runs)
			require.Empty(t, d.accepted)
		})
	}
}

func TestUnknownAndMalformedAddressesAnswerTheSame(t *testing.T) {
	d := newDoor(t)
	want := d.send(t, "nobody", `{}`).Body.String()
	for _, token := range []string{"", "..", "shop/", "SHOP", "%00", strings.Repeat("a", 5000)} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{}`))
		r.URL.Path = webhook.PathPrefix + token
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		require.Equal(t, http.StatusNotFound, w.Code, token)
		require.Equal(t, want, w.Body.String(), token)
	}
}

func TestAnotherTopicIsAnsweredAndIgnored(t *testing.T) {
	d := newDoor(t)
	w := d.send(t, "shop", `{}`, header("X-Topic", "orders/updated"))
	require.Equal(t, http.StatusOK, w.Code, "a refusal would make the sender drop the subscription")
	require.Contains(t, w.Body.String(), `"ignored"`)
	require.Empty(t, d.store.events)
}

func TestAStoreThatCannotWriteAsksForAnotherDelivery(t *testing.T) {
	d := newDoor(t)
	d.store.full = true
	require.Equal(t, http.StatusServiceUnavailable, d.send(t, "shop", `{}`).Code)
	require.Empty(t, d.accepted)

	d.store.full = false
	require.Equal(t, http.StatusOK, d.send(t, "shop", `{}`).Code)
	require.Len(t, d.store.runs, 1)
}

func TestTheEventsKey(t *testing.T) {
	key := func(change ...func(*http.Request)) string {
		d := newDoor(t)
		require.Equal(t, http.StatusOK, d.send(t, "shop", `{}`, change...).Code)
		return d.store.events[0].Key
	}
	none := func(r *http.Request) { r.Header.Del("X-Event") }
	require.Equal(t, "e-1", key())
	require.Equal(t, "e-1", key(header("X-Other", "o-1")), "the best header wins")
	require.Equal(t, "o-1", key(none, header("X-Other", "o-1")))
	require.Contains(t, key(header("X-Event", strings.Repeat("x", 300))), "sha256:")
	first, second := key(none), key(none)
	require.Contains(t, first, "evt_")
	require.NotEqual(t, first, second, "deliveries without an id are all different")
}

func TestTheEventsKeyInTheBody(t *testing.T) {
	for body, want := range map[string]string{
		`{"data":{"id":"e-7"}}`: "e-7", `{"data":{"id":820982911946154508}}`: "820982911946154508",
		`{"data":{"id":null}}`: "", `{"data":{"id":{}}}`: "", `{"data":[1]}`: "", `[]`: "", `7`: "", ``: "",
	} {
		d := newDoor(t)
		d.SetTable(webhook.Table{"open": {RecipeID: 2, On: true, MaxBytes: 1000, Verifier: anyone(t), EventID: []string{"X-Other"}, EventIDIn: mapping.Path{{Name: "data"}, {Name: "id"}}}})
		require.Equal(t, http.StatusOK, d.send(t, "open", body).Code)
		require.Equal(t, http.StatusOK, d.send(t, "open", body).Code)
		if want == "" {
			require.Len(t, d.store.events, 2, body)
			require.Contains(t, d.store.events[0].Key, "evt_")
			continue
		}
		require.Len(t, d.store.events, 1, body)
		require.Equal(t, want, d.store.events[0].Key)
		d.send(t, "open", body, header("X-Other", "o-1"))
		require.Equal(t, "o-1", d.store.events[1].Key, "a header comes first")
	}
}

func TestAGetBringsItsQuery(t *testing.T) {
	d := newDoor(t)
	w := d.send(t, "open", ``, func(r *http.Request) {
		r.Method = http.MethodGet
		r.Header = http.Header{"X-Topic": {"orders/create"}}
	})
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, engine.Request{
		Method: "GET", Query: map[string]string{"from": "here"}, Headers: map[string]string{"X-Topic": "orders/create"},
	}, d.store.events[0].Request)
}

// serve runs the real server with its limits cut down, so that a test need not wait for them.
func serve(t *testing.T, h *webhook.Handler) string {
	t.Helper()
	server := webhook.NewServer(h, quiet())
	server.ReadHeaderTimeout, server.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond
	return listen(t, server)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func listen(t testing.TB, server *http.Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

func TestASlowBodyIsGivenUp(t *testing.T) {
	d := newDoor(t)
	conn, err := net.Dial("tcp", serve(t, d.Handler))
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "POST /hooks/shop HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, http.StatusRequestTimeout, answer.StatusCode)
	require.Empty(t, d.store.events)
}

func TestSlowAndOversizedHeadersAreGivenUp(t *testing.T) {
	d := newDoor(t)
	address := serve(t, d.Handler)

	slow, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer func() { _ = slow.Close() }()
	_, err = fmt.Fprintf(slow, "POST /hooks/shop HTTP/1.1\r\nHost: x\r\nX-Sl")
	require.NoError(t, err)
	rest, err := io.ReadAll(slow)
	require.NoError(t, err)
	require.NotContains(t, string(rest), "200")

	big, err := http.NewRequest(http.MethodPost, "http://"+address+"/hooks/open", strings.NewReader(`{}`))
	require.NoError(t, err)
	big.Header.Set("X-Big", strings.Repeat("x", 100<<10))
	answer, err := http.DefaultClient.Do(big)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.StatusCode)
	require.Empty(t, d.store.events)
}

// TestNothingButARecipesAddressAnswers: also what the standard library would answer by itself is refused.
func TestNothingButARecipesAddressAnswers(t *testing.T) {
	d := newDoor(t)
	address := serve(t, d.Handler)
	for _, line := range []string{"OPTIONS * HTTP/1.1", "PRI * HTTP/2.0", "CONNECT 127.0.0.1:22 HTTP/1.1", "GET //hooks/open HTTP/1.1", "GET /x/../hooks/open HTTP/1.1"} {
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		_, err = fmt.Fprintf(conn, "%s\r\nHost: x\r\nConnection: close\r\n\r\n", line)
		require.NoError(t, err)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusNotFound, answer.StatusCode, line)
		require.NoError(t, answer.Body.Close())
		require.NoError(t, conn.Close())
	}
	require.Empty(t, d.store.events)
}
