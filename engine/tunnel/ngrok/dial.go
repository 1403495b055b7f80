package ngrok

import (
	"context"
	"net"
	"sync"
	"time"
)

// dialer opens the connections of one session, and closes them all when it ends. The SDK on its own waits up to
// two minutes for a computer that does not answer, as long as heartbeats take when the other side falls silent,
// and keeps a connection that comes up just as it is told to stop.
type dialer struct {
	timeout time.Duration

	mu     sync.Mutex
	closed bool
	conns  map[*tracked]bool
}

func newDialer(timeout time.Duration) *dialer {
	return &dialer{timeout: timeout, conns: map[*tracked]bool{}}
}

// Dial is DialContext without a context, as the SDK wants it.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: d.timeout}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	t := &tracked{Conn: conn, dialer: d}
	d.conns[t] = true
	return t, nil
}

// close ends all connections, and those that would still come.
func (d *dialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for t := range d.conns {
		_ = t.Conn.Close()
	}
	clear(d.conns)
}

// tracked is a connection that its dialer knows of until it is closed.
type tracked struct {
	net.Conn
	dialer *dialer
}

func (t *tracked) Close() error {
	t.dialer.mu.Lock()
	delete(t.dialer.conns, t)
	t.dialer.mu.Unlock()
	return t.Conn.Close()
}
