package ngrok

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdk "golang.ngrok.com/ngrok/v2"

	"bellhop/engine"
	"bellhop/engine/tunnel/ngrok/edge"
)

// TestEndsSoonInEveryState ends a tunnel in whatever it may be waiting for.
func TestEndsSoonInEveryState(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		options edge.Options
		before  edge.Faults // from the start
		until   func(engine.Link) bool
		after   func(*testing.T, *trial)
	}{
		"nobody there":           {options: edge.Options{Down: true}, until: func(l engine.Link) bool { return l.Problem != "" }},
		"no answer to the token": {before: edge.Faults{AuthDelay: time.Hour}, until: is(engine.LinkConnecting), after: func(t *testing.T, x *trial) { asked(t, x.edge.Connections) }},
		"a stall at the start":   {before: edge.Faults{Stall: true}, until: is(engine.LinkConnecting), after: func(t *testing.T, x *trial) { asked(t, x.edge.Connections) }},
		"no answer about the address": {before: edge.Faults{BindDelay: time.Hour}, until: is(engine.LinkConnecting),
			after: func(t *testing.T, x *trial) { asked(t, func() int { return len(x.edge.Auths()) }) }},
		"up":      {until: is(engine.LinkUp)},
		"stalled": {until: is(engine.LinkUp), after: func(_ *testing.T, x *trial) { x.edge.SetFaults(edge.Faults{Stall: true}) }},
		"lost": {until: is(engine.LinkUp), after: func(t *testing.T, x *trial) {
			x.edge.Down()
			x.await(t, is(engine.LinkLost))
		}},
		"refused":          {before: edge.Faults{AuthError: "ERR_NGROK_107"}, until: is(engine.LinkRefused)},
		"a full account":   {before: edge.Faults{AuthError: "ERR_NGROK_108"}, until: with("ERR_NGROK_108")},
		"an address taken": {before: edge.Faults{BindError: "ERR_NGROK_334"}, until: with("ERR_NGROK_334")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := edge.Start(t, tc.options)
			e.SetFaults(tc.before)
			x := start(t, e, Params{}, func(p *pauses) { p.limit, p.first, p.taken = time.Hour, time.Hour, time.Hour })
			x.await(t, tc.until)
			if tc.after != nil {
				tc.after(t, x)
			}
			require.Less(t, x.end(t), 3*time.Second)
			require.Eventually(t, func() bool { return len(e.Online()) == 0 }, within, time.Millisecond)
		})
	}
}

// asked waits until something was asked for at least once.
func asked(t *testing.T, count func() int) {
	t.Helper()
	require.Eventually(t, func() bool { return count() > 0 }, within, time.Millisecond)
}

func TestEndsSoonWhileAVisitorWaits(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	arrived, leave := make(chan struct{}), make(chan struct{})
	defer close(leave)
	ctx, cancel := context.WithCancel(t.Context())
	ended, links := make(chan struct{}), make(chan engine.Link, 100)
	x := New(Params{Token: token, Server: e.AgentAddr(), CA: e.CA(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	go func() {
		defer close(ended)
		x.Run(ctx, func(l net.Listener) {
			(&http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				close(arrived)
				<-leave
			})}).Serve(l)
		}, func(l engine.Link) { links <- l })
	}()
	for l := range links {
		if l.State == engine.LinkUp {
			break
		}
	}
	status := make(chan int, 1)
	go func() {
		res, err := e.Client().Get("https://" + shop)
		if err == nil {
			status <- res.StatusCode
		}
		close(status)
	}()
	<-arrived
	cancel()
	select {
	case <-ended:
	case <-time.After(3 * time.Second):
		require.FailNow(t, "it waits for the visitor")
	}
	require.Equal(t, http.StatusBadGateway, <-status, "who was not answered is told to come again")
}

// TestASilentComputerDoesNotHoldUpTheEnd has the connection open and nothing said on it.
func TestASilentComputerDoesNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	accepted := make(chan net.Conn, 100)
	go func() {
		for {
			conn, err := silent.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	t.Cleanup(func() { silent.Close() })
	x := start(t, edge.Start(t, edge.Options{}), Params{Server: silent.Addr().String()})
	conn := <-accepted
	require.Less(t, x.end(t), 3*time.Second)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(within)))
	for b := make([]byte, 1024); err == nil; _, err = conn.Read(b) {
	}
	timeout, ok := errors.AsType[net.Error](err)
	require.False(t, ok && timeout.Timeout(), "the connection was left open")
}

func TestADialerThatIsClosedOpensNothing(t *testing.T) {
	t.Parallel()
	there, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer there.Close()
	d := newDialer(time.Second)
	conn, err := d.Dial("tcp", there.Addr().String())
	require.NoError(t, err)
	require.Equal(t, 1, d.open())
	require.NoError(t, conn.Close())
	require.Zero(t, d.open())
	conn, err = d.Dial("tcp", there.Addr().String())
	require.NoError(t, err)
	d.close()
	_, err = conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, net.ErrClosed)
	_, err = d.Dial("tcp", there.Addr().String())
	require.ErrorIs(t, err, net.ErrClosed)
}

func TestEventsNeverWait(t *testing.T) {
	s := &session{news: make(chan any, 1)}
	for range 3 { // the agent holds its lock meanwhile, and nobody may be listening
		s.heard(&sdk.EventAgentDisconnected{})
		s.heard(&sdk.EventAgentHeartbeatReceived{})
	}
	require.Equal(t, disconnected{}, <-s.news)
	require.Empty(t, s.news)
}

// TestTheConnectionIsTheDialers has a session that hangs when it is told to leave.
func TestTheConnectionIsTheDialers(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	r := &run{Tunnel: New(Params{Token: token, Server: e.AgentAddr(), CA: e.CA(), Log: slog.New(slog.DiscardHandler), Now: time.Now})}
	agentOptions, _, _ := r.params.options()
	s, err := r.begin(t.Context(), agentOptions, nil)
	require.NoError(t, err)
	for news := range s.news {
		if up, ok := news.(opened); ok {
			require.NoError(t, up.err)
			s.listener = up.listener
			break
		}
	}
	require.Equal(t, 1, s.dialer.open())
	hangs := make(chan struct{})
	t.Cleanup(func() { close(hangs) })
	agent := s.agent
	t.Cleanup(func() { agent.Disconnect() })
	s.agent = hanging{agent, hangs}
	began := time.Now()
	s.end(50 * time.Millisecond)
	require.Less(t, time.Since(began), 3*time.Second)
	require.Zero(t, s.dialer.open())
	require.Eventually(t, func() bool { return len(e.Online()) == 0 }, within, time.Millisecond)
}

// hanging is an agent that does not come to an end.
type hanging struct {
	sdk.Agent
	until chan struct{}
}

func (h hanging) Disconnect() error {
	<-h.until
	return nil
}

// open returns how many connections there are.
func (d *dialer) open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.conns)
}

func TestItEndsAfterWhoServed(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := New(Params{Token: token, Server: e.AgentAddr(), CA: e.CA(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	ctx, cancel := context.WithCancel(t.Context())
	closed, leave, ended := make(chan error), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		x.Run(ctx, func(l net.Listener) {
			_, err := l.Accept()
			closed <- err
			<-leave
		}, func(l engine.Link) {
			if l.State == engine.LinkUp {
				cancel()
			}
		})
	}()
	require.ErrorIs(t, <-closed, net.ErrClosed)
	select {
	case <-ended:
		require.FailNow(t, "it has ended, and is still served")
	case <-time.After(100 * time.Millisecond):
	}
	close(leave)
	<-ended
}
