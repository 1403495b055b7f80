package ngrok

import (
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/tunnel/ngrok/edge"
)

const proxyPassword = "pr0xyS3cr3t"

// socks is a proxy (RFC 1928) that lets in who knows the password (RFC 1929), and leads everybody to one place.
type socks struct {
	listener net.Listener
	to       string
	came     atomic.Int32
	nested   atomic.Int32 // connections that were to go to the proxy itself
}

func startSocks(t *testing.T, to string) *socks {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &socks{listener: listener, to: to}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.came.Add(1)
			go s.serve(conn)
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return s
}

func (s *socks) serve(conn net.Conn) {
	defer conn.Close()
	b := make([]byte, 512)
	read := func(n byte) []byte {
		if _, err := io.ReadFull(conn, b[:n]); err != nil {
			return make([]byte, 512)
		}
		return b[:n]
	}
	read(read(2)[1]) // version, methods
	conn.Write([]byte{5, 2})
	user := string(read(read(2)[1]))
	password := string(read(read(1)[0]))
	if user != "me" || password != proxyPassword {
		conn.Write([]byte{1, 1})
		return
	}
	conn.Write([]byte{1, 0})
	switch head := read(4); head[3] {
	case 1:
		read(4)
	case 3:
		read(read(1)[0])
	}
	if port := read(2); int(port[0])<<8|int(port[1]) == s.listener.Addr().(*net.TCPAddr).Port {
		s.nested.Add(1)
	}
	up, err := net.Dial("tcp", s.to)
	if err != nil {
		conn.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	defer up.Close()
	conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	go func() {
		io.Copy(up, conn)
		up.Close()
	}()
	io.Copy(conn, up)
}

func (s *socks) url(password string) string {
	return "socks5://me:" + password + "@" + s.listener.Addr().String()
}

func TestThroughAProxy(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	p := startSocks(t, e.AgentAddr())
	x := start(t, e, Params{Proxy: p.url(proxyPassword)})
	up := x.await(t, is(engine.LinkUp))
	x.visit(t, up.URL, []byte("by a longer way"))
	for range 2 {
		came := p.came.Load()
		x.Again()
		x.await(t, is(engine.LinkLost))
		x.await(t, is(engine.LinkUp))
		require.Greater(t, p.came.Load(), came)
	}
	require.Zero(t, p.nested.Load(), "the SDK nests the proxy in itself when an agent is used again")
	e.Drop()
	x.await(t, is(engine.LinkLost))
	x.await(t, is(engine.LinkUp))
	x.end(t)
	require.NotContains(t, x.logs.String(), proxyPassword)
}

func TestAProxyThatLetsNobodyThroughIsTold(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	p := startSocks(t, e.AgentAddr())
	elsewhere := startSocks(t, closed.Addr().String())
	cases := map[string]string{
		"a wrong password": p.url(proxyPassword + strconv.Itoa(1)),
		"nobody there":     "socks5://me:" + proxyPassword + "@" + closed.Addr().String(),
		"no way on":        elsewhere.url(proxyPassword),
	}
	for name, proxy := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := start(t, e, Params{Proxy: proxy})
			link := x.await(t, func(l engine.Link) bool { return l.Problem != "" })
			require.Equal(t, engine.LinkConnecting, link.State)
			require.Equal(t, proxied, link.Problem)
			require.Equal(t, engine.FixProxy, link.Fix)
			x.end(t)
			require.NotContains(t, x.logs.String(), proxyPassword)
		})
	}
}
