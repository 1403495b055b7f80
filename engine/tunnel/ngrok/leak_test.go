package ngrok

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/tunnel/ngrok/edge"
)

// TestSessionsLeaveNothingBehind begins many, as months do. It counts what runs, and so not in parallel.
func TestSessionsLeaveNothingBehind(t *testing.T) {
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{}, func(p *pauses) { p.interval = 500 * time.Millisecond }) // what beats ends with its next beat
	x.await(t, is(engine.LinkUp))
	before := runtime.NumGoroutine()
	const sessions = 40
	for range sessions {
		x.Again()
		x.await(t, is(engine.LinkLost))
		x.await(t, is(engine.LinkUp))
	}
	const drops = 3 // the SDK's watch over a connection that was cut ends with its next heartbeat
	for range drops {
		e.Drop()
		x.await(t, is(engine.LinkLost))
		x.await(t, is(engine.LinkUp))
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+drops+sessions/4 }, within, 10*time.Millisecond,
		"%d before", before)

	x.end(t)
	require.Eventually(t, func() bool { return runtime.NumGoroutine() < before }, within, 10*time.Millisecond)
}
