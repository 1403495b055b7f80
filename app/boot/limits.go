package boot

import (
	"context"
	"sync/atomic"

	"bellhop/engine"
)

// limits is how many runs of each recipe may be done at once, for those that say so.
type limits struct{ of atomic.Pointer[map[int64]int] }

// atOnce returns the limit of a recipe; 0 if it has none.
func (l *limits) atOnce(recipeID int64) int {
	if of := l.of.Load(); of != nil {
		return (*of)[recipeID]
	}
	return 0
}

// reload reads what the published recipes say.
func (l *limits) reload(ctx context.Context, recipes engine.Reader) error {
	all, err := recipes.Recipes(ctx)
	if err != nil {
		return err
	}
	of := map[int64]int{}
	for _, r := range all {
		if r.Published == 0 {
			continue
		}
		live, err := recipes.Version(ctx, r.ID, r.Published)
		if engine.ErrorCode(err) == engine.NotFound {
			continue // it is gone by now
		}
		if err != nil {
			return err
		}
		if live.Runs != nil && live.Runs.AtOnce > 0 {
			of[r.ID] = live.Runs.AtOnce
		}
	}
	l.of.Store(&of)
	return nil
}
