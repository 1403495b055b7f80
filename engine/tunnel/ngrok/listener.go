package ngrok

import (
	"net"
	"sync"
	"time"
)

// listener hands on what comes in through a session until either is closed. Closing it leaves the session alone:
// the SDK's own Close asks ngrok, and on a dead connection that takes as long as heartbeats do.
type listener struct {
	from  net.Listener
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

var _ net.Listener = (*listener)(nil)

func newListener(from net.Listener) *listener {
	return &listener{from: from, conns: make(chan net.Conn), done: make(chan struct{})}
}

// pump takes what comes, at once since the SDK keeps few waiting, until the session ends. It returns why. What comes
// when nobody takes it any more, or after over, is closed.
func (l *listener) pump(over <-chan struct{}) error {
	for {
		conn, err := l.from.Accept()
		if err != nil {
			return err
		}
		select {
		case l.conns <- patient{conn}:
		case <-l.done:
			_ = conn.Close()
		case <-over:
			_ = conn.Close()
		}
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *listener) Addr() net.Addr { return l.from.Addr() }

// patient is a connection without a limit for writing: when one runs out, muxado (v2.0.2) uses a frame again
// that is still on its way, which breaks the session for everybody. Heartbeats find out who does not read.
type patient struct{ net.Conn }

func (p patient) SetDeadline(t time.Time) error { return p.SetReadDeadline(t) }

func (patient) SetWriteDeadline(time.Time) error { return nil }
