package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"bellhop/engine"
)

// Delivery is something that came to a recipe's address, let in or not.
type Delivery struct {
	At       time.Time
	RecipeID int64 // 0 if the address is nobody's
	Recipe   string
	// Status is what the sender was told: 200, or as the recipe says, if Accepted.
	Accepted bool
	Status   int
	// Reason says in words why it was not let in.
	Reason string
	// Method and Sender are known only of what was not let in.
	Method, Sender string
	// Times is how often in a row the same happened; At is the last time.
	Times int
	// RunID and EventKey are those of an accepted delivery.
	RunID    int64
	EventKey string
}

// Refusals returns deliveries that were not let in, newest first: those of a recipe, or all if recipeID
// is 0, also those to addresses that are nobody's.
func (d *Desk) Refusals(ctx context.Context, recipeID int64) ([]engine.Refusal, error) {
	return d.Store.Refusals(ctx, recipeID, 0)
}

// Deliveries returns up to limit things that came to the address of a recipe, or to any address if
// recipeID is 0, newest first. What was accepted is there as long as its run is kept.
func (d *Desk) Deliveries(ctx context.Context, recipeID int64, limit int) ([]Delivery, error) {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, r := range recipes {
		names[r.ID] = r.Name
	}
	refusals, err := d.Store.Refusals(ctx, recipeID, limit)
	if err != nil {
		return nil, err
	}
	all := []Delivery{}
	for _, r := range refusals {
		all = append(all, Delivery{
			At: r.At, RecipeID: r.RecipeID, Recipe: names[r.RecipeID], Status: r.Status, Reason: r.Reason,
			Method: r.Method, Sender: r.Sender, Times: r.Times,
		})
	}
	for _, r := range recipes {
		if recipeID != 0 && r.ID != recipeID || !d.takesDeliveries(r) {
			continue
		}
		runs, err := d.Store.Runs(ctx, engine.RunFilter{RecipeID: r.ID, Limit: limit})
		if err != nil {
			return nil, err
		}
		for _, run := range runs {
			if run.ReplayOf != 0 || run.Recovered {
				continue // nothing arrived for it
			}
			all = append(all, Delivery{
				At: run.CreatedAt, RecipeID: r.ID, Recipe: r.Name, Accepted: true, Status: http.StatusOK, Times: 1, RunID: run.ID, EventKey: run.EventKey,
			})
		}
	}
	slices.SortStableFunc(all, func(a, b Delivery) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.RunID, a.RunID))
	})
	return all[:min(len(all), limit)], nil
}

// takesDeliveries says whether a recipe has an address to deliver to.
func (d *Desk) takesDeliveries(r engine.Recipe) bool {
	_, operation, ok := d.Catalog.Operation(r.Draft.Trigger.Use)
	return ok && operation.Webhook != nil
}
