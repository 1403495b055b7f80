package limit

import "time"

// How many calls may be inside follows what the app takes, as TCP's window does: it shrinks when the app asks
// for less, and grows a little with each call that it takes. Otherwise all that wait would come at once whenever
// the app may be asked again, and use up their tries on its saying no.

// patience is how often in a row an app may ask for less and tell when to come back, before that is no longer
// believed.
const patience = 5

// roomLocked is how many calls may be inside at the same time.
func (l *lane) roomLocked() int {
	if l.window == 0 {
		return l.limits.AtOnce
	}
	return max(1, min(l.limits.AtOnce, int(l.window)))
}

// takesLocked notes that the app took a call.
func (l *lane) takesLocked() {
	l.limited = 0
	if l.window == 0 {
		return
	}
	if l.window += 1 / (4 * l.window); int(l.window) >= l.limits.AtOnce {
		l.window = 0
	}
}

// slowLocked notes that the app asked for less, and leaves it alone as long as it says, or longer and longer if it
// does not. Calls that were on their way by then say nothing new.
func (l *lane) slowLocked(now time.Time, t *ticket, said time.Duration) {
	if l.slowed.IsZero() || t.begun.After(l.slowed) {
		l.limited++
		l.window = max(1, float64(l.roomLocked())/4)
		l.slowed = now
	}
	switch {
	case said == 0:
		said = backoff(l.limited)
	case l.limited > patience:
		said = max(said, backoff(l.limited-patience))
	}
	l.restLocked(now, said)
}
