package start

import (
	"context"
	"time"

	"bellhop/engine"
	"bellhop/engine/form"
)

// Form returns what a person is asked before a recipe is run by hand; Conflict, with why, if the
// recipe's published version cannot be run so.
func Form(ctx context.Context, reader engine.Reader, catalog engine.Catalog, r engine.Recipe) ([]engine.Field, error) {
	_, fields, err := asked(ctx, reader, catalog, r)
	return fields, err
}

// asked returns the recipe's published version with its form.
func asked(ctx context.Context, reader engine.Reader, catalog engine.Catalog, r engine.Recipe) (live engine.Definition, fields []engine.Field, err error) {
	if r.Published == 0 {
		return live, nil, engine.Errorf(engine.Conflict, "The recipe %q was never published. Publish it first.", r.Name)
	}
	if live, err = reader.Version(ctx, r.ID, r.Published); err != nil {
		return live, nil, err
	}
	if _, o, _ := catalog.Operation(live.Trigger.Use); o.Start != engine.StartManual {
		return live, nil, engine.Errorf(engine.Conflict,
			"The recipe %q does not start by hand. Choose \"When I press Run\" as its trigger, or replay one of its runs.", r.Name)
	}
	if fields, err = form.Parse(live.Trigger.With["form"]); err != nil {
		return live, nil, engine.Wrap(err, engine.Invalid, "The questions that %q asks cannot be read: %s", r.Name, err)
	}
	return live, fields, nil
}

// ByHand stores the event of a person who starts a recipe, and its run; values are what the person
// filled in. The recipe sees them as its `trigger`. The error is Invalid if a value is not right, and
// Conflict if the recipe cannot be started so, or is off.
func ByHand(ctx context.Context, tx engine.Tx, catalog engine.Catalog, recipeID int64, values map[string]any, now time.Time) (engine.Run, error) {
	r, err := tx.Recipe(ctx, recipeID)
	if err != nil {
		return engine.Run{}, err
	}
	live, fields, err := asked(ctx, tx, catalog, r)
	if err != nil {
		return engine.Run{}, err
	}
	if !r.On {
		return engine.Run{}, engine.Errorf(engine.Conflict, "The recipe %q is off. Switch it on first.", r.Name)
	}
	data, err := form.Read(fields, values)
	if err != nil {
		return engine.Run{}, err
	}
	return add(tx, engine.Run{RecipeID: r.ID, Version: r.Published}, live.Runs, "by hand", data, now)
}
