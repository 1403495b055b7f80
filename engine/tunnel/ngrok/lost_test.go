package ngrok

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/tunnel/ngrok/edge"
)

func TestComesBackWithTheSameAddress(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{}) // addresses are random: only who comes back keeps one
	x := start(t, e, Params{})
	up := x.await(t, is(engine.LinkUp))
	for range 3 {
		require.Equal(t, 1, e.Drop())
		lost := x.await(t, is(engine.LinkLost))
		require.Equal(t, up.URL, lost.URL)
		require.NotEmpty(t, lost.Problem)
		again := x.await(t, is(engine.LinkUp))
		require.Equal(t, up.URL, again.URL)
		require.Equal(t, "Free", again.Plan)
		require.Empty(t, again.Problem)
		x.visit(t, up.URL, []byte("again"))
	}
	auths := e.Auths()
	require.NotEmpty(t, auths[len(auths)-1].ClientID, "it came back as itself")
	require.Equal(t, 1, x.timesServed(), "the listener is the same")
}

func TestAnOutageIsWaitedFor(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	x := start(t, e, Params{})
	up := x.await(t, is(engine.LinkUp))
	e.Down()
	x.await(t, func(l engine.Link) bool { return l.State == engine.LinkLost && l.Problem == silent })
	e.Up(t)
	require.Equal(t, up.URL, x.await(t, is(engine.LinkUp)).URL)
	x.visit(t, up.URL, []byte("after"))
}

func TestComesUpWhenNgrokDoes(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Down: true})
	x := start(t, e, Params{})
	link := x.await(t, func(l engine.Link) bool { return l.Problem != "" })
	require.Equal(t, engine.Link{State: engine.LinkConnecting, Since: link.Since, Problem: silent, Fix: engine.FixNetwork}, link)
	e.Up(t)
	up := x.await(t, is(engine.LinkUp))
	x.visit(t, up.URL, []byte("hello"))
}

func TestSlowAnswersAreWaitedFor(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	const slow = 400 * time.Millisecond
	e.SetFaults(edge.Faults{AuthDelay: slow, BindDelay: slow, RequestDelay: slow})
	x := start(t, e, Params{})
	up := x.await(t, is(engine.LinkUp))
	began := time.Now()
	x.visit(t, up.URL, []byte("slow"))
	require.GreaterOrEqual(t, time.Since(began), slow)
	require.Equal(t, 1, e.Connections())
}

func TestADeadConnectionIsFoundOut(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	x := start(t, e, Params{}, func(p *pauses) { p.interval, p.tolerance = 100*time.Millisecond, 2*time.Second })
	up := x.await(t, is(engine.LinkUp))
	// The SDK writes and reads its logger without a lock when a heartbeat fails that was never answered before.
	require.Eventually(t, func() bool { return e.Beats() > 1 }, within, time.Millisecond)
	e.SetFaults(edge.Faults{Stall: true})
	x.await(t, is(engine.LinkLost))
	e.SetFaults(edge.Faults{})
	require.Equal(t, up.URL, x.await(t, is(engine.LinkUp)).URL)
}

func TestAgainBeginsANewSessionAtOnce(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	hour := func(p *pauses) {
		*p = pauses{
			interval: time.Hour, tolerance: time.Hour, dial: time.Hour, close: time.Second,
			limit: time.Hour, first: 10 * time.Millisecond, taken: 100 * time.Millisecond, longest: time.Hour, patience: time.Hour,
		}
	}
	x := start(t, e, Params{}, hour)
	x.await(t, is(engine.LinkUp))

	e.SetFaults(edge.Faults{Stall: true}) // as after sleep: nobody knows yet
	x.Again()
	x.await(t, is(engine.LinkLost))
	e.SetFaults(edge.Faults{})
	up := x.await(t, is(engine.LinkUp))
	x.visit(t, up.URL, []byte("awake"))

	for range 3 {
		x.Again() // also while all is well
		x.await(t, is(engine.LinkLost))
		x.visit(t, x.await(t, is(engine.LinkUp)).URL, []byte("on another network"))
	}
	require.GreaterOrEqual(t, e.Connections(), 5)
	require.Equal(t, 5, x.timesServed())
	for _, auth := range e.Auths() {
		require.Empty(t, auth.ClientID, "each is a new agent")
	}

	e.Down()
	x.await(t, func(l engine.Link) bool { return l.Problem != "" })
	e.Up(t)
	x.Again()
	x.await(t, is(engine.LinkUp))
}

func TestAgainEndsThePauseOfARefusal(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{}, func(p *pauses) { p.limit, p.first, p.taken = time.Hour, time.Hour, time.Hour })
	x.await(t, is(engine.LinkUp))
	for _, faults := range []edge.Faults{{AuthError: "ERR_NGROK_108"}, {BindError: "ERR_NGROK_334"}} {
		e.SetFaults(faults)
		x.Again()
		x.await(t, with(faults.AuthError+faults.BindError))
		require.Eventually(t, func() bool { return len(e.Online()) == 0 }, within, time.Millisecond) // the address is free
		e.SetFaults(edge.Faults{})
		x.Again()
		x.await(t, is(engine.LinkUp))
	}
}

func TestASessionThatNeverComesUpIsGivenUpForAnother(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	e.SetFaults(edge.Faults{AuthDelay: time.Hour})
	x := start(t, e, Params{}, func(p *pauses) { p.patience = 50 * time.Millisecond })
	require.Eventually(t, func() bool { return e.Connections() > 3 }, within, time.Millisecond)
	x.end(t)
}

// TestASessionThatOnlyTriesIsGivenUpForAnother has the SDK caught in trying: each try says so, and the next comes
// before patience ends.
func TestASessionThatOnlyTriesIsGivenUpForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &run{
			Tunnel: New(Params{Log: slog.New(slog.DiscardHandler)}), serve: func(net.Listener) {},
			status: newStatus(time.Now, func(engine.Link) {}),
		}
		s := &session{news: make(chan any, 64)}
		began := time.Now()
		go func() {
			s.news <- connected{}
			s.news <- opened{url: "https://" + shop, listener: newListener(nil)}
			time.Sleep(time.Hour) // all is well
			for range 10 {
				s.news <- disconnected{io.EOF}
				time.Sleep(30 * time.Second)
			}
		}()
		require.Zero(t, r.follow(t.Context(), s))
		require.Equal(t, time.Hour+usual.patience, time.Since(began))
		require.Equal(t, engine.LinkLost, r.status.link.State)
		time.Sleep(time.Hour) // until the other has said all
	})
}

func TestPatienceIsOnlyForWhatIsNotUp(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	x := start(t, e, Params{}, func(p *pauses) { p.patience = 2 * time.Second })
	up := x.await(t, is(engine.LinkUp))
	connections := e.Connections()
	require.Never(t, func() bool { return e.Connections() > connections }, 2500*time.Millisecond, 50*time.Millisecond)
	x.visit(t, up.URL, []byte("still the same"))
}

func TestInterceptedConnectionsAreTold(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	x := start(t, e, Params{CA: edge.Start(t, edge.Options{}).CA()})
	link := x.await(t, func(l engine.Link) bool { return l.Fix != "" && l.Problem != silent })
	require.Equal(t, engine.LinkConnecting, link.State)
	require.Equal(t, intercepted, link.Problem)
	require.Equal(t, engine.FixNetwork, link.Fix)
}

func TestWhatSaysMoreIsKept(t *testing.T) {
	r := &run{Tunnel: New(Params{Log: slog.New(slog.DiscardHandler)}), status: newStatus(time.Now, func(engine.Link) {})}
	for _, step := range []struct {
		err, problem string
		fix          engine.LinkFix
	}{
		{"session closed", silent, engine.FixNetwork},
		{"x509: certificate signed by unknown authority", intercepted, engine.FixNetwork},
		{"session closed", intercepted, engine.FixNetwork},
		{"failed to dial ngrok server: connection refused", silent, engine.FixNetwork},
		{"EOF", silent, engine.FixNetwork},
	} {
		r.lost(errors.New(step.err))
		require.Equal(t, step.problem, r.status.link.Problem, step.err)
		require.Equal(t, step.fix, r.status.link.Fix, step.err)
	}
	r.up("https://"+shop, "Free")
	r.lost(io.EOF)
	require.Equal(t, silent, r.status.link.Problem)
}

func TestTheSignInPageOfANetworkIsTold(t *testing.T) {
	t.Parallel()
	page, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { page.Close() })
	go func() {
		for {
			conn, err := page.Accept()
			if err != nil {
				return
			}
			conn.Write([]byte("HTTP/1.1 302 Found\r\nLocation: http://hotel.example/\r\n\r\n"))
			conn.Close()
		}
	}()
	e := edge.Start(t, edge.Options{})
	x := start(t, e, Params{Server: page.Addr().String()})
	link := x.await(t, func(l engine.Link) bool { return l.Fix != "" && l.Problem != silent })
	require.Equal(t, intercepted, link.Problem)
	require.Equal(t, engine.FixNetwork, link.Fix)
}

func TestRunsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{})
	x.await(t, is(engine.LinkUp))
	x.end(t)

	ended := make(chan struct{})
	go func() {
		x.Run(t.Context(), serve, x.hear)
		close(ended)
	}()
	x.visit(t, x.await(t, is(engine.LinkUp)).URL, []byte("again"))
	require.Equal(t, 2, e.Connections())
	t.Cleanup(func() { <-ended })
}

func TestOnlyChangesAreTold(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{})
	x := start(t, e, Params{})
	x.await(t, is(engine.LinkUp))
	e.Drop()
	x.await(t, is(engine.LinkLost))
	x.await(t, is(engine.LinkUp))
	x.end(t)
	x.mu.Lock()
	defer x.mu.Unlock()
	require.Equal(t, x.told, slices.Compact(slices.Clone(x.told)))
	for i, l := range x.told[1:] {
		require.False(t, l.Since.Before(x.told[i].Since))
	}
}
