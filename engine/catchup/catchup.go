// Package catchup fetches what was missed. While the computer slept, was off or had no network, senders of
// webhooks found nobody. Whenever there may have been such a time, and every hour, the app is asked what
// happened since the newest event that is known, and what is new runs, marked as recovered. Deliveries and
// fetched events share their keys in the store, so whichever comes first runs and the other does not. The
// package also sees to it that the app still delivers at all.
package catchup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/poll"
)

// Store is what a fetcher needs of the store.
type Store interface {
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
	Setting(ctx context.Context, key string) (value string, err error)
	Recipes(ctx context.Context) ([]engine.Recipe, error)
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
	Connections(ctx context.Context) ([]engine.Connection, error)
	TriggerState(ctx context.Context, recipeID int64, key string) (value string, err error)
}

// Apps asks apps, and tells them where to deliver; *action.Client does.
type Apps interface {
	poll.Asker
	Do(ctx context.Context, call action.Call) (action.Result, error)
}

// Params are what a fetcher needs. Store, Catalog, Accounts and Apps are required.
type Params struct {
	Store    Store
	Catalog  engine.Catalog
	Accounts poll.Accounts
	Apps     Apps
	// Gate is passed by every request; nil if there is none.
	Gate poll.Gate
	// Address returns where a recipe's deliveries arrive now, as it is known outside if it is known there; ""
	// if nobody knows. Nil means that subscriptions are left alone.
	Address func(ctx context.Context, r engine.Recipe) string
	// Keep keeps secrets of a connection, by name. It is needed where a connector's subscription keeps any.
	Keep func(ctx context.Context, connection string, secrets map[string]string) error
	// Kept is called after the visit in which Keep was, for the change to take effect; nil if it does so by itself.
	Kept func(ctx context.Context)
	// Accepted is called after the commit with each new run; it must not block.
	Accepted func(engine.Job)
	// Troubled is called when missed events of a recipe cannot be had any more, or can again: what is kept
	// under engine.TriggerUncaught has changed. It must not block.
	Troubled func(recipeID int64)
	// Left is called when an app is left delivering to an address that nobody needs: it could not be told for
	// days, or its connection is deleted. It must not block.
	Left func(m Made)
	Now  func() time.Time
	Log  *slog.Logger
	// Every is how often apps are asked although nothing special has happened; 0 means Hourly.
	Every time.Duration
	// LookTime bounds one question, of a few hundred events; 0 means poll.DefaultLookTime.
	LookTime time.Duration
}

// Hourly is how often apps are asked although nothing special has happened.
const Hourly = time.Hour

// Fetcher fetches what the recipes missed that it was told of by Reload, while Run runs. Make one with New.
type Fetcher struct {
	Params
	reloading sync.Mutex // of two tables, the older must not come last
	table     table
	tidying   tidying
}

// New makes a fetcher that knows no recipe yet.
func New(p Params) *Fetcher {
	if p.Accepted == nil {
		p.Accepted = func(engine.Job) {}
	}
	if p.Kept == nil {
		p.Kept = func(context.Context) {}
	}
	if p.Troubled == nil {
		p.Troubled = func(int64) {}
	}
	if p.Left == nil {
		p.Left = func(Made) {}
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Every == 0 {
		p.Every = Hourly
	}
	if p.LookTime == 0 {
		p.LookTime = poll.DefaultLookTime
	}
	return &Fetcher{Params: p, table: newTable(), tidying: newTidying()}
}

// Reload takes up which recipes are on and may miss something. What is wrong with one recipe is logged and
// concerns that one only.
func (f *Fetcher) Reload(ctx context.Context) error {
	f.reloading.Lock()
	defer f.reloading.Unlock()
	lines, err := f.lines(ctx)
	if err != nil {
		return fmt.Errorf("read the recipes that may miss something: %w", err)
	}
	f.table.replace(lines)
	f.tidySoon()
	return nil
}

func (f *Fetcher) lines(ctx context.Context) ([]*line, error) {
	recipes, err := f.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	connections, err := f.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	var lines []*line
	for _, r := range recipes {
		if !r.On || r.Published == 0 {
			continue
		}
		live, err := f.Store.Version(ctx, r.ID, r.Published)
		if err != nil {
			return nil, err
		}
		connector, operation, ok := f.Catalog.Operation(live.Trigger.Use)
		if !ok || !operation.Asks() {
			continue
		}
		l, err := f.newLine(r, live, connector, operation, connections)
		if err != nil {
			f.Log.Error("what a recipe missed cannot be fetched", "recipe", r.ID, "error", err)
			continue
		}
		lines = append(lines, l)
	}
	return lines, nil
}

const (
	// pulse is how often is looked whether the computer was asleep, and late how much later than that
	// tells that it was. Then a clock that was set forward tells the same, which does no harm.
	pulse = 10 * time.Second
	late  = 30 * time.Second
)

// Run fetches what was missed until ctx is done, and returns when what is under way has ended.
func (f *Fetcher) Run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { f.keepTidy(ctx) })
	last, rest := f.Now().Round(0), time.Duration(0)
	for ctx.Err() == nil {
		// Only the clock on the wall counts: Go's own does not go on while the computer sleeps.
		now := f.Now().Round(0)
		if away := now.Sub(last) - rest; away > late {
			f.Log.Info("the computer was asleep, or its clock was set", "for", away.Round(time.Second))
			f.Wake()
		}
		var due []*line
		due, rest = f.table.due(now)
		last = now
		for _, l := range due {
			work.Go(func() {
				next, err := f.visit(ctx, l)
				f.table.done(l, f.Now().Round(0).Add(next), err)
			})
		}
		f.table.sleep(ctx, rest)
	}
	f.table.replace(nil) // who waits for an answer gets none any more
}

// Wake has all apps asked now: there may have been a time in which nothing arrived. It returns at once.
func (f *Fetcher) Wake() {
	f.table.hurry(0, false)
	f.tidying.hurry.Store(true)
	f.tidySoon()
}

// Noticed says that nothing arrives at the moment, such as without a network, and Resume that it does again:
// then all apps are asked what was missed. A Resume that nothing was noticed before does nothing.
func (f *Fetcher) Noticed() { f.table.noticed(true) }

// Resume is the end of what Noticed told of.
func (f *Fetcher) Resume() {
	if f.table.noticed(false) {
		f.Wake()
	}
}

// Ask has the app of a recipe asked now, or those of all recipes if recipeID is 0, and returns when all that
// was missed is stored. The error is the first that there was; NotFound if the recipe has nothing to fetch.
func (f *Fetcher) Ask(ctx context.Context, recipeID int64) error {
	answers, n := f.table.hurry(recipeID, true)
	if n == 0 && recipeID != 0 {
		return engine.Errorf(engine.NotFound,
			"There is nothing to ask for: the recipe is off, or its app has no way to tell what was missed.")
	}
	var errs []error
	for range n {
		select {
		case err := <-answers:
			errs = append(errs, err)
		case <-ctx.Done():
			return engine.Wrap(ctx.Err(), engine.Unavailable, "The apps have not told everything yet. Bellhop goes on asking.")
		}
	}
	return errors.Join(errs...)
}
