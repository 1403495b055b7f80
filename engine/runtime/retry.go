package runtime

import (
	"errors"
	"time"

	"bellhop/engine/action"
)

// Waits between the tries of a step.
const (
	firstWait   = 2 * time.Second
	longestWait = time.Hour
	// longestAsked bounds what an app may ask for in Retry-After.
	longestAsked = 24 * time.Hour
	// accountWait is between the tries to read a connection's secrets.
	accountWait = time.Minute
)

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
