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
func (d *Data) leave(ctx context.Context, c engine.Connection) {
	catchup.New(catchup.Params{Store: d.Store, Catalog: d.connectors, Accounts: d.Book, Apps: d.actions, Log: d.log}).Leave(ctx, c)
}
