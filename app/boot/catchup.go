package boot

import (
	"context"
	"slices"
	"time"

	"bellhop/engine/catchup"
	"bellhop/engine/limit"
	"bellhop/engine/notice"
)

// newFetcher makes what fetches missed events.
func (s *System) newFetcher() *catchup.Fetcher {
	return catchup.New(catchup.Params{
		Store: s.reading, Catalog: s.connectors, Accounts: s.Book, Apps: s.actions, Gate: s.gate,
		Address: s.address, Keep: s.keep, Kept: s.kept, Accepted: s.accepted, Troubled: s.troubled, Left: s.left, Log: s.log,
	})
}

// watchNetwork has the apps asked what was missed when this computer is online again. changed tells that it
// may be, or not be any more.
func (s *System) watchNetwork(ctx context.Context, changed <-chan struct{}) {
	var lost time.Time // when it was seen that there is no network; zero while there is one
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		switch {
		case s.offline() && lost.IsZero():
			lost = time.Now()
			s.fetcher.Noticed()
		case !s.offline() && !lost.IsZero():
			s.notices.Back(notice.Offline, lost)
			s.fetcher.Resume()
			lost = time.Time{}
		}
	}
}

// offline says whether nothing gets through to anywhere.
func (s *System) offline() bool {
	return slices.ContainsFunc(s.gate.Trouble(), func(t limit.Trouble) bool { return t.For == "" })
}
