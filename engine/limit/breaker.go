package limit

import "time"

const (
	// manyFailures is how many calls in a row do not get through before all have to wait.
	manyFailures = 5
	// The waits between probes grow from the first to the longest.
	firstProbe   = 5 * time.Second
	longestProbe = 5 * time.Minute
	// forPerson is between the probes of a connection that needs a person: perhaps it was mended at
	// the app, and Bellhop is not told.
	forPerson = time.Hour
	// spares is how many are told to come at the time of the probe: one may be cancelled meanwhile.
	spares = 3
	// far is when the others come, if they are not released before.
	far = 10 * time.Minute
)

// breaker keeps calls from an app that is away. Once it is open, one call probes from time to time. The
// zero breaker is closed. The Gate's lock guards it.
type breaker struct {
	failed   int           // in a row
	wait     time.Duration // until the next probe; 0 while closed
	since    time.Time
	probeAt  time.Time
	probing  bool
	invited  int // how many were told to come at probeAt
	why      string
	needsYou bool
	offline  bool // what opened it is that there is no network
}

func (b *breaker) open() bool { return b.wait > 0 }

func (b *breaker) close() { *b = breaker{} }

// refusesLocked says whether a call has to wait, and until when.
func (b *breaker) refusesLocked(now time.Time, jitter func(time.Duration) time.Duration) (until time.Time, no bool) {
	switch {
	case !b.open(), !b.probing && !now.Before(b.probeAt):
		return time.Time{}, false
	case !b.probing && b.invited < spares:
		b.invited++
		return b.probeAt.Add(time.Duration(b.invited-1) * 100 * time.Millisecond), true
	}
	later := b.probeAt
	if later.Before(now) {
		later = now
	}
	return later.Add(far + jitter(far)), true
}

// probeLocked makes a call that begins now the probe, if there is need of one.
func (b *breaker) probeLocked() bool {
	if b.open() && !b.probing {
		b.probing, b.invited = true, 0
		return true
	}
	return false
}

// giveBack ends a probe that told nothing: the next call is one.
func (b *breaker) giveBack(probe bool) {
	if probe {
		b.probing = false
	}
}

// fail counts a call that did not get through; opened says that this opened the breaker.
func (b *breaker) fail(now time.Time, probe bool, jitter func(time.Duration) time.Duration) (opened bool) {
	b.failed++
	switch {
	case b.open() && probe:
		b.probing = false
		b.wait = min(2*b.wait, longestProbe)
		b.again(now, jitter)
	case !b.open() && b.failed >= manyFailures:
		b.trip(now, jitter)
		return true
	}
	return false
}

// trip opens the breaker.
func (b *breaker) trip(now time.Time, jitter func(time.Duration) time.Duration) {
	b.since, b.wait = now, firstProbe
	b.again(now, jitter)
}

// again sets the time of the next probe: not on the dot, as other computers wait for the same app.
func (b *breaker) again(now time.Time, jitter func(time.Duration) time.Duration) {
	b.probeAt, b.invited = now.Add(b.wait/2+jitter(b.wait/2)), 0
}

// soon makes the next call a probe, if there is need of one, and the waits begin anew. One that is under way was
// sent into the network as it was.
func (b *breaker) soon(now time.Time) {
	if b.open() {
		b.wait, b.probeAt, b.invited, b.probing = firstProbe, now, 0, false
	}
}

// refuse opens the breaker until a person mends the connection.
func (b *breaker) refuse(now time.Time, why string) {
	since := b.since
	if !b.needsYou {
		since = now
	}
	*b = breaker{wait: forPerson, since: since, probeAt: now.Add(forPerson), why: why, needsYou: true}
}

// backoff is how long an app is left alone that asked for less and did not say until when.
func backoff(times int) time.Duration {
	return min(time.Second<<min(times-1, 10), time.Minute)
}
