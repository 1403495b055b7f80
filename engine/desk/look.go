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

// Troubles returns the recipes that are on and whose triggers cannot look, by id.
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
		if !d.looks(live) {
			continue // what is kept is of a trigger that it had before
		}
		kept, err := d.Store.TriggerState(ctx, r.ID, engine.TriggerTrouble)
		if err != nil {
			return nil, err
		}
		if t := engine.ParseTrouble(kept); t != nil {
			troubles[r.ID] = *t
		}
	}
	return troubles, nil
}
