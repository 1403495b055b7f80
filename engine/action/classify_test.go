package action_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// TestWhatIsTriedAgain is the table of what an answer means for a request that posts something.
func TestWhatIsTriedAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	type headers = map[string]string
	const later = "Sat, 21 Nov 2026 12:00:30 GMT"
	tests := []struct {
		name      string
		status    int
		headers   headers
		body      string
		code      engine.Code
		retry     bool
		reconnect bool
		after     time.Duration // also Rest
		offline   bool
	}{
		{name: "408", status: 408, code: engine.Unavailable, retry: true},
		{name: "425", status: 425, code: engine.Unavailable, retry: true},
		{name: "429", status: 429, code: engine.Limited, retry: true},
		{name: "429, in seconds", status: 429, headers: headers{"Retry-After": "30"}, code: engine.Limited, retry: true, after: 30 * time.Second},
		{name: "429, with a fraction", status: 429, headers: headers{"Retry-After": "0.5"}, code: engine.Limited, retry: true, after: 500 * time.Millisecond},
		{name: "429, at a date", status: 429, headers: headers{"Retry-After": later}, code: engine.Limited, retry: true, after: 30 * time.Second},
		{name: "429, in ever so long", status: 429, headers: headers{"Retry-After": "1e300"}, code: engine.Limited, retry: true, after: 1e6 * time.Second},
		{name: "429, with the time of the reset", status: 429, headers: headers{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now.Unix() + 90)}, code: engine.Limited, retry: true, after: 90 * time.Second},
		{name: "500", status: 500, code: engine.Unavailable, retry: true},
		{name: "501", status: 501, code: engine.Unavailable, retry: true},
		{name: "502", status: 502, body: "<html>Bad gateway</html>", code: engine.Unavailable, retry: true},
		{name: "503", status: 503, headers: headers{"Retry-After": "7"}, code: engine.Unavailable, retry: true, after: 7 * time.Second},
		{name: "504", status: 504, code: engine.Unavailable, retry: true},
		{name: "507", status: 507, code: engine.Unavailable, retry: true},
		{name: "520, of Cloudflare", status: 520, code: engine.Unavailable, retry: true},
		{name: "529, of an app that has too much to do", status: 529, code: engine.Unavailable, retry: true},
		{name: "530, of Shopify for a shop that is frozen", status: 530, code: engine.Unavailable, retry: true},
		{name: "400", status: 400, code: engine.Refused},
		{name: "401", status: 401, code: engine.Unauthorized, reconnect: true},
		{name: "402", status: 402, code: engine.Refused},
		{name: "403", status: 403, code: engine.Unauthorized},
		{name: "403 that is a limit, of GitHub", status: 403, headers: headers{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now.Unix() + 60)}, code: engine.Limited, retry: true, after: time.Minute},
		{name: "403 that is a second limit, of GitHub", status: 403, headers: headers{"Retry-After": "60", "X-RateLimit-Remaining": "4999"}, code: engine.Limited, retry: true, after: time.Minute},
		{name: "404", status: 404, code: engine.NotFound},
		{name: "409", status: 409, code: engine.Refused},
		{name: "410", status: 410, code: engine.NotFound},
		{name: "413", status: 413, code: engine.Refused},
		{name: "422", status: 422, code: engine.Refused},
		{name: "451", status: 451, code: engine.Refused},
		{name: "304 that nobody asked for", status: 304, code: engine.Refused},
		{name: "200 with an error", status: 200, body: `{"ok":false,"error":"channel_not_found"}`, code: engine.Refused},
		{name: "200 with an error that passes", status: 200, body: `{"ok":false,"error":"fatal_error"}`, code: engine.Unavailable, retry: true},
		{name: "200 with an error of the account", status: 200, body: `{"ok":false,"error":"invalid_auth"}`, code: engine.Unauthorized, reconnect: true},
		{name: "200 with a web page", status: 200, body: "<!doctype html><title>Log in</title>", code: engine.Unavailable, retry: true, offline: true},
		{name: "200 with nothing", status: 200, code: engine.Unavailable, retry: true},
		{name: "200 with half of it", status: 200, body: `{"ok":tr`, code: engine.Unavailable, retry: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for name, value := range test.headers {
					w.Header().Set(name, value)
				}
				w.WriteHeader(test.status)
				if test.status != http.StatusNotModified {
					_, _ = io.WriteString(w, test.body)
				}
			})
			c := action.New(action.Params{Allowed: loopback, Now: func() time.Time { return now }})
			result, err := c.Do(t.Context(), message(base, nil))
			f := failure(t, err)
			require.Equal(t, test.code, engine.ErrorCode(err), f.Error())
			require.Equal(t, action.Answered, f.Phase)
			require.Equal(t, test.retry, f.Retry)
			require.Equal(t, test.reconnect, f.Reconnect)
			require.Equal(t, test.offline, f.Offline)
			require.Equal(t, test.after, f.RetryAfter)
			require.Equal(t, min(test.after, 24*time.Hour), result.Rest)
		})
	}
}

// TestThePaceOfAnAppIsHeard of answers that succeed.
func TestThePaceOfAnAppIsHeard(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 500e6, time.UTC)
	unix := now.Unix()
	type headers = map[string]string
	for _, test := range []struct {
		name    string
		headers headers
		want    time.Duration
	}{
		{"nothing said", nil, 0},
		{"some left", headers{"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": fmt.Sprint(unix + 60)}, 0},
		{"until a time", headers{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(unix + 60)}, 59500 * time.Millisecond},
		{"until a time with a fraction, of Discord", headers{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(unix+1) + ".75", "X-RateLimit-Reset-After": "1.25"}, 1250 * time.Millisecond},
		{"until a time in milliseconds", headers{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint((unix + 10) * 1000)}, 9500 * time.Millisecond},
		{"in seconds", headers{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12"}, 12 * time.Second},
		{"until a time that is over", headers{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(unix - 60)}, 0},
		{"the draft", headers{"RateLimit-Limit": "100", "RateLimit-Remaining": "0", "RateLimit-Reset": "50"}, 50 * time.Second},
		{"the draft in one header", headers{"RateLimit": "limit=100, remaining=0, reset=50"}, 50 * time.Second},
		{"the newer draft", headers{"RateLimit": `"burst";r=10;t=1, "day";r=0;t=30`}, 30 * time.Second},
		{"the newer draft, some left", headers{"RateLimit": `"default";r=50;t=30`}, 0},
		{"Shopify's bucket is full", headers{"X-Shopify-Shop-Api-Call-Limit": "40/40"}, time.Second},
		{"Shopify's bucket is nearly full", headers{"X-Shopify-Shop-Api-Call-Limit": "39/40"}, 500 * time.Millisecond},
		{"Shopify's bucket has room", headers{"X-Shopify-Shop-Api-Call-Limit": "38/40"}, 0},
		{"Retry-After of a success is none", headers{"Retry-After": "100"}, 0},
		{"a year", headers{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(unix + 365*86400)}, 24 * time.Hour},
		{"nonsense", headers{
			"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "NaN", "X-RateLimit-Reset-After": "-1", "RateLimit-Remaining": "zero", "RateLimit": "=;r=0;t=;,,", "X-Shopify-Shop-Api-Call-Limit": "a/b",
		}, 0},
		{"endless", headers{"X-RateLimit-Remaining": "-1", "X-RateLimit-Reset": "+Inf"}, 24 * time.Hour},
	} {
		base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			for name, value := range test.headers {
				w.Header().Set(name, value)
			}
			_, _ = io.WriteString(w, `{"ok":true}`)
		})
		c := action.New(action.Params{Allowed: loopback, Now: func() time.Time { return now }})
		result, err := c.Do(t.Context(), message(base, nil))
		require.NoError(t, err, test.name)
		require.InDelta(t, test.want, result.Rest, float64(time.Microsecond), test.name)
	}
}

// raw answers every connection with what write sends, after the request came.
func raw(t *testing.T, write func(conn net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 64<<10))
				write(conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

const ok200 = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

// drip writes a text over and over until the other side has enough.
func drip(conn net.Conn, text string, every time.Duration) {
	tick := time.NewTicker(max(every, 1))
	defer tick.Stop()
	for {
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
		if every > 0 {
			<-tick.C
		}
	}
}

// TestAnswersWithoutEnd sends answers that are made to hold somebody up, or to fill the memory.
func TestAnswersWithoutEnd(t *testing.T) { // alone: it looks at the memory
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	require.NoError(t, z.Close())
	tests := []struct {
		name  string
		write func(conn net.Conn)
		phase action.Phase
		says  string
	}{
		{"no end of headers", func(c net.Conn) {
			_, _ = io.WriteString(c, ok200)
			drip(c, "X-A: "+strings.Repeat("a", 1000)+"\r\n", 0)
		}, action.Between, "It may have been done"},
		{"one endless header", func(c net.Conn) { _, _ = io.WriteString(c, ok200+"X-A: "); drip(c, strings.Repeat("a", 1000), 0) }, action.Between, "It may have been done"},
		{"slow headers", func(c net.Conn) { _, _ = io.WriteString(c, ok200); drip(c, "X-A: a\r\n", 20*time.Millisecond) }, action.Between, "took too long"},
		{"no end of the body", func(c net.Conn) { _, _ = io.WriteString(c, ok200+"\r\n"); drip(c, strings.Repeat("a", 64<<10), 0) }, action.Answered, "longer than the 1 MB"},
		{"no end of chunks", func(c net.Conn) {
			_, _ = io.WriteString(c, ok200+"Transfer-Encoding: chunked\r\n\r\n")
			drip(c, "1000\r\n"+strings.Repeat("a", 0x1000)+"\r\n", 0)
		}, action.Answered, "longer than the 1 MB"},
		{"a slow body", func(c net.Conn) { _, _ = io.WriteString(c, ok200+"\r\n"); drip(c, " ", 20*time.Millisecond) }, action.Between, "took too long"},
		{"a body that was announced and does not come", func(c net.Conn) { _, _ = io.WriteString(c, ok200+"Content-Length: 100\r\n\r\n{") }, action.Between, "It may have been done"},
		{"a packed body that is far larger", func(c net.Conn) {
			_, _ = fmt.Fprintf(c, ok200+"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", bomb.Len())
			_, _ = c.Write(bomb.Bytes())
		}, action.Answered, "longer than the 1 MB"},
		{"hints without end", func(c net.Conn) { drip(c, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0) }, action.Between, "It may have been done"},
		{"something else than HTTP", func(c net.Conn) { _, _ = io.WriteString(c, "220 mail.example ESMTP\r\n") }, action.Between, "It may have been done"},
		{"nothing", func(net.Conn) {}, action.Between, "It may have been done"},
		{"reset after it was sent", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, action.Between, "It may have been done"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := action.New(action.Params{Allowed: loopback, Timeout: 300 * time.Millisecond, MaxBody: 1 << 20})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			_, err := c.Do(t.Context(), message(raw(t, test.write), nil))
			f := failure(t, err)
			require.Less(t, time.Since(began), 3*time.Second)
			require.Equal(t, test.phase, f.Phase, f.Error())
			require.False(t, f.Retry, "it may have been done")
			require.Contains(t, f.Error(), test.says)
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(20<<20))
		})
	}
}

// TestCertificatesThatDoNotFit are told in words, and nothing is sent to who shows them.
func TestCertificatesThatDoNotFit(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was sent") }))
	t.Cleanup(server.Close)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for _, test := range []struct {
		name   string
		config *tls.Config
		says   string
	}{
		{"of nobody known", &tls.Config{}, "does not fit"},
		{"that has expired", &tls.Config{RootCAs: roots, Time: func() time.Time { return server.Certificate().NotAfter.Add(time.Hour) }}, "has expired"},
		{"of another name", &tls.Config{RootCAs: roots, ServerName: "other.test"}, "does not fit"},
	} {
		c := action.New(action.Params{Timeout: 2 * time.Second, Transport: &http.Transport{TLSClientConfig: test.config}})
		_, err := c.Do(t.Context(), message(server.URL, nil))
		f := failure(t, err)
		require.Equal(t, action.Before, f.Phase, test.name)
		require.True(t, f.Retry, test.name)
		require.Contains(t, f.Error(), test.says, test.name)
		require.NotContains(t, f.Error(), "x509", test.name)
	}
}

// TestDataStaysInItsPlace fills the fields of an operation with what would be another request elsewhere.
func TestDataStaysInItsPlace(t *testing.T) {
	t.Parallel()
	attacks := []string{
		"..", ".", "../admin", "..%2fadmin", "%2e%2e/admin", "%2e%2e", "..\\admin", "a/../../admin", "/admin", "//evil.example/x", "https://evil.example",
		"@evil.example", "a@evil.example:80", "?admin=1", "#x", "a b", "a\r\nX-Evil: 1", "a\nHost: evil.example", "a\x00b", "a%0d%0aX-Evil:%201", ";x", "\u2028", "ａ／．．", "é", strings.Repeat("a", 5000),
		"a HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /", "{{connection.bot_token}}", "${x}", "%", "%zz",
	}
	var got *http.Request
	c := action.New(action.Params{Transport: transport(func(r *http.Request) (*http.Response, error) {
		var b bytes.Buffer
		if err := r.Write(&b); err != nil {
			return nil, err
		}
		parsed, err := http.ReadRequest(bufio.NewReader(&b))
		if err != nil {
			return nil, fmt.Errorf("what was sent cannot be read: %w", err)
		}
		got = parsed
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{}`))}, nil
	})})
	connector := engine.Connector{Name: "shop", Title: "Shop", BaseURL: "https://{{connection.shop}}.shop.example/v1", Connection: &engine.ConnectionSpec{}}
	operation := engine.Operation{
		Name: "get", Connection: engine.Required,
		Fields:  []engine.Field{{Name: "id", Type: engine.FieldText}},
		Request: &engine.RequestSpec{Method: "GET", Path: "/orders/{{id}}/lines", Query: map[string]any{"q": "{{id}}"}, Headers: map[string]any{"X-Id": "{{id}}"}},
	}
	plain := *operation.Request
	plain.Headers = nil
	for _, attack := range attacks {
		for _, spec := range []*engine.RequestSpec{operation.Request, &plain} {
			got = nil
			o := operation
			o.Request = spec
			_, err := c.Do(t.Context(), action.Call{Connector: connector, Operation: o, With: map[string]any{"id": attack}, Account: engine.Account{
				Connection: engine.Connection{Name: "x", Connector: "shop", Fields: map[string]string{"shop": "mine"}},
			}})
			if err != nil {
				require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%q: %v", attack, err)
				require.Nil(t, got, "%q", attack)
				continue
			}
			require.Equal(t, "mine.shop.example", got.Host, "%q", attack)
			require.Empty(t, got.Header.Get("X-Evil"), "%q", attack)
			parts := strings.Split(got.URL.EscapedPath(), "/")
			require.Len(t, parts, 5, "%q: %s", attack, got.RequestURI)
			require.Equal(t, []string{"", "v1", "orders", "lines"}, []string{parts[0], parts[1], parts[2], parts[4]}, "%q", attack)
			require.NotContains(t, []string{".", "..", "%2e", "%2e%2e"}, strings.ToLower(parts[3]), "%q", attack)
			require.Equal(t, map[string][]string{"q": {attack}}, map[string][]string(got.URL.Query()), "%q", attack)
		}
	}
	for _, attack := range attacks {
		got = nil
		_, err := c.Do(t.Context(), action.Call{Connector: connector, Operation: operation, With: map[string]any{"id": "1"}, Account: engine.Account{
			Connection: engine.Connection{Name: "x", Connector: "shop", Fields: map[string]string{"shop": attack}},
		}})
		if err == nil {
			require.True(t, strings.HasSuffix(got.Host, ".shop.example"), "%q: %s", attack, got.Host)
			continue
		}
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%q: %v", attack, err)
		require.Nil(t, got, "%q", attack)
	}
}

// TestTimeoutsBeforeAndAfterItWasSent tells a request that never went out whole from one that did.
func TestTimeoutsBeforeAndAfterItWasSent(t *testing.T) {
	t.Parallel()
	deaf := func() string { // takes connections, and never reads
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		return "http://" + listener.Addr().String()
	}()
	silent := raw(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1)) })
	nowhere := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done() // as with an address that swallows what is sent to it
		return nil, ctx.Err()
	}}
	long := map[string]any{"channel": "#orders", "text": strings.Repeat("x", 32<<20)}
	for _, test := range []struct {
		name      string
		transport http.RoundTripper
		base      string
		with      map[string]any
		phase     action.Phase
		retry     bool
		says      string
	}{
		{"while dialling", nowhere, "http://app.example", nil, action.Before, true, "could not be reached in time"},
		{"while sending", nil, deaf, long, action.Before, true, "could not be reached in time"},
		{"while waiting for the answer", nil, silent, nil, action.Between, false, "took too long"},
	} {
		c := action.New(action.Params{Allowed: loopback, Transport: test.transport, Timeout: 300 * time.Millisecond})
		_, err := c.Do(t.Context(), message(test.base, test.with))
		f := failure(t, err)
		require.Equal(t, test.phase, f.Phase, "%s: %s", test.name, f.Error())
		require.Equal(t, test.retry, f.Retry, test.name)
		require.Contains(t, f.Error(), test.says, test.name)
	}
}
