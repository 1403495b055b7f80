package webhook

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestOnlySoManySendersAreConnected: those who connect and say nothing take no memory without end, and once they
// are gone others are let in again.
func TestOnlySoManySendersAreConnected(t *testing.T) {
	const most = 5
	server := NewServer(New(Params{}), slog.New(slog.DiscardHandler))
	server.ReadHeaderTimeout = time.Minute
	limitConnections(server, most)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })

	// ask says whether an answer comes. Who is hung up on may be so before it has asked.
	ask := func(conn net.Conn) bool {
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusNotFound
	}
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", listener.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	var silent []net.Conn
	for range most {
		silent = append(silent, dial())
	}
	require.False(t, ask(dial()), "one too many")
	require.True(t, ask(silent[0]), "who is connected is heard")
	require.NoError(t, silent[1].Close())
	require.Eventually(t, func() bool { return ask(dial()) }, 5*time.Second, 10*time.Millisecond)
}
