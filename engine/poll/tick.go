package poll

import (
	"context"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/recipe"
	"bellhop/engine/schedule"
)

// ticker is a recipe that is on and waits for a time.
type ticker struct {
	recipeID int64
	version  int
	schedule schedule.Schedule
	order    *recipe.Order // which of its runs wait for each other
	// next is when it has to be looked after; zero until that is known.
	next time.Time
	// failing is true since its runs could not be stored.
	failing bool
}

// tick starts runs when their time has come, until ctx is done.
func (p *Poller) tick(ctx context.Context) {
	for ctx.Err() == nil {
		sleep(ctx, p.startDue(ctx), p.timesChanged)
	}
}

// startDue starts what is due, and returns how long nothing else will be.
func (p *Poller) startDue(ctx context.Context) time.Duration {
	table := *p.times.Load()
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
func (p *Poller) start(ctx context.Context, t *ticker, now time.Time) (next time.Time) {
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
func (p *Poller) due(ctx context.Context, tx engine.Tx, t *ticker, now time.Time) ([]engine.Job, time.Time, error) {
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
func add(tx engine.Tx, t *ticker, tick schedule.Tick, now time.Time) (engine.Job, error) {
	event, err := tick.Event(t.recipeID, now)
	if err != nil {
		return engine.Job{}, err
	}
	if err := tx.AddEvent(&event); err != nil {
		return engine.Job{}, err
	}
	run := engine.Run{
		RecipeID: t.recipeID, Version: t.version, EventID: event.ID, State: engine.Queued, CreatedAt: now,
		OrderKey: t.order.OfEvent(event),
	}
	if err := tx.AddRun(&run); err != nil {
		return engine.Job{}, err
	}
	return engine.JobOf(run), nil
}

func setThrough(tx engine.Tx, recipeID int64, through time.Time) error {
	return tx.SetTriggerState(recipeID, engine.TriggerThrough, through.UTC().Format(time.RFC3339Nano))
}
