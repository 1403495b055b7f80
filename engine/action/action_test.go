package action_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// The secret of the accounts in these tests; it may appear nowhere but in requests.
const token = "xoxb-1234-secret/token+x"

func slack() engine.Connector {
	return engine.Connector{
		Name: "slack", Title: "Slack", BaseURL: "https://slack.com/api",
		Connection: &engine.ConnectionSpec{
			Fields: []engine.Field{{Name: "bot_token", Type: engine.FieldSecret, Label: "Bot token"}},
			Auth: []engine.Auth{{
				When:    map[string]string{"bot_token": "*"},
				Headers: map[string]string{"Authorization": "Bearer {{connection.bot_token}}"},
			}},
			Test: &engine.TestSpec{
				Request: engine.RequestSpec{Method: "POST", Path: "/auth.test"},
				Judge:   engine.Judge{FailIf: map[string]any{"ok": false}, Code: "error"},
				Says:    "Connected to {{response.team}}.",
			},
		},
		Actions: []engine.Operation{{
			Name: "send_message", Connection: engine.Required, Needs: []string{"bot_token"},
			Fields: []engine.Field{
				{Name: "channel", Type: engine.FieldText, Label: "Channel", Required: true},
				{Name: "text", Type: engine.FieldLong, Label: "Text", Required: true},
				{Name: "thread_ts", Type: engine.FieldText, Label: "Thread"},
				{Name: "unfurl", Type: engine.FieldBool, Label: "Preview links", Default: true},
			},
			Request: &engine.RequestSpec{
				Method: "POST", Path: "/chat.postMessage",
				JSON: map[string]any{
					"channel": "{{channel}}", "text": "{{text}}", "thread_ts": "{{thread_ts}}", "unfurl_links": "{{unfurl}}",
					"metadata": map[string]any{"thread": "{{thread_ts}}"},
				},
			},
			Judge: engine.Judge{
				FailIf: map[string]any{"ok": false}, Code: "error",
				Errors: map[string]engine.ErrorSpec{
					"channel_not_found": {Says: "Slack has no channel {{channel}}, or the app was not invited to it."},
					"invalid_auth":      {Says: "Slack no longer accepts this connection. Reconnect it.", Reconnect: true},
					"ratelimited":       {Says: "Slack asked Bellhop to slow down.", Retry: true},
					"fatal_error":       {Says: "Slack is in trouble.", Retry: true},
				},
			},
		}},
	}
}

// web is http.request: the address is the user's.
func web() engine.Connector {
	return engine.Connector{
		Name: "http", Title: "HTTP",
		Actions: []engine.Operation{{
			Name: "request", Connection: engine.Optional,
			Fields: []engine.Field{
				{Name: "method", Type: engine.FieldChoice, Default: "GET"},
				{Name: "url", Type: engine.FieldURL, Label: "Address", Required: true},
				{Name: "headers", Type: engine.FieldMap, Label: "Headers"},
				{Name: "query", Type: engine.FieldMap}, {Name: "json", Type: engine.FieldJSON},
				{Name: "form", Type: engine.FieldMap}, {Name: "text", Type: engine.FieldLong},
			},
			Request: &engine.RequestSpec{
				Method: "{{method}}", URL: "{{url}}", HeadersFrom: "headers", QueryFrom: "query",
				JSONFrom: "json", FormFrom: "form", TextFrom: "text", IdempotencyHeader: "Idempotency-Key",
			},
		}},
	}
}

func account(connector, base string) engine.Account {
	return engine.Account{
		Connection: engine.Connection{Name: "Mine", Connector: connector, BaseURL: base},
		Secrets:    map[string]string{"bot_token": token},
	}
}

func message(base string, with map[string]any) action.Call {
	c := slack()
	if with == nil {
		with = map[string]any{"channel": "#orders", "text": "hello"}
	}
	return action.Call{Connector: c, Operation: c.Actions[0], With: with, Account: account("slack", base)}
}

func get(with map[string]any) action.Call {
	c := web()
	return action.Call{Connector: c, Operation: c.Actions[0], With: with}
}

// serve answers every request by handle, on loopback.
func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

func client() *action.Client {
	return action.New(action.Params{Version: "1.2.3", Timeout: 5 * time.Second, Allowed: loopback})
}

// loopback allows requests to the servers of these tests.
func loopback() action.Allowed {
	a, err := action.ParseAllowed("127.0.0.1")
	if err != nil {
		panic(err)
	}
	return a
}

func failure(t *testing.T, err error) *action.Failure {
	t.Helper()
	f, ok := errors.AsType[*action.Failure](err)
	require.True(t, ok, "%v", err)
	require.NotContains(t, f.Error(), "1234-secret")
	if f.Err.Err != nil {
		require.NotContains(t, f.Err.Err.Error(), "1234-secret")
	}
	return f
}

func TestSendsAMessage(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body string
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, body = r, string(raw)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"ok":true,"ts":"1503435956.000247","id":115310627314723954}`)
	})
	result, err := client().Do(t.Context(), message(base, map[string]any{"channel": "#orders", "text": `<b>"5 > 3" & ü</b>`}))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"ok": true, "ts": "1503435956.000247", "id": json.Number("115310627314723954")}, result.Output)
	require.Equal(t, "POST /chat.postMessage", got.Method+" "+got.RequestURI)
	require.Equal(t, "Bearer "+token, got.Header.Get("Authorization"))
	require.Equal(t, "application/json; charset=utf-8", got.Header.Get("Content-Type"))
	require.Equal(t, "Bellhop/1.2.3", got.Header.Get("User-Agent"))
	require.Equal(t, `{"channel":"#orders","text":"<b>\"5 > 3\" & ü</b>","unfurl_links":true}`, body)
	require.Equal(t, &engine.SentRequest{
		Method: "POST", URL: base + "/chat.postMessage", Body: body,
		Headers: map[string]string{"Authorization": "•••", "Content-Type": "application/json; charset=utf-8"},
	}, result.Request)
	require.Equal(t, 200, result.Response.Status)
	require.Contains(t, result.Response.Body, `"ok":true`)
}

func TestJudges(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		status int
		header map[string]string
		body   string
		code   engine.Code // "" for success
		detail string
		says   string
		retry  bool
		after  time.Duration
	}{
		{name: "fine", status: 200, body: `{"ok":true}`},
		{name: "created", status: 201, body: `{"ok":true}`},
		{name: "a failure with status 200", status: 200, body: `{"ok":false,"error":"channel_not_found"}`, code: engine.Refused, detail: "channel_not_found", says: "Slack has no channel #orders, or the app was not invited to it."},
		{name: "an error nobody explained", status: 200, body: `{"ok":false,"error":"odd_one"}`, code: engine.Refused, detail: "odd_one", says: "odd_one"},
		{name: "to be reconnected", status: 200, body: `{"ok":false,"error":"invalid_auth"}`, code: engine.Unauthorized, detail: "invalid_auth", says: "Reconnect"},
		{name: "a passing trouble", status: 200, body: `{"ok":false,"error":"fatal_error"}`, code: engine.Unavailable, detail: "fatal_error", retry: true},
		{name: "slow down", status: 429, header: map[string]string{"Retry-After": "30"}, body: `{"ok":false,"error":"ratelimited"}`, code: engine.Limited, detail: "ratelimited", retry: true, after: 30 * time.Second},
		{name: "slow down, with a fraction", status: 429, header: map[string]string{"Retry-After": "2.5"}, code: engine.Limited, retry: true, after: 2500 * time.Millisecond},
		{name: "slow down, until a date", status: 429, header: map[string]string{"Retry-After": "Sat, 21 Nov 2026 12:01:00 GMT"}, code: engine.Limited, retry: true, after: time.Minute},
		{name: "slow down, until a date that is over", status: 429, header: map[string]string{"Retry-After": "Sat, 21 Nov 2026 11:00:00 GMT"}, code: engine.Limited, retry: true},
		{name: "slow down, in words", status: 429, header: map[string]string{"Retry-After": "soon"}, code: engine.Limited, retry: true},
		{name: "slow down, not a number", status: 429, header: map[string]string{"Retry-After": "NaN"}, code: engine.Limited, retry: true},
		{name: "slow down, below zero", status: 429, header: map[string]string{"Retry-After": "-5"}, code: engine.Limited, retry: true},
		{name: "slow down, with status 200", status: 200, header: map[string]string{"Retry-After": "7"}, body: `{"ok":false,"error":"ratelimited"}`, code: engine.Limited, detail: "ratelimited", retry: true, after: 7 * time.Second},
		{name: "unauthorized", status: 401, code: engine.Unauthorized, says: "Slack no longer accepts this connection. Reconnect it."},
		{name: "forbidden", status: 403, code: engine.Unauthorized, says: "no longer accepts this connection"},
		{name: "not found", status: 404, body: `{"message":"No such thing"}`, code: engine.NotFound, says: `"No such thing"`},
		{name: "a field is wrong", status: 422, body: `{"errors":{"email":["is invalid","is taken"]}}`, code: engine.Refused, says: "email: is invalid, is taken"},
		{name: "fields are wrong, as a list", status: 422, body: `{"message":"Validation Failed","errors":[{"field":"title","code":"missing_field"}]}`, code: engine.Refused, says: "title: missing_field"},
		{name: "a nested error", status: 400, body: `{"error":{"message":"No such price","param":"items[0].price"}}`, code: engine.Refused, says: "items[0].price: No such price"},
		{name: "a plain error", status: 400, body: `nope`, code: engine.Refused, says: `"nope"`},
		{name: "request timeout", status: 408, code: engine.Unavailable, retry: true},
		{name: "too early", status: 425, code: engine.Unavailable, retry: true},
		{name: "server error", status: 500, body: "<html><body>Oops</body></html>", code: engine.Unavailable, retry: true, says: "status 500"},
		{name: "unavailable for a while", status: 503, header: map[string]string{"Retry-After": "120"}, code: engine.Unavailable, retry: true, after: 2 * time.Minute},
		{name: "a captive portal", status: 200, header: map[string]string{"Content-Type": "text/html"}, body: " \n<!DOCTYPE HTML><html>Welcome to the train</html>", code: engine.Unavailable, retry: true, says: "login page"},
		{name: "no JSON", status: 200, body: "all good", code: engine.Unavailable, retry: true, says: "cannot read"},
		{name: "broken JSON", status: 200, header: map[string]string{"Content-Type": "application/json"}, body: `{"ok":`, code: engine.Unavailable, retry: true},
		{name: "nothing", status: 200, code: engine.Unavailable, retry: true},
		{name: "moved", status: 301, header: map[string]string{"Location": "https://elsewhere.example/x?secret=1"}, code: engine.Refused, says: "https://elsewhere.example instead"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.body)
			})
			c := action.New(action.Params{Allowed: loopback, Now: func() time.Time { return now }})
			result, err := c.Do(t.Context(), message(base, nil))
			require.NotNil(t, result.Request)
			require.Equal(t, test.status, result.Response.Status)
			if test.code == "" {
				require.NoError(t, err)
				return
			}
			f := failure(t, err)
			require.Equal(t, test.code, engine.ErrorCode(err), f.Error())
			require.Equal(t, test.detail, f.Detail)
			require.Contains(t, engine.ErrorMessage(err), test.says)
			require.Equal(t, test.retry, f.Retry)
			require.Equal(t, test.after, f.RetryAfter)
			require.Equal(t, action.Answered, f.Phase)
			require.Nil(t, result.Output)
		})
	}
}

func TestHowFarItGot(t *testing.T) {
	t.Parallel()
	drop := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, _ := w.(http.Hijacker).Hijack()
		_ = conn.Close()
	}
	halfway := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"ok":true`))
		drop(w, r)
	}
	wait := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	refusing := "http://" + closed.Addr().String()
	require.NoError(t, closed.Close())

	post := func(base string) action.Call { return message(base, nil) }
	read := func(base string) action.Call { return get(map[string]any{"url": base}) }
	keyed := func(base string) action.Call {
		call := get(map[string]any{"url": base, "method": "POST", "text": "x"})
		call.IdempotencyKey = "run-1-post"
		return call
	}
	tests := []struct {
		name  string
		base  string
		call  func(base string) action.Call
		phase action.Phase
		retry bool
		says  string
	}{
		{"nothing listens", refusing, post, action.Before, true, "Nothing answers at the address of Slack"},
		{"no such host", "http://nowhere.invalid", post, action.Before, true, "online"},
		{"no encryption there", strings.Replace(serve(t, halfway), "http:", "https:", 1), post, action.Before, true, "encryption"},
		{"the connection breaks after the request", serve(t, drop), post, action.Between, false, "look there before you send it again"},
		{"the connection breaks after a harmless one", serve(t, drop), read, action.Between, true, "does no harm"},
		{"the connection breaks after one with a key", serve(t, drop), keyed, action.Between, true, "does no harm"},
		{"the connection breaks within the answer", serve(t, halfway), post, action.Between, false, "It may have been done"},
		{"no answer comes", serve(t, wait), post, action.Between, false, "took too long"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := action.New(action.Params{Allowed: loopback, Timeout: 500 * time.Millisecond})
			result, err := c.Do(t.Context(), test.call(test.base))
			f := failure(t, err)
			require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
			require.Equal(t, test.phase, f.Phase, f.Error())
			require.Equal(t, test.retry, f.Retry)
			require.Contains(t, f.Error(), test.says)
			require.NotNil(t, result.Request)
		})
	}
}

func TestACancelledCallSaysSo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	base := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	_, err := client().Do(ctx, message(base, nil))
	f := failure(t, err)
	require.Equal(t, action.Between, f.Phase)
	require.ErrorIs(t, err, context.Canceled)

	_, err = client().Do(ctx, message(base, nil))
	require.Equal(t, action.Before, failure(t, err).Phase)
}

func TestLongAnswers(t *testing.T) {
	t.Parallel()
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(bytes.Repeat([]byte("x"), 3<<20))
			_ = z.Close()
		case "/long":
			_, _ = w.Write(bytes.Repeat([]byte("é"), 50_000))
		case "/failed":
			w.WriteHeader(500)
			_, _ = w.Write(bytes.Repeat([]byte("x"), 3<<20))
		}
	})
	c := action.New(action.Params{Allowed: loopback, MaxBody: 1 << 20})
	result, err := c.Do(t.Context(), get(map[string]any{"url": base + "/bomb"}))
	require.Equal(t, engine.Refused, engine.ErrorCode(err))
	require.False(t, failure(t, err).Retry)
	require.True(t, result.Response.Truncated)
	require.Len(t, result.Response.Body, 64<<10)

	result, err = c.Do(t.Context(), get(map[string]any{"url": base + "/long"}))
	require.NoError(t, err)
	require.Len(t, result.Output, 100_000)
	require.True(t, result.Response.Truncated)
	require.LessOrEqual(t, len(result.Response.Body), 64<<10)

	_, err = c.Do(t.Context(), get(map[string]any{"url": base + "/failed"}))
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.True(t, failure(t, err).Retry)
}

// TestNoSecretIsKept lets the app repeat the secret in every form and place.
func TestNoSecretIsKept(t *testing.T) {
	t.Parallel()
	coded := base64.StdEncoding.EncodeToString([]byte(token))
	quoted, err := json.Marshal(token)
	require.NoError(t, err)
	for _, status := range []int{200, 400, 401} {
		base := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Echo", r.Header.Get("Authorization"))
			w.Header().Set("Set-Cookie", "session=abc")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"ok":%t,"error":%s,"coded":"%s","in":{"list":["a %[3]s b"],%[2]s:1},"slashed":"%s"}`,
				status == 200, quoted, coded, strings.ReplaceAll(token, "/", `\/`))
		})
		result, err := client().Do(t.Context(), message(base, map[string]any{"channel": "#a", "text": "leak " + token + " and " + coded}))
		kept, jsonErr := json.Marshal(result)
		require.NoError(t, jsonErr)
		all := string(kept)
		if err != nil {
			f := failure(t, err)
			all += f.Error() + f.Detail
		}
		require.NotContains(t, all, token)
		require.NotContains(t, all, "1234-secret")
		require.NotContains(t, all, coded)
		require.NotContains(t, all, "session=abc")
		require.Contains(t, all, "•••")
	}
}

// TestASecretAtTheCut puts the secret across the end of what is kept.
func TestASecretAtTheCut(t *testing.T) {
	t.Parallel()
	for _, before := range []int{64<<10 - 1, 64<<10 - len(token)/2, 64<<10 - len(token), 64<<10 - len(token) + 1, 64 << 10} {
		base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Repeat(token+" ", 20), strings.Repeat("x", before), token, strings.Repeat("y", 100_000))
		})
		call := message(base, nil)
		call.Operation.Judge = engine.Judge{}
		request := *call.Operation.Request
		call.Operation.Request = &request
		result, err := client().Do(t.Context(), call)
		require.NoError(t, err)
		require.True(t, result.Response.Truncated)
		for length := 6; length <= len(token); length++ {
			require.NotContains(t, result.Response.Body, token[:length])
		}
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	type seen struct{ method, auth, body, referer, idempotency string }
	var last atomic.Pointer[seen]
	final := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		last.Store(&seen{r.Method, r.Header.Get("Authorization") + r.Header.Get("X-Token"), string(body), r.Referer(), ""})
		fmt.Fprint(w, `{"ok":true}`)
	}
	other := serve(t, final)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch to := r.URL.Query().Get("to"); to {
		case "":
			final(w, r)
		case "loop":
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		default:
			status := http.StatusFound
			_, _ = fmt.Sscan(r.URL.Query().Get("status"), &status)
			http.Redirect(w, r, to, status)
		}
	})
	do := func(method, to string, status int) (action.Result, error) {
		call := get(map[string]any{"method": method, "url": base, "query": map[string]any{"to": to, "status": json.Number(fmt.Sprint(status))}})
		if method == "POST" {
			call.With["text"] = "body"
		}
		call.Connector.Connection = &engine.ConnectionSpec{Auth: []engine.Auth{{
			Headers: map[string]string{"Authorization": "Bearer {{connection.bot_token}}", "X-Token": "{{connection.bot_token}}"},
			Query:   map[string]string{"key": "{{connection.bot_token}}"},
		}}}
		call.Account = account("http", "")
		last.Store(nil)
		return client().Do(t.Context(), call)
	}

	_, err := do("GET", "/", 302)
	require.NoError(t, err)
	require.Contains(t, last.Load().auth, token, "the same host gets the credentials")

	_, err = do("GET", other, 302)
	require.NoError(t, err)
	require.Equal(t, &seen{method: "GET"}, last.Load(), "another host gets no credentials")

	_, err = do("POST", "/", 307)
	require.NoError(t, err)
	require.Equal(t, "body", last.Load().body)

	_, err = do("POST", "/", 303)
	require.NoError(t, err)
	require.Equal(t, "GET", last.Load().method)

	for _, status := range []int{301, 302} {
		_, err = do("POST", "/", status)
		require.Equal(t, engine.Refused, engine.ErrorCode(err), "a POST must not become a GET that does nothing")
		require.Nil(t, last.Load())
	}
	for _, status := range []int{307, 308} {
		_, err = do("POST", other, status)
		require.Equal(t, engine.Refused, engine.ErrorCode(err), "another host gets no body")
		require.Nil(t, last.Load())
	}
	for _, to := range []string{"file:///etc/passwd", "gopher://127.0.0.1:70/x"} {
		_, err = do("GET", to, 302)
		require.Equal(t, engine.Refused, engine.ErrorCode(err), "there is only the web")
		require.False(t, failure(t, err).Retry)
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	_, err = do("POST", closed.URL, 303)
	require.Equal(t, action.Between, failure(t, err).Phase, "the POST was done, though what it leads to cannot be had")
	require.False(t, failure(t, err).Retry)
	_, err = do("GET", closed.URL, 303)
	require.Equal(t, action.Before, failure(t, err).Phase)
	require.True(t, failure(t, err).Retry)

	_, err = do("GET", "loop", 302)
	require.Equal(t, engine.Refused, engine.ErrorCode(err))
	require.False(t, failure(t, err).Retry)
}

func TestTestConnection(t *testing.T) {
	t.Parallel()
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			fmt.Fprint(w, `{"ok":false,"error":"invalid_auth"}`)
			return
		}
		fmt.Fprintf(w, `{"ok":true,"team":"Olive & Oak"}`)
	})
	says, err := client().TestConnection(t.Context(), slack(), account("slack", base))
	require.NoError(t, err)
	require.Equal(t, "Connected to Olive & Oak.", says)

	wrong := account("slack", base)
	wrong.Secrets = map[string]string{"bot_token": "other"}
	_, err = client().TestConnection(t.Context(), slack(), wrong)
	require.Equal(t, "invalid_auth", failure(t, err).Detail)

	without := slack()
	without.Connection.Test.When = map[string]string{"bot_token": "nope"}
	says, err = client().TestConnection(t.Context(), without, wrong)
	require.NoError(t, err)
	require.Empty(t, says)
}
