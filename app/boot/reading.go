package boot

import (
	"context"
	"sync"

	"bellhop/engine"
)

// reading is the store as the parts of the engine see it that take up recipes: one after the other asks
// for all of them and for what they publish, at the start and after each change. So that a thousand
// recipes are not read five times over, the list is kept while they do, and published versions, which
// never change, for good. What it returns is shared: nobody may change it.
type reading struct {
	engine.Store

	mu       sync.Mutex
	recipes  []engine.Recipe // nil if they are to be read
	turn     int             // counts the calls of refresh, so that no list outlives one
	versions map[version]engine.Definition
}

type version struct {
	recipeID int64
	number   int
}

// mostVersions bounds what is kept of recipes that are published again and again.
const mostVersions = 10_000

// refresh lets the recipes be read anew.
func (r *reading) refresh() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recipes = nil
	r.turn++
}

// Recipes returns the recipes as they were when they were first asked for since refresh.
func (r *reading) Recipes(ctx context.Context) ([]engine.Recipe, error) {
	r.mu.Lock()
	kept, turn := r.recipes, r.turn
	r.mu.Unlock()
	if kept != nil {
		return kept, nil
	}
	all, err := r.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.turn == turn {
		r.recipes = all
	}
	return all, nil
}

// Version returns a published version, read once.
func (r *reading) Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error) {
	key := version{recipeID, number}
	r.mu.Lock()
	d, ok := r.versions[key]
	r.mu.Unlock()
	if ok {
		return d, nil
	}
	d, err := r.Store.Version(ctx, recipeID, number)
	if err != nil {
		return d, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.versions == nil || len(r.versions) >= mostVersions {
		r.versions = map[version]engine.Definition{}
	}
	r.versions[key] = d
	return d, nil
}
