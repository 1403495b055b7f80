package desk

import (
	"context"

	"bellhop/engine"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

// Replay runs a run's event again as a new run of the published version, and returns its id. Conflict
// if the recipe was never published.
func (d *Desk) Replay(ctx context.Context, id int64) (newID int64, err error) {
	return d.replayOne(ctx, id, false)
}

// ReplayDraft runs a run's event again as a new run of the recipe's draft, which is for real: what its
// steps send is sent. The error is engine.Problems if the draft is not ready.
func (d *Desk) ReplayDraft(ctx context.Context, id int64) (newID int64, err error) {
	return d.replayOne(ctx, id, true)
}

func (d *Desk) replayOne(ctx context.Context, id int64, draft bool) (int64, error) {
	var run engine.Run
	err := d.Store.Update(ctx, func(tx engine.Tx) (err error) {
		run, err = d.replay(ctx, tx, id, draft)
		return err
	})
	if err != nil {
		return 0, err
	}
	return run.ID, d.runChanged(ctx, run.ID, engine.Queued)
}

// replay adds a run like the one with that id.
func (d *Desk) replay(ctx context.Context, tx engine.Tx, id int64, draft bool) (engine.Run, error) {
	old, err := tx.Run(ctx, id)
	if err != nil {
		return old, err
	}
	r, err := tx.Recipe(ctx, old.RecipeID)
	if err != nil {
		return old, err
	}
	number := r.Published
	switch {
	case draft && r.Changed:
		if err := d.ready(ctx, tx, r.Draft); err != nil {
			return old, err
		}
		if number, err = tx.AddTrial(r.ID, r.Draft); err != nil {
			return old, err
		}
	case number == 0:
		return old, engine.Errorf(engine.Conflict, "The recipe %q has no published version to run. Publish it first.", r.Name)
	}
	run := engine.Run{
		RecipeID: old.RecipeID, Version: number, EventID: old.EventID,
		State: engine.Queued, CreatedAt: d.Now(), ReplayOf: old.ID,
	}
	if run.OrderKey, err = orderKey(ctx, tx, old, number); err != nil {
		return old, err
	}
	return run, tx.AddRun(&run)
}

// orderKey returns which runs a replay of another waits for, by the version that it runs.
func orderKey(ctx context.Context, tx engine.Tx, old engine.Run, number int) (string, error) {
	definition, err := tx.Version(ctx, old.RecipeID, number)
	if err != nil || definition.Runs == nil || !definition.Runs.InOrder {
		return "", err
	}
	event, err := tx.Event(ctx, old.EventID)
	if err != nil {
		return "", err
	}
	if event.File != "" && old.OrderKey != "" {
		return old.OrderKey, nil // a large body is not read in a transaction; its key was found when it came
	}
	data, _ := content.Parse(event.ContentType, event.Body) // what cannot be read waits for all others
	return recipe.OrderKey(definition, data, event.Request, mapping.Env{})
}
