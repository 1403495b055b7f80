// Package edge is ngrok's service as far as tests need it, on this computer. The real SDK connects to it by the
// address AgentAddr and trusts CA; visitors come through Client. It drops, refuses and stalls on demand.
//
// It speaks the protocol between ngrok's agents and service: a request and an answer in JSON for each stream of
// a muxado connection over TLS (read out of golang.ngrok.com/ngrok/v2 v2.4.0, internal/tunnel). Only tests import it.
package edge

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Options say what the account allows. The zero value accepts any token and gives a random address.
type Options struct {
	Tokens []string // the authtokens of the account; none: any is good
	// Domains are the account's addresses. The first is given to who asks for none; all others are refused.
	Domains     []string
	MaxSessions int // how many agents may be connected at once; 0: any number
	// Local makes the public address http://127.0.0.1:port, which any program reaches. There is one then.
	Local bool
	// Down starts it out of reach, until Up.
	Down bool
}

// Faults are what goes wrong from now on.
type Faults struct {
	AuthError, BindError               string // the code that every request of the kind is refused with, such as ERR_NGROK_107
	AuthDelay, BindDelay, RequestDelay time.Duration
	Stall                              bool // agents get no answer any more, as over a half-dead link
}

// Edge is a service that runs until its test ends.
type Edge struct {
	options       Options
	authority     *authority
	tls           *tls.Config
	agentAddr     string
	plain, secure string // where visitors connect
	visitors      *http.Server
	running       sync.WaitGroup
	over          chan struct{} // closed when the test ends
	mu            sync.Mutex
	agents        net.Listener // nil while down
	sessions      map[*session]bool
	addresses     map[string]*address // by host
	granted       map[string]string   // the host, by the token for binding it again
	faults        Faults
	thawed        chan struct{} // closed when a stall ends; nil without one
	auths         []Auth
	binds         []Bind

	connections, beats, goodbyes, hits int
}

// Start has a service run until the test ends.
func Start(t testing.TB, o Options) *Edge {
	t.Helper()
	a, err := newAuthority()
	require.NoError(t, err)
	e := &Edge{
		options: o, authority: a, tls: &tls.Config{GetCertificate: a.certificate}, agentAddr: loopback, over: make(chan struct{}),
		sessions: map[*session]bool{}, addresses: map[string]*address{}, granted: map[string]string{},
	}
	e.visitors = &http.Server{Handler: http.HandlerFunc(e.visit), ErrorLog: log.New(io.Discard, "", 0)}
	plain, err := net.Listen("tcp", loopback)
	require.NoError(t, err)
	secure, err := tls.Listen("tcp", loopback, e.tls)
	require.NoError(t, err)
	e.plain, e.secure = plain.Addr().String(), secure.Addr().String()
	for _, listener := range []net.Listener{plain, secure} {
		e.running.Go(func() { _ = e.visitors.Serve(listener) })
	}
	e.Up(t)
	if o.Down {
		e.Down()
	}
	t.Cleanup(e.close)
	return e
}

const loopback = "127.0.0.1:0"

// AgentAddr is where agents connect, as host:port. It stays the same over Down and Up.
func (e *Edge) AgentAddr() string { return e.agentAddr }

// CA is the certificate that agents and visitors trust, in PEM.
func (e *Edge) CA() []byte { return e.authority.pem }

// PublicAddr is where visitors connect without TLS, as host:port. The Host header says whom they visit.
func (e *Edge) PublicAddr() string { return e.plain }

// Up lets agents connect.
func (e *Edge) Up(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.agents != nil {
		return
	}
	listener, err := net.Listen("tcp", e.agentAddr)
	require.NoError(t, err)
	e.agents, e.agentAddr = listener, listener.Addr().String()
	e.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			e.running.Go(func() { e.serve(conn) })
		}
	})
}

// Down drops all agents and lets none connect.
func (e *Edge) Down() {
	e.mu.Lock()
	if e.agents != nil {
		_ = e.agents.Close()
		e.agents = nil
	}
	e.mu.Unlock()
	e.Drop()
}

// Drop cuts the connection of every agent, as a network does that is gone, and returns how many there were.
func (e *Edge) Drop() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	for s := range e.sessions {
		s.cut()
	}
	return len(e.sessions)
}

func (e *Edge) close() {
	e.SetFaults(Faults{})
	close(e.over)
	e.Down()
	_ = e.visitors.Close()
	e.running.Wait()
}

// SetFaults says what goes wrong from now on, instead of what did.
func (e *Edge) SetFaults(f Faults) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = f
	switch {
	case f.Stall && e.thawed == nil:
		e.thawed = make(chan struct{})
	case !f.Stall && e.thawed != nil:
		close(e.thawed)
		e.thawed = nil
	}
}

func (e *Edge) faulty() Faults {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.faults
}

// thaw waits until no stall is on.
func (e *Edge) thaw() {
	e.mu.Lock()
	thawed := e.thawed
	e.mu.Unlock()
	if thawed != nil {
		<-thawed
	}
}

// wait waits for d, or until the test ends.
func (e *Edge) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-e.over:
	}
}

// Auths returns how agents introduced themselves so far, whether they were let in or not.
func (e *Edge) Auths() []Auth {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.auths)
}

// Binds returns the addresses that agents asked for so far, whether they got them or not.
func (e *Edge) Binds() []Bind {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.binds)
}

// Connections returns how many times an agent has connected so far.
func (e *Edge) Connections() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.connections
}

// Beats returns how many heartbeats agents have had an answer to so far.
func (e *Edge) Beats() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.beats
}

// Goodbyes returns how many agents have said that they leave, and did not just vanish.
func (e *Edge) Goodbyes() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.goodbyes
}

// Hits returns how many visits there were so far, whether they came through or not.
func (e *Edge) Hits() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hits
}

// Online returns the hosts that can be visited now, sorted.
func (e *Edge) Online() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	hosts := []string{}
	for host, a := range e.addresses {
		if e.live(a) {
			hosts = append(hosts, host)
		}
	}
	slices.Sort(hosts)
	return hosts
}

// live says whether the agent of an address is connected. The lock is held.
func (e *Edge) live(a *address) bool { return e.sessions[a.session] && a.session.accepted }
