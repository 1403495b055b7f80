package limit_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/limit"
)

// to makes a call of a connection, with limits of its own.
func to(connection string, limits engine.Limits) action.Call {
	return action.Call{
		Connector: engine.Connector{Name: "slack", Title: "Slack", BaseURL: "https://slack.com/api"},
		Operation: engine.Operation{Name: "send", Request: &engine.RequestSpec{Method: "POST", Path: "/x"}},
		Account:   engine.Account{Connection: engine.Connection{Name: connection, Connector: "slack", Limits: &limits}},
	}
}

// failed makes the failure of a call.
func failed(code engine.Code, phase action.Phase, change func(f *action.Failure)) error {
	f := &action.Failure{Err: engine.Errorf(code, "No luck."), Phase: phase}
	if change != nil {
		change(f)
	}
	return f
}

var (
	away    = failed(engine.Unavailable, action.Before, nil)
	offline = failed(engine.Unavailable, action.Before, func(f *action.Failure) { f.Offline = true })
	trouble = failed(engine.Unavailable, action.Answered, nil)
	revoked = failed(engine.Unauthorized, action.Answered, func(f *action.Failure) { f.Reconnect = true })
)

// slow is a failure that asks to be left alone.
func slow(after time.Duration) error {
	return failed(engine.Limited, action.Answered, func(f *action.Failure) { f.RetryAfter = after })
}

func gate(t *testing.T, p limit.Params) *limit.Gate {
	p.Jitter = func(most time.Duration) time.Duration { return most } // waits are the longest
	g := limit.New(p)
	t.Cleanup(g.Close)
	return g
}

// try passes the gate with a call that takes a while and ends with err.
func try(t *testing.T, g *limit.Gate, call action.Call, took time.Duration, err error) error {
	leave, paused := g.Enter(t.Context(), call)
	if paused != nil {
		return paused
	}
	<-time.After(took)
	leave(action.Result{}, err)
	return nil
}

// goes tries a call that must be let in, and paused one that must not.
func goes(t *testing.T, g *limit.Gate, call action.Call, err error) {
	t.Helper()
	require.NoError(t, try(t, g, call, 0, err))
}

func paused(t *testing.T, g *limit.Gate, call action.Call) *action.Paused {
	t.Helper()
	p, ok := errors.AsType[*action.Paused](try(t, g, call, 0, nil))
	require.True(t, ok, "it should have been paused")
	return p
}

func TestAShortWaitIsWaitedInPlaceAndALongOneIsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		call := to("Mine", engine.Limits{PerSecond: 1})
		start := time.Now()
		for range 3 {
			goes(t, g, call, nil)
		}
		require.Equal(t, 2*time.Second, time.Since(start), "one at once, the others a second apart")

		minute := to("Other", engine.Limits{PerMinute: 6})
		goes(t, g, minute, nil)
		now := time.Now()
		for i := range 3 {
			p := paused(t, g, minute)
			require.Equal(t, time.Duration(i+1)*10*time.Second, p.Until.Sub(now), "each has a time of its own")
			require.Equal(t, engine.Limited, p.Code)
			require.Equal(t, "Other", p.For)
			require.Contains(t, p.Why, "Slack (Other)")
		}
		time.Sleep(10 * time.Second)
		goes(t, g, minute, nil)
		paused(t, g, minute)
	})
}

func TestTheLimitHoldsWhoeverCallsAndHowever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		call := to("Mine", engine.Limits{PerSecond: 5, PerMinute: 120})
		var let atomic.Int64
		end := time.Now().Add(time.Minute)
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() {
				for time.Now().Before(end) {
					err := try(t, g, call, time.Millisecond, nil)
					if p, ok := errors.AsType[*action.Paused](err); ok {
						time.Sleep(time.Until(p.Until))
					} else if time.Now().Before(end) {
						let.Add(1)
					}
				}
			})
		}
		all.Wait()
		got := let.Load()
		require.LessOrEqual(t, got, int64(120+12), "a tenth may come ahead")
		require.GreaterOrEqual(t, got, int64(115), "and no time is wasted")
	})
}

func TestAnAppThatHangsLeavesWorkersToTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		call := to("Mine", engine.Limits{AtOnce: 10})
		var inside atomic.Int64
		for range 10 {
			go func() {
				inside.Add(1)
				_ = try(t, g, call, 30*time.Second, nil)
				inside.Add(-1)
			}()
		}
		time.Sleep(5 * time.Second)
		require.EqualValues(t, 10, inside.Load())
		before := time.Now()
		var last time.Time
		for range 50 {
			p := paused(t, g, call)
			require.Contains(t, p.Why, "room")
			require.False(t, p.Until.Before(last), "who comes later goes later")
			last = p.Until
		}
		require.LessOrEqual(t, time.Since(before), 100*time.Second)
		goes(t, g, to("Other", engine.Limits{}), nil)
		time.Sleep(time.Minute)
		require.Zero(t, inside.Load())
		goes(t, g, call, nil)
	})
}

func TestManyWaitInPlaceForAnAppThatIsQuick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		call := to("Mine", engine.Limits{AtOnce: 2})
		var done, most, inside atomic.Int64
		end := time.Now().Add(8 * time.Second)
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				for time.Now().Before(end) {
					leave, err := g.Enter(t.Context(), call)
					if err != nil {
						done.Add(-1000)
						return
					}
					if n := inside.Add(1); n > most.Load() {
						most.Store(n)
					}
					time.Sleep(20 * time.Millisecond)
					inside.Add(-1)
					leave(action.Result{}, nil)
					done.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 2, most.Load())
		require.GreaterOrEqual(t, done.Load(), int64(790), "nobody was paused, and the places were never empty")
	})
}

func TestAnAppThatAsksForLessIsLeftAloneByAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		call := to("Mine", engine.Limits{})
		goes(t, g, call, slow(30*time.Second))
		at := time.Now()
		p := paused(t, g, call)
		require.Equal(t, 30*time.Second, p.Until.Sub(at))
		require.Contains(t, p.Why, "slow down")
		require.True(t, paused(t, g, call).Until.After(p.Until))
		goes(t, g, to("Other", engine.Limits{}), nil)
		require.Empty(t, g.Trouble(), "to be asked for less is no trouble")
		time.Sleep(time.Until(p.Until))
		goes(t, g, call, nil)

		// One that does not say until when is left alone longer each time.
		for _, want := range []time.Duration{time.Second, 2 * time.Second, 0} {
			goes(t, g, call, slow(0))
			at := time.Now()
			if want > 0 {
				leave, err := g.Enter(t.Context(), call)
				require.NoError(t, err)
				require.Equal(t, want, time.Since(at))
				leave(action.Result{}, failed(engine.Invalid, action.Before, nil))
				continue
			}
			p := paused(t, g, call)
			require.Equal(t, 4*time.Second, p.Until.Sub(at))
			time.Sleep(time.Until(p.Until))
			goes(t, g, call, nil)
		}
		// And one that succeeded may say that it was the last for now.
		leave, err := g.Enter(t.Context(), call)
		require.NoError(t, err)
		leave(action.Result{Rest: time.Hour}, nil)
		require.InDelta(t, time.Hour, time.Until(paused(t, g, call).Until), float64(time.Second))
	})
}

func TestADeadConnectionIsProbedByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		released := make(chan string, 10)
		changes := 0
		g := gate(t, limit.Params{
			Changed: func() { changes++ },
			Release: func(_ context.Context, name string, _ int) (int, error) {
				released <- name
				return 0, nil
			},
		})
		call := to("Mine", engine.Limits{})
		for range 4 {
			goes(t, g, call, away)
		}
		goes(t, g, call, nil) // not in a row
		for _, err := range []error{away, trouble, trouble, away, trouble} {
			require.Empty(t, g.Trouble())
			goes(t, g, call, err)
		}
		require.Equal(t, 1, changes)
		since := time.Now()
		all := g.Trouble()
		require.Equal(t, []limit.Trouble{{For: "Mine", Connection: true, Since: since, Why: "No luck.", Next: since.Add(5 * time.Second)}}, all)

		// Three are told to come at the time of the probe, all others later.
		var times []time.Duration
		for range 6 {
			p := paused(t, g, call)
			require.Equal(t, engine.Unavailable, p.Code)
			times = append(times, p.Until.Sub(since))
		}
		require.Equal(t, []time.Duration{5 * time.Second, 5100 * time.Millisecond, 5200 * time.Millisecond}, times[:3])
		require.Greater(t, times[3], far)
		goes(t, g, to("Other", engine.Limits{}), nil)

		// One probe at a time, and the waits between them grow up to five minutes.
		for _, wait := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
			next := g.Trouble()[0].Next
			require.Equal(t, wait*time.Second, time.Until(next))
			time.Sleep(time.Until(next))
			leave, err := g.Enter(t.Context(), call)
			require.NoError(t, err)
			require.Greater(t, time.Until(paused(t, g, call).Until), far)
			missed := failed(engine.Unavailable, action.Answered, nil)
			leave(action.Result{}, missed)
			probe, _ := errors.AsType[*action.Failure](missed)
			require.True(t, probe.Probe, "it does not count as a try")
			paused(t, g, call)
		}
		time.Sleep(5 * time.Minute)
		// A probe that is cancelled tells nothing: the next call is one.
		goes(t, g, call, engine.Wrap(context.Canceled, engine.Unavailable, "Stopped."))
		require.NotEmpty(t, g.Trouble())
		goes(t, g, call, nil)
		require.Empty(t, g.Trouble())
		require.Equal(t, "Mine", <-released)
		require.Equal(t, 2, changes)
		goes(t, g, call, nil)
	})
}

const far = 10 * time.Minute

func TestWhatTheStepGotWrongIsNoTroubleOfTheApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		call := to("Mine", engine.Limits{})
		for _, code := range []engine.Code{engine.Refused, engine.NotFound, engine.Invalid, engine.Internal, engine.Unauthorized} {
			for range 10 {
				goes(t, g, call, failed(code, action.Answered, nil))
				goes(t, g, call, failed(code, action.Before, nil))
			}
		}
		require.Empty(t, g.Trouble())
	})
}

func TestAConnectionThatIsRefusedWaitsForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		released := make(chan string, 10)
		g := gate(t, limit.Params{Release: func(_ context.Context, name string, _ int) (int, error) {
			released <- name
			return 0, nil
		}})
		call := to("Mine", engine.Limits{})
		goes(t, g, call, revoked)
		p := paused(t, g, call)
		require.Equal(t, engine.Unauthorized, p.Code)
		require.Contains(t, p.Why, `"Mine"`)
		require.True(t, g.Trouble()[0].NeedsYou)
		require.Empty(t, released)

		g.Mended()
		require.Equal(t, "Mine", <-released)
		since := time.Now()
		goes(t, g, call, revoked) // it was another one that was mended
		require.Equal(t, since, g.Trouble()[0].Since)
		time.Sleep(time.Hour)
		goes(t, g, call, nil) // the app accepts it again, without anybody telling
		require.Equal(t, "Mine", <-released)
		require.Empty(t, g.Trouble())
	})
}

func TestOfflineIsOneStateToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		released := make(chan string, 10)
		g := gate(t, limit.Params{Release: func(_ context.Context, name string, _ int) (int, error) {
			released <- name
			return 0, nil
		}})
		a, b, c := to("A", engine.Limits{}), to("B", engine.Limits{}), to("C", engine.Limits{})
		home := to("Practice", engine.Limits{})
		home.Account.Practice = true
		for _, call := range []action.Call{a, a, b} {
			require.Empty(t, g.Trouble())
			goes(t, g, call, offline)
		}
		all := g.Trouble()
		require.Len(t, all, 1)
		require.Empty(t, all[0].For)
		require.Contains(t, all[0].Why, "offline")
		require.Contains(t, paused(t, g, c).Why, "offline", "also one that was not tried yet")
		goes(t, g, home, nil) // what stays on this computer goes on, and proves nothing
		require.Len(t, g.Trouble(), 1)

		time.Sleep(5 * time.Second)
		goes(t, g, a, offline)
		require.Len(t, g.Trouble(), 1)
		time.Sleep(10 * time.Second)
		goes(t, g, c, nil)
		require.Empty(t, g.Trouble())
		got := map[string]bool{}
		for range 3 {
			got[<-released] = true
		}
		require.Equal(t, map[string]bool{"A": true, "B": true, "C": true}, got)
		goes(t, g, a, nil)
		goes(t, g, b, nil)
	})
}

func TestOneDeadHostIsNotTakenForTheNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		for range 10 {
			_ = try(t, g, to("A", engine.Limits{}), 0, offline)
		}
		goes(t, g, to("B", engine.Limits{}), nil)
		require.Equal(t, "A", g.Trouble()[0].For)
		goes(t, g, to("B", engine.Limits{}), nil)
	})
}

// TestTenThousandThatWait counts how often runs come to the gate while their app is away for an hour,
// and how they come back: no storm, and no memory for those who wait.
func TestTenThousandThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		due := make([]int64, 10_000) // of the runs that wait, in milliseconds, as the store would have it; 0 once done
		now := func() int64 { return time.Now().UnixMilli() }
		g := limit.New(limit.Params{Release: func(_ context.Context, _ string, limit int) (n int, err error) {
			mu.Lock()
			defer mu.Unlock()
			for run, at := range due {
				if n < limit && at > now() {
					due[run] = now()
					n++
				}
			}
			return n, nil
		}})
		t.Cleanup(g.Close)
		call := to("Mine", engine.Limits{})
		for range 5 {
			goes(t, g, call, away)
		}
		for run := range due {
			due[run] = paused(t, g, call).Until.UnixMilli()
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		tries, sent, most := 0, 0, 0
		back := time.Now().Add(time.Hour)
		// come lets a run that is due come to the gate.
		come := func(run int) {
			err := error(nil)
			if time.Now().Before(back) {
				err = away
			}
			p, no := errors.AsType[*action.Paused](try(t, g, call, 0, err))
			switch {
			case no:
				due[run] = p.Until.UnixMilli()
				tries++
			case err != nil:
				due[run] = now() + 10_000 // the runtime's own wait
			default:
				due[run] = 0
				sent++
			}
		}
		for sent < len(due) {
			mu.Lock()
			at, came := now(), 0
			for run, when := range due {
				if when != 0 && when <= at {
					come(run)
					came++
				}
			}
			if time.Now().Before(back) {
				most = max(most, came)
			}
			mu.Unlock()
			time.Sleep(time.Second)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		require.Less(t, time.Since(back), 6*time.Minute, "a probe, and then all")
		require.Less(t, tries, 5*len(due), "each is looked at a few times in the hour")
		require.Less(t, most, 200, "and never many of them in the same second")
		require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(1<<20))
	})
}

func TestACancelledWaitGivesItsPlaceOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		call := to("Mine", engine.Limits{AtOnce: 1})
		leave, err := g.Enter(t.Context(), call)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		gone, let := make(chan error), make(chan error)
		go func() {
			_, err := g.Enter(ctx, call)
			gone <- err
		}()
		synctest.Wait()
		go func() { let <- try(t, g, call, 0, nil) }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-gone, context.Canceled)
		leave(action.Result{}, nil)
		leave(action.Result{}, nil) // twice does no harm
		require.NoError(t, <-let)
	})
}

func TestWhatReachesNobodyIsFree(t *testing.T) {
	g := gate(t, limit.Params{})
	for range 100 {
		_, err := g.Enter(t.Context(), action.Call{Operation: engine.Operation{Local: engine.LocalNotify}})
		require.NoError(t, err)
	}
}

func TestHostsOfDataDoNotFillTheMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, limit.Params{})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range 20_000 {
			call := action.Call{
				Operation: engine.Operation{Request: &engine.RequestSpec{URL: "{{url}}"}},
				With:      map[string]any{"url": fmt.Sprintf("https://host%d.example/x", i)},
			}
			goes(t, g, call, nil)
			if i%1000 == 0 {
				time.Sleep(11 * time.Minute)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(3<<20))
	})
}

func BenchmarkEnter(b *testing.B) {
	g := limit.New(limit.Params{})
	call := to("Mine", engine.Limits{PerSecond: 1e9})
	b.ReportAllocs()
	for b.Loop() {
		leave, err := g.Enter(b.Context(), call)
		if err != nil {
			b.Fatal(err)
		}
		leave(action.Result{}, nil)
	}
}

// TestABacklogGoesOutAtThePaceOfTheApp: Slack takes one message a second in a channel, says 429 to the others
// and to come back in a second. Nobody is told no so often that the tries run out, and little time is lost.
func TestABacklogGoesOutAtThePaceOfTheApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, workers = 300, 64
		g := limit.New(limit.Params{})
		defer g.Close()
		var mu sync.Mutex
		var last time.Time
		takes := func() bool {
			mu.Lock()
			defer mu.Unlock()
			if now := time.Now(); now.Sub(last) >= time.Second {
				last = now
				return true
			}
			return false
		}
		places := make(chan struct{}, workers)
		var all sync.WaitGroup
		var refused [n]int
		begun := time.Now()
		for i := range n {
			all.Go(func() {
				for {
					places <- struct{}{}
					leave, err := g.Enter(t.Context(), to("Mine", engine.Limits{}))
					if p, ok := errors.AsType[*action.Paused](err); ok {
						<-places
						time.Sleep(time.Until(p.Until))
						continue
					}
					time.Sleep(100 * time.Millisecond)
					ok := takes()
					if ok {
						leave(action.Result{}, nil)
					} else {
						leave(action.Result{}, slow(time.Second))
					}
					<-places
					if ok {
						return
					}
					refused[i]++
					time.Sleep(time.Second << min(refused[i], 8)) // as a step waits before it tries again
				}
			})
		}
		all.Wait()
		require.Less(t, time.Since(begun), n*2*time.Second)
		most, sum := 0, 0
		for _, times := range refused {
			most, sum = max(most, times), sum+times
		}
		require.LessOrEqual(t, most, engine.DefaultRetryTimes)
		require.Less(t, sum, 2*n)
	})
}

// What a vendor allows is kept to, and not held against what stands in for it on this computer.
func TestTheLimitsOfAConnectorAreTheVendors(t *testing.T) {
	for name, test := range map[string]struct {
		account engine.Connection
		took    time.Duration
	}{
		"the vendor":                        {engine.Connection{}, 2 * time.Second},
		"with a limit of its own":           {engine.Connection{Limits: &engine.Limits{PerSecond: 2}}, 500 * time.Millisecond},
		"a practice account":                {engine.Connection{Practice: true, BaseURL: "http://127.0.0.1:8421"}, 0},
		"a stand-in on this computer":       {engine.Connection{BaseURL: "http://127.0.0.1:8421"}, 0},
		"another address on the internet":   {engine.Connection{BaseURL: "https://proxy.example"}, 2 * time.Second},
		"a stand-in with limits of its own": {engine.Connection{BaseURL: "http://127.0.0.1:8421", Limits: &engine.Limits{PerSecond: 1}}, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := gate(t, limit.Params{})
				call := to("Mine", engine.Limits{})
				test.account.Name, test.account.Connector = "Mine", "slack"
				call.Account.Connection, call.Connector.Limits = test.account, &engine.Limits{PerSecond: 1}
				start := time.Now()
				for range 3 {
					goes(t, g, call, nil)
				}
				require.Equal(t, test.took, time.Since(start))
			})
		})
	}
}
