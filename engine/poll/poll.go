// Package poll starts recipes whose triggers nobody calls. It looks by itself: at the clock, and at
// sources outside, such as an app's list, a feed, a folder or a mailbox. Up to where it has looked is
// committed together with the events and runs that came of it, so neither a crash nor a restart
// loses or repeats any.
package poll

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bellhop/engine"
	"bellhop/engine/recipe"
	"bellhop/engine/schedule"
)

// Store is what a poller needs of the store.
type Store interface {
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
	Recipes(ctx context.Context) ([]engine.Recipe, error)
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
	Connections(ctx context.Context) ([]engine.Connection, error)
	TriggerState(ctx context.Context, recipeID int64, key string) (value string, err error)
}

// Params are what a poller needs. Store and Catalog are required.
type Params struct {
	Store   Store
	Catalog engine.Catalog
	// Sources makes what is looked at outside; nil means that only the clock is looked at.
	Sources *Sources
	// Accepted is called after the commit with each new run; it must not block.
	Accepted func(engine.Job)
	// Troubled is called when a recipe's trigger cannot look any more, or can again: what is kept under
	// engine.TriggerTrouble has changed. It must not block.
	Troubled func(recipeID int64)
	// Zone returns the time zone that schedules without one of their own are meant in; it is asked at each
	// Reload. Nil means time.Local.
	Zone func() *time.Location
	Now  func() time.Time
	Log  *slog.Logger
	// LookTime bounds one look; 0 means DefaultLookTime.
	LookTime time.Duration
}

// DefaultLookTime is how long one look at a source may take.
const DefaultLookTime = 2 * time.Minute

// Poller starts the recipes that it was told of by Reload, while Run runs. Make one with New.
type Poller struct {
	Params
	reloading sync.Mutex // of two tables, the older must not come last
	// times are the recipes that wait for the clock; seen is the latest time that tick has seen.
	times        atomic.Pointer[[]*ticker]
	timesChanged chan struct{}
	seen         time.Time
	watches      watchTable
}

// New makes a poller that knows no recipe yet.
func New(p Params) *Poller {
	if p.Accepted == nil {
		p.Accepted = func(engine.Job) {}
	}
	if p.Troubled == nil {
		p.Troubled = func(int64) {}
	}
	if p.Zone == nil {
		p.Zone = func() *time.Location { return time.Local }
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.LookTime == 0 {
		p.LookTime = DefaultLookTime
	}
	poller := &Poller{Params: p, timesChanged: make(chan struct{}, 1), watches: newWatchTable()}
	poller.times.Store(&[]*ticker{})
	return poller
}

// Reload takes up which recipes are on and what they wait for. What is wrong with one recipe is
// logged and concerns that one only.
func (p *Poller) Reload(ctx context.Context) error {
	p.reloading.Lock()
	defer p.reloading.Unlock()
	if err := p.reload(ctx); err != nil {
		return fmt.Errorf("read the recipes that Bellhop starts by itself: %w", err)
	}
	return nil
}

func (p *Poller) reload(ctx context.Context) error {
	recipes, err := p.Store.Recipes(ctx)
	if err != nil {
		return err
	}
	connections, err := p.Store.Connections(ctx)
	if err != nil {
		return err
	}
	changed := map[string]time.Time{}
	for _, c := range connections {
		changed[c.Name] = c.UpdatedAt
	}
	times, watches := []*ticker{}, []*watch{}
	for _, r := range recipes {
		if !r.On || r.Published == 0 {
			continue
		}
		live, err := p.Store.Version(ctx, r.ID, r.Published)
		if err != nil {
			return err
		}
		connector, operation, ok := p.Catalog.Operation(live.Trigger.Use)
		switch {
		case !ok:
		case operation.Schedule != nil:
			t, err := schedule.Parse(operation, live.Trigger.With, p.Zone())
			if err != nil {
				p.Log.Error("a recipe's times cannot be read, so it does not run", "recipe", r.ID, "error", err)
				continue
			}
			order, err := recipe.NewOrder(live)
			if err != nil {
				p.Log.Error("the order of a recipe's runs cannot be read, so it does not run", "recipe", r.ID, "error", err)
				continue
			}
			times = append(times, &ticker{recipeID: r.ID, version: r.Published, schedule: t, order: order})
		case operation.Looks() && p.Sources != nil:
			w := p.newWatch(r, live, connector, operation)
			w.connectionChanged = changed[live.Trigger.Connection]
			watches = append(watches, w)
		}
	}
	p.times.Store(&times)
	signal(p.timesChanged)
	p.watches.replace(watches)
	return nil
}

const (
	// longestSleep is how long to trust a timer: the computer may sleep, and its clock be set.
	longestSleep = 30 * time.Second
	// pause is how long to leave a trigger alone whose runs cannot be stored.
	pause = 10 * time.Second
)

// Run looks after the triggers until ctx is done, and returns when all looks under way have ended.
func (p *Poller) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { p.tick(ctx) })
	work.Go(func() { p.watch(ctx) })
	work.Wait()
}

// sleep waits for a time, or until wake says that there may be something to do.
func sleep(ctx context.Context, rest time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}

// signal wakes who sleeps on c, now or the next time.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// errChanged says that a recipe is not any more what it was when something began to be done for it.
var errChanged = errors.New("the recipe was changed meanwhile")
