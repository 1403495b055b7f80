package runtime

import (
	"errors"
	"fmt"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
)

// Waits between the tries of a step.
const (
	firstWait   = 2 * time.Second
	longestWait = time.Hour
	// longestAsked bounds what an app may ask for in Retry-After.
	longestAsked = 24 * time.Hour
	// longestAway is how long a run waits for an app that cannot be reached, and awayWait the most
	// between two looks.
	longestAway = 72 * time.Hour
	awayWait    = 10 * time.Minute
	// mendWait is until a step whose connection is refused comes to the gate, which tells it how long to
	// wait for a person.
	mendWait = time.Second
	// accountWait is between the tries to read a connection's secrets.
	accountWait = time.Minute
)

// Waits between the tries to record what a step did.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// mostCutOffs is how often a step is begun that each time ends with the whole program: perhaps it
// is the step that ends it, and every start would send its request again.
const mostCutOffs = 5

const cutOffMessage = "Bellhop stopped before the answer came. The request may have arrived."

// cutOff closes an attempt whose answer never came because Bellhop stopped; changed is 1 if there is
// one. doubt says why the step must not be sent again by itself: that could do it twice, or it seems to
// be what ends Bellhop each time. Where a person asked for it again there is none.
func (x *execution) cutOff(s *step, record *engine.StepRun, fields map[string]any) (changed int, doubt *engine.Failure) {
	n := len(record.Attempts)
	if n == 0 || !record.Attempts[n-1].FinishedAt.IsZero() {
		return 0, nil
	}
	record.Attempts[n-1].FinishedAt = x.Now()
	record.Attempts[n-1].Failure = &engine.Failure{Step: s.ID, Code: engine.Unavailable, Message: cutOffMessage}
	switch {
	case record.State == engine.Queued:
		return 1, nil
	case !action.Repeatable(s.operation, fields):
		where := s.connector.Title
		if where == "" {
			where = s.name()
		}
		return 1, &engine.Failure{Step: s.ID, Code: engine.Unavailable, Message: fmt.Sprintf(
			"Bellhop stopped after it began %q and before the answer came, so it may have been done or not. Look there (%s): if it was done, say that it went through; if not, send it again.", s.name(), where)}
	case cutOffTooOften(record):
		return 1, &engine.Failure{Step: s.ID, Code: engine.Unavailable, Message: fmt.Sprintf(
			"Bellhop stopped %d times while it did this step, so it does not try again by itself. The request may have arrived: look there before you send it again.", mostCutOffs)}
	}
	return 1, nil
}

// cutOffTooOften says whether the last attempts all were cut off.
func cutOffTooOften(record *engine.StepRun) bool {
	since := attemptsSince(record)
	if len(since) < mostCutOffs {
		return false
	}
	for _, a := range since[len(since)-mostCutOffs:] {
		if a.Failure == nil || a.Failure.Message != cutOffMessage {
			return false
		}
	}
	return true
}

// attemptsSince returns the step's attempts since it was begun, or begun again by a person. Those
// after the first of them count whatever their time says: the clock may have been set back.
func attemptsSince(record *engine.StepRun) []engine.Attempt {
	for i, a := range record.Attempts {
		if !a.StartedAt.Before(record.StartedAt) {
			return record.Attempts[i:]
		}
	}
	return nil
}

// again says whether a step that has just failed is tried again by itself, and after what wait. Being
// offline is no failure, and neither is an app that says "not so fast": what reached nobody, or was not
// looked at, does not use up the tries, unless the recipe counts them itself.
func (x *execution) again(s *step, record *engine.StepRun, failed *action.Failure) (wait time.Duration, yes bool) {
	if failed.Reconnect && x.Gate != nil {
		return mendWait, true // the gate lets it through again when the connection was mended
	}
	if !failed.Retry {
		return 0, false
	}
	since := attemptsSince(record)
	first, reached := x.Now(), 0 // what it waited at the gate before its first try does not count
	if len(since) > 0 {
		first = since[0].StartedAt
	}
	for _, a := range since {
		if s.Retry != nil || a.Failure == nil || !a.Failure.Unsent && !a.Failure.Probe && a.Failure.Code != engine.Limited {
			reached++
		}
	}
	if s.Retry == nil && failed.Phase == action.Before {
		return min(x.waitBefore(max(len(since), 1), failed.RetryAfter), awayWait), x.Now().Sub(first) < longestAway
	}
	if s.Retry == nil && engine.ErrorCode(failed) == engine.Limited {
		wait = min(x.waitBefore(max(len(since), 1), 0), awayWait)
		return max(wait, min(failed.RetryAfter, longestAsked)), x.Now().Sub(first) < longestAway
	}
	reached = max(reached, 1) // the one that has just failed in any case
	return x.waitBefore(reached, failed.RetryAfter), reached <= s.retries
}

// waitBefore returns how long to wait before the next try, after so many failed ones (from 1): a
// doubling span with full jitter, so that many runs that failed together do not return together;
// never less than what the app asked for.
func (r *Runtime) waitBefore(failed int, asked time.Duration) time.Duration {
	span := longestWait
	if failed < 12 {
		span = min(firstWait<<(failed-1), longestWait)
	}
	return max(r.Jitter(span), min(asked, longestAsked), time.Millisecond)
}

func asActionFailure(err error) (*action.Failure, bool) {
	return errors.AsType[*action.Failure](err)
}

func asPaused(err error) (*action.Paused, bool) {
	return errors.AsType[*action.Paused](err)
}
