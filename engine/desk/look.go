package desk

import (
	"context"
	"time"

	"bellhop/engine"
	"bellhop/engine/content"
	"bellhop/engine/poll"
)

// Looker looks once at what a trigger looks at by itself; *poll.Sources does.
type Looker interface {
	// Sample returns the newest item there; ok is false if there is none.
	Sample(ctx context.Context, t engine.Trigger, now time.Time) (item poll.Item, ok bool, err error)
}

// FetchSample asks for the newest item that a draft's trigger looks at, and returns it in place of the
// connector's example. It starts nothing and notes nothing. NotFound if there is nothing there; Invalid
// if the trigger is none at which Bellhop looks by itself.
func (d *Desk) FetchSample(ctx context.Context, definition engine.Definition) (Sample, error) {
	item, ok, err := d.Looker.Sample(ctx, definition.Trigger, d.Now())
	if err != nil {
		return Sample{}, err
	}
	if !ok {
		return Sample{}, engine.Errorf(engine.NotFound, "There is nothing there yet. Try again when there is, or work with the example.")
	}
	sample := d.example(definition)
	if sample.Data["trigger"], err = content.Parse(item.ContentType, item.Body); err != nil {
		return Sample{}, err
	}
	sample.Title = item.Key
	return sample, nil
}

// Troubles returns the recipes that are on and whose triggers cannot look, or cannot ask for what they
// missed, by id.
func (d *Desk) Troubles(ctx context.Context) (map[int64]engine.Trouble, error) {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	troubles := map[int64]engine.Trouble{}
	for _, r := range recipes {
		if !r.On || r.Published == 0 {
			continue
		}
		live, err := d.Store.Version(ctx, r.ID, r.Published)
		if err != nil {
			return nil, err
		}
		key := d.troubleKey(live)
		if key == "" {
			continue // what is kept is of a trigger that it had before
		}
		kept, err := d.Store.TriggerState(ctx, r.ID, key)
		if err != nil {
			return nil, err
		}
		if t := engine.ParseTrouble(kept); t != nil {
			troubles[r.ID] = *t
		}
	}
	return troubles, nil
}

// troubleKey is where a trigger keeps why it cannot look, or cannot ask; "" if it does neither.
func (d *Desk) troubleKey(live engine.Definition) string {
	_, operation, _ := d.Catalog.Operation(live.Trigger.Use)
	switch {
	case operation.Looks():
		return engine.TriggerTrouble
	case operation.Asks():
		return engine.TriggerUncaught
	}
	return ""
}

// CatchUp has the apps asked what was missed, that of one recipe or with 0 all, and returns when what was is
// stored. If the engine does not run, nothing is asked: it does so when it starts.
func (d *Desk) CatchUp(ctx context.Context, recipeID int64) error {
	if recipeID != 0 {
		r, err := d.Store.Recipe(ctx, recipeID)
		if err != nil {
			return err
		}
		live := r.Draft
		if r.Published > 0 {
			if live, err = d.Store.Version(ctx, r.ID, r.Published); err != nil {
				return err
			}
		}
		_, operation, _ := d.Catalog.Operation(live.Trigger.Use)
		switch {
		case !operation.Asks():
			return engine.Errorf(engine.Invalid, "The recipe %q cannot have missed anything that could be asked for: its trigger has no catch-up.", r.Name)
		case !r.On:
			return engine.Errorf(engine.Conflict, "The recipe %q is off, and what happens meanwhile starts no run.", r.Name)
		}
	}
	return d.Changed(ctx, engine.Change{Kind: engine.CatchUpAsked, RecipeID: recipeID})
}
