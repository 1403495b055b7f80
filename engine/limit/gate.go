// Package limit decides when a request may go out. All recipes share one Gate: it keeps to each app's
// pace, lets a connection have only so many requests on their way, leaves an app alone that is away or
// asked for it, and tells when a connection needs a person. Who may not go now waits a moment, or is
// paused: a pause costs no try.
package limit

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
)

// inPlace is how long somebody waits at the gate: a pause would cost a commit.
const inPlace = 2 * time.Second

// Lanes are kept for that many connections and hosts; beyond, those that nobody uses are dropped.
const manyLanes = 1000

// Params are what a Gate needs; all may be left zero.
type Params struct {
	// Release makes up to limit of the runs due that wait for a connection or host, oldest first, and
	// returns how many it was. Nil means that they come when they were told to.
	Release func(ctx context.Context, waitsFor string, limit int) (int, error)
	// Changed hears that what Trouble returns is different now. It must not block.
	Changed func()
	Log     *slog.Logger
	// Jitter returns a random duration from 0 up to max; tests make it certain.
	Jitter func(max time.Duration) time.Duration
}

// Gate is what every request of every recipe passes. Make one with New.
type Gate struct {
	Params
	ctx  context.Context // of releasing; it ends with Close
	stop context.CancelFunc
	work sync.WaitGroup

	mu    sync.Mutex
	lanes map[string]*lane
	// network is open while this computer is offline: then one lane tries for all.
	network breaker
	// lost are the lanes that found no network since the last time that anything got through, and
	// misses how often they did.
	lost   map[string]bool
	misses int
}

// New makes a gate.
func New(p Params) *Gate {
	if p.Changed == nil {
		p.Changed = func() {}
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Jitter == nil {
		p.Jitter = func(max time.Duration) time.Duration { return rand.N(max) }
	}
	g := &Gate{Params: p, lanes: map[string]*lane{}, lost: map[string]bool{}}
	g.ctx, g.stop = context.WithCancel(context.Background())
	return g
}

// Close stops releasing runs and returns when nothing of it goes on. The gate itself can still be used.
func (g *Gate) Close() {
	g.stop()
	g.work.Wait()
}

// Enter lets a call begin, perhaps after a moment; leave must then be called once with what came of
// it. The error is a *action.Paused, or ctx's.
func (g *Gate) Enter(ctx context.Context, call action.Call) (leave func(result action.Result, err error), err error) {
	name := waitsFor(call)
	if name == "" {
		return func(action.Result, error) {}, nil // it reaches nobody
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.laneLocked(name, call)
	l.users++
	defer func() {
		l.users--
		l.used = time.Now()
		if err != nil {
			l.nextLocked() // the place that was perhaps kept for this one
		}
	}()
	deadline := time.Now().Add(inPlace)
	for {
		if paused := g.pausedLocked(l, time.Now()); paused != nil {
			return nil, paused
		}
		wait := l.waitLocked(time.Now())
		if wait.d == 0 {
			return g.beginLocked(l), nil
		}
		if until := time.Now().Add(wait.d); until.After(deadline) {
			return nil, l.pauseLocked(until, wait, g.Jitter)
		}
		turn := l.queueLocked()
		g.mu.Unlock()
		timer := time.NewTimer(wait.sleep(deadline))
		select {
		case <-turn:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		g.mu.Lock()
		l.unqueueLocked(turn)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// beginLocked takes a place in the lane.
func (g *Gate) beginLocked(l *lane) func(action.Result, error) {
	t := &ticket{begun: time.Now()}
	t.probe = l.breaker.probeLocked()
	if !l.local {
		t.network = g.network.probeLocked()
	}
	l.inside = append(l.inside, t)
	var once sync.Once
	return func(result action.Result, err error) { once.Do(func() { g.leave(l, t, result, err) }) }
}

// laneLocked returns the lane of a connection or host, with the limits that hold now.
func (g *Gate) laneLocked(name string, call action.Call) *lane {
	l := g.lanes[name]
	if l == nil {
		if len(g.lanes) >= manyLanes {
			maps.DeleteFunc(g.lanes, func(_ string, l *lane) bool { return l.idleLocked(time.Now()) })
		}
		l = &lane{name: name, app: call.Connector.Title, connection: call.Account.Name != "", base: call.Account.BaseURL, local: local(call)}
		g.lanes[name] = l
	}
	if l.base != call.Account.BaseURL {
		l.base, l.local = call.Account.BaseURL, local(call)
	}
	limits := engine.Limits{}
	if call.Account.Limits != nil {
		limits = *call.Account.Limits
	}
	standIn := call.Account.Practice || l.local && call.Account.BaseURL != "" // which takes what comes
	if call.Connector.Limits != nil && !standIn {
		limits = limits.Over(*call.Connector.Limits)
	}
	l.limitLocked(limits.Over(engine.Limits{}))
	return l
}

// pausedLocked says why nobody may go now, however few there are; nil if somebody may.
func (g *Gate) pausedLocked(l *lane, now time.Time) *action.Paused {
	if !l.local {
		if until, no := g.network.refusesLocked(now, g.Jitter); no {
			return &action.Paused{Until: until, For: l.name, Code: engine.Unavailable, Why: g.network.why}
		}
	}
	if until, no := l.breaker.refusesLocked(now, g.Jitter); no {
		code := engine.Unavailable
		if l.breaker.needsYou {
			code = engine.Unauthorized
		}
		return &action.Paused{Until: until, For: l.name, Code: code, Why: l.breaker.why}
	}
	return nil
}

// leave notes what came of a call, and lets the next one in.
func (g *Gate) leave(l *lane, t *ticket, result action.Result, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	l.leftLocked(t, now)
	failed, _ := errors.AsType[*action.Failure](err)
	if failed != nil {
		failed.Probe = t.probe || t.network
	}
	before := l.breaker.open() || g.network.open()
	switch kindOf(err, failed) {
	case through:
		l.takesLocked()
		g.throughLocked(l)
		l.restLocked(now, result.Rest)
	case limited:
		g.throughLocked(l)
		l.slowLocked(now, t, max(failed.RetryAfter, result.Rest))
	case away:
		l.restLocked(now, max(failed.RetryAfter, result.Rest))
		g.awayLocked(l, t, failed, err)
	case refused:
		g.reachedLocked(l)
		l.breaker.refuse(now, g.needsYou(l, err))
	case nothing:
		l.breaker.giveBack(t.probe)
		g.network.giveBack(t.network)
	}
	if before != (l.breaker.open() || g.network.open()) {
		g.Changed()
	}
	l.nextLocked()
	if l.crowded && len(l.queue) == 0 && len(l.inside) < l.roomLocked() && !l.breaker.open() {
		l.crowded, l.promised = false, time.Time{}
		g.releaseLocked(l)
	}
}

// kind is what an outcome says of the app, not of what was asked.
type kind int

const (
	nothing kind = iota // nothing: it did not get so far, was cancelled, or could not be recorded as begun
	through             // the app is there
	limited             // it is there and wants less
	away                // it is not there, or in trouble as a whole
	refused             // it does not accept the connection
)

func kindOf(err error, failed *action.Failure) kind {
	switch code := engine.ErrorCode(err); {
	case err == nil:
		return through
	case failed == nil, errors.Is(err, context.Canceled):
		return nothing
	case failed.Reconnect:
		return refused
	case code == engine.Limited:
		return limited
	case code == engine.Unavailable:
		return away
	case failed.Phase == action.Answered:
		return through
	}
	return nothing
}

// reachedLocked notes that there is a network: whoever answered, it came from outside.
func (g *Gate) reachedLocked(l *lane) {
	if l.local {
		return
	}
	clear(g.lost)
	g.misses = 0
	if !g.network.open() {
		return
	}
	g.network.close()
	g.Log.Info("this computer is online again")
	for _, other := range g.lanes {
		if other == l || other.local {
			continue
		}
		if other.breaker.offline {
			other.breaker.close()
		}
		if !other.breaker.open() {
			g.releaseLocked(other)
		}
	}
	if !l.breaker.open() {
		g.releaseLocked(l)
	}
}

// throughLocked notes that the app is there.
func (g *Gate) throughLocked(l *lane) {
	g.reachedLocked(l)
	l.breaker.failed = 0
	if !l.breaker.open() {
		return
	}
	l.breaker.close()
	g.Log.Info("requests get through again", "to", l.name)
	g.releaseLocked(l)
}

// awayLocked notes that a call did not get through.
func (g *Gate) awayLocked(l *lane, t *ticket, failed *action.Failure, err error) {
	now := time.Now()
	offline := failed.Offline && !l.local
	if l.breaker.fail(now, t.probe, g.Jitter) {
		l.breaker.why = engine.ErrorMessage(err)
		l.breaker.offline = offline
		g.Log.Warn("requests do not get through: steps wait", "to", l.name, "error", err, "again", l.breaker.probeAt)
	}
	if !offline {
		g.network.giveBack(t.network)
		if failed.Phase == action.Answered {
			g.reachedLocked(l)
		}
		return
	}
	g.lost[l.name] = true
	g.misses++
	if g.network.open() {
		g.network.fail(now, t.network, g.Jitter)
		return
	}
	if len(g.lost) >= 2 && g.misses >= 3 {
		g.network.trip(now, g.Jitter)
		g.network.why = "This computer is offline. Steps that reach outside wait, and go on by themselves once it is online."
		g.Log.Warn("this computer is offline: steps that reach outside wait")
	}
}

func (g *Gate) needsYou(l *lane, err error) string {
	message := engine.ErrorMessage(err)
	if !strings.Contains(message, l.name) {
		message += " The connection is " + quoted(l.name) + "."
	}
	g.Log.Warn("a connection is no longer accepted: its steps wait", "connection", l.name, "error", err)
	return message + " Steps that use it wait, and go on by themselves then."
}

// Mended lets every connection be tried again that needed a person, since one may have been changed.
func (g *Gate) Mended() {
	g.mu.Lock()
	defer g.mu.Unlock()
	changed := false
	for _, l := range g.lanes {
		if l.breaker.needsYou {
			l.breaker.close()
			g.releaseLocked(l)
			changed = true
		}
	}
	if changed {
		g.Changed()
	}
}

// Trouble is one connection, or host, that steps wait for.
type Trouble struct {
	// For is the connection's name, or the host where there is none; empty for the network as a whole.
	For string
	// Connection is true if For is a connection.
	Connection bool
	Since      time.Time
	// Why is a sentence for people.
	Why string
	// Next is when it is tried again.
	Next time.Time
	// NeedsYou is true if it will not pass before a person mends the connection.
	NeedsYou bool
}

// Trouble returns what steps wait for now, by name; the network first.
func (g *Gate) Trouble() []Trouble {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []Trouble
	if b := &g.network; b.open() {
		all = append(all, Trouble{Since: b.since, Why: b.why, Next: b.probeAt})
	}
	for _, name := range slices.Sorted(maps.Keys(g.lanes)) {
		l := g.lanes[name]
		// That everything is offline is told once.
		if b := &l.breaker; b.open() && !(b.offline && g.network.open()) {
			all = append(all, Trouble{For: name, Connection: l.connection, Since: b.since, Why: b.why, Next: b.probeAt, NeedsYou: b.needsYou})
		}
	}
	return all
}
