package poll_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/poll"
)

// morning is when it is in these tests.
var morning = time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC)

// server is an app that answers as a function says, and keeps what it was asked.
type server struct {
	*httptest.Server
	asked  []*http.Request
	bodies []string
	answer http.HandlerFunc
	by     http.RoundTripper // how it is reached; nil is the network
}

// atHand is a server without a network, for those who ask much.
type atHand struct{ *server }

func (a atHand) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	a.answer(recorder, r)
	return recorder.Result(), nil
}

func newServer(t *testing.T, answer http.HandlerFunc) *server {
	s := &server{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.asked, s.bodies = append(s.asked, r), append(s.bodies, string(body))
		s.answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) last() url.Values { return s.asked[len(s.asked)-1].URL.Query() }

// source makes a source of the server's list.
func (s *server) source(t *testing.T, spec engine.PollSpec, with map[string]any) poll.Source {
	t.Helper()
	if spec.Request.Method == "" {
		spec.Request = engine.RequestSpec{Method: "GET", Path: "/orders", Query: map[string]any{"since": "{{cursor}}", "page": "{{page}}"}}
	}
	if spec.Key == "" && spec.KeyFrom == "" {
		spec.Key = "{{item.id}}"
	}
	by := s.by
	if by == nil {
		by = http.DefaultTransport
	}
	source, err := poll.NewApp(action.New(action.Params{Transport: by}))(poll.Trigger{
		Connector: engine.Connector{
			Name: "shop", Title: "Shop", BaseURL: s.URL,
			Connection: &engine.ConnectionSpec{
				Fields: []engine.Field{{Name: "key", Type: engine.FieldSecret}},
				Auth:   []engine.Auth{{When: engine.When{"key": "*"}, Query: map[string]string{"api_key": "{{connection.key}}"}}},
			},
		},
		Operation: engine.Operation{Name: "orders", Poll: &spec, Connection: engine.Optional, Fields: []engine.Field{
			{Name: "list", Type: engine.FieldText, Label: "List"}, {Name: "key", Type: engine.FieldText, Label: "Key"},
		}},
		With: with,
		Account: func(context.Context) (engine.Account, error) {
			return engine.Account{Connection: engine.Connection{Name: "Shop", Connector: "shop"}, Secrets: map[string]string{"key": "k3y-s3cret"}}, nil
		},
	})
	require.NoError(t, err)
	return source
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func keysOf(found poll.Found) []string {
	keys := []string{}
	for _, item := range found.Items {
		keys = append(keys, item.Key)
	}
	return keys
}

func TestFaultsOfApps(t *testing.T) {
	t.Parallel()
	soon := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
	limited := func(after string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		code   engine.Code
		says   string
		after  [2]time.Duration
	}{
		"500":                  {answer: says(500, "oops"), code: engine.Unavailable, says: "in trouble"},
		"503 with a page":      {answer: says(503, "<html>busy</html>"), code: engine.Unavailable},
		"429, seconds":         {limited("30"), engine.Limited, "slow down", [2]time.Duration{30 * time.Second, 30 * time.Second}},
		"429, a float":         {limited("2.5"), engine.Limited, "slow down", [2]time.Duration{2500 * time.Millisecond, 2500 * time.Millisecond}},
		"429, a date":          {limited(soon), engine.Limited, "slow down", [2]time.Duration{60 * time.Second, 90 * time.Second}},
		"401":                  {answer: says(401, "{}"), code: engine.Unauthorized, says: "Reconnect"},
		"a page, not JSON":     {answer: says(200, "<!doctype html><html>Log in to the hotel's network"), code: engine.Unavailable, says: "web page"},
		"a text, not JSON":     {answer: says(200, "busy"), code: engine.Unavailable, says: "cannot read"},
		"JSON that is cut off": {answer: says(200, `{"orders":[{"id":1},{"id"`), code: engine.Unavailable, says: "cannot read"},
		"a body that is cut off": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"orders":[`)
		}, code: engine.Unavailable, says: "tried again"},
		"no answer":           {answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, code: engine.Unavailable, says: "tried again"},
		"no list":             {answer: says(200, `{"data":{"items":[1]}}`), code: engine.Refused, says: `no list at orders. It has one at data.items.`},
		"a list that is none": {answer: says(200, `{"orders":"none"}`), code: engine.Refused, says: "no list at orders."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, test.answer)
			found, err := s.source(t, engine.PollSpec{Items: "orders"}, nil).Look(t.Context(), poll.Look{State: `{"since":"x"}`, Now: morning})
			require.Empty(t, found)
			failure, ok := errors.AsType[*action.Failure](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, test.code, failure.Err.Code)
			require.Contains(t, failure.Error(), test.says)
			require.NotContains(t, failure.Error(), "k3y-s3cret")
			require.NotContains(t, failure.Error(), "may have been done", "asking does nothing")
			require.GreaterOrEqual(t, failure.RetryAfter, test.after[0])
			require.LessOrEqual(t, failure.RetryAfter, test.after[1])
		})
	}
}

func TestListsThatAreEmpty(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"orders":[]}`, `{"orders":null}`, `{"orders":[null]}`} {
		s := newServer(t, says(200, body))
		found, err := s.source(t, engine.PollSpec{Items: "orders"}, nil).Look(t.Context(), poll.Look{Now: morning})
		require.NoError(t, err, body)
		require.Empty(t, found.Items)
		require.NotEmpty(t, found.State)
	}
}

func TestItemsAndTheirKeys(t *testing.T) {
	t.Parallel()
	s := newServer(t, says(200, `{"a":{"list":[{"id":9007199254740993,"n":{"k":"x"},"price":1.10,"s":"<&>"},{"n":{}}]}}`))
	for name, test := range map[string]struct {
		spec engine.PollSpec
		with map[string]any
		want []string
	}{
		"a pill":                  {engine.PollSpec{Items: "a.list", Key: "{{item.id}}"}, nil, []string{"9007199254740993", ""}},
		"a field that says":       {engine.PollSpec{ItemsFrom: "list", KeyFrom: "key"}, map[string]any{"list": "a.list", "key": "n.k"}, []string{"x", ""}},
		"a field that is empty":   {engine.PollSpec{Items: "a.list", KeyFrom: "key"}, nil, []string{"9007199254740993", ""}},
		"the newest listed first": {engine.PollSpec{Items: "a.list", Order: engine.NewestFirst}, nil, []string{"", "9007199254740993"}},
	} {
		found, err := s.source(t, test.spec, test.with).Look(t.Context(), poll.Look{State: "{}", Now: morning})
		require.NoError(t, err, name)
		require.Equal(t, test.want, keysOf(found), name)
		i := slices.IndexFunc(found.Items, func(i poll.Item) bool { return i.Key != "" })
		require.JSONEq(t, `{"id":9007199254740993,"n":{"k":"x"},"price":1.10,"s":"<&>"}`, string(found.Items[i].Body))
		require.Contains(t, string(found.Items[i].Body), `1.10`, "numbers stay as written")
		require.Contains(t, string(found.Items[i].Body), `<&>`)
	}
}

func TestItemsOutOfOrderAreSorted(t *testing.T) {
	t.Parallel()
	s := newServer(t, says(200, `[{"id":2,"at":"2026-11-21T09:00:02Z"},{"id":3,"at":"2026-11-21T10:00:03+01:00"},{"id":1,"at":1795251601}]`))
	found, err := s.source(t, engine.PollSpec{Cursor: &engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}"}}, nil).
		Look(t.Context(), poll.Look{State: "{}", Now: morning})
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2", "3"}, keysOf(found))
	require.JSONEq(t, `"2026-11-21T09:00:03Z"`, since(t, found))
}

func since(t *testing.T, found poll.Found) string {
	var state struct{ Since json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(found.State), &state))
	return string(state.Since)
}

// What has not changed costs nothing, and once a day it is read all the same.
func TestUnchangedAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"an app that knows": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Last-Modified", "Sat, 21 Nov 2026 09:00:00 GMT")
			if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = io.WriteString(w, `[{"id":1}]`)
		},
		"an app that does not": says(200, `[{"id":1}]`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, answer)
			source := s.source(t, engine.PollSpec{}, nil)
			first, err := source.Look(t.Context(), poll.Look{Quiet: true, Now: morning})
			require.NoError(t, err)
			require.Equal(t, []string{"1"}, keysOf(first))
			again, err := source.Look(t.Context(), poll.Look{State: first.State, Now: morning.Add(time.Minute)})
			require.NoError(t, err)
			require.Equal(t, poll.Found{State: first.State}, again)
			for _, now := range []time.Time{morning.Add(25 * time.Hour), morning.Add(-25 * time.Hour)} {
				daily, err := source.Look(t.Context(), poll.Look{State: first.State, Now: now})
				require.NoError(t, err)
				require.Equal(t, []string{"1"}, keysOf(daily))
				require.Empty(t, s.asked[len(s.asked)-1].Header.Get("If-None-Match"))
			}
		})
	}
}

// What was known of an answer of one page is not said of a list of several.
func TestUnchangedFirstPage(t *testing.T) {
	t.Parallel()
	more := false
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		next := ""
		if more && r.URL.Query().Get("page") == "" {
			next = "2"
		}
		_, _ = fmt.Fprintf(w, `{"list":[{"id":"1%s"}],"next":"%s"}`, r.URL.Query().Get("page"), next)
	})
	source := s.source(t, engine.PollSpec{Items: "list", Pages: &engine.PageSpec{Next: "{{response.next}}"}}, nil)
	state := ""
	for _, more = range []bool{false, true, true} {
		found, err := source.Look(t.Context(), poll.Look{State: state, Now: morning})
		require.NoError(t, err)
		state = found.State
	}
	require.Len(t, s.asked, 5)
	require.Empty(t, s.asked[3].Header.Get("If-None-Match"))
}

func TestPages(t *testing.T) {
	t.Parallel()
	zero := 0
	// The list has five pages of two, and the third fails once.
	page := func(n int) string {
		return fmt.Sprintf(`{"list":[{"id":%d},{"id":%d}],"more":%v,"next":"p%d","last":%d}`, 2*n, 2*n+1, n < 4, n+1, 2*n+1)
	}
	number := func(q url.Values) int {
		n, _ := strconv.Atoi(strings.TrimPrefix(q.Get("page"), "p"))
		return n
	}
	for name, test := range map[string]struct {
		pages  engine.PageSpec
		pages5 int // how many requests it takes
	}{
		"a token":  {engine.PageSpec{Next: "{{response.next}}", While: "more"}, 5},
		"a link":   {engine.PageSpec{Link: true}, 5},
		"a number": {engine.PageSpec{Number: &zero}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := false
			s := newServer(t, nil)
			s.answer = func(w http.ResponseWriter, r *http.Request) {
				n := number(r.URL.Query())
				switch {
				case broken && n == 2:
					w.WriteHeader(500)
				case n > 4:
					_, _ = io.WriteString(w, `{"list":[]}`)
				default:
					if n < 4 {
						w.Header().Set("Link", fmt.Sprintf(`<%s/orders?page=0>; rel="first", </orders?page=%d&api_key=k3y-s3cret>; title="x"; rel="next"`, s.URL, n+1))
					}
					_, _ = io.WriteString(w, page(n))
				}
			}
			source := s.source(t, engine.PollSpec{Items: "list", Pages: &test.pages}, nil)
			found, err := source.Look(t.Context(), poll.Look{State: "{}", Now: morning})
			require.NoError(t, err)
			require.Len(t, found.Items, 10)
			require.False(t, found.More)
			require.Len(t, s.asked, test.pages5)
			for _, r := range s.asked {
				require.Equal(t, []string{"k3y-s3cret"}, r.URL.Query()["api_key"], "each page is signed, once")
			}

			// What was found before a page failed is found, and the next look goes on there.
			broken = true
			found, err = source.Look(t.Context(), poll.Look{State: "{}", Now: morning})
			require.NoError(t, err)
			require.Len(t, found.Items, 4)
			require.True(t, found.More)
			require.NotContains(t, found.State, "k3y-s3cret", "a key is not kept")
			_, err = source.Look(t.Context(), poll.Look{State: found.State, Now: morning})
			require.Error(t, err)
			broken = false
			found, err = source.Look(t.Context(), poll.Look{State: found.State, Now: morning})
			require.NoError(t, err)
			require.Equal(t, []string{"4", "5", "6", "7", "8", "9"}, keysOf(found))
			require.False(t, found.More)

			// No more than so many pages in one look.
			short := test.pages
			short.Most = 2
			source = s.source(t, engine.PollSpec{Items: "list", Pages: &short}, nil)
			var keys []string
			state := "{}"
			for range 3 {
				found, err = source.Look(t.Context(), poll.Look{State: state, Now: morning})
				require.NoError(t, err)
				keys, state = append(keys, keysOf(found)...), found.State
			}
			require.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, keys)
			require.False(t, found.More)
		})
	}
}

func TestPagesThatLeadAstray(t *testing.T) {
	t.Parallel()
	elsewhere := newServer(t, says(200, `[]`))
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "<"+elsewhere.URL+`/orders>; rel="next"`)
		_, _ = io.WriteString(w, `[{"id":1}]`)
	})
	source := s.source(t, engine.PollSpec{Pages: &engine.PageSpec{Link: true}}, nil)
	found, err := source.Look(t.Context(), poll.Look{State: "{}", Now: morning})
	require.NoError(t, err)
	require.True(t, found.More)
	_, err = source.Look(t.Context(), poll.Look{State: found.State, Now: morning})
	require.ErrorContains(t, err, "another address")
	require.Empty(t, elsewhere.asked, "and with it the key")

	// A page that names itself as the next is the last.
	s.answer = says(200, `{"list":[{"id":1}],"next":"same"}`)
	found, err = s.source(t, engine.PollSpec{Items: "list", Pages: &engine.PageSpec{Next: "{{response.next}}"}}, nil).
		Look(t.Context(), poll.Look{State: `{"page":"same"}`, Now: morning})
	require.NoError(t, err)
	require.False(t, found.More)
}

// A page that is not there any more: from the beginning.
func TestPageThatIsGone(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") == "old" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, `{"list":[{"id":1}]}`)
	})
	found, err := s.source(t, engine.PollSpec{Items: "list", Pages: &engine.PageSpec{Next: "{{response.next}}"}}, nil).
		Look(t.Context(), poll.Look{State: `{"since":"5","page":"old"}`, Now: morning})
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, keysOf(found))
}

func TestKindsOfCursor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cursor engine.CursorSpec
		order  engine.ItemOrder
		state  string
		body   string
		asks   string // what is sent
		next   string
	}{
		"a time, and the overlap before it": {
			cursor: engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}", Overlap: 120},
			state:  `{"since":"2026-11-21T09:00:00Z"}`, body: `[{"id":1,"at":"2026-11-21T09:30:00.5Z"}]`,
			asks: "2026-11-21T08:58:00Z", next: `"2026-11-21T09:30:00.5Z"`,
		},
		"a time in seconds": {
			cursor: engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}", Format: engine.CursorSeconds},
			state:  `{"since":"2026-11-21T09:00:00Z"}`, body: `[{"id":1,"at":1795253400}]`,
			asks: "1795251600", next: `"2026-11-21T09:30:00Z"`,
		},
		"the largest id": {
			cursor: engine.CursorSpec{Kind: engine.CursorID, Value: "{{item.id}}"},
			state:  `{"since":"9"}`, body: `[{"id":12},{"id":101},{"id":99}]`, asks: "9", next: `"101"`,
		},
		"the id of the newest": {
			cursor: engine.CursorSpec{Kind: engine.CursorID, Value: "{{item.id}}"}, order: engine.NewestFirst,
			state: `{"since":"evt_c"}`, body: `[{"id":"evt_b"},{"id":"evt_z"}]`, asks: "evt_c", next: `"evt_b"`,
		},
		"the last id": {
			cursor: engine.CursorSpec{Kind: engine.CursorID, Value: "{{item.id}}"}, order: engine.OldestFirst,
			state: `{"since":"evt_c"}`, body: `[{"id":"evt_z"},{"id":"evt_b"}]`, asks: "evt_c", next: `"evt_b"`,
		},
		"nothing new keeps it": {
			cursor: engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}"},
			state:  `{"since":"2026-11-21T09:00:00Z"}`, body: `[]`, asks: "2026-11-21T09:00:00Z", next: `"2026-11-21T09:00:00Z"`,
		},
		"nor does what has no time move it": {
			cursor: engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}"},
			state:  `{"since":"2026-11-21T09:00:00Z"}`, body: `[{"id":1},{"id":2,"at":"soon"}]`, asks: "2026-11-21T09:00:00Z", next: `"2026-11-21T09:00:00Z"`,
		},
		"nor does an older one": {
			cursor: engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}"},
			state:  `{"since":"2026-11-21T09:00:00Z"}`, body: `[{"id":1,"at":"2026-11-20T09:00:00Z"}]`, asks: "2026-11-21T09:00:00Z", next: `"2026-11-21T09:00:00Z"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, says(200, test.body))
			found, err := s.source(t, engine.PollSpec{Order: test.order, Cursor: &test.cursor}, nil).Look(t.Context(), poll.Look{State: test.state, Now: morning})
			require.NoError(t, err)
			require.Equal(t, test.asks, s.last().Get("since"))
			require.Equal(t, test.next, since(t, found))
		})
	}
	t.Run("a token", func(t *testing.T) {
		t.Parallel()
		s := newServer(t, says(200, `{"list":[{"id":1}],"token":"t2"}`))
		source := s.source(t, engine.PollSpec{Items: "list", Cursor: &engine.CursorSpec{Kind: engine.CursorToken, Value: "{{response.token}}"}}, nil)
		found, err := source.Look(t.Context(), poll.Look{Now: morning})
		require.NoError(t, err)
		require.False(t, s.last().Has("since"), "there is none at first")
		require.Equal(t, `"t2"`, since(t, found))
		s.answer = says(200, `{"list":[],"token":""}`)
		found, err = source.Look(t.Context(), poll.Look{State: found.State, Now: morning})
		require.NoError(t, err)
		require.Equal(t, "t2", s.last().Get("since"))
		require.Equal(t, `"t2"`, since(t, found))
	})
}

// A first look does not go through all there ever was: a day back by the app's own clock, which may be
// days behind, or one page where the newest come first.
func TestFirstLookGoesBackADay(t *testing.T) {
	t.Parallel()
	cursor := &engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}"}
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", morning.Format(http.TimeFormat))
		_, _ = io.WriteString(w, `[]`)
	})
	found, err := s.source(t, engine.PollSpec{Cursor: cursor}, nil).Look(t.Context(), poll.Look{Quiet: true, Now: morning})
	require.NoError(t, err)
	require.Equal(t, "2026-11-20T10:00:00Z", s.last().Get("since"))
	require.Equal(t, `"2026-11-20T10:00:00Z"`, since(t, found), "what comes late is not missed")

	found, err = s.source(t, engine.PollSpec{Cursor: cursor}, nil).Look(t.Context(), poll.Look{Quiet: true, Now: morning.Add(72 * time.Hour)})
	require.NoError(t, err)
	require.Equal(t, "2026-11-20T10:00:00Z", s.last().Get("since"), "by the app's clock, when ours is ahead")
	require.Equal(t, `"2026-11-20T10:00:00Z"`, since(t, found))

	_, err = s.source(t, engine.PollSpec{Cursor: cursor}, nil).Look(t.Context(), poll.Look{Quiet: true, Runs: 3, Now: morning})
	require.NoError(t, err)
	require.False(t, s.last().Has("since"), "who asks for the last three wants them however old they are")

	s.answer = says(200, `{"list":[{"id":1,"at":"2026-11-21T09:00:00Z"}],"next":"2"}`)
	s.asked = nil
	newest := engine.PollSpec{Items: "list", Order: engine.NewestFirst, Cursor: cursor, Pages: &engine.PageSpec{Next: "{{response.next}}"}}
	found, err = s.source(t, newest, nil).Look(t.Context(), poll.Look{Quiet: true, Now: morning})
	require.NoError(t, err)
	require.Len(t, s.asked, 1)
	require.False(t, found.More)
	require.Equal(t, `"2026-11-21T09:00:00Z"`, since(t, found))
}

func TestMuchAtOnceComesInPieces(t *testing.T) {
	t.Parallel()
	zero := 0
	big := strings.Repeat("x", 3<<20)
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `[{"id":"p%s","text":"%s"}]`, r.URL.Query().Get("page"), big)
	})
	found, err := s.source(t, engine.PollSpec{Pages: &engine.PageSpec{Number: &zero, Most: 100}}, nil).Look(t.Context(), poll.Look{State: "{}", Now: morning})
	require.NoError(t, err)
	require.True(t, found.More)
	require.Len(t, found.Items, 3, "no more than some megabytes in one look")
}

func TestAskingWithABody(t *testing.T) {
	t.Parallel()
	s := newServer(t, says(200, `{"data":{"orders":{"nodes":[{"id":1}],"pageInfo":{"hasNextPage":false,"endCursor":"x"}}}}`))
	_, err := s.source(t, engine.PollSpec{
		Request: engine.RequestSpec{Method: "POST", Path: "/graphql", JSON: map[string]any{
			"query": "…", "variables": map[string]any{"after": "{{page}}", "query": "created_at:>='{{cursor}}'"},
		}},
		Items: "data.orders.nodes", Pages: &engine.PageSpec{Next: "{{response.data.orders.pageInfo.endCursor}}", While: "data.orders.pageInfo.hasNextPage"},
		Cursor: &engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}"},
	}, nil).Look(t.Context(), poll.Look{State: `{"since":"2026-11-21T09:00:00Z"}`, Now: morning})
	require.NoError(t, err)
	require.Len(t, s.bodies, 1)
	require.JSONEq(t, `{"query":"…","variables":{"query":"created_at:>='2026-11-21T09:00:00Z'"}}`, s.bodies[0])
}

// TestEachOnce lets items come as they do in real life, many at the same second, some shown late, the
// list in pages and in any order, requests failing, looks lost before they are stored. Whatever the kind
// of list: each item that was not there at first is found, and as new only once.
func TestEachOnce(t *testing.T) {
	t.Parallel()
	type order struct {
		ID      int       `json:"id"`
		At      time.Time `json:"at"`
		visible time.Time
	}
	for _, listed := range []engine.ItemOrder{engine.OldestFirst, engine.NewestFirst, ""} {
		for _, size := range []int{1, 3, 50} {
			for seed := range uint64(1) {
				name := fmt.Sprintf("%s %d %d", listed, size, seed)
				random := rand.New(rand.NewPCG(seed, uint64(size)))
				now := morning
				var all []order
				s := newServer(t, nil)
				s.by = atHand{s}
				s.answer = func(w http.ResponseWriter, r *http.Request) {
					q := r.URL.Query()
					w.Header().Set("Date", now.Format(http.TimeFormat))
					if random.IntN(5) == 0 {
						w.WriteHeader(500)
						return
					}
					from, _ := time.Parse(time.RFC3339, q.Get("since"))
					var list []order
					for _, o := range all {
						if !o.visible.After(now) && !o.At.Before(from) {
							list = append(list, o)
						}
					}
					slices.SortStableFunc(list, func(a, b order) int { return a.At.Compare(b.At) })
					switch listed {
					case engine.NewestFirst:
						slices.Reverse(list)
					case "":
						random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
						size = 1000 // there is no way through pages in no order
					}
					// A page begins behind an order, as with real page tokens.
					if after := q.Get("page"); after != "" {
						i := slices.IndexFunc(list, func(o order) bool { return strconv.Itoa(o.ID) == after })
						if i < 0 {
							w.WriteHeader(http.StatusBadRequest)
							return
						}
						list = list[i+1:]
					}
					more := len(list) > size
					list = list[:min(size, len(list))]
					_ = json.NewEncoder(w).Encode(map[string]any{"list": list, "more": more})
				}
				source := s.source(t, engine.PollSpec{
					Items: "list", Order: listed,
					Cursor: &engine.CursorSpec{Kind: engine.CursorTime, Value: "{{item.at}}", Overlap: 60},
					Pages:  &engine.PageSpec{Next: "{{item.id}}", While: "more", Most: 2},
				}, nil)
				seen, runs, state, quiet := map[string]bool{}, map[string]int{}, "", true
				for look := range 400 {
					if look < 100 {
						for range random.IntN(6) {
							at := now.Truncate(time.Second).Add(-time.Duration(random.IntN(3)) * time.Second)
							all = append(all, order{ID: len(all) + 1, At: at, visible: at.Add(time.Duration(random.IntN(40)) * time.Second)})
						}
					}
					now = now.Add(15 * time.Second)
					found, err := source.Look(t.Context(), poll.Look{State: state, Quiet: quiet, Now: now})
					if err != nil || random.IntN(10) == 0 {
						continue // lost before it was stored
					}
					for _, item := range found.Items {
						if !seen[item.Key] && !quiet {
							runs[item.Key]++
						}
						seen[item.Key] = true
					}
					state, quiet = found.State, quiet && found.More
				}
				for _, o := range all {
					require.True(t, seen[strconv.Itoa(o.ID)], "%s: order %d of %d was lost", name, o.ID, len(all))
				}
				for key, n := range runs {
					require.Equal(t, 1, n, "%s: %s", name, key)
				}
				if size > 1 { // pages of one are slower than what comes, so that the first look lasts long
					require.Greater(t, len(runs), 50, name)
				}
			}
		}
	}
}
