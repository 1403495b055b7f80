package ngrok

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/tunnel/ngrok/edge"
)

const (
	token = "2NtokenOfTheShop_7h3S3cr3tPart"
	shop  = "shop.ngrok-free.app"
	// within is how long anything may take that should happen soon, on a slow computer.
	within = 20 * time.Second
)

// quick are the pauses of a tunnel under test.
var quick = pauses{
	interval: 5 * time.Second, tolerance: 5 * time.Second, dial: 5 * time.Second, close: time.Second,
	limit: 50 * time.Millisecond, unknown: 50 * time.Millisecond, taken: 50 * time.Millisecond, first: 10 * time.Millisecond, longest: 50 * time.Millisecond, patience: time.Minute,
}

// trial is a tunnel that runs until the test ends.
type trial struct {
	*Tunnel
	edge  *edge.Edge
	links chan engine.Link
	logs  *journal
	stop  context.CancelFunc
	ended chan struct{}

	mu     sync.Mutex
	told   []engine.Link
	served int
}

func start(t *testing.T, e *edge.Edge, p Params, change ...func(*pauses)) *trial {
	t.Helper()
	x := &trial{edge: e, links: make(chan engine.Link, 1000), logs: &journal{}, ended: make(chan struct{})}
	if p.Token == "" {
		p.Token = token
	}
	if p.Server == "" {
		p.Server = e.AgentAddr()
	}
	if p.CA == nil {
		p.CA = e.CA()
	}
	p.Now, p.Log = time.Now, slog.New(slog.NewJSONHandler(x.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	x.Tunnel = New(p)
	x.pauses = quick
	for _, f := range change {
		f(&x.pauses)
	}
	ctx, cancel := context.WithCancel(context.Background())
	x.stop = cancel
	go func() {
		x.Run(ctx, x.serve, x.hear)
		close(x.ended)
	}()
	t.Cleanup(func() { // what ends a test here, as require does, ends it before it can say why
		x.stop()
		select {
		case <-x.ended:
		case <-time.After(within):
			t.Error("it does not end")
			return
		}
		x.keepsTheToken(t)
	})
	return x
}

// serve answers with the body that came, its hash, and who asked.
func serve(l net.Listener) {
	server := &http.Server{WriteTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		sum := sha256.Sum256(body)
		w.Header().Set("X-Sum", hex.EncodeToString(sum[:]))
		w.Header().Set("X-Seen", r.RemoteAddr+" "+r.Host)
		w.Write(body)
	})}
	server.Serve(l)
}

func (x *trial) serve(l net.Listener) {
	x.mu.Lock()
	x.served++
	x.mu.Unlock()
	serve(l)
}

func (x *trial) timesServed() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.served
}

func (x *trial) hear(l engine.Link) {
	x.mu.Lock()
	x.told = append(x.told, l)
	x.mu.Unlock()
	x.links <- l
}

// await returns the next link that is as wanted.
func (x *trial) await(t *testing.T, wanted func(engine.Link) bool) engine.Link {
	t.Helper()
	timeout := time.After(within)
	for {
		select {
		case l := <-x.links:
			if wanted(l) {
				return l
			}
		case <-timeout:
			x.mu.Lock()
			defer x.mu.Unlock()
			require.FailNow(t, "it never got there", "%+v", x.told)
		}
	}
}

func is(s engine.LinkState) func(engine.Link) bool {
	return func(l engine.Link) bool { return l.State == s }
}

func with(code string) func(engine.Link) bool {
	return func(l engine.Link) bool { return l.Code == code }
}

// end stops it, and it has to end soon.
func (x *trial) end(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	x.stop()
	select {
	case <-x.ended:
	case <-time.After(within):
		require.FailNow(t, "it does not end")
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	require.Equal(t, engine.LinkOff, x.told[len(x.told)-1].State)
	return time.Since(began)
}

// keepsTheToken looks for the token in everything that it said.
func (x *trial) keepsTheToken(t *testing.T) {
	t.Helper()
	said := []string{x.logs.String()}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, l := range x.told {
		said = append(said, l.Problem)
	}
	for _, text := range said {
		if strings.Contains(text, x.params.Token) {
			t.Error("the token is told: " + text)
		}
	}
}

// journal is a log that can be read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// visit sends a body through the address and has it come back whole.
func (x *trial) visit(t *testing.T, url string, body []byte) *http.Response {
	t.Helper()
	res, err := x.edge.Client().Post(url, "application/octet-stream", bytes.NewReader(body))
	require.NoError(t, err)
	defer res.Body.Close()
	back, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%.200s", back)
	sum := sha256.Sum256(body)
	require.Equal(t, hex.EncodeToString(sum[:]), res.Header.Get("X-Sum"))
	require.True(t, bytes.Equal(body, back))
	return res
}

func TestConnects(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Tokens: []string{token}, Domains: []string{shop}})
	x := start(t, e, Params{})
	first := x.await(t, is(engine.LinkConnecting))
	require.Empty(t, first.URL)
	up := x.await(t, is(engine.LinkUp))
	require.Equal(t, engine.Link{State: engine.LinkUp, URL: "https://" + shop, Since: up.Since, Plan: "Free"}, up)
	require.False(t, up.Since.Before(first.Since))

	res := x.visit(t, up.URL+"/hook/1", []byte(`{"id":1}`))
	require.Equal(t, edge.Visitor+" "+shop, res.Header.Get("X-Seen"))
	require.Equal(t, []string{shop}, e.Online())
	require.Len(t, e.Auths(), 1)

	require.Less(t, x.end(t), 3*time.Second)
	require.Eventually(t, func() bool { return len(e.Online()) == 0 }, within, time.Millisecond)
	require.Equal(t, 1, e.Goodbyes(), "ngrok need not find out by itself that the address is free")
	require.Contains(t, x.logs.String(), up.URL)
}
