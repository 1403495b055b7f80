package reach

import (
	"context"
	"strings"
)

// waiting names the recipes that are on and start with a delivery from outside, and those of them that ask
// for what they miss. Practice accounts are on this computer: what they send arrives always.
func (k *Keeper) waiting(ctx context.Context) (all, asking []string, err error) {
	recipes, err := k.Store.Recipes(ctx)
	if err != nil {
		return nil, nil, err
	}
	connections, err := k.Store.Connections(ctx)
	if err != nil {
		return nil, nil, err
	}
	practice := map[string]bool{}
	for _, c := range connections {
		practice[strings.ToLower(c.Name)] = c.Practice
	}
	for _, r := range recipes {
		if !r.On || r.Published == 0 {
			continue
		}
		live, err := k.Store.Version(ctx, r.ID, r.Published)
		if err != nil {
			return nil, nil, err
		}
		_, operation, ok := k.Catalog.Operation(live.Trigger.Use)
		if !ok || operation.Webhook == nil || practice[strings.ToLower(live.Trigger.Connection)] {
			continue
		}
		all = append(all, r.Name)
		if operation.CatchUp != nil {
			asking = append(asking, r.Name)
		}
	}
	return all, asking, nil
}
