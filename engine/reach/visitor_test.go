package reach_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func delivery(t *testing.T, address, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	require.NoError(t, err)
	return r
}

// TestTheCallIsAnsweredOnceAndNothingElseIs: who does not know the name learns nothing, and who does learns it once.
func TestTheCallIsAnsweredOnceAndNothingElseIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		var path string
		var first, again, other, posted, head *http.Response
		b.internet = func(r *http.Request) (*http.Response, error) {
			path = r.URL.Path
			with := func(method, path string) *http.Response {
				c := r.Clone(t.Context())
				c.Method, c.URL.Path = method, path
				return b.arrive(c)
			}
			other = with("GET", "/.bellhop/guess")
			posted = with("POST", path)
			head = with("HEAD", path)
			first = with("GET", path)
			again = with("GET", path)
			return first, nil
		}
		b.run()
		b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
		require.True(t, b.now().Reachable())
		require.Regexp(t, `^/\.bellhop/[a-z2-7]{26}$`, path)
		require.Equal(t, 200, first.StatusCode)
		require.Equal(t, "no-store", first.Header.Get("Cache-Control"))
		for _, no := range []*http.Response{again, other, posted, head} {
			require.Equal(t, 404, no.StatusCode)
		}
		r, err := http.NewRequestWithContext(t.Context(), "GET", own+path, nil)
		require.NoError(t, err)
		require.Equal(t, 404, b.arrive(r).StatusCode, "and not after the call")
		b.end()
	})
}

// TestACallMustTakeTheRealWay: a call of the tunnel's address that arrives past the tunnel proves nothing.
func TestACallMustTakeTheRealWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token = "tok"
		b.internet = func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			b.ServeHTTP(w, httptest.NewRequest(r.Method, r.URL.String(), nil))
			return w.Result(), nil
		}
		b.run()
		b.choose(ngrokWay)
		b.link(up("https://one.ngrok-free.app"))
		require.Contains(t, b.now().Problem, "Another program answers")
		b.end()
	})
}

func TestTheVisitorsAddressIsTheRealOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token = "tok"
		b.run()
		b.choose(ngrokWay)
		b.link(up("https://one.ngrok-free.app"))
		r := delivery(t, "https://one.ngrok-free.app/hooks/x", "")
		r.Header.Set("X-Forwarded-For", "1.1.1.1")
		b.arrive(r)
		require.Equal(t, "203.0.113.9", b.handled[0].Header.Get("X-Forwarded-For"), "what a visitor says of itself does not count")
		b.end()
	})
}

func TestWhatCountsAsComeFromOutside(t *testing.T) {
	for _, test := range []struct {
		name          string
		host, remote  string
		header, value string
		way           engine.Way
		counts        bool
	}{
		{name: "from another computer", host: "192.168.1.5:8420", remote: "198.51.100.7:99", counts: true},
		{name: "from this computer", host: "127.0.0.1:8420", remote: "127.0.0.1:99"},
		{name: "from this computer, the new way", host: "[::1]:8420", remote: "[::1]:99"},
		{name: "for the public host", host: "HOOKS.example.com", remote: "127.0.0.1:99", counts: true},
		{name: "for the public host with a port", host: "hooks.example.com:443", remote: "127.0.0.1:99", counts: true},
		{name: "passed on", host: "localhost:8420", remote: "127.0.0.1:99", header: "X-Forwarded-For", value: "198.51.100.7", counts: true},
		{name: "passed on by Cloudflare", host: "localhost:8420", remote: "[::1]:99", header: "Cf-Connecting-Ip", value: "198.51.100.7", counts: true},
		{name: "where there is no way in", host: "192.168.1.5:8420", remote: "198.51.100.7:99", way: "none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			if test.way == "" {
				b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
			}
			r := httptest.NewRequest("POST", "http://"+test.host+"/hooks/x", strings.NewReader("12345"))
			r.RemoteAddr = test.remote
			if test.header != "" {
				r.Header.Set(test.header, test.value)
			}
			w := httptest.NewRecorder()
			b.ServeHTTP(w, r)
			month := b.now().Month
			if !test.counts {
				require.Zero(t, month.Requests)
				return
			}
			require.EqualValues(t, 1, month.Requests)
			require.EqualValues(t, 5+w.Body.Len(), month.Bytes)
		})
	}
}

// TestTheMonthsCountOutlastsARestartAndBeginsAnew on the first, UTC.
func TestTheMonthsCountOutlastsARestartAndBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t) // a synctest clock starts at midnight UTC 2000-01-01
		b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
		b.run()
		pass(time.Second)
		writes := b.store.written()
		call := b.now().Month
		require.EqualValues(t, 1, call.Requests, "calls of the own address count as they do for the tunnel's maker")
		for range 1000 {
			b.arrive(delivery(t, own+"/hooks/x", "12345"))
		}
		require.Equal(t, writes, b.store.written(), "a delivery writes nothing")
		require.EqualValues(t, 1001, b.now().Month.Requests)
		require.Equal(t, call.Bytes+1000*(5+13), b.now().Month.Bytes)
		pass(time.Minute)
		require.Equal(t, writes+1, b.store.written())
		require.InDelta(t, 1001, b.kept()["month"].(map[string]any)["requests"], 0)
		b.arrive(delivery(t, own+"/hooks/x", ""))
		b.end()
		require.InDelta(t, 1002, b.kept()["month"].(map[string]any)["requests"], 0, "the rest is kept at the end")

		b.Keeper = b.keeper()
		require.NoError(t, b.Reload(t.Context(), false))
		require.EqualValues(t, 1002, b.now().Month.Requests)
		b.run()
		time.Sleep(time.Until(time.Date(2000, 2, 1, 0, 0, 0, 0, time.UTC)) - time.Second)
		require.Equal(t, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), b.now().Month.Since)
		require.Greater(t, b.now().Month.Requests, int64(1002))
		time.Sleep(2 * time.Second)
		b.arrive(delivery(t, own+"/hooks/x", ""))
		require.Equal(t, time.Date(2000, 2, 1, 0, 0, 0, 0, time.UTC), b.now().Month.Since)
		require.LessOrEqual(t, b.now().Month.Requests, int64(2))
		b.end()

		time.Sleep(60 * 24 * time.Hour)
		b.Keeper = b.keeper()
		require.NoError(t, b.Reload(t.Context(), false))
		require.Zero(t, b.now().Month.Requests, "a count of another month is not gone on from")
	})
}

// TestACountThatCannotBeWrittenIsNotLost: a full disk is no reason to forget.
func TestACountThatCannotBeWrittenIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
		b.run()
		pass(2 * time.Minute)
		b.store.mu.Lock()
		b.store.broken = true
		b.store.mu.Unlock()
		b.arrive(delivery(t, own+"/hooks/x", ""))
		pass(2 * time.Minute)
		b.store.mu.Lock()
		b.store.broken = false
		b.store.mu.Unlock()
		pass(2 * time.Minute)
		require.InDelta(t, 2, b.kept()["month"].(map[string]any)["requests"], 0)
		b.end()
	})
}

// TestWhatIsUnderWayIsAnsweredBeforeTheWayCloses, and who takes too long is not waited for.
func TestWhatIsUnderWayIsAnsweredBeforeTheWayCloses(t *testing.T) {
	for name, slow := range map[string]time.Duration{"soon": time.Second, "late": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.token = "tok"
				b.run()
				b.choose(ngrokWay)
				b.link(up("https://one.ngrok-free.app"))
				answered := make(chan struct{})
				r := delivery(t, "https://one.ngrok-free.app/hooks/x", "")
				r.Body = slowBody{slow}
				go func() {
					defer close(answered)
					b.arrive(r)
				}()
				synctest.Wait()
				begun := time.Now()
				b.end()
				require.Equal(t, min(slow, 2*time.Second), time.Since(begun))
				<-answered
			})
		})
	}
}

// slowBody ends after a while.
type slowBody struct{ d time.Duration }

func (s slowBody) Read([]byte) (int, error) {
	<-time.After(s.d)
	return 0, http.ErrBodyReadAfterClose
}

func (slowBody) Close() error { return nil }
