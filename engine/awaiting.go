package engine

import (
	"context"
	"strings"
)

// Awaiting is a recipe that is on and starts with deliveries from the internet.
type Awaiting struct {
	Recipe Recipe
	// Trigger is that of the published version, and Connector and Operation are what it uses.
	Trigger   Trigger
	Connector Connector
	Operation Operation
}

// Asks says whether the app is asked for what could not be delivered.
func (w Awaiting) Asks() bool { return w.Operation.CatchUp != nil }

// AwaitingReader is what is read to know who waits. A Store is one.
type AwaitingReader interface {
	Recipes(ctx context.Context) ([]Recipe, error)
	Version(ctx context.Context, recipeID int64, number int) (Definition, error)
	Connections(ctx context.Context) ([]Connection, error)
}

// AwaitingRecipes lists who waits for deliveries from the internet, by name. Practice accounts are on this computer: what
// they send arrives always. The error is the store's.
func AwaitingRecipes(ctx context.Context, r AwaitingReader, catalog Catalog) ([]Awaiting, error) {
	recipes, err := r.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	connections, err := r.Connections(ctx)
	if err != nil {
		return nil, err
	}
	practice := map[string]bool{}
	for _, c := range connections {
		practice[strings.ToLower(c.Name)] = c.Practice
	}
	var all []Awaiting
	for _, recipe := range recipes {
		if !recipe.On || recipe.Published == 0 {
			continue
		}
		live, err := r.Version(ctx, recipe.ID, recipe.Published)
		if err != nil {
			return nil, err
		}
		connector, operation, ok := catalog.Operation(live.Trigger.Use)
		if ok && operation.Webhook != nil && !practice[strings.ToLower(live.Trigger.Connection)] {
			all = append(all, Awaiting{Recipe: recipe, Trigger: live.Trigger, Connector: connector, Operation: operation})
		}
	}
	return all, nil
}
