package desk

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"bellhop/engine"
	"bellhop/engine/dryrun"
	"bellhop/engine/recipe"
)

// DefaultTrialEvents is how many of the last events a recipe is tried on unless it is said otherwise.
const DefaultTrialEvents = 20

// Trial says what of a recipe is to be tried, and on which events.
type Trial struct {
	// Draft tries the draft, and Version a version of that number; else it is the published one.
	Draft   bool
	Version int
	// Events are the ids of events to try, in that order. Without any, and without Data, it is the Last
	// ones that the recipe had, the oldest of them first; if it had none yet, the trigger's example.
	Events []int64
	Last   int // 0 means DefaultTrialEvents
	// Data is the body of an event that never came, and ContentType says how to read it; "" means JSON.
	Data        []byte
	ContentType string
}

// DryRun tells what a recipe would do with events, without doing it: nothing is sent, nothing stored. The
// error is engine.Problems if the draft has mistakes, Conflict if there is no published version.
func (d *Desk) DryRun(ctx context.Context, recipeID int64, t Trial) (dryrun.Result, error) {
	var none dryrun.Result
	r, err := d.Store.Recipe(ctx, recipeID)
	if err != nil {
		return none, err
	}
	definition, err := d.tried(ctx, r, t)
	if err != nil {
		return none, err
	}
	events, err := d.trialEvents(ctx, r, definition, t)
	if err != nil {
		return none, err
	}
	return dryrun.Try(ctx, dryrun.Params{
		Store: d.Store, Catalog: d.Catalog, Accounts: d.Book, Previewer: d.Previewer, Bodies: d.Bodies, Locale: d.Locale, Now: d.Now,
	}, r, definition, events)
}

// tried returns the definition that is to be tried.
func (d *Desk) tried(ctx context.Context, r engine.Recipe, t Trial) (engine.Definition, error) {
	if t.Draft {
		connections, err := d.Store.Connections(ctx)
		if err != nil {
			return r.Draft, err
		}
		return r.Draft, recipe.Blocking(d.problems(r.Draft, connections)).Err()
	}
	number := t.Version
	if number == 0 {
		number = r.Published
	}
	if number == 0 {
		return engine.Definition{}, engine.Errorf(engine.Conflict, "The recipe %q was never published. Try its draft instead.", r.Name)
	}
	return d.Store.Version(ctx, r.ID, number)
}

// trialEvents returns the events that a recipe is to be tried on, each read when its turn comes.
func (d *Desk) trialEvents(ctx context.Context, r engine.Recipe, definition engine.Definition, t Trial) (iter.Seq2[engine.Event, error], error) {
	if t.Last < 0 || t.Last > dryrun.MaxEvents || len(t.Events) > dryrun.MaxEvents {
		return nil, engine.Errorf(engine.Invalid, "A recipe can be tried on 1 to %d events at a time.", dryrun.MaxEvents)
	}
	ids, last := t.Events, len(t.Events) == 0 && len(t.Data) == 0
	if last {
		var err error
		if ids, err = d.lastEvents(ctx, r.ID, cmp.Or(t.Last, DefaultTrialEvents)); err != nil {
			return nil, err
		}
	}
	var given []engine.Event
	switch {
	case len(t.Data) > 0:
		given = append(given, dryrun.Given(r.ID, t.Data, t.ContentType, d.Now()))
	case len(ids) == 0:
		_, o, _ := d.Catalog.Operation(definition.Trigger.Use)
		if len(o.Sample) == 0 {
			return nil, engine.Errorf(engine.NotFound, "The recipe %q had no events yet. Give data to try it on.", r.Name)
		}
		example := dryrun.Given(r.ID, o.Sample, "application/json", d.Now())
		example.Key = "example"
		given = append(given, example)
	}
	return func(yield func(engine.Event, error) bool) {
		for _, event := range given {
			if !yield(event, nil) {
				return
			}
		}
		for _, id := range ids {
			event, err := d.Store.Event(ctx, id)
			if last && engine.ErrorCode(err) == engine.NotFound {
				continue // it has become too old meanwhile
			}
			if !yield(event, err) {
				return
			}
		}
	}, nil
}

// lastEvents returns the ids of up to n of the recipe's newest events, the oldest of them first.
func (d *Desk) lastEvents(ctx context.Context, recipeID int64, n int) ([]int64, error) {
	var ids []int64
	seen := map[int64]bool{}
	filter := engine.RunFilter{RecipeID: recipeID, Limit: min(2*n, 200)}
	for len(ids) < n {
		page, err := d.Store.Runs(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, run := range page {
			if !seen[run.EventID] && len(ids) < n { // a replay has the event of an older run
				seen[run.EventID] = true
				ids = append(ids, run.EventID)
			}
		}
		if len(page) < filter.Limit {
			break
		}
		filter.Before = page[len(page)-1].ID
	}
	slices.Reverse(ids)
	return ids, nil
}
