// Package ngrok brings deliveries in through the user's account at ngrok.com, with ngrok's own SDK. It is the
// only importer of it.
//
// What the SDK (golang.ngrok.com/ngrok/v2 v2.4.0) does not do itself, and is done here: it tries for ever
// with a token that was refused, and with an address that is in use; it bounds a session by the context of its start;
// it holds a lock while it connects; its errors quote the token; its dialer waits for minutes; closing on a dead
// connection takes as long as heartbeats do; a proxy wraps itself with each connection of the same agent. So each start has an agent
// of its own, which one goroutine owns, and everything that it says is read and judged here.
//
// ngrok is told the name of this computer and the path of the program, which contains the user's name: the SDK has
// no option against it. Only the account's owner sees it.
package ngrok

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/tunnel"
)

// Params is what a tunnel needs.
type Params struct {
	// Token is the account's authtoken. It is never logged, nor told in a Link.
	Token string
	// Domain is the address to have, such as "shop.ngrok-free.app"; "" is the account's own, which stays the same.
	Domain string
	// Proxy is how ngrok is reached, such as "socks5://127.0.0.1:1080"; "" is directly. The SDK knows no other kind.
	Proxy string
	// Server and CA are another service than ngrok's, as host:port, and the certificate that it is
	// trusted by, in PEM; both empty for ngrok's. They are for tests.
	Server string
	CA     []byte
	Log    *slog.Logger
	Now    func() time.Time
}

// Tunnel is a tunnel.Tunnel through ngrok. Run it once at a time.
type Tunnel struct {
	params Params
	pauses pauses
	redact redactor
	log    *slog.Logger
	again  chan struct{}
}

var _ tunnel.Tunnel = (*Tunnel)(nil)

// pauses are how long everything takes. Tests make them shorter.
type pauses struct {
	// A dead connection is found out after interval and tolerance together.
	interval, tolerance time.Duration
	dial                time.Duration
	close               time.Duration // how long a session gets to say goodbye
	limit               time.Duration // between sessions while the account is connected too often
	unknown             time.Duration // between sessions that were refused for what Bellhop does not know
	// Between sessions while the address is in use, and between sessions that broke off: doubling from first.
	first, taken, longest time.Duration
	// patience is how long the SDK may try on by itself. It is known to get caught in that after sleep
	// (github.com/inconshreveable/ngrok issues 382 and 937), where a new session comes up.
	patience time.Duration
}

var usual = pauses{
	interval: 5 * time.Second, tolerance: 5 * time.Second, dial: 10 * time.Second, close: time.Second,
	limit: time.Minute, unknown: 10 * time.Minute, taken: 15 * time.Second, first: time.Second, longest: 30 * time.Second, patience: 3 * time.Minute,
}

// New returns a tunnel that is not up yet. What is wrong with the params shows as a Link that needs you.
func New(p Params) *Tunnel {
	redact := newRedactor(p.secrets()...)
	return &Tunnel{params: p, pauses: usual, redact: redact, log: p.Log, again: make(chan struct{}, 1)}
}

// Again ends the session, if there is one, and begins another at once. Also a tunnel that needs you tries again.
func (t *Tunnel) Again() {
	select {
	case t.again <- struct{}{}:
	default: // somebody has asked already
	}
}

// Run keeps a session with ngrok until ctx ends, and returns within about a second then, after serve has.
// While ngrok refuses for good, it waits for Again.
func (t *Tunnel) Run(ctx context.Context, serve func(net.Listener), tell func(engine.Link)) {
	var serving sync.WaitGroup
	status := newStatus(t.params.Now, tell)
	defer func() {
		serving.Wait()
		status.off()
	}()
	r := &run{Tunnel: t, status: status, serve: func(l net.Listener) { serving.Go(func() { serve(l) }) }}
	for {
		pause := r.session(ctx)
		if !t.wait(ctx, pause) {
			return
		}
		status.trying()
	}
}

// never is the pause after which nothing is tried any more.
const never = time.Duration(-1)

// wait waits for a pause to end or for Again, and says false when ctx ends first.
func (t *Tunnel) wait(ctx context.Context, pause time.Duration) bool {
	if ctx.Err() != nil {
		return false
	}
	var over <-chan time.Time
	if pause != never {
		over = time.After(pause)
	}
	select {
	case <-ctx.Done():
		return false
	case <-over:
	case <-t.again:
	}
	return true
}
