package boot_test

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// deliverAll sends so many events over so many connections, each until it is accepted, as their senders
// would. It returns how often one was turned away for the time being.
func deliverAll(t *testing.T, address string, events, connections int) (turnedAway int64) {
	t.Helper()
	var next, turned atomic.Int64
	var senders sync.WaitGroup
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	for range connections {
		senders.Go(func() {
			for n := next.Add(1); n <= int64(events); n = next.Add(1) {
				for status := 0; status != http.StatusOK; {
					req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(fmt.Sprintf(`{"text":"%d"}`, n)))
					if err != nil {
						t.Error(err)
						return
					}
					req.Header.Set("Content-Type", "application/json")
					req.Header.Set("Webhook-Id", fmt.Sprint(n))
					res, err := client.Do(req)
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
					if status = res.StatusCode; status == http.StatusServiceUnavailable {
						turned.Add(1)
					} else if status != http.StatusOK {
						t.Errorf("event %d: status %d", n, status)
						return
					}
				}
			}
		})
	}
	senders.Wait()
	return turned.Load()
}

// within waits for something that takes longer than waitFor is ready to.
func within(t *testing.T, patience time.Duration, what func() bool) {
	t.Helper()
	require.Eventually(t, what, patience, 20*time.Millisecond)
}

// TestTenThousandEventsAtOnce: they come as fast as a hundred connections bring them. All are accepted, and
// each is done exactly once, as Bellhop's own counter tells.
func TestTenThousandEventsAtOnce(t *testing.T) {
	const events = 10_000
	s := open(t, t.TempDir())
	_, address := start(t, s, []byte(`
recipe: 1
name: Count
trigger: {use: webhook.received}
steps:
  - {id: count, use: logic.counter, with: {name: all}}
`))
	began := time.Now()
	turned := deliverAll(t, address, events, 100)
	accepted := time.Since(began)
	within(t, 5*time.Minute, allSucceeded(t, s, events))
	t.Logf("accepted in %s (%.0f/s), %d turned away meanwhile; done after %s", accepted, events/accepted.Seconds(), turned, time.Since(began))

	runs, err := s.Runs(t.Context(), engine.RunFilter{Limit: 2 * events})
	require.NoError(t, err)
	require.Len(t, runs, events)
	keys := map[string]bool{}
	for _, r := range runs {
		keys[r.EventKey] = true
	}
	require.Len(t, keys, events, "one run an event")
	kept, err := s.Store.Memory(t.Context(), runs[0].RecipeID, "all")
	require.NoError(t, err)
	require.Contains(t, string(kept.Value), fmt.Sprint(events))
}

// TestAnAppThatIsAwayForAThousandEvents: nobody listens there, or it answers that it is too busy, while a
// thousand events come in. Few of them try; when the app is back, each is sent exactly once, and the
// limit of the connection is kept to.
func TestAnAppThatIsAwayForAThousandEvents(t *testing.T) {
	const events, perSecond = 1000, 250
	for name, busy := range map[string]bool{"nobody listens": false, "it is too busy": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			got := map[string]int{}
			var refused atomic.Int64
			var away atomic.Bool
			away.Store(true)
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if away.Load() {
					refused.Add(1)
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				body, _ := io.ReadAll(r.Body)
				mu.Lock()
				defer mu.Unlock()
				got[string(body)]++
			})
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			address := listener.Addr().String()
			if !busy {
				require.NoError(t, listener.Close())
			}
			serve := func() {
				server := httptest.NewUnstartedServer(handler)
				_ = server.Listener.Close() // the one that it came with
				server.Listener = listener
				server.Start()
				t.Cleanup(server.Close)
			}
			if busy {
				serve()
			}

			s := open(t, t.TempDir())
			c := engine.Connection{Name: "Mine", Connector: "http", Fields: map[string]string{"scheme": "bearer"}, Limits: &engine.Limits{PerSecond: perSecond}}
			require.NoError(t, s.SaveConnection(t.Context(), &c, map[string]string{"token": "t"}))
			_, hook := start(t, s, fmt.Appendf(nil, `
recipe: 1
name: Through a connection
trigger: {use: webhook.received}
steps:
  - {id: send, use: http.request, connection: Mine, with: {method: POST, url: "http://%s/", text: "{{trigger.text}}"}}
`, address))
			deliverAll(t, hook, events, 8)
			within(t, time.Minute, func() bool {
				counts, err := s.StateCounts(t.Context())
				require.NoError(t, err)
				return counts[engine.Waiting] == events
			})
			require.Less(t, refused.Load(), int64(events/10), "only few ask while it is away")

			away.Store(false)
			if !busy {
				listener, err = net.Listen("tcp", address)
				require.NoError(t, err)
				serve()
			}
			back := time.Now()
			within(t, 3*time.Minute, allSucceeded(t, s, events))
			took := time.Since(back)
			mu.Lock()
			defer mu.Unlock()
			require.Len(t, got, events)
			require.Equal(t, []int{1}, slices.Compact(slices.Collect(maps.Values(got))), "each is sent once")
			require.Greater(t, took, time.Duration(events/perSecond-2)*time.Second, "faster than the connection may be used")
			t.Logf("%d requests while it was away; all done %s after it was back", refused.Load(), took)
		})
	}
}
