// Package dryrun tells what a recipe would do with events, without doing it. It is the runtime that
// runs them, so that nothing is decided differently; only what the runtime reaches for is not real:
// requests are made and not sent, and answered by the connector's sample, a wait is over at once, and
// what would be stored is forgotten.
package dryrun

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/logic"
	"bellhop/engine/mapping"
	"bellhop/engine/runtime"
)

// MaxEvents is how many events can be tried at a time: what would come of each is held in memory.
const MaxEvents = 500

// longestTrial is how many times one run may wait.
const longestTrial = 10_000

// Previewer makes requests without sending them.
type Previewer interface {
	Preview(ctx context.Context, call action.Call) (*engine.SentRequest, error)
}

// Accounts finds a connection with its secrets by name.
type Accounts interface {
	Account(ctx context.Context, name string) (engine.Account, error)
}

// Params are what a trial needs; the first four are required.
type Params struct {
	Store     engine.Store
	Catalog   engine.Catalog
	Accounts  Accounts
	Previewer Previewer
	// Bodies opens large bodies of events; nil if there are none.
	Bodies runtime.Bodies
	// Locale returns the language and time zone that pills are formatted in.
	Locale func() mapping.Env
	Now    func() time.Time
}

// Result is what a recipe would do with some events.
type Result struct {
	Outcomes []Outcome
	// Apps counts by an app's title of how many events something would have gone there.
	Apps map[string]int
	// States counts the events by how their runs would have ended.
	States map[engine.State]int
}

// Outcome is what would become of one event.
type Outcome struct {
	// Event is without its body.
	Event engine.Event
	// Run is as the run would be in the end. Its steps have what they were filled with, what they decided,
	// and as their only attempt the request that would have been sent, without secrets. It has no id.
	Run engine.Run
	// Apps are the titles of the apps that something would have gone to, in order.
	Apps []string
}

// Try runs events through a version of a recipe, each as if nothing had come before but the events tried
// before it. The error is ctx's, the store's, or one that came with an event; what is wrong with an event
// or a step is in the outcomes.
func Try(ctx context.Context, p Params, recipe engine.Recipe, definition engine.Definition, events iter.Seq2[engine.Event, error]) (Result, error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	result := Result{Apps: map[string]int{}, States: map[engine.State]int{}}
	catalog := pretended{p.Catalog}
	world := &world{Store: p.Store, definition: definition, undo: keeps(definition, catalog), memory: newMemory()}
	for event, err := range events {
		if err := errors.Join(ctx.Err(), err); err != nil {
			return result, err
		}
		o, err := p.try(ctx, world, catalog, recipe, event, -int64(len(result.Outcomes)+1))
		if err != nil {
			return result, err
		}
		for _, app := range o.Apps {
			result.Apps[app]++
		}
		result.States[o.Run.State]++
		result.Outcomes = append(result.Outcomes, o)
	}
	return result, nil
}

// try runs one event. Its run has an id that no real run has.
func (p Params) try(ctx context.Context, w *world, catalog pretended, recipe engine.Recipe, event engine.Event, id int64) (Outcome, error) {
	now := p.Now()
	w.begin(engine.Run{
		ID: id, RecipeID: recipe.ID, RecipeName: recipe.Name, EventID: event.ID, EventKey: event.Key,
		State: engine.Queued, CreatedAt: now,
	}, event)
	actions := &actions{Previewer: p.Previewer}
	r := runtime.New(runtime.Params{
		Store: w, Catalog: catalog, Accounts: accounts{p.Accounts, p.Store}, Actions: actions, Locale: p.Locale,
		Bodies: p.Bodies, Now: func() time.Time { return now },
	})
	for range longestTrial {
		err := r.Handle(ctx, engine.JobOf(w.run))
		until, waits := engine.SnoozedUntil(err)
		if err != nil && !waits {
			return Outcome{}, err
		}
		if !waits {
			break
		}
		now = until // nobody waits for a trial
	}
	run := copyOf(w.run)
	run.ID, event.Body = 0, nil
	return Outcome{Event: event, Run: run, Apps: actions.apps}, nil
}

// keeps says whether some step of the definition reads or changes what Bellhop keeps.
func keeps(d engine.Definition, catalog engine.Catalog) bool {
	return slices.ContainsFunc(d.Walk(), func(s engine.Placed) bool {
		_, o, _ := catalog.Operation(s.Use)
		_, kept := logic.Find(o.Logic)
		return kept != nil
	})
}

// pretended is a catalog in which what would start other runs, or wait for them, is an action like those
// that reach outside: it is not done, and its sample is its result.
type pretended struct{ engine.Catalog }

// notDone is what such operations name as how they are done.
const notDone = "trial"

func (c pretended) Operation(use string) (engine.Connector, engine.Operation, bool) {
	connector, o, ok := c.Catalog.Operation(use)
	if o.Logic == engine.LogicCall || o.Logic == engine.LogicBatch {
		o.Logic, o.Local = "", notDone
	}
	return connector, o, ok
}

// actions makes requests and does not send them.
type actions struct {
	Previewer
	apps []string
}

func (a *actions) Do(ctx context.Context, call action.Call) (result action.Result, err error) {
	if call.Operation.Request != nil || call.Operation.Local != "" && call.Operation.Local != notDone {
		if result.Request, err = a.Preview(ctx, call); err != nil {
			return result, err
		}
	}
	if call.Operation.Local != notDone && !slices.Contains(a.apps, call.Connector.Title) {
		a.apps = append(a.apps, call.Connector.Title)
	}
	if len(call.Operation.Sample) > 0 {
		result.Output, err = mapping.Decode(call.Operation.Sample)
	}
	return result, err
}

// accounts are the real ones, or where their secrets cannot be read now, such as with a locked keyring,
// ones with something in their place: what is shown has no secrets anyway.
type accounts struct {
	Accounts
	store engine.Reader
}

// masked stands where a secret would be.
const masked = "•••"

func (a accounts) Account(ctx context.Context, name string) (engine.Account, error) {
	account, err := a.Accounts.Account(ctx, name)
	if engine.ErrorCode(err) != engine.Unavailable {
		return account, err
	}
	connection, err := a.store.Connection(ctx, name)
	if err != nil {
		return account, err
	}
	account = engine.Account{Connection: connection, Secrets: map[string]string{}}
	for _, field := range connection.SecretFields {
		account.Secrets[field] = masked
	}
	return account, nil
}

// Given makes an event of data that somebody has at hand, as a webhook's delivery would bring it.
func Given(recipeID int64, data []byte, contentType string, now time.Time) engine.Event {
	if contentType == "" && json.Valid(data) {
		contentType = "application/json"
	}
	return engine.Event{ID: -1, RecipeID: recipeID, Key: "given", Body: data, ContentType: contentType, ReceivedAt: now}
}
