package catchup

import (
	"context"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
)

// use is how much a subscription is needed.
type use int

const (
	inUse use = iota
	// unknown is one of which nobody can say it now, such as before the one in its place is seen to be there.
	unknown
	// forAWhile is one that nobody needs now, and perhaps somebody soon.
	forAWhile
	// needless is one that nobody will need again.
	needless
)

// world is what decides which subscriptions are needed.
type world struct {
	all         []Made
	recipes     []engine.Recipe
	connections []engine.Connection
}

// world reads it; empty if there is no subscription.
func (f *Fetcher) world(ctx context.Context) (w world, err error) {
	if f.Address == nil {
		return w, nil
	}
	if w.all, err = AllMade(ctx, f.Store); err != nil || len(w.all) == 0 {
		return world{}, err
	}
	if w.recipes, err = f.Store.Recipes(ctx); err != nil {
		return w, err
	}
	w.connections, err = f.Store.Connections(ctx)
	return w, err
}

// useOf says how much a subscription is needed.
func (w world) useOf(ctx context.Context, f *Fetcher, m Made) use {
	i := slices.IndexFunc(w.recipes, func(r engine.Recipe) bool { return r.ID == m.RecipeID })
	if i < 0 || m.Replaced {
		return needless
	}
	r := w.recipes[i]
	if r.Published == 0 {
		return forAWhile
	}
	live, err := f.Store.Version(ctx, r.ID, r.Published)
	if err != nil {
		return unknown
	}
	t := live.Trigger
	i = slices.IndexFunc(w.connections, func(c engine.Connection) bool { return strings.EqualFold(c.Name, t.Connection) })
	switch {
	case t.Use != m.Use || hashOf(withOf(t)) != hashOf(m.With) || i < 0 || accountOf(w.connections[i]) != m.Account:
		return needless
	case !r.On:
		return forAWhile
	}
	address := f.Address(ctx, r)
	switch {
	case address == m.Address:
		return inUse
	case address == "":
		return unknown
	case !reaches(address, engine.Account{Connection: w.connections[i]}):
		return forAWhile // no new one can be made
	case slices.ContainsFunc(w.all, func(o Made) bool {
		return o.RecipeID == m.RecipeID && o.Account == m.Account && o.Use == m.Use && o.Address == address && o.ID != ""
	}):
		return needless // the app has listed the one in its place
	}
	return unknown
}

// update takes up what tidy found out, of those that are remembered still. What was given up long ago is forgotten.
func (w world) update(all []Made, now time.Time) []Made {
	for i, m := range all {
		if j := slices.IndexFunc(w.all, m.same); j >= 0 {
			all[i].Idle, all[i].Tries, all[i].Why, all[i].Next, all[i].GivenUp = w.all[j].Idle, w.all[j].Tries, w.all[j].Why, w.all[j].Next, w.all[j].GivenUp
		}
	}
	return slices.DeleteFunc(all, func(m Made) bool { return m.forgotten(now) })
}
