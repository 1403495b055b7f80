package action_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// serveSix answers every request at ::1, which every computer has that speaks IPv6, and returns the port. ok is
// false on one that does not.
func serveSix(t *testing.T) (port string, ok bool) {
	t.Helper()
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return "", false
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"ok":true}`) }))
	require.NoError(t, s.Listener.Close())
	s.Listener = listener
	s.Start()
	t.Cleanup(s.Close)
	_, port, err = net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port, true
}

// sixNames answers every look-up with one address of IPv6; there are none of IPv4.
func sixNames(address string) *net.Resolver {
	ip := netip.MustParseAddr(address).As16()
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			query := make([]byte, 2+1024)
			for {
				n, err := there.Read(query) // a length, and then the question
				if err == nil && n <= 2 {
					_, err = there.Read(query[n:])
				}
				if err != nil {
					return
				}
				end := 2 + 12
				for query[end] != 0 {
					end += int(query[end]) + 1
				}
				question := query[2+12 : end+5]
				out := append([]byte{query[2], query[3], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
				if question[len(question)-3] == 28 { // AAAA
					out[7] = 1
					out = append(append(out, 0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 0, 0, 16), ip[:]...)
				}
				if _, err := there.Write(append([]byte{byte(len(out) >> 8), byte(len(out))}, out...)); err != nil {
					return
				}
			}
		}()
		return here, nil
	}}
}

// A network that speaks nothing but IPv6: names have no other addresses, and people write such addresses.
func TestANetworkOfIPv6Only(t *testing.T) {
	t.Parallel()
	port, ok := serveSix(t)
	if !ok {
		return // TestAddressesThatDataMayNotReach goes through the addresses themselves
	}
	for _, c := range []struct {
		name, allowed, host, resolves string
		account                       engine.Connection
		want                          bool
	}{
		{name: "an address", allowed: "::1", host: "[::1]", want: true},
		{name: "as it stands in an address of the web", allowed: "[::1]", host: "[::1]", want: true},
		{name: "written in full", allowed: "0:0:0:0:0:0:0:1", host: "[::1]", want: true},
		{name: "with its port", allowed: "[::1]:" + port, host: "[::1]", want: true},
		{name: "with another port", allowed: "[::1]:1", host: "[::1]"},
		{name: "its network", allowed: "::/64", host: "[::1]", want: true},
		{name: "nothing is allowed", host: "[::1]"},
		{name: "only the address of IPv4", allowed: "127.0.0.1", host: "[::1]"},
		{name: "a name by its address", allowed: "::1", host: "nas.example", resolves: "::1", want: true},
		{name: "the name", allowed: "nas.example", host: "nas.example", resolves: "::1", want: true},
		{name: "a name that leads home", host: "nas.example", resolves: "::1"},
		{name: "a name of the own network", host: "nas.example", resolves: "fd12:3456::1"},
		{name: "a name of the own cable", host: "nas.example", resolves: "fe80::1"},
		{name: "a name behind which is IPv4", host: "nas.example", resolves: "64:ff9b::7f00:1"},
		{name: "the connection's own address", host: "[::1]", account: engine.Connection{BaseURL: "http://[::1]:" + port + "/api"}, want: true},
		{name: "a connection that may", host: "nas.example", resolves: "::1", account: engine.Connection{AllowPrivate: true}, want: true},
	} {
		allowed, err := action.ParseAllowed(c.allowed)
		require.NoError(t, err, c.name)
		p := action.TransportParams{Allowed: func() action.Allowed { return allowed }}
		if c.resolves != "" {
			p.Resolver = sixNames(c.resolves)
		}
		client := action.New(action.Params{Timeout: 2 * time.Second, Transport: action.NewTransport(p)})
		call := get(map[string]any{"url": "http://" + c.host + ":" + port})
		call.Account.Connection = c.account
		_, err = client.Do(t.Context(), call)
		if c.want {
			require.NoError(t, err, c.name)
			continue
		}
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%s: %v", c.name, err)
		require.ErrorContains(t, err, "bellhop allow "+strings.Trim(c.host, "[]"), c.name)
	}
}

func TestAllowedAddressesOfIPv6(t *testing.T) {
	t.Parallel()
	for allowed, hosts := range map[string]map[string]bool{
		"fe80::1%eth0":          {"[fe80::1%25eth0]": true, "[fe80::1%25wlan0]": true, "[fe80::2%25eth0]": false},
		"fd12::/16":             {"[fd12:1::1]": true, "[fd13::1]": false},
		"::ffff:10.0.0.0/104":   {"10.1.2.3": true, "[::ffff:10.1.2.3]": true, "11.0.0.1": true, "127.0.0.1": false},
		"10.0.0.0/8":            {"[::ffff:10.1.2.3]": true, "[fd12::1]": false},
		"::ffff:192.168.1.20":   {"192.168.1.20": true, "192.168.1.21": false},
		"[fd12::1]:" + nobody:   {"[fd12::1]": true, "[fd12::2]": false},
		"[fd12::1]:1, [fd12::]": {"[fd12::1]": false, "[fd12::]": true},
	} {
		near, err := action.ParseAllowed(allowed)
		require.NoError(t, err, allowed)
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // nothing is to be dialled: it counts whether it would have been
		client := action.New(action.Params{Transport: action.NewTransport(action.TransportParams{Allowed: func() action.Allowed { return near }})})
		for host, want := range hosts {
			_, err := client.Do(ctx, get(map[string]any{"url": "http://" + host + ":" + nobody}))
			require.Equal(t, want, engine.ErrorCode(err) != engine.Invalid, "%s: %s: %v", allowed, host, err)
		}
	}
}
