// Package start begins runs from within Bellhop: by a person's hand, because another recipe calls, or
// because a run failed. Whatever begins a run stores its event and the run in the transaction that it
// is given, so that neither a crash nor a retry loses or repeats it.
package start

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

// Recipes is what the table of those that start from within is made of.
type Recipes interface {
	Recipes(ctx context.Context) ([]engine.Recipe, error)
	Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error)
}

// Params are what a Starter needs. Recipes and Catalog are required.
type Params struct {
	Recipes Recipes
	Catalog engine.Catalog
	Now     func() time.Time
	Log     *slog.Logger
}

// Starter begins the runs of recipes that other runs start. It knows the recipes as of the last
// Reload, and asks the transaction whether that is still so.
type Starter struct {
	Params
	reloading sync.Mutex // of two tables, the older must not come last
	table     atomic.Pointer[table]
}

// table is what can be started, by the recipes as they are published.
type table struct {
	byName   map[string]target // by the name in lower case
	byID     map[int64]target
	names    []string
	watchers []watcher
}

// target is a recipe that a step can name.
type target struct {
	id      int64
	name    string
	version int
	// called says that the published version begins when another recipe calls.
	called bool
	// runs say how its runs stand to each other; nil if they do not care.
	runs *engine.RunRules
}

// New makes a starter that knows no recipe yet.
func New(p Params) *Starter {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	s := &Starter{Params: p}
	s.table.Store(&table{})
	return s
}

// Reload takes up the recipes as they are now. What is wrong with one concerns that one only.
func (s *Starter) Reload(ctx context.Context) error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	all, err := s.Recipes.Recipes(ctx)
	if err != nil {
		return fmt.Errorf("read the recipes that start from within: %w", err)
	}
	t := &table{byName: map[string]target{}, byID: map[int64]target{}}
	for _, r := range all {
		one := target{id: r.ID, name: r.Name, version: r.Published}
		if r.Published != 0 {
			live, err := s.Recipes.Version(ctx, r.ID, r.Published)
			if engine.ErrorCode(err) == engine.NotFound {
				continue // it was removed meanwhile
			}
			if err != nil {
				return fmt.Errorf("read the recipes that start from within: %w", err)
			}
			_, o, _ := s.Catalog.Operation(live.Trigger.Use)
			one.called, one.runs = o.Start == engine.StartCalled, live.Runs
			if o.Start == engine.StartFailed && r.On {
				t.watchers = append(t.watchers, newWatcher(r, live))
			}
		}
		t.byName[strings.ToLower(r.Name)], t.byID[r.ID] = one, one
		t.names = append(t.names, r.Name)
	}
	s.table.Store(t)
	return nil
}

// find returns the recipe that a step names, by name in any case or by id.
func (t *table) find(given string) (target, error) {
	given = strings.TrimSpace(given)
	if one, ok := t.byName[strings.ToLower(given)]; ok {
		return one, nil
	}
	if id, err := strconv.ParseInt(given, 10, 64); err == nil {
		if one, ok := t.byID[id]; ok {
			return one, nil
		}
	}
	problem := engine.Problem{
		Message:    fmt.Sprintf("There is no recipe %q to call. Choose another in the step.", given),
		Suggestion: engine.Suggest(given, t.names),
	}
	return target{}, engine.Errorf(engine.NotFound, "%s", problem)
}

// add stores an event with that body, and the run that it starts; key tells what it is to people who
// look for it, and gets something behind it that no other event has. rules are the recipe's.
func add(tx engine.Tx, run engine.Run, rules *engine.RunRules, key string, body any, now time.Time) (engine.Run, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return run, engine.Wrap(err, engine.Internal, "What starts the run cannot be written as JSON.")
	}
	if rules != nil && rules.InOrder {
		value, err := mapping.Decode(data)
		if err != nil {
			return run, err
		}
		if run.OrderKey, err = recipe.OrderKey(engine.Definition{Runs: rules}, value, engine.Request{}, mapping.Env{}); err != nil {
			return run, err
		}
	}
	event := engine.Event{
		RecipeID: run.RecipeID, Key: key + " " + strings.ToLower(rand.Text()[:12]), Body: data,
		ContentType: "application/json", ReceivedAt: now,
	}
	if err := tx.AddEvent(&event); err != nil {
		return run, err
	}
	run.EventID, run.State, run.CreatedAt = event.ID, engine.Queued, now
	return run, tx.AddRun(&run)
}
