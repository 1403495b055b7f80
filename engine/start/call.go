package start

import (
	"context"
	"encoding/json"
	"fmt"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Call starts the recipe that a step of run names, in the step's own transaction, and returns the id of
// the new run, which the caller has to offer to the queue after the commit. with holds the fields of
// `logic: call` with every pill filled in: `recipe`, a name or id, and `data`, which the called recipe
// sees as its `trigger`.
//
// The error is one that fails the step: NotFound if there is no such recipe, Conflict if it cannot be
// called now, Invalid if the data are not names and values, or the row of calls is too long.
func (s *Starter) Call(ctx context.Context, tx engine.Tx, run engine.Run, with map[string]any) (childRunID int64, err error) {
	if run.Depth >= engine.MaxDepth {
		return 0, tooDeep()
	}
	data, err := callData(with["data"])
	if err != nil {
		return 0, err
	}
	known, err := s.table.Load().find(mapping.Text(with["recipe"]))
	if err != nil {
		return 0, err
	}
	r, err := tx.Recipe(ctx, known.id)
	if err != nil {
		return 0, err
	}
	called, rules := known.called, known.runs
	if r.Published != known.version && r.Published != 0 {
		// It was published anew, and Reload is to come.
		live, err := tx.Version(ctx, r.ID, r.Published)
		if err != nil {
			return 0, err
		}
		_, o, _ := s.Catalog.Operation(live.Trigger.Use)
		called, rules = o.Start == engine.StartCalled, live.Runs
	}
	switch {
	case r.Published == 0:
		return 0, engine.Errorf(engine.Conflict, "The recipe %q was never published, so it cannot be called. Publish it first.", r.Name)
	case !called:
		return 0, engine.Errorf(engine.Conflict,
			"The recipe %q does not wait to be called: it starts in another way. Choose \"When another recipe calls this one\" as its trigger.", r.Name)
	case !r.On:
		return 0, engine.Errorf(engine.Conflict, "The recipe %q is off, so it cannot be called. Switch it on, then retry this run.", r.Name)
	}
	child, err := add(tx, engine.Run{
		RecipeID: r.ID, Version: r.Published, CalledBy: run.ID, Depth: run.Depth + 1,
	}, rules, fmt.Sprintf("call of run %d", run.ID), data, s.Now())
	return child.ID, err
}

// callData returns what the called recipe gets.
func callData(value any) (map[string]any, error) {
	data, ok := value.(map[string]any)
	if !ok && value != nil && value != "" {
		return nil, engine.Errorf(engine.Invalid, "The data for the other recipe must be names and values.")
	}
	if data == nil {
		data = map[string]any{}
	}
	if body, err := json.Marshal(data); err == nil && len(body) > engine.DefaultMaxBytes {
		return nil, engine.Errorf(engine.Invalid,
			"The data for the other recipe are too large: %d bytes, of at most %d. Pass on only what it needs.", len(body), engine.DefaultMaxBytes)
	}
	return data, nil
}

// tooDeep is why a run starts no others.
func tooDeep() error {
	return engine.Errorf(engine.Invalid,
		"%d recipes have started each other in a row, which looks like a ring without an end. This one starts no more. Look which recipe calls itself, also by way of others.", engine.MaxDepth)
}
