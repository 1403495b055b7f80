package poll

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"bellhop/engine"
)

// App is the name under which Factories has the source of operations with a PollSpec; those that name a
// Watch have theirs under it.
const App = "app"

// Accounts finds accounts by the name of their connection.
type Accounts interface {
	Account(ctx context.Context, name string) (engine.Account, error)
}

// Sources makes sources of triggers.
type Sources struct {
	Catalog  engine.Catalog
	Accounts Accounts
	// Factories makes each kind of source: App, and engine.Watches.
	Factories map[string]Factory
}

// Source makes the source of a recipe's trigger. Invalid if it is none at which Bellhop looks by itself,
// or a field is wrong.
func (s *Sources) Source(t engine.Trigger) (Source, error) {
	connector, operation, ok := s.Catalog.Operation(t.Use)
	if !ok || !operation.Looks() {
		return nil, engine.Errorf(engine.Invalid, "The trigger %q is none at which Bellhop looks by itself.", t.Use)
	}
	kind := operation.Watch
	if operation.Poll != nil {
		kind = App
	}
	factory := s.Factories[kind]
	if factory == nil {
		return nil, engine.Errorf(engine.Internal, "there is no source of the kind %q", kind)
	}
	account := func(ctx context.Context) (engine.Account, error) {
		if t.Connection == "" {
			return engine.Account{}, nil
		}
		return s.Accounts.Account(ctx, t.Connection)
	}
	return factory(Trigger{Connector: connector, Operation: operation, With: t.With, Account: account})
}

// Sample looks once at what a trigger looks at and returns the newest item there, to try pills with; ok
// is false if there is none. It starts nothing and notes nothing.
func (s *Sources) Sample(ctx context.Context, t engine.Trigger, now time.Time) (item Item, ok bool, err error) {
	source, err := s.Source(t)
	if err != nil {
		return item, false, err
	}
	defer closeSource(source)
	found, err := lookSafely(ctx, source, Look{Quiet: true, Runs: 1, Now: now})
	if err != nil || len(found.Items) == 0 {
		return item, false, err
	}
	return found.Items[len(found.Items)-1], true, nil
}

// lookSafely makes an error of a panic: what comes from outside must not end the program.
func lookSafely(ctx context.Context, s Source, look Look) (found Found, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = engine.Wrap(fmt.Errorf("panic: %v\n%s", r, debug.Stack()), engine.Internal, "looking failed: %v", r)
		}
	}()
	return s.Look(ctx, look)
}
