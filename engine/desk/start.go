package desk

import (
	"context"
	"fmt"
	"strings"

	"bellhop/engine"
	"bellhop/engine/start"
	"bellhop/engine/webhook"
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

// Ring says in a sentence by which way a definition would start itself when it is published as the
// recipe of that id; "" if it would not, as far as can be seen. It keeps nothing from being published:
// a ring may have an end that its data bring, and one without is stopped after engine.MaxDepth runs.
func (d *Desk) Ring(ctx context.Context, id int64, definition engine.Definition) (string, error) {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return "", err
	}
	var nodes []start.Node
	for _, r := range recipes {
		node := start.Node{Name: r.Name, Token: r.Token, Definition: definition}
		if r.ID != id {
			if r.Published == 0 {
				continue
			}
			if node.Definition, err = d.Store.Version(ctx, r.ID, r.Published); err != nil {
				return "", err
			}
		} else if definition.Name != "" {
			node.Name = definition.Name
		}
		nodes = append(nodes, node)
	}
	way := start.Ring(d.Catalog, webhook.PathPrefix, nodes, definition.Name)
	if way == nil {
		return "", nil
	}
	return fmt.Sprintf("%q starts itself: %s. Make sure that this has an end; after %d in a row Bellhop stops it.",
		way[0], strings.Join(way, " → "), engine.MaxDepth), nil
}
