package action_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// nobody is the port of a host where nothing listens: whatever is allowed there is refused by the host.
const nobody = "9"

// TestAddressesThatDataMayNotReach lists the ways to write an address that is near.
func TestAddressesThatDataMayNotReach(t *testing.T) {
	t.Parallel()
	c := action.New(action.Params{Timeout: time.Second})
	for _, host := range []string{
		"127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST.", "db.localhost", "[::1]", "0.0.0.0", "[::]", "0.1.2.3",
		"10.0.0.1", "172.16.3.4", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8",
		"224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1",
		"[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
		"[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:c0a8:101::1]", "[2001::1]",
		"[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd12:3456::1]", "[fec0::1]", "[ff02::1]",
		// Ways to write 127.0.0.1 that some systems' resolvers understand.
		"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1",
	} {
		_, err := c.Do(t.Context(), get(map[string]any{"url": "http://" + host + ":" + nobody + "/"}))
		f := failure(t, err)
		require.Equal(t, action.Before, f.Phase, host)
		if engine.ErrorCode(err) == engine.Invalid {
			require.False(t, f.Retry, host)
			require.Contains(t, f.Error(), "bellhop allow", host)
		} else {
			require.NotContains(t, f.Error(), "Nothing answers", "%s was dialled", host)
		}
	}
}

// names answers every look-up with the addresses given, one after the other, over and over.
func names(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	var asked atomic.Int64
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			for {
				query := make([]byte, 2+1024)
				n, err := there.Read(query) // over a pipe it is as over TCP: with a length
				if err != nil {
					return
				}
				if n <= 2 {
					if m, err := there.Read(query[n:]); err != nil {
						return
					} else {
						n += m
					}
				}
				if _, err := there.Write(answerName(query[2:n], answers, &asked)); err != nil {
					return
				}
			}
		}()
		return here, nil
	}}
}

// answerName answers a question for an IPv4 address; there are none of IPv6.
func answerName(query []byte, answers []string, asked *atomic.Int64) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	question := query[12 : end+5]
	ipv4 := question[len(question)-3] == 1
	out := append([]byte{}, query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	out = append(out, question...)
	if ipv4 {
		out[7] = 1
		ip := net.ParseIP(answers[int(asked.Add(1)-1)%len(answers)]).To4()
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ip[0], ip[1], ip[2], ip[3])
	}
	return append([]byte{byte(len(out) >> 8), byte(len(out))}, out...)
}

// TestANameThatChangesItsAddress is DNS rebinding: what was looked up before counts for nothing.
func TestANameThatChangesItsAddress(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	inner := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		fmt.Fprint(w, "the router's password")
	})
	_, port, err := net.SplitHostPort(strings.TrimPrefix(inner, "http://"))
	require.NoError(t, err)
	// 192.0.2.1 is for documentation: nothing is there, and dialling it fails or hangs.
	c := action.New(action.Params{Timeout: 300 * time.Millisecond, Transport: action.NewTransport(action.TransportParams{Resolver: names(t, "192.0.2.1", "127.0.0.1")})})
	for range 4 {
		_, err := c.Do(t.Context(), get(map[string]any{"url": "http://rebind.example:" + port}))
		require.Error(t, err)
	}
	require.Zero(t, hits.Load())

	near := action.New(action.Params{Timeout: time.Second, Transport: action.NewTransport(action.TransportParams{Resolver: names(t, "127.0.0.1")})})
	_, err = near.Do(t.Context(), get(map[string]any{"url": "http://nas.example:" + port}))
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	require.Contains(t, err.Error(), "nas.example is 127.0.0.1, an address of this computer")
	require.Contains(t, err.Error(), "bellhop allow nas.example")
	require.Zero(t, hits.Load())
}

func TestWhatIsAllowedIsReached(t *testing.T) {
	t.Parallel()
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"ok":true}`) })
	_, port, err := net.SplitHostPort(strings.TrimPrefix(base, "http://"))
	require.NoError(t, err)
	named := "http://nas.example:" + port
	tests := []struct {
		name    string
		allowed string
		url     string
		account engine.Connection
		want    bool
	}{
		{"nothing", "", base, engine.Connection{}, false},
		{"the address", "127.0.0.1", base, engine.Connection{}, true},
		{"its network", "10.0.0.0/8, 127.0.0.0/8", base, engine.Connection{}, true},
		{"another network", "10.0.0.0/8", base, engine.Connection{}, false},
		{"a name by its address", "127.0.0.1", named, engine.Connection{}, true},
		{"the name", "NAS.example", named, engine.Connection{}, true},
		{"the name and port", "nas.example:" + port, named, engine.Connection{}, true},
		{"the name and another port", "nas.example:1", named, engine.Connection{}, false},
		{"another name", "nas2.example", named, engine.Connection{}, false},
		{"the connection", "", named, engine.Connection{AllowPrivate: true}, true},
		{"a practice account", "", base, engine.Connection{Practice: true}, true},
		{"the connection's own address", "", base, engine.Connection{BaseURL: base + "/api"}, true},
		{"the connection's own address, another port", "", base, engine.Connection{BaseURL: "http://127.0.0.1:1"}, false},
		{"the connection's own name", "", named, engine.Connection{BaseURL: named}, false},
	}
	for _, test := range tests {
		allowed, err := action.ParseAllowed(test.allowed)
		require.NoError(t, err)
		c := action.New(action.Params{Timeout: time.Second, Transport: action.NewTransport(action.TransportParams{Allowed: func() action.Allowed { return allowed }, Resolver: names(t, "127.0.0.1")})})
		call := get(map[string]any{"url": test.url})
		call.Account.Connection = test.account
		_, err = c.Do(t.Context(), call)
		if test.want {
			require.NoError(t, err, test.name)
		} else {
			require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%s: %v", test.name, err)
		}
	}
}

func TestAllowedIsRead(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"", " \n", "192.168.1.20", "192.168.1.0/24 fd00::/8", "nas.local, nas.local:8080", "localhost", "[::1]:80", "3com.local", "drucker-büro", "nas.local."} {
		_, err := action.ParseAllowed(good)
		require.NoError(t, err, good)
	}
	for _, bad := range []string{"*", "http://nas.local", "nas.local/x", "192.168.1.0/33", "a@b", "*.local", "nas.local:port", "-1", "nas-", "a..b", "192.168.1.300", "192.168.1", "nas.local:0", "nas.local:99999"} {
		_, err := action.ParseAllowed(bad)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), bad)
	}
}

// TestRedirectsAreCheckedAgain sends a request that is allowed on to an address that is not.
func TestRedirectsAreCheckedAgain(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	inner := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	var to string
	outer := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	u, err := url.Parse(outer)
	require.NoError(t, err)
	allowed, err := action.ParseAllowed("outer.example:" + u.Port())
	require.NoError(t, err)
	c := action.New(action.Params{Timeout: time.Second, Transport: action.NewTransport(action.TransportParams{Allowed: func() action.Allowed { return allowed }, Resolver: names(t, "127.0.0.1")})})
	for _, to = range []string{inner, strings.Replace(inner, "127.0.0.1", "inner.example", 1), "http://169.254.169.254/latest/meta-data/"} {
		_, err := c.Do(t.Context(), get(map[string]any{"url": "http://outer.example:" + u.Port()}))
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), to)
		require.Contains(t, err.Error(), "own network")
	}
	// Nor does an account vouch for more than its own address.
	call := message(outer, nil)
	call.Operation.Request = &engine.RequestSpec{Method: "GET", Path: "/x"}
	to = inner
	_, err = c.Do(t.Context(), call)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	require.Zero(t, hits.Load())
}

// TestTokensAreFetchedFromAllowedAddressesOnly has a connection whose name leads to this computer.
func TestTokensAreFetchedFromAllowedAddressesOnly(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	inner := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"ok":true,"access_token":"x"}`)
	})
	_, port, err := net.SplitHostPort(strings.TrimPrefix(inner, "http://"))
	require.NoError(t, err)
	call := message("http://shop.example:"+port, nil)
	call.Connector.Connection.Auth = []engine.Auth{{
		Token:   &engine.TokenSpec{Path: "/token", ClientID: "a", ClientSecret: "{{connection.bot_token}}"},
		Headers: map[string]string{"X-Token": "{{connection.token}}"},
	}}
	c := action.New(action.Params{Timeout: time.Second, Transport: action.NewTransport(action.TransportParams{Resolver: names(t, "127.0.0.1")})})
	_, err = c.Do(t.Context(), call)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	require.Contains(t, err.Error(), "own network")
	require.Zero(t, hits.Load())
	call.Account.AllowPrivate = true
	_, err = c.Do(t.Context(), call)
	require.NoError(t, err)
	require.EqualValues(t, 2, hits.Load())
}

// TestTheProxyIsUsed, which may itself be on this computer.
func TestTheProxyIsUsed(t *testing.T) {
	var asked atomic.Pointer[string]
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := r.URL.String()
		asked.Store(&to)
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(proxy.Close)
	proxied := func(r *http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
	c := action.New(action.Params{Timeout: time.Second, Transport: action.NewTransport(action.TransportParams{Proxy: proxied})})
	_, err := c.Do(t.Context(), get(map[string]any{"url": "http://api.example/x"}))
	require.NoError(t, err)
	require.Equal(t, "http://api.example/x", *asked.Load())
	_, err = c.Do(t.Context(), get(map[string]any{"url": "http://169.254.169.254/"}))
	require.Equal(t, engine.Invalid, engine.ErrorCode(err), "what is plainly near is not asked of the proxy either")
}
