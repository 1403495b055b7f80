package reach_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/reach"
	"bellhop/engine/tunnel"
)

// store keeps settings and a few recipes in memory.
type store struct {
	mu       sync.Mutex
	settings map[string]string
	writes   int
	broken   bool
	recipes  []engine.Recipe
	live     map[int64]engine.Definition
}

func (s *store) Setting(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings[key], nil
}

type tx struct {
	engine.Tx
	s *store
}

func (t tx) SetSetting(key, value string) error {
	t.s.settings[key] = value
	return nil
}

func (s *store) Update(_ context.Context, fn func(engine.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return engine.Errorf(engine.Unavailable, "The disk is full.")
	}
	s.writes++
	return fn(tx{s: s})
}

func (s *store) Recipes(context.Context) ([]engine.Recipe, error) { return s.recipes, nil }

func (s *store) Version(_ context.Context, id int64, _ int) (engine.Definition, error) {
	return s.live[id], nil
}

func (s *store) Connections(context.Context) ([]engine.Connection, error) {
	return []engine.Connection{{Name: "Practice shop", Practice: true}, {Name: "My shop"}}, nil
}

// written counts the writes.
func (s *store) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

// catalog knows a webhook that asks for what it misses, one that does not, and a schedule.
type catalog struct{ engine.Catalog }

func (catalog) Operation(use string) (engine.Connector, engine.Operation, bool) {
	switch use {
	case "shop.order":
		return engine.Connector{}, engine.Operation{Webhook: &engine.WebhookSpec{}, CatchUp: &engine.CatchUpSpec{}}, true
	case "webhook.received":
		return engine.Connector{}, engine.Operation{Webhook: &engine.WebhookSpec{}}, true
	case "schedule.daily":
		return engine.Connector{}, engine.Operation{Schedule: &engine.ScheduleSpec{}}, true
	}
	return engine.Connector{}, engine.Operation{}, false
}

// fakeTunnel is a tunnel in the test's hands.
type fakeTunnel struct {
	setup reach.Setup
	tell  func(engine.Link)
	serve func(net.Listener)
	again atomic.Int64
}

func (f *fakeTunnel) Run(ctx context.Context, serve func(net.Listener), tell func(engine.Link)) {
	f.serve, f.tell = serve, tell
	tell(engine.Link{State: engine.LinkConnecting})
	<-ctx.Done()
	tell(engine.Link{State: engine.LinkOff})
}

func (f *fakeTunnel) Again() { f.again.Add(1) }

// bench is a keeper at work, with all around it pretended.
type bench struct {
	*reach.Keeper
	t       *testing.T
	mu      sync.Mutex // of what set changes
	store   *store
	token   string
	noToken error
	tunnels []*fakeTunnel
	visits  []time.Duration // when the own address was called, since the start
	begun   time.Time
	// internet answers calls of the own address; nil brings them to where they belong.
	internet func(*http.Request) (*http.Response, error)
	moved    atomic.Int64
	handled  []*http.Request
	changes  atomic.Int64
	public   http.Handler // what serves the tunnel
	stop     context.CancelFunc
	ended    chan struct{}
}

func (b *bench) Publish(c engine.Change) {
	if c.Kind == engine.ReachChanged {
		b.changes.Add(1)
	}
}

// RoundTrip is the way over the internet.
func (b *bench) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	b.visits = append(b.visits, time.Since(b.begun).Round(time.Second))
	internet := b.internet
	b.mu.Unlock()
	if internet != nil {
		return internet(r)
	}
	return b.arrive(r), nil
}

// arrive is a visitor who gets through.
func (b *bench) arrive(r *http.Request) *http.Response {
	handler := http.Handler(b.Keeper)
	if strings.Contains(r.URL.Host, "ngrok") {
		handler = b.public
	}
	w := httptest.NewRecorder()
	in := httptest.NewRequest(r.Method, r.URL.String(), r.Body)
	in.RemoteAddr = "203.0.113.9:1234"
	for name, values := range r.Header {
		in.Header[name] = values
	}
	handler.ServeHTTP(w, in)
	return w.Result()
}

// nothingHere answers as the webhooks' handler does where there is no recipe; there is one known.
func (b *bench) nothingHere(w http.ResponseWriter, r *http.Request) {
	b.handled = append(b.handled, r)
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	if r.URL.Path == "/hooks/known" {
		_, _ = io.WriteString(w, "taken")
		return
	}
	http.Error(w, "nothing here", http.StatusNotFound)
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, begun: time.Now(), store: &store{settings: map[string]string{}}}
	b.Keeper = b.keeper()
	return b
}

func (b *bench) keeper() *reach.Keeper {
	return reach.New(reach.Params{
		Store: b.store, Catalog: catalog{}, Publisher: b, Visit: b, Deliveries: http.HandlerFunc(b.nothingHere),
		Token: func(context.Context) (string, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.token, b.noToken
		},
		Tunnel: func(s reach.Setup) tunnel.Tunnel {
			f := &fakeTunnel{setup: s}
			b.tunnels = append(b.tunnels, f)
			return f
		},
		Server: func(h http.Handler) *http.Server {
			b.public = h
			return &http.Server{Handler: h, ReadHeaderTimeout: time.Second}
		},
		Moved: func() { b.moved.Add(1) }, Local: func() string { return "http://127.0.0.1:8420" }, Log: slog.New(slog.DiscardHandler),
	})
}

// set changes what the keeper sees while it works.
func (b *bench) set(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
}

// choose takes settings, as a person does.
func (b *bench) choose(s engine.Settings) {
	b.t.Helper()
	require.NoError(b.t, b.store.Update(b.t.Context(), func(tx engine.Tx) error { return engine.WriteSettings(tx, s) }))
	b.take()
}

// take takes up what is chosen.
func (b *bench) take() {
	b.t.Helper()
	require.NoError(b.t, b.Reload(b.t.Context(), true))
	if b.ended != nil {
		synctest.Wait()
	}
}

// run lets the keeper work until end.
func (b *bench) run() {
	ctx, stop := context.WithCancel(b.t.Context())
	b.stop, b.ended = stop, make(chan struct{})
	go func() {
		defer close(b.ended)
		b.Run(ctx)
	}()
	synctest.Wait()
}

func (b *bench) end() {
	b.stop()
	<-b.ended
}

func (b *bench) link(l engine.Link) {
	b.tunnels[len(b.tunnels)-1].tell(l)
	synctest.Wait()
}

// up is a tunnel that has come up.
func up(url string) engine.Link { return engine.Link{State: engine.LinkUp, URL: url, Plan: "Free"} }

// pass lets time pass.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (b *bench) now() engine.Reach { return b.Reach(b.t.Context()) }

// kept reads what outlasts the program.
func (b *bench) kept() map[string]any {
	b.t.Helper()
	text, err := b.store.Setting(b.t.Context(), "reach")
	require.NoError(b.t, err)
	var v map[string]any
	require.NoError(b.t, json.Unmarshal([]byte(text), &v))
	return v
}

func page(status int, header, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		r := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
		if name, value, ok := strings.Cut(header, ": "); ok {
			r.Header.Set(name, value)
		}
		return r, nil
	}
}

func fails(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

var errAway = errors.New("away")
