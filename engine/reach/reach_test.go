package reach_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/reach"
)

const own = "https://hooks.example.com"

var ngrokWay = engine.Settings{Way: engine.WayNgrok}

func TestAnAddressOfOnesOwnCountsAtOnceAndIsCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.choose(engine.Settings{Way: engine.WayAddress, Address: own + "/"})
		require.Equal(t, own, b.URL(), "before anything runs")
		require.False(t, b.now().Reachable(), "nobody knows yet")
		b.run()
		require.Equal(t, []time.Duration{0}, b.visits)
		r := b.now()
		require.True(t, r.Reachable())
		require.Equal(t, engine.LinkUp, r.Link.State)
		require.Equal(t, time.Now(), r.Worked)
		require.Empty(t, b.handled, "the call is no delivery")
		require.EqualValues(t, 1, b.moved.Load())
		b.end()
	})
}

// TestTheMeterKeepsTime: every ten minutes while all is well, soon and then later and later while it is not, and at once when there is a reason.
func TestTheMeterKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
		b.run()
		pass(25 * time.Minute)
		require.Equal(t, []time.Duration{0, 10 * time.Minute, 20 * time.Minute}, b.visits)

		b.set(func() { b.begun, b.visits, b.internet = time.Now(), nil, fails(errAway) })
		b.Again()
		pass(43 * time.Minute)
		var at []time.Duration
		for _, s := range []int{0, 15, 45, 105, 225, 465, 945, 1545, 2145} {
			at = append(at, time.Duration(s)*time.Second)
		}
		require.Equal(t, at, b.visits, "twice as long each time, up to ten minutes")
		r := b.now()
		require.False(t, r.Reachable())
		require.Contains(t, r.Problem, "hooks.example.com could not be reached")
		require.False(t, r.Worked.IsZero(), "when it last worked is still told")

		b.set(func() { b.begun, b.visits = time.Now(), nil })
		b.Again()
		pass(20 * time.Second)
		require.Equal(t, []time.Duration{0, 15 * time.Second}, b.visits, "a reason makes it hopeful again")
		b.set(func() { b.internet = nil })
		pass(time.Minute)
		require.True(t, b.now().Reachable())
		b.end()
	})
}

func TestATunnelComesUpIsLostAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token = "tok"
		b.run()
		b.choose(engine.Settings{Way: engine.WayNgrok, Address: "https://Shop.ngrok-free.app/", Proxy: "socks5://127.0.0.1:1080"})
		require.Len(t, b.tunnels, 1)
		require.Equal(t, reach.Setup{Token: "tok", Domain: "shop.ngrok-free.app", Proxy: "socks5://127.0.0.1:1080"}, b.tunnels[0].setup)
		require.Empty(t, b.URL(), "nobody knows it yet")
		require.Empty(t, b.visits)
		require.Equal(t, engine.LinkConnecting, b.now().Link.State)

		b.link(up("https://shop.ngrok-free.app"))
		r := b.now()
		require.True(t, r.Reachable())
		require.Equal(t, "https://shop.ngrok-free.app", r.URL)
		require.Equal(t, "Free", r.Link.Plan)
		require.Len(t, b.visits, 1)

		before := b.changes.Load()
		b.link(engine.Link{State: engine.LinkLost, Problem: "No connection to ngrok."})
		r = b.now()
		require.False(t, r.Reachable())
		require.Equal(t, "No connection to ngrok.", r.Problem)
		require.Equal(t, "https://shop.ngrok-free.app", r.URL, "the last one known")
		require.Greater(t, b.changes.Load(), before)
		pass(time.Hour)
		require.Len(t, b.visits, 1, "nothing is called that cannot answer")

		b.link(up("https://shop.ngrok-free.app"))
		require.Len(t, b.visits, 2)
		require.True(t, b.now().Reachable())
		require.EqualValues(t, 1, b.moved.Load(), "it is the same address")
		b.end()
		require.Equal(t, engine.LinkOff, b.now().Link.State)
	})
}

func TestTheWayChangesWithoutARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.run()
		b.choose(ngrokWay)
		r := b.now()
		require.Equal(t, engine.LinkRefused, r.Link.State, "there is no token")
		require.Equal(t, engine.FixToken, r.Link.Fix)
		require.Empty(t, b.tunnels)

		b.set(func() { b.token = "wrong" })
		b.take()
		b.link(engine.Link{State: engine.LinkRefused, Problem: "ngrok does not accept this token.", Code: "ERR_NGROK_107", Fix: engine.FixToken})
		require.Equal(t, "ngrok does not accept this token.", b.now().Problem)
		require.ErrorContains(t, b.Check(t.Context()), "ngrok does not accept this token.")
		require.NoError(t, b.Reload(t.Context(), false))
		synctest.Wait()
		require.Len(t, b.tunnels, 1, "nothing was chosen anew")
		b.take()
		require.Len(t, b.tunnels, 2, "the same token may be good now")

		b.set(func() { b.token = "right" })
		b.take()
		require.Len(t, b.tunnels, 3)
		require.Equal(t, "right", b.tunnels[2].setup.Token)
		b.link(up("https://one.ngrok-free.app"))
		b.take()
		require.Len(t, b.tunnels, 3, "what works is left alone")
		old := b.tunnels[2]

		b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
		require.Equal(t, own, b.URL())
		require.True(t, b.now().Reachable())
		old.tell(up("https://one.ngrok-free.app"))
		require.Equal(t, own, b.URL(), "a tunnel that was left has no say any more")

		b.choose(engine.Settings{})
		require.Empty(t, b.URL())
		require.Equal(t, engine.LinkOff, b.now().Link.State)
		require.Equal(t, engine.Invalid, engine.ErrorCode(b.Check(t.Context())))
		b.end()
	})
}

func TestAKeyringThatIsLockedIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.noToken = engine.Errorf(engine.Unavailable, "The keyring is locked.")
		b.run()
		b.choose(ngrokWay)
		require.Equal(t, "The keyring is locked.", b.now().Problem)
		pass(2 * time.Minute)
		require.Empty(t, b.tunnels)
		b.set(func() { b.token, b.noToken = "tok", nil })
		pass(time.Minute)
		require.Len(t, b.tunnels, 1)
		b.end()
	})
}

// TestAKeyringThatWasUnlockedIsAskedByWhoTries, and need not be waited for.
func TestAKeyringThatWasUnlockedIsAskedByWhoTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.noToken = engine.Errorf(engine.Unavailable, "The keyring is locked.")
		b.run()
		b.choose(ngrokWay)
		begun := time.Now()
		require.ErrorContains(t, b.Check(t.Context()), "The keyring is locked.")
		b.set(func() { b.token, b.noToken = "tok", nil })
		answer := make(chan error)
		go func() { answer <- b.Check(t.Context()) }()
		synctest.Wait()
		require.Len(t, b.tunnels, 1)
		b.link(up("https://one.ngrok-free.app"))
		require.NoError(t, <-answer)
		require.Equal(t, begun, time.Now())
		b.end()
	})

}

// TestAnotherAddressIsToldLoudly: what was chosen outlasts a restart, and an account that gives another address than before is noticed.
func TestAnotherAddressIsToldLoudly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token = "tok"
		b.choose(ngrokWay)
		b.run()
		b.link(up("https://one.ngrok-free.app"))
		require.Empty(t, b.now().Before)
		b.end()

		b.Keeper = b.keeper()
		require.NoError(t, b.Reload(t.Context(), false))
		require.Equal(t, "https://one.ngrok-free.app", b.URL(), "at once, also if the internet is away")
		require.True(t, b.now().Worked.IsZero(), "whether it works is not known yet")
		b.run()
		b.link(engine.Link{State: engine.LinkLost, Problem: "No connection."})
		require.False(t, b.now().Worked.IsZero(), "when it last worked is")
		require.EqualValues(t, 2, b.moved.Load(), "apps may have given up meanwhile")
		b.link(up("https://two.ngrok-free.app"))
		require.EqualValues(t, 3, b.moved.Load(), "apps have to be told")
		require.Equal(t, "https://one.ngrok-free.app", b.now().Before)
		last, err := reach.Last(t.Context(), b.store)
		require.NoError(t, err)
		require.Equal(t, "https://two.ngrok-free.app", last.URL, "other processes know, too")
		require.Equal(t, "https://one.ngrok-free.app", last.Before)

		b.choose(engine.Settings{Way: engine.WayNgrok, Address: "two.ngrok-free.app"})
		b.link(up("https://two.ngrok-free.app"))
		b.end()
		b.Keeper = b.keeper()
		require.NoError(t, b.Reload(t.Context(), false))
		require.Equal(t, "https://two.ngrok-free.app", b.URL(), "also where only the setting is another")
		b.run()
		b.link(up("https://two.ngrok-free.app"))

		pass(8 * 24 * time.Hour)
		require.Empty(t, b.now().Before, "after a week it is old news")
		b.link(up("https://one.ngrok-free.app"))
		require.Empty(t, b.now().Before, "back to what apps were told")
		b.end()
	})
}

func TestWhoIsAffected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.store.live = map[int64]engine.Definition{}
		for i, one := range []struct {
			name, use, connection string
			on                    bool
			published             int
		}{
			{"asks", "shop.order", "My shop", true, 1},
			{"waits", "webhook.received", "", true, 2},
			{"is off", "webhook.received", "", false, 1},
			{"was never published", "webhook.received", "", true, 0},
			{"practises", "shop.order", "practice SHOP", true, 1},
			{"goes by the clock", "schedule.daily", "", true, 1},
			{"is of an app that is gone", "gone.order", "", true, 1},
		} {
			id := int64(i + 1)
			b.store.recipes = append(b.store.recipes, engine.Recipe{ID: id, Name: one.name, On: one.on, Published: one.published})
			b.store.live[id] = engine.Definition{Trigger: engine.Trigger{Use: one.use, Connection: one.connection}}
		}
		require.NoError(t, b.Reload(t.Context(), false))
		affected := func() {
			t.Helper()
			require.Equal(t, []string{"asks", "waits"}, b.now().Cut)
			require.Equal(t, []string{"asks"}, b.now().Polling)
		}
		affected()
		b.set(func() { b.internet = fails(errAway) })
		b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
		require.Empty(t, b.now().Cut, "it is not known yet")
		b.run()
		affected()
		b.set(func() { b.internet = nil })
		require.NoError(t, b.Check(t.Context()))
		require.Empty(t, b.now().Cut)
		b.end()
	})
}

func TestCheckWaitsForTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token = "tok"
		b.run()
		require.Equal(t, engine.Invalid, engine.ErrorCode(b.Check(t.Context())), "there is no way in")
		b.choose(ngrokWay)
		short, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		require.ErrorContains(t, b.Check(short), "has not answered yet")
		answer := make(chan error, 3)
		go func() { answer <- b.Check(t.Context()) }()
		pass(time.Minute)
		require.Empty(t, answer, "it waits for the tunnel")
		b.link(up("https://one.ngrok-free.app"))
		require.NoError(t, <-answer)

		b.set(func() { b.internet = fails(errAway) })
		require.Equal(t, engine.Unavailable, engine.ErrorCode(b.Check(t.Context())))
		b.set(func() { b.internet = nil })
		for range 3 {
			go func() { answer <- b.Check(t.Context()) }()
		}
		for range 3 {
			require.NoError(t, <-answer)
		}

		b.link(engine.Link{State: engine.LinkLost, Problem: "No connection."})
		go func() { answer <- b.Check(t.Context()) }()
		synctest.Wait()
		require.EqualValues(t, 1, b.tunnels[0].again.Load(), "who asks does not want to wait for the next try")
		b.link(engine.Link{State: engine.LinkRefused, Problem: "The account is closed."})
		require.ErrorContains(t, <-answer, "The account is closed.")
		b.take()
		go func() { answer <- b.Check(t.Context()) }()
		synctest.Wait()
		b.end()
		require.ErrorContains(t, <-answer, "ending")
	})
}

// TestACallOfAnAddressThatIsLeftDoesNotCount: it hangs while another address is chosen, which need not wait for it.
func TestACallOfAnAddressThatIsLeftDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.internet = func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Host, "old") {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return b.arrive(r), nil
		}
		b.run()
		b.choose(engine.Settings{Way: engine.WayAddress, Address: "https://old.example.com"})
		answer := make(chan error, 1)
		go func() { answer <- b.Check(t.Context()) }()
		synctest.Wait()
		b.choose(engine.Settings{Way: engine.WayAddress, Address: own})
		require.NoError(t, <-answer)
		require.True(t, b.now().Reachable())
		require.Equal(t, []time.Duration{0, 0}, b.visits[:2], "at once")

		b.choose(engine.Settings{Way: engine.WayAddress, Address: "https://old.example.com"})
		pass(11 * time.Second)
		require.Contains(t, b.now().Problem, "did not answer within 10 seconds")

		go func() { answer <- b.Check(t.Context()) }()
		synctest.Wait()
		b.choose(engine.Settings{})
		require.Equal(t, engine.Invalid, engine.ErrorCode(<-answer), "nobody waits for what will never be")
		b.end()
	})
}

// TestATunnelThatItsMakerDoesNotKnowIsMadeAnew: ngrok says that nobody is connected, while the tunnel believes that it is.
func TestATunnelThatItsMakerDoesNotKnowIsMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token = "tok"
		b.internet = page(http.StatusNotFound, "Ngrok-Error-Code: ERR_NGROK_3200", "")
		b.run()
		b.choose(ngrokWay)
		b.link(up("https://one.ngrok-free.app"))
		require.Zero(t, b.tunnels[0].again.Load(), "it has just come up, and may not be known everywhere yet")
		pass(20 * time.Second)
		require.EqualValues(t, 1, b.tunnels[0].again.Load())
		require.Contains(t, b.now().Problem, "not connected")
		b.end()
	})
}

// TestDeliveriesSpareCalls: each counts against the plan of the tunnel's account.
func TestDeliveriesSpareCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token = "tok"
		b.run()
		b.choose(ngrokWay)
		b.link(up("https://one.ngrok-free.app"))
		require.Len(t, b.visits, 1)
		for range 12 {
			pass(5 * time.Minute)
			b.arrive(delivery(t, "https://one.ngrok-free.app/hooks/x", "1234"))
		}
		require.Len(t, b.visits, 1)
		require.Equal(t, time.Now(), b.now().Worked.Local(), "a delivery tells as much")
		pass(10*time.Minute + time.Second)
		require.Len(t, b.visits, 2)
		b.Again()
		synctest.Wait()
		require.Len(t, b.visits, 3, "who asks is not told of deliveries")
		require.EqualValues(t, 1, b.tunnels[0].again.Load())
		b.end()
	})
}

// TestWhoAsksDoesNotWaitForTheNextTry, which is minutes away where ngrok has refused for now.
func TestWhoAsksDoesNotWaitForTheNextTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.token = "tok"
		b.run()
		b.choose(ngrokWay)
		answer := make(chan error, 2)
		go func() { answer <- b.Check(t.Context()) }()
		synctest.Wait()
		require.Zero(t, b.tunnels[0].again.Load(), "it is being tried")
		b.link(engine.Link{State: engine.LinkConnecting, Problem: "Your account is connected elsewhere.", Code: "ERR_NGROK_108", Fix: engine.FixSessions})
		r := b.now()
		require.Equal(t, "ERR_NGROK_108", r.Code)
		require.Equal(t, engine.FixSessions, r.Fix)
		go func() { answer <- b.Check(t.Context()) }()
		synctest.Wait()
		require.EqualValues(t, 1, b.tunnels[0].again.Load())
		b.link(up("https://one.ngrok-free.app"))
		require.NoError(t, <-answer)
		require.NoError(t, <-answer)
		b.end()
	})
}
