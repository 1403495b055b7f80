package action_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// TestWhatIsSent builds requests of http.request.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	big := json.Number("115310627314723954")
	tests := []struct {
		name                    string
		with                    m
		method, url, body, kind string
	}{
		{"defaults", m{"url": "https://x.example/a?b=c"}, "GET", "https://x.example/a?b=c", "", ""},
		{"a query", m{"url": "https://x.example/a?b=c d", "query": m{"n": big, "list": []any{"1", true}, "none": nil, "e": "&=é"}}, "GET",
			"https://x.example/a?b=c%20d&e=%26%3D%C3%A9&list=1&list=true&n=115310627314723954", "", ""},
		{"JSON", m{"method": "post", "url": "https://x.example", "json": m{"id": big, "price": json.Number("1.50"), "html": "<a&b>", "none": nil, "list": []any{}}}, "POST",
			"https://x.example", `{"html":"<a&b>","id":115310627314723954,"list":[],"none":null,"price":1.50}`, "application/json; charset=utf-8"},
		{"JSON as text", m{"method": "PUT", "url": "https://x.example", "json": ` {"b": 1,  "a": 2} `}, "PUT",
			"https://x.example", ` {"b": 1,  "a": 2} `, "application/json; charset=utf-8"},
		{"a form", m{"method": "POST", "url": "https://x.example", "form": m{"a": "1 2", "b": []any{"x", "y"}}}, "POST",
			"https://x.example", "a=1+2&b=x&b=y", "application/x-www-form-urlencoded"},
		{"a form as JSON text", m{"method": "POST", "url": "https://x.example", "form": `{"a":1}`}, "POST",
			"https://x.example", "a=1", "application/x-www-form-urlencoded"},
		{"text", m{"method": "PATCH", "url": "https://x.example", "text": "Grüße\n"}, "PATCH", "https://x.example", "Grüße\n", "text/plain; charset=utf-8"},
		{"a content type of one's own", m{"method": "POST", "url": "https://x.example", "text": "<a/>", "headers": m{"content-type": "application/xml"}}, "POST",
			"https://x.example", "<a/>", "application/xml"},
	}
	for _, test := range tests {
		r, err := client().Build(t.Context(), get(test.with))
		require.NoError(t, err, test.name)
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.Equal(t, []string{test.method, test.url, test.body, test.kind}, []string{r.Method, r.URL.String(), string(body), r.Header.Get("Content-Type")}, test.name)
	}
}

// TestWhatIsRefused lists inputs that must never reach the network.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	with := func(more m) m {
		more["url"] = "https://x.example"
		return more
	}
	tests := []struct {
		name string
		with m
		says string
	}{
		{"no address", m{}, "Address"},
		{"another scheme", m{"url": "file:///etc/passwd"}, "https://"},
		{"a password in the address", m{"url": "https://a:b@x.example"}, "password"},
		{"a line break in a header", with(m{"headers": m{"X-A": "a\r\nX-B: b"}}), "line break"},
		{"a zero byte in a header", with(m{"headers": m{"X-A": "a\x00"}}), "X-A"},
		{"a line break in a header's name", with(m{"headers": m{"X-A\r\nX-B": "b"}}), "name"},
		{"a space in a header's name", with(m{"headers": m{"X A": "b"}}), "name"},
		{"a header of the connection", with(m{"headers": m{"host": "other.example"}}), "itself"},
		{"a length of its own", with(m{"headers": m{"Content-Length": json.Number("5")}}), "itself"},
		{"a method with a space", with(m{"method": "GET /x"}), "method"},
		{"broken JSON", with(m{"json": `{"a":`}), "JSON"},
		{"headers that are none", with(m{"headers": "x"}), "Headers"},
		{"a list as a form", with(m{"form": []any{"a"}}), "names with values"},
	}
	for _, test := range tests {
		var sent atomic.Int64
		c := action.New(action.Params{Transport: transport(func(*http.Request) (*http.Response, error) {
			sent.Add(1)
			return nil, io.EOF
		})})
		_, err := c.Do(t.Context(), get(test.with))
		f := failure(t, err)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), test.name)
		require.Contains(t, engine.ErrorMessage(err), test.says, test.name)
		require.Equal(t, action.Before, f.Phase)
		require.False(t, f.Retry)
		require.Zero(t, sent.Load(), test.name)
	}
}

type transport func(r *http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestFieldsAndAccounts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(call *action.Call)
		says   string
	}{
		{"a required field is empty", func(c *action.Call) { c.With["text"] = "" }, `"Text" is empty`},
		{"a required field found nothing", func(c *action.Call) { c.With["channel"] = nil }, `"Channel" is empty`},
		{"a wrong type", func(c *action.Call) { c.With["unfurl"] = "perhaps" }, `"Preview links" needs yes or no, but holds "perhaps"`},
		{"no connection", func(c *action.Call) { c.Account = engine.Account{} }, "No connection to Slack"},
		{"a connection to another app", func(c *action.Call) { c.Account.Connector = "shopify" }, "is not one to Slack"},
		{"a connection that lacks the token", func(c *action.Call) { c.Account.Secrets = nil }, `lacks "Bot token"`},
	}
	for _, test := range tests {
		call := message("http://127.0.0.1:1", nil)
		test.change(&call)
		_, err := client().Do(t.Context(), call)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), test.name)
		require.Contains(t, failure(t, err).Error(), test.says)
		require.Equal(t, action.Before, failure(t, err).Phase)
	}

	r, err := client().Build(t.Context(), message("https://slack.example/api/", map[string]any{"channel": json.Number("5"), "text": []any{"a", "b"}, "unfurl": "false"}))
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Equal(t, `{"channel":"5","text":"a, b","unfurl_links":false}`, string(body), "values take the type of their field")
	require.Equal(t, "https://slack.example/api/chat.postMessage", r.URL.String())
}

func TestTheFieldsCannotPoseAsTheConnection(t *testing.T) {
	t.Parallel()
	call := message("https://slack.example/api", map[string]any{"channel": "#a", "text": "{{connection.bot_token}}", "connection": map[string]any{"bot_token": "x"}})
	r, err := client().Build(t.Context(), call)
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), "{{connection.bot_token}}", "what is filled in is not filled in again")
	require.Equal(t, "Bearer "+token, r.Header.Get("Authorization"))
}

func TestCompileFindsMistakes(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*engine.Operation){
		"no request":  func(o *engine.Operation) { o.Request = nil },
		"bad pill":    func(o *engine.Operation) { o.Request = &engine.RequestSpec{Method: "GET", Path: "/{{a"} },
		"bad address": func(o *engine.Operation) { o.Request = &engine.RequestSpec{Method: "GET", URL: "ftp://x"} },
		"bad header": func(o *engine.Operation) {
			o.Request = &engine.RequestSpec{Method: "GET", Headers: map[string]any{"X A": "b"}}
		},
		"bad body": func(o *engine.Operation) {
			o.Request = &engine.RequestSpec{Method: "GET", JSON: []any{map[string]any{"a": "{{b | nofilter}}"}}}
		},
		"bad path":   func(o *engine.Operation) { o.Judge.Code = "error[" },
		"bad result": func(o *engine.Operation) { o.Result = "{{" },
	} {
		c := slack()
		change(&c.Actions[0])
		_, err := action.Compile(c, c.Actions[0])
		require.Error(t, err, name)
	}
}

// BenchmarkMessage builds a Slack message, and judges the answer, without a network.
func BenchmarkMessage(b *testing.B) {
	answer := []byte(`{"ok":true,"channel":"C0123456789","ts":"1795252364.000200","message":{"type":"message","text":"New order #1042","user":"U1"}}`)
	c := action.New(action.Params{Transport: transport(func(r *http.Request) (*http.Response, error) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(answer))}, nil
	})})
	call := message("", map[string]any{"channel": "#orders", "text": "New order #1042 for €189.00"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Do(b.Context(), call); err != nil {
			b.Fatal(err)
		}
	}
}
