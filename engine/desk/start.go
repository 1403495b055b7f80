package desk

import (
	"context"

	"bellhop/engine"
	"bellhop/engine/start"
)

// Form returns what a person is asked before a recipe is run by hand; Conflict, with why, if it cannot
// be run so.
func (d *Desk) Form(ctx context.Context, recipeID int64) ([]engine.Field, error) {
	r, err := d.Store.Recipe(ctx, recipeID)
	if err != nil {
		return nil, err
	}
	return start.Form(ctx, d.Store, d.Catalog, r)
}

// Start runs a recipe by hand with what a person filled in, texts or values by the form's names, and
// returns the new run's id. The error is Invalid if a value is not right, and Conflict if the recipe
// does not start by hand, or is off.
func (d *Desk) Start(ctx context.Context, recipeID int64, values map[string]any) (runID int64, err error) {
	var run engine.Run
	err = d.Store.Update(ctx, func(tx engine.Tx) (err error) {
		run, err = start.ByHand(ctx, tx, d.Catalog, recipeID, values, d.Now())
		return err
	})
	if err != nil {
		return 0, err
	}
	return run.ID, d.runChanged(ctx, run.ID, engine.Queued)
}
