package power

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// world is a computer whose clocks and network a test sets.
type world struct {
	mu         sync.Mutex
	set, slept time.Duration // by how much the wall clock is off, and the other stood still
	route      string
	woke       []time.Duration
	networks   []bool
	bus        *fakeBus
}

type fakeBus struct {
	news   chan News
	closed bool
}

func (b *fakeBus) News() <-chan News { return b.news }
func (b *fakeBus) Close()            { b.closed = true }

// locked makes it safe for a watch to ask while a test changes something.
func locked[T any](w *world, ask func() T) T {
	w.mu.Lock()
	defer w.mu.Unlock()
	return ask()
}

func (w *world) change(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
}

// watch runs a test while a Watch runs in its world.
func (w *world) watch(t *testing.T, do func()) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := Params{
			Woke:    func(asleep time.Duration) { w.change(func() { w.woke = append(w.woke, asleep.Round(time.Second)) }) },
			Network: func(online bool) { w.change(func() { w.networks = append(w.networks, online) }) },
			Route:   func() string { return locked(w, func() string { return w.route }) },
			Now:     func() time.Time { return locked(w, func() time.Time { return time.Now().Add(w.set) }) },
			Uptime:  func() time.Duration { return locked(w, func() time.Duration { return time.Since(began) - w.slept }) },
			Bus: func(context.Context) (Bus, error) {
				if bus := locked(w, func() *fakeBus { return w.bus }); bus != nil {
					return bus, nil
				}
				return nil, errors.New("there is none")
			},
		}
		if w.bus != nil {
			w.bus.news = make(chan News, 10)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); Watch(ctx, p) }()
		synctest.Wait()
		do()
		stop()
		<-ended
		if w.bus != nil {
			require.True(t, w.bus.closed)
		}
	})
}

// pass lets time pass.
func pass(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
	synctest.Wait()
}

func TestTheClocksTellOfSleep(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(w *world)
		want    []time.Duration
	}{
		"nothing":                                   {func(*world) {}, nil},
		"a busy computer":                           {func(w *world) { w.set += 20 * time.Second }, nil},
		"eight hours of sleep":                      {func(w *world) { w.set += 8 * time.Hour }, []time.Duration{8*time.Hour + 5*time.Second}},
		"a clock set by three days":                 {func(w *world) { w.set += 72 * time.Hour }, []time.Duration{72*time.Hour + 5*time.Second}},
		"a clock set back":                          {func(w *world) { w.set -= time.Hour }, []time.Duration{0}},
		"a clock set back by days":                  {func(w *world) { w.set -= 72 * time.Hour }, []time.Duration{0}},
		"a little back":                             {func(w *world) { w.set -= 20 * time.Second }, nil},
		"stopped, and the clock set back meanwhile": {func(w *world) { w.set -= time.Minute; w.slept -= time.Minute }, []time.Duration{65 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{}
			w.watch(t, func() {
				pass(time.Minute)
				require.Empty(t, w.woke)
				w.change(func() { c.happens(w) })
				pass(5 * time.Minute)
				require.Equal(t, c.want, w.woke, "once")
			})
		})
	}
}

func TestTheSystemAndTheClocksTellOfOneSleepOnce(t *testing.T) {
	for name, order := range map[string]func(w *world){
		"the system first": func(w *world) {
			w.bus.news <- Woken
			pass(time.Minute)
		},
		"the clocks first": func(w *world) {
			pass(7 * time.Second)
			w.bus.news <- Woken
			pass(time.Minute)
		},
		"the system is late": func(w *world) {
			pass(40 * time.Second)
			w.bus.news <- Woken
			pass(time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{bus: &fakeBus{}}
			w.watch(t, func() {
				pass(2 * time.Minute)
				for range 2 {
					w.change(func() { w.woke = nil })
					w.bus.news <- Sleeping
					pass(time.Second)
					w.change(func() { w.set += 8 * time.Hour })
					order(w)
					require.Len(t, w.woke, 1)
					require.InDelta(t, 8*time.Hour, w.woke[0], float64(6*time.Second))
				}
			})
		})
	}
}

// A sleep that is too short for the clocks has cut connections all the same.
func TestAShortSleepIsToldByTheSystem(t *testing.T) {
	w := &world{bus: &fakeBus{}}
	w.watch(t, func() {
		w.bus.news <- Sleeping
		pass(time.Second)
		w.change(func() { w.set += 10 * time.Second })
		w.bus.news <- Woken
		pass(time.Minute)
		require.Equal(t, []time.Duration{11 * time.Second}, w.woke)
	})
}

func TestNetworks(t *testing.T) {
	w := &world{route: "192.168.1.5"}
	w.watch(t, func() {
		pass(time.Minute)
		require.Empty(t, w.networks)
		w.change(func() { w.route = "" })
		pass(20 * time.Second)
		require.Equal(t, []bool{false}, w.networks)
		w.change(func() { w.route = "10.0.0.7" })
		pass(20 * time.Second)
		pass(time.Minute)
		require.Equal(t, []bool{false, true}, w.networks)
	})
}

// The system tells several times of one change, and also of one to a network with the same addresses.
func TestTheSystemTellsOfNetworks(t *testing.T) {
	w := &world{route: "192.168.1.5", bus: &fakeBus{}}
	w.watch(t, func() {
		for range 3 {
			w.bus.news <- Networks
			pass(300 * time.Millisecond)
		}
		pass(time.Minute)
		require.Equal(t, []bool{true}, w.networks)
	})
}

// A system bus that goes away, such as when it is updated, is looked for again.
func TestABusThatGoesAway(t *testing.T) {
	w := &world{bus: &fakeBus{}}
	w.watch(t, func() {
		gone := w.bus
		close(gone.news)
		pass(time.Second)
		require.True(t, gone.closed)
		w.change(func() { w.set += time.Hour })
		pass(10 * time.Second)
		require.Len(t, w.woke, 1, "the clocks go on telling")
		w.change(func() { w.bus = &fakeBus{news: make(chan News, 1)} })
		pass(2 * time.Minute)
		w.bus.news <- Sleeping
		pass(time.Second)
		w.bus.news <- Woken
		pass(time.Second)
		require.Len(t, w.woke, 2)
	})
}

func TestStayingAwake(t *testing.T) {
	held, ended := 0, 0
	fault := error(nil)
	a := Awake{Hold: func() (func(), error) {
		held++
		return func() { ended++ }, fault
	}}
	require.NoError(t, a.Keep(false))
	fault = errors.New("no")
	require.Error(t, a.Keep(true))
	require.NoError(t, a.Keep(false))
	require.Zero(t, ended)
	fault, held = nil, 0
	for range 2 {
		require.NoError(t, a.Keep(true))
	}
	require.Equal(t, 1, held)
	for range 2 {
		require.NoError(t, a.Keep(false))
	}
	require.Equal(t, 1, ended)
}
