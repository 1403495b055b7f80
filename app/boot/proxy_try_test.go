package boot_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// socksThatAsks is a SOCKS proxy (RFC 1928) that lets in ann with her password (RFC 1929).
func socksThatAsks(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	serve := func(conn net.Conn) {
		defer func() { _ = conn.Close() }()
		hello := make([]byte, 2)
		_, _ = io.ReadFull(conn, hello)
		methods := make([]byte, hello[1])
		_, _ = io.ReadFull(conn, methods)
		if !strings.Contains(string(methods), "\x02") {
			_, _ = conn.Write([]byte{5, 0xff})
			return
		}
		_, _ = conn.Write([]byte{5, 2})
		said := make([]byte, 512)
		n, _ := conn.Read(said)
		if string(said[:n]) == "\x01\x03ann\x09pr0xypass" {
			_, _ = conn.Write([]byte{1, 0})
			return
		}
		_, _ = conn.Write([]byte{1, 1})
	}
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			go serve(conn)
		}
	}()
	return l.Addr().String()
}

// TestAProxyThatLetsNobodyThroughIsToldWithWhatToDo, as the doctor does.
func TestAProxyThatLetsNobodyThroughIsToldWithWhatToDo(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "")
	t.Setenv("HTTP_PROXY", "")
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "Basic YW5uOnByMHh5cGFzcw==" { // ann:pr0xypass
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable) // the name that is asked for is nobody's
	}))
	t.Cleanup(web.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	at := strings.TrimPrefix(web.URL, "http://")
	socks := socksThatAsks(t)
	other, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = other.Close() })
	go func() {
		for conn, err := other.Accept(); err == nil; conn, err = other.Accept() {
			_, _ = conn.Write([]byte("220 mail.example ready\r\n"))
			_, _ = conn.Read(make([]byte, 512))
			_ = conn.Close()
		}
	}()
	s := open(t, t.TempDir())
	for address, want := range map[string]string{
		"":                                   "",
		"http://ann:pr0xypass@" + at:         "",
		"http://ann:an0ther@" + at:           "does not accept the user name and password",
		"http://" + at:                       "wants to know who asks",
		"http://" + closed.Addr().String():   "cannot be reached, so no request goes out. Look whether it runs",
		"https://ann:pr0xypass@" + at:        "cannot be reached",
		"socks5://ann:pr0xypass@" + socks:    "",
		"socks5://ann:an0ther@" + socks:      "does not accept the user name and password",
		"socks5://" + socks:                  "wants to know who asks",
		"socks5://" + closed.Addr().String(): "cannot be reached",
		"socks5://" + other.Addr().String():  "answers, but not as a proxy does",
		"http://proxy.invalid:3128":          "The name of the proxy, proxy.invalid, cannot be found",
	} {
		chooseProxy(t, s, address)
		err := s.TryProxy(t.Context())
		if want == "" {
			require.NoError(t, err, address)
			continue
		}
		require.Equal(t, engine.Unavailable, engine.ErrorCode(err), address)
		require.ErrorContains(t, err, want, address)
		require.NotContains(t, err.Error(), "pr0xypass")
		require.NotContains(t, err.Error(), "an0ther")
	}
}
