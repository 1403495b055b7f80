package boot

import (
	"context"

	"bellhop/engine"
	"bellhop/engine/catchup"
)

// Subscriptions returns the webhooks that Bellhop made at apps and that are not known to be gone.
func (d *Data) Subscriptions(ctx context.Context) ([]catchup.Made, error) {
	return catchup.AllMade(ctx, d.Store)
}

// leave has the app of a connection that is about to be deleted deliver no more. It works without the engine too.
func (d *Data) leave(ctx context.Context, c engine.Connection) { d.leaveWith(ctx, c, nil) }

func (d *Data) leaveWith(ctx context.Context, c engine.Connection, left func(catchup.Made)) {
	catchup.New(catchup.Params{Store: d.Store, Catalog: d.connectors, Accounts: d.Book, Apps: d.actions, Left: left, Log: d.log}).Leave(ctx, c)
}

// leave is Data's, and tells a person of what is left.
func (s *System) leave(ctx context.Context, c engine.Connection) { s.leaveWith(ctx, c, s.left) }

// left tells a person that an app goes on delivering in vain.
func (s *System) left(m catchup.Made) {
	app := m.Use
	if connector, _, ok := s.connectors.Operation(m.Use); ok {
		app = connector.Title
	}
	s.notices.Left(app, m.Recipe, m.Shown())
}
