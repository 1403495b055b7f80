package reach

import (
	"context"
	"time"

	"bellhop/engine"
)

const (
	// callEvery is how often the own address is called while all is well.
	callEvery = 10 * time.Minute
	// callAgain is when it is called again after it did not come through; each time after twice as long, up
	// to callEvery.
	callAgain = 15 * time.Second
	// callTime is how long a call may take.
	callTime = 10 * time.Second
)

// measure calls the own address when it is time, until ctx ends.
func (k *Keeper) measure(ctx context.Context) {
	timer := time.NewTimer(callEvery)
	defer timer.Stop()
	failed := 0
	for {
		asked := true
		select {
		case <-ctx.Done():
			return
		case <-k.now:
			failed = 0
		case <-timer.C:
			asked = false
		}
		if ago, ok := k.cameLately(); ok && !asked {
			timer.Reset(callEvery - ago)
			continue
		}
		rest := callEvery // where there is no way, its coming is told
		if ok, called := k.callNow(ctx, asked); called && !ok {
			rest = min(callAgain<<min(failed, 10), callEvery)
			failed++
		} else if called {
			failed = 0
		}
		timer.Reset(rest)
	}
}

// cameLately says that something came through the tunnel since the last call was due, and how long ago: then
// all is well, and no call needs to be spent on it.
func (k *Keeper) cameLately() (ago time.Duration, ok bool) {
	k.mu.Lock()
	well := k.state.way == engine.WayNgrok && k.state.link.State == engine.LinkUp && k.state.failed == (failure{}) && !k.state.checked.IsZero()
	k.mu.Unlock()
	ago = k.Now().Sub(time.Unix(0, k.arrived.Load()))
	return ago, well && ago >= 0 && ago < callEvery
}

// callNow calls the own address, if there is one that could answer. called is false if there is none, or if it
// became another meanwhile.
func (k *Keeper) callNow(ctx context.Context, asked bool) (ok, called bool) {
	k.mu.Lock()
	w, url := k.want, k.state.url
	if k.state.link.State != engine.LinkUp || url == "" {
		k.mu.Unlock()
		return false, false
	}
	answers := k.asked
	k.asked = nil
	select {
	case <-k.now: // whoever wanted a call up to here gets this one
	default:
	}
	calling, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	k.cutCall = cancel
	k.mu.Unlock()

	result := k.call(calling, w.way, url)

	now := k.Now()
	k.mu.Lock()
	k.cutCall = nil
	if k.want != w || k.state.url != url || k.state.link.State != engine.LinkUp || ctx.Err() != nil {
		k.asked = append(k.asked, answers...) // they are told of the address that there is now
		k.answerHopelessLocked()
		k.mu.Unlock()
		return false, false
	}
	different := result.problem != k.state.failed.problem
	k.state.checked, k.state.failed = now, result.failure
	var err error
	switch {
	case result.problem == "":
		k.state.worked, k.kept.Worked, k.kept.Despite, k.dirty = now, now.UTC(), "", true
	case !k.oneWayLocked(now):
		err = engine.Errorf(engine.Unavailable, "%s", result.problem)
	}
	t := k.tunnel
	k.mu.Unlock()
	if different {
		k.Log.Info("the own address was called", "address", url, "problem", result.problem, "cause", result.cause)
	}
	for _, c := range answers {
		c <- err
	}
	if result.gone && t != nil && !asked {
		t.Again() // its maker has no connection from here, whatever the tunnel itself believes
	}
	k.tell()
	return result.problem == "", true
}

// endCallLocked ends the call under way, if there is one.
func (k *Keeper) endCallLocked() {
	if k.cutCall != nil {
		k.cutCall()
	}
}
