package boot

import (
	"context"

	"bellhop/engine"
	"bellhop/engine/catchup"
	"bellhop/engine/webhook"
)

// newFetcher makes what fetches missed events.
func (s *System) newFetcher() *catchup.Fetcher {
	return catchup.New(catchup.Params{
		Store: s.Store, Catalog: s.connectors, Accounts: s.Book, Apps: s.actions, Gate: s.gate,
		Address: func(_ context.Context, r engine.Recipe) string {
			if s.URL == "" {
				return "" // nothing arrives yet
			}
			return s.URL + webhook.PathPrefix + r.Token
		},
		Accepted: s.accepted, Troubled: s.troubled, Log: s.log,
	})
}
