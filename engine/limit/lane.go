package limit

import (
	"slices"
	"time"

	"golang.org/x/time/rate"

	"bellhop/engine"
	"bellhop/engine/action"
)

const (
	// longestRest bounds what an app may ask for.
	longestRest = 24 * time.Hour
	// spacing is between those who wait for an app that asked for less, where its pace is not known.
	spacing = 50 * time.Millisecond
	// idleTime is how long a lane that nobody uses is kept: what was learnt of a host may be of use.
	idleTime = 10 * time.Minute
)

// lane is where the calls of one connection, or to one host, go through. The Gate's lock guards it.
type lane struct {
	name       string
	app        string
	connection bool
	base       string
	local      bool // it stays on this computer, and tells nothing of the network
	limits     engine.Limits
	rates      []*rate.Limiter
	inside     []*ticket
	queue      []chan struct{} // who waits in place, first come first served
	granted    int             // places kept for those of them whose turn it is
	users      int             // who is at the gate
	used       time.Time
	took       time.Duration // how long a call takes, smoothed
	rest       time.Time     // the app asked to be left alone until then
	limited    int           // how often in a row it asked for less
	slowed     time.Time     // when it last did so
	window     float64       // how many may be inside since then; 0 is as many as the limits say
	promised   time.Time     // up to then times were given to those who are paused
	crowded    bool          // some were paused for want of a place
	breaker    breaker
	releasing  bool // the runs that wait for it are being made due
}

// ticket is a call on its way.
type ticket struct {
	begun          time.Time
	probe, network bool
}

// wait is how long somebody has to wait for what.
type wait struct {
	d    time.Duration
	turn bool // for a place, which may be free sooner than thought
	why  reason
}

type reason int

const (
	busy reason = iota
	pace
	asked
)

// sleep is how long to wait in place before looking again.
func (w wait) sleep(deadline time.Time) time.Duration {
	if w.turn {
		return time.Until(deadline)
	}
	return w.d
}

// limitLocked sets what the lane keeps to.
func (l *lane) limitLocked(limits engine.Limits) {
	if limits == l.limits {
		return
	}
	l.limits, l.rates = limits, nil
	if n := limits.PerSecond; n > 0 {
		l.rates = append(l.rates, rate.NewLimiter(rate.Limit(n), max(1, int(n))))
	}
	if n := limits.PerMinute; n > 0 {
		// A tenth may come at once: all of them would let nearly twice the limit into the first minute.
		l.rates = append(l.rates, rate.NewLimiter(rate.Limit(n/60), max(1, int(n/10))))
	}
}

// waitLocked says how long the next call has to wait; if it may go, its tokens are taken.
func (l *lane) waitLocked(now time.Time) wait {
	if d := l.rest.Sub(now); d > 0 {
		return wait{d: d, why: asked}
	}
	if len(l.inside)+l.granted >= l.roomLocked() {
		return wait{d: l.turnLocked(now) * time.Duration(len(l.queue)+1), turn: true, why: busy}
	}
	var longest time.Duration
	for _, r := range l.rates {
		if lacks := 1 - r.TokensAt(now); lacks > 0 {
			longest = max(longest, time.Duration(lacks/float64(r.Limit())*float64(time.Second)), 1)
		}
	}
	if longest > 0 {
		return wait{d: longest, why: pace}
	}
	for _, r := range l.rates {
		r.AllowN(now, 1)
	}
	return wait{}
}

// turnLocked estimates how soon one place after the other is free: of an app that hangs nothing is
// known but that the calls inside have been there for long.
func (l *lane) turnLocked(now time.Time) time.Duration {
	d := max(l.took, time.Millisecond)
	for _, t := range l.inside {
		d = max(d, now.Sub(t.begun))
	}
	return max(d/time.Duration(l.roomLocked()), 1)
}

// pauseLocked sends somebody away and says when to come back. Each one gets a time of its own, behind
// those sent away before: ten thousand who come back together would all be sent away again.
func (l *lane) pauseLocked(until time.Time, w wait, jitter func(time.Duration) time.Duration) *action.Paused {
	p := &action.Paused{For: l.name, Code: engine.Limited}
	apart := max(spacing, l.paceLocked())
	switch w.why {
	case busy:
		apart = l.turnLocked(time.Now())
		p.Why = "Enough requests are on their way to " + l.title() + " already. This one goes as soon as there is room."
	case pace:
		apart = l.paceLocked()
		p.Why = "More is to be sent to " + l.title() + " than it takes at once. This goes as soon as it is its turn."
	case asked:
		p.Why = l.title() + " asked Bellhop to slow down. This goes as soon as it may."
	}
	if until.Before(l.promised) {
		until = l.promised
	}
	if w.why == busy {
		l.crowded = true
		if most := time.Now().Add(far); until.After(most) {
			p.Until = most.Add(jitter(far)) // or sooner, once there is room
			return p
		}
	}
	p.Until, l.promised = until, until.Add(apart)
	return p
}

// paceLocked is how far apart calls go at the slowest limit.
func (l *lane) paceLocked() time.Duration {
	var d time.Duration
	for _, r := range l.rates {
		d = max(d, time.Duration(float64(time.Second)/float64(r.Limit())))
	}
	return d
}

func (l *lane) title() string {
	if l.connection {
		return l.app + " (" + l.name + ")"
	}
	return l.name
}

// restLocked leaves the app alone for a while.
func (l *lane) restLocked(now time.Time, d time.Duration) {
	if until := now.Add(min(d, longestRest)); d > 0 && until.After(l.rest) {
		l.rest = until
	}
}

// queueLocked lines somebody up.
func (l *lane) queueLocked() chan struct{} {
	turn := make(chan struct{}, 1)
	l.queue = append(l.queue, turn)
	return turn
}

// unqueueLocked takes somebody out of the line, or gives up the place kept for them.
func (l *lane) unqueueLocked(turn chan struct{}) {
	if i := slices.Index(l.queue, turn); i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
	} else {
		l.granted--
	}
}

// nextLocked wakes as many of those in line as there are places, and keeps these for them: whoever
// comes next would take them otherwise.
func (l *lane) nextLocked() {
	for range min(len(l.queue), l.roomLocked()-len(l.inside)-l.granted) {
		l.queue[0] <- struct{}{}
		l.queue = slices.Delete(l.queue, 0, 1)
		l.granted++
	}
}

// leftLocked frees a place.
func (l *lane) leftLocked(t *ticket, now time.Time) {
	l.inside = slices.DeleteFunc(l.inside, func(one *ticket) bool { return one == t })
	took := now.Sub(t.begun)
	if l.took == 0 {
		l.took = took
	}
	l.took += (took - l.took) / 8
	l.used = now
}

// idleLocked says whether nothing would be lost with the lane.
func (l *lane) idleLocked(now time.Time) bool {
	return len(l.inside) == 0 && l.users == 0 && !l.breaker.open() && l.rest.Before(now) && now.Sub(l.used) > idleTime
}
