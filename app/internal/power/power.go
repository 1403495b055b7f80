// Package power notices that the computer was asleep or that its network changed, and keeps it awake where
// that is wanted. It asks the system where the system tells, and goes by the clocks everywhere.
package power

import (
	"context"
	"log/slog"
	"time"
)

// Params say what to do. All may be left zero.
type Params struct {
	// Woke is called once each time the computer was asleep, the program was stopped, or the clock on the wall
	// was set: for how long, as far as is known; 0 where the clock was set back.
	Woke func(asleep time.Duration)
	// Network is called when the way out of this computer is another than before, and says whether there is
	// one.
	Network func(online bool)
	// Bus connects to where the system tells of sleep and networks; nil means the system's own.
	Bus func(ctx context.Context) (Bus, error)
	// Route returns what tells one network from another, and "" without any; nil means Route.
	Route func() string
	// Now and Uptime are the clock on the wall, and one that nobody can set, which need not go on in sleep.
	Now    func() time.Time
	Uptime func() time.Duration
	// After is how long the computer has to be away for the clocks to tell it; 0 means 30 s.
	After time.Duration
	Log   *slog.Logger
}

// News is what the system tells.
type News int

// The news.
const (
	Sleeping News = iota // the computer is about to sleep
	Woken                // it has woken
	Networks             // something about the network is different
)

// Bus is a connection to what tells of sleep and networks.
type Bus interface {
	// News tells until the connection ends; then the channel is closed.
	News() <-chan News
	Close()
}

const (
	// pulse is how often the clocks are looked at, and lookEvery how often the network.
	pulse     = 5 * time.Second
	lookEvery = 15 * time.Second
	// away is by how much the clocks must be off to tell of sleep.
	away = 30 * time.Second
	// settles is how long a network that changes is left to settle.
	settles = time.Second
	// connectEvery is how often the system is asked for news where it could not be reached.
	connectEvery = time.Minute
	// afterwards is how long after the clocks have told of a sleep the system may tell of the same.
	afterwards = time.Minute
)

// Watch tells of what happens until ctx ends.
func Watch(ctx context.Context, p Params) {
	if p.Woke == nil {
		p.Woke = func(time.Duration) {}
	}
	if p.Network == nil {
		p.Network = func(bool) {}
	}
	if p.Bus == nil {
		p.Bus = systemBus
	}
	if p.Route == nil {
		p.Route = Route
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Uptime == nil {
		began := time.Now()
		p.Uptime = func() time.Duration { return time.Since(began) }
	}
	if p.After == 0 {
		p.After = away
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	w := &watch{Params: p}
	w.run(ctx)
}

// watch is what is known now.
type watch struct {
	Params
	wall     time.Time     // the clock on the wall when it was last looked at
	up       time.Duration // and Uptime then
	slept    time.Time     // when the system said that it is about to sleep; zero if it did not
	woke     time.Duration // Uptime when Woke was last called
	told     bool          // it was called at all
	route    string
	looked   time.Duration // Uptime when the network was last looked at
	asked    time.Duration // Uptime when the system was last asked for news
	bus      Bus
	silently bool // that there is no bus was said
}

func (w *watch) run(ctx context.Context) {
	w.wall, w.up, w.route = w.Now().Round(0), w.Uptime(), w.Route()
	w.looked = w.up
	w.connect(ctx)
	defer func() {
		if w.bus != nil {
			w.bus.Close()
		}
	}()
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	settled := time.NewTimer(0)
	settled.Stop()
	for ctx.Err() == nil {
		var news <-chan News
		if w.bus != nil {
			news = w.bus.News()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.look()
			if w.bus == nil && w.Uptime()-w.asked >= connectEvery {
				w.connect(ctx)
			}
			if w.Uptime()-w.looked >= lookEvery {
				w.lookOut(false)
			}
		case <-settled.C:
			w.lookOut(true)
		case n, ok := <-news:
			switch {
			case !ok:
				w.Log.Info("the system does not tell of sleep any more: the clocks do")
				w.bus.Close()
				w.bus = nil
			case n == Sleeping:
				w.look() // of what was before
				w.slept = w.wall
			case n == Woken:
				w.woken()
			case n == Networks:
				settled.Reset(settles)
			}
		}
	}
}

func (w *watch) connect(ctx context.Context) {
	bus, err := w.Bus(ctx)
	w.asked = w.Uptime()
	if err != nil {
		if !w.silently {
			w.Log.Info("the system does not tell of sleep: the clocks do", "why", err)
		}
		w.silently = true
		return
	}
	w.bus, w.silently = bus, false
}

// look looks at the clocks. While the computer sleeps the one on the wall goes on, and others may; neither
// gets a look meanwhile.
func (w *watch) look() {
	wall, up := w.Now().Round(0), w.Uptime()
	byWall, byUp := wall.Sub(w.wall), up-w.up
	w.wall, w.up = wall, up
	switch {
	case byWall-pulse > w.After:
		w.tell(byWall, "the clock on the wall went on")
	case byUp-pulse > w.After: // and the one on the wall was set meanwhile
		w.tell(byUp, "nothing went on")
	case byUp-byWall > w.After:
		w.tell(0, "the clock on the wall was set back")
	}
}

// woken takes up that the system says that it has woken.
func (w *watch) woken() {
	slept := w.slept
	w.slept = time.Time{}
	if slept.IsZero() && w.told && w.Uptime()-w.woke < afterwards {
		return // the clocks have told
	}
	wall, up := w.Now().Round(0), w.Uptime()
	asleep := wall.Sub(w.wall)
	if !slept.IsZero() {
		asleep = wall.Sub(slept)
	}
	w.wall, w.up = wall, up
	w.tell(max(asleep, 0), "the system says so")
}

func (w *watch) tell(asleep time.Duration, why string) {
	w.slept = time.Time{}
	w.woke, w.told = w.Uptime(), true
	w.Log.Info("the computer was asleep, or its clock was set", "for", asleep.Round(time.Second), "because", why)
	w.Woke(asleep)
}

// lookOut looks at the network. certain says that the system told of a change, which may be one to another
// network with the same addresses.
func (w *watch) lookOut(certain bool) {
	w.looked = w.Uptime()
	route := w.Route()
	if !certain && route == w.route {
		return
	}
	w.route = route
	w.Log.Info("the network has changed", "online", route != "")
	w.Network(route != "")
}
