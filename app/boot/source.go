package boot

import (
	"bellhop/engine"
	"bellhop/engine/feed"
	"bellhop/engine/poll"
)

// sources makes what recipes look at by themselves; apps and feeds are asked through asker.
func (d *Data) sources(asker poll.Asker) *poll.Sources {
	return &poll.Sources{Catalog: d.connectors, Accounts: d.Book, Factories: map[string]poll.Factory{
		poll.App:         poll.NewApp(asker),
		engine.WatchFeed: feed.New(asker),
	}}
}
