package webhook_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/recipe"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

func TestARecipesRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t)
		proved, err := signature.New(shop)
		require.NoError(t, err)
		table := webhook.Table{"shop": {RecipeID: 1, On: true, MaxBytes: 1000, Verifier: proved, PerMinute: 6}}
		d.SetTable(table)
		for range 20 {
			require.Equal(t, 401, d.send(t, "shop", `{}`, header("X-Sign", "forged")).Code)
		}
		for range 6 {
			require.Equal(t, 200, d.send(t, "shop", `{}`).Code, "forged ones took nobody's place")
		}
		w := d.send(t, "shop", `{}`)
		require.Equal(t, http.StatusTooManyRequests, w.Code)
		again, err := strconv.Atoi(w.Header().Get("Retry-After"))
		require.NoError(t, err)
		require.Equal(t, 10, again)
		d.SetTable(table)
		require.Equal(t, http.StatusTooManyRequests, d.send(t, "shop", `{}`).Code, "a new table forgets nothing")
		time.Sleep(time.Duration(again) * time.Second)
		require.Equal(t, 200, d.send(t, "shop", `{}`).Code)
		require.Equal(t, http.StatusTooManyRequests, d.send(t, "shop", `{}`).Code)
		time.Sleep(time.Hour)
		for range 6 {
			require.Equal(t, 200, d.send(t, "shop", `{}`).Code)
		}
		require.Equal(t, http.StatusTooManyRequests, d.send(t, "shop", `{}`).Code)
		require.Len(t, d.store.runs, 13)
	})
}

func TestCompressedBodiesAreRefused(t *testing.T) {
	for _, coding := range []string{"gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP"} {
		d := newDoor(t)
		require.Equal(t, http.StatusUnsupportedMediaType, d.send(t, "open", "\x1f\x8b", header("Content-Encoding", coding)).Code, coding)
		require.Empty(t, d.store.events)
	}
	d := newDoor(t)
	second := func(r *http.Request) { r.Header["Content-Encoding"] = []string{"identity", "gzip"} }
	require.Equal(t, http.StatusUnsupportedMediaType, d.send(t, "open", "\x1f\x8b", second).Code, "in a second header")
	require.Equal(t, http.StatusOK, d.send(t, "open", "{}", header("Content-Encoding", "identity")).Code)
}

// slowBody gives nothing until it is let go.
type slowBody struct{ let chan struct{} }

func (b slowBody) Read([]byte) (int, error) {
	<-b.let
	return 0, io.EOF
}

func TestOnlySoMuchComesInAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t)
		d.Handler = webhook.New(webhook.Params{Store: d.store})
		d.SetTable(webhook.Table{
			"one": {RecipeID: 1, On: true, MaxBytes: 1 << 20, Verifier: anyone(t)},
			"two": {RecipeID: 2, On: true, MaxBytes: 1 << 20, Verifier: anyone(t)},
		})
		let := make(chan struct{})
		send := func(token string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodPost, webhook.PathPrefix+token, slowBody{let})
			r.ContentLength = 1 << 20
			w := httptest.NewRecorder()
			d.ServeHTTP(w, r)
			return w
		}
		for range 32 {
			go send("one")
		}
		synctest.Wait()
		w := send("one")
		require.Equal(t, http.StatusServiceUnavailable, w.Code, "one recipe has half of the room")
		require.NotEmpty(t, w.Header().Get("Retry-After"))
		go send("two")
		synctest.Wait()
		close(let)
		synctest.Wait()
		require.Len(t, d.store.events, 33)
		require.Equal(t, http.StatusOK, send("one").Code, "there is room again")
	})
}

func TestOddShapesOfContentAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ kind, body string }{
		"deep":        {"application/json", strings.Repeat("[", 201) + strings.Repeat("]", 201)},
		"not UTF-8":   {"application/json", "{\"a\":\"\xff\"}"},
		"an entity":   {"text/xml", `<!DOCTYPE a [<!ENTITY x "xxxxxxxx">]><a>&x;</a>`},
		"many fields": {"application/x-www-form-urlencoded", strings.Repeat("a=1&", 20_000)},
	} {
		d := newDoor(t)
		d.SetTable(webhook.Table{"open": {RecipeID: 2, On: true, MaxBytes: 1 << 20, Verifier: anyone(t)}})
		require.Equal(t, http.StatusBadRequest, d.send(t, "open", c.body, header("Content-Type", c.kind)).Code, name)
		require.Empty(t, d.store.events)
	}
}

func TestCopiesOfSignedDeliveriesRunOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		spec := engine.SignatureSpec{Scheme: "hmac", Header: "X-Sign", Secret: secret, Algorithm: "sha256", Encoding: "hex", Prefix: "v1=", Signed: "{timestamp}.{body}", Timestamp: "t="}
		timed, err := signature.New(spec)
		require.NoError(t, err)
		d := newDoor(t)
		d.SetTable(webhook.Table{"timed": {RecipeID: 1, On: true, MaxBytes: 1000, Verifier: timed}})
		signed := func(r *http.Request) { require.NoError(t, signature.Sign(spec, r.Header, []byte(`{"a":1}`))) }
		var copied string
		w := d.send(t, "timed", `{"a":1}`, signed, func(r *http.Request) { copied = r.Header.Get("X-Sign") })
		require.Contains(t, w.Body.String(), "accepted")
		for _, dress := range []string{"", ",v0=00", " "} {
			w = d.send(t, "timed", `{"a":1}`, header("X-Sign", copied+dress))
			require.Contains(t, w.Body.String(), "duplicate")
		}
		time.Sleep(time.Second)
		require.Contains(t, d.send(t, "timed", `{"a":1}`, signed).Body.String(), "accepted", "one that was signed anew is another")
		time.Sleep(301 * time.Second)
		require.Equal(t, http.StatusUnauthorized, d.send(t, "timed", `{"a":1}`, header("X-Sign", copied)).Code)
		require.Len(t, d.store.runs, 2)
	})
}

func TestRunsInOrderKnowTheirKey(t *testing.T) {
	d := newDoor(t)
	for by, want := range map[string]string{"{{trigger.order.id}}": "=7", "": "recipe", "{{trigger_request.query.from}}": "=here", "{{trigger.nobody}}": "none"} {
		order, err := recipe.NewOrder(engine.Definition{Runs: &engine.RunRules{InOrder: true, OrderBy: by}})
		require.NoError(t, err)
		d.SetTable(webhook.Table{"open": {RecipeID: 2, On: true, MaxBytes: 1 << 20, Verifier: anyone(t), Order: order}})
		require.Equal(t, 200, d.send(t, "open", `{"order":{"id":7}}`, header("X-Event", by)).Code)
		require.Equal(t, want, d.store.runs[len(d.store.runs)-1].OrderKey)
	}
}

// TestRequestsThatProxiesReadOtherwise: what two servers could take for different requests is no
// request at all.
func TestRequestsThatProxiesReadOtherwise(t *testing.T) {
	for name, lines := range map[string]string{
		"two lengths":         "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
		"a length twice":      "Content-Length: 2, 3\r\n\r\n{}x",
		"a signed length":     "Content-Length: +2\r\n\r\n{}",
		"a coding unknown":    "Transfer-Encoding: xchunked\r\n\r\n{}",
		"two codings":         "Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"a space in a name":   "Content-Length : 2\r\n\r\n{}",
		"a chunk of no size":  "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
		"two hosts":           "Host: y\r\nContent-Length: 2\r\n\r\n{}",
		"a name with a break": "X-A\r: 1\r\nContent-Length: 2\r\n\r\n{}",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t)
			conn, err := net.Dial("tcp", serve(t, d.Handler))
			require.NoError(t, err)
			defer func() { _ = conn.Close() }()
			_, err = fmt.Fprintf(conn, "POST /hooks/open HTTP/1.1\r\nHost: x\r\n%s", lines)
			require.NoError(t, err)
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			defer func() { _ = answer.Body.Close() }()
			require.GreaterOrEqual(t, answer.StatusCode, 400)
			require.Empty(t, d.store.events)
		})
	}
}

// TestALengthAndChunksAreReadAsChunks, as RFC 9112, 6.3 has it: the length says nothing.
func TestALengthAndChunksAreReadAsChunks(t *testing.T) {
	d := newDoor(t)
	conn, err := net.Dial("tcp", serve(t, d.Handler))
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "POST /hooks/open HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n0\r\n\r\n")
	require.NoError(t, err)
	rest, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Contains(t, string(rest), "HTTP/1.1 200")
	require.Len(t, d.store.events, 1)
	require.Equal(t, `{"a":1}`, string(d.store.events[0].Body))
}
