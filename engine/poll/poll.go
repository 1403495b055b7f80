// Package poll starts recipes whose triggers nobody calls: it looks by itself when the time has come.
// Up to when it has looked is committed together with the events and runs that came of it, so
// neither a crash nor a restart loses or repeats any.
package poll

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bellhop/engine"
	"bellhop/engine/schedule"
)

// Store is what a poller needs of the store.
type Store interface {
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
	Recipes(ctx context.Context) ([]engine.Recipe, error)
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
}

// Params are what a poller needs. Store and Catalog are required.
type Params struct {
	Store   Store
	Catalog engine.Catalog
	// Accepted is called after the commit with each new run; it must not block.
	Accepted func(engine.Job)
	// Zone is the computer's time zone; nil means time.Local.
	Zone *time.Location
	Now  func() time.Time
	Log  *slog.Logger
}

// Poller starts the recipes that it was told of by Reload, while Run runs. Make one with New.
type Poller struct {
	Params
	wake      chan struct{}
	reloading sync.Mutex // of two tables, the older must not come last
	table     atomic.Pointer[[]*trigger]
	// seen is the latest time that Run has seen.
	seen time.Time
}

// New makes a poller that knows no recipe yet.
func New(p Params) *Poller {
	if p.Accepted == nil {
		p.Accepted = func(engine.Job) {}
	}
	if p.Zone == nil {
		p.Zone = time.Local
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	poller := &Poller{Params: p, wake: make(chan struct{}, 1)}
	poller.table.Store(&[]*trigger{})
	return poller
}

// trigger is a recipe that is on and waits for a time.
type trigger struct {
	recipeID int64
	version  int
	schedule schedule.Schedule
	// next is when it has to be looked after; zero until that is known.
	next time.Time
	// failing is true since its runs could not be stored.
	failing bool
}

// Reload takes up which recipes are on and what they wait for. What is wrong with one recipe is
// logged and concerns that one only.
func (p *Poller) Reload(ctx context.Context) error {
	p.reloading.Lock()
	defer p.reloading.Unlock()
	recipes, err := p.Store.Recipes(ctx)
	if err != nil {
		return fmt.Errorf("read the recipes that wait for a time: %w", err)
	}
	table := []*trigger{}
	for _, r := range recipes {
		if !r.On || r.Published == 0 {
			continue
		}
		live, err := p.Store.Version(ctx, r.ID, r.Published)
		if err != nil {
			return fmt.Errorf("read the recipes that wait for a time: %w", err)
		}
		_, operation, ok := p.Catalog.Operation(live.Trigger.Use)
		if !ok || operation.Schedule == nil {
			continue
		}
		times, err := schedule.Parse(operation, live.Trigger.With, p.Zone)
		if err != nil {
			p.Log.Error("a recipe's times cannot be read, so it does not run", "recipe", r.ID, "error", err)
			continue
		}
		table = append(table, &trigger{recipeID: r.ID, version: r.Published, schedule: times})
	}
	p.table.Store(&table)
	select {
	case p.wake <- struct{}{}:
	default:
	}
	return nil
}

const (
	// longestSleep is how long to trust a timer: the computer may sleep, and its clock be set.
	longestSleep = 30 * time.Second
	// pause is how long to leave a trigger alone whose runs cannot be stored.
	pause = 10 * time.Second
)

// Run looks after the triggers until ctx is done.
func (p *Poller) Run(ctx context.Context) {
	for ctx.Err() == nil {
		rest := p.look(ctx)
		timer := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case <-p.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// look starts what is due, and returns how long nothing else will be.
func (p *Poller) look(ctx context.Context) time.Duration {
	table := *p.table.Load()
	// Only the clock on the wall counts: Go's own does not go on while the computer sleeps.
	now := p.Now().Round(0)
	if now.Before(p.seen) {
		for _, t := range table {
			t.next = time.Time{} // the clock was set back: what was to come may come sooner
		}
	}
	p.seen = now
	// Together, so that they share a commit.
	var work sync.WaitGroup
	for _, t := range table {
		if !t.next.After(now) {
			work.Go(func() { t.next = p.start(ctx, t, now) })
		}
	}
	work.Wait()
	rest := longestSleep
	for _, t := range table {
		rest = min(rest, t.next.Sub(p.Now().Round(0)))
	}
	return max(rest, 0)
}

// never is long after any clock.
var never = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)

// start stores the runs that are due, and returns when to look again.
func (p *Poller) start(ctx context.Context, t *trigger, now time.Time) (next time.Time) {
	var jobs []engine.Job
	var settled time.Time
	err := p.Store.Update(ctx, func(tx engine.Tx) (err error) {
		jobs, settled = nil, now
		r, err := tx.Recipe(ctx, t.recipeID)
		if engine.ErrorCode(err) == engine.NotFound || err == nil && (!r.On || r.Published != t.version) {
			return nil // it was changed meanwhile, and Reload is to come
		}
		if err != nil {
			return err
		}
		jobs, settled, err = p.due(ctx, tx, t, now)
		return err
	})
	if err != nil {
		if !t.failing && ctx.Err() == nil {
			t.failing = true
			p.Log.Error("runs that are due cannot be stored; it is tried again until they can", "recipe", t.recipeID, "error", err)
		}
		return now.Add(pause)
	}
	t.failing = false
	for _, job := range jobs {
		p.Accepted(job)
	}
	if next = t.schedule.Next(settled); next.IsZero() {
		return never
	}
	return next
}

// due adds the runs that are due since the trigger was last looked after, and returns up to when that
// settles it.
func (p *Poller) due(ctx context.Context, tx engine.Tx, t *trigger, now time.Time) ([]engine.Job, time.Time, error) {
	value, err := tx.TriggerState(ctx, t.recipeID, engine.TriggerThrough)
	if err != nil {
		return nil, now, err
	}
	through, err := time.Parse(time.RFC3339Nano, value)
	if err != nil || through.After(now) {
		// Nothing is known, or the clock was ahead. Events that were stored by a clock ahead of time
		// have their keys, and do not come again.
		return nil, now, setThrough(tx, t.recipeID, now)
	}
	ticks, settled := t.schedule.Due(through, now)
	if settled.Equal(through) {
		return nil, settled, nil
	}
	var jobs []engine.Job
	for _, tick := range ticks {
		job, err := add(tx, t, tick, now)
		if engine.ErrorCode(err) == engine.Conflict {
			continue // it has run before
		}
		if err != nil {
			return nil, now, err
		}
		jobs = append(jobs, job)
	}
	return jobs, settled, setThrough(tx, t.recipeID, settled)
}

// add stores a tick and its run.
func add(tx engine.Tx, t *trigger, tick schedule.Tick, now time.Time) (engine.Job, error) {
	event, err := tick.Event(t.recipeID, now)
	if err != nil {
		return engine.Job{}, err
	}
	if err := tx.AddEvent(&event); err != nil {
		return engine.Job{}, err
	}
	run := engine.Run{RecipeID: t.recipeID, Version: t.version, EventID: event.ID, State: engine.Queued, CreatedAt: now}
	if err := tx.AddRun(&run); err != nil {
		return engine.Job{}, err
	}
	return engine.Job{RunID: run.ID, RecipeID: run.RecipeID}, nil
}

func setThrough(tx engine.Tx, recipeID int64, through time.Time) error {
	return tx.SetTriggerState(recipeID, engine.TriggerThrough, through.UTC().Format(time.RFC3339Nano))
}
