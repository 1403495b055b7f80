package boot

import (
	"context"

	"bellhop/engine"
)

// keep keeps secrets that an app made up for one recipe, and drops those of recipes that are gone.
func (s *System) keep(ctx context.Context, connection string, secrets map[string]string) error {
	account, err := s.Book.Account(ctx, connection)
	if err != nil {
		return err
	}
	recipes, err := s.Store.Recipes(ctx)
	if err != nil {
		return err
	}
	there := map[int64]bool{0: true}
	for _, r := range recipes {
		there[r.ID] = true
	}
	for name := range account.Secrets {
		if _, renewed := secrets[name]; !renewed && !there[engine.KeptFor(name)] {
			secrets[name] = ""
		}
	}
	return s.Book.Keep(ctx, connection, secrets)
}

// kept takes kept secrets up, so that what is signed with them is let in.
func (s *System) kept(ctx context.Context) {
	if err := s.changed(ctx, engine.Change{Kind: engine.ConnectionsChanged}); err != nil {
		s.log.Warn("a secret that was kept is taken up later", "error", err)
	}
}
