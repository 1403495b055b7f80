package poll

import (
	"errors"
	"math/rand/v2"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
)

// Backoff says how long an app is left alone that could not be asked.
type Backoff struct {
	// First is the wait after one failure, which doubles with each up to Longest.
	First, Longest time.Duration
	// Offline is the longest wait where the question never got to the app: there is soon a network again.
	Offline time.Duration
}

// longestAsked is the most that an app can ask for.
const longestAsked = 24 * time.Hour

// After returns how long to wait after so many failures in a row, the last of them err: a random part of the
// time, so that many do not come back together, but at least engine.ShortestLook and what the app asks for.
func (b Backoff) After(failures int, err error, now time.Time) time.Duration {
	longest, asked := b.Longest, time.Duration(0)
	if f, ok := errors.AsType[*action.Failure](err); ok {
		asked = min(f.RetryAfter, longestAsked)
		if f.Phase == action.Before && f.Retry {
			longest = b.Offline
		}
	}
	if paused, ok := errors.AsType[*action.Paused](err); ok {
		// Nothing was asked, so nothing is spent by asking again soon whether the app is back. That is not
		// told to triggers, as it is to runs that wait.
		longest := b.Offline
		if paused.Code == engine.Limited {
			longest = longestAsked
		}
		return max(engine.ShortestLook, min(paused.Until.Sub(now), longest))
	}
	doubled := b.First
	for n := failures; n > 0 && doubled < longest; n-- {
		doubled *= 2
	}
	return max(engine.ShortestLook, asked, rand.N(min(doubled, longest)+1))
}
