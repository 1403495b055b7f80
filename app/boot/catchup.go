package boot

import (
	"context"
	"slices"

	"bellhop/engine/catchup"
	"bellhop/engine/limit"
)

// newFetcher makes what fetches missed events.
func (s *System) newFetcher() *catchup.Fetcher {
	return catchup.New(catchup.Params{
		Store: s.reading, Catalog: s.connectors, Accounts: s.Book, Apps: s.actions, Gate: s.gate,
		Address: s.address, Accepted: s.accepted, Troubled: s.troubled, Log: s.log,
	})
}

// watchNetwork has the apps asked what was missed when this computer is online again. changed tells that it
// may be, or not be any more.
func (s *System) watchNetwork(ctx context.Context, changed <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		if slices.ContainsFunc(s.gate.Trouble(), func(t limit.Trouble) bool { return t.For == "" }) {
			s.fetcher.Noticed()
		} else {
			s.fetcher.Resume()
		}
	}
}
