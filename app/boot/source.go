package boot

import (
	"context"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/disk"
	"bellhop/engine/feed"
	"bellhop/engine/local"
	"bellhop/engine/mailserver"
	"bellhop/engine/poll"
	"bellhop/engine/watch/folder"
	"bellhop/engine/watch/mail"
)

// sources makes what recipes look at by themselves; apps and feeds are asked through asker, and mail
// servers pass gate, which may be nil.
func (d *Data) sources(asker poll.Asker, gate poll.Gate) *poll.Sources {
	return &poll.Sources{Catalog: d.connectors, Accounts: d.Book, Factories: map[string]poll.Factory{
		poll.App:           poll.NewApp(asker),
		engine.WatchFeed:   feed.New(asker),
		engine.WatchFolder: folder.New(d.disk()),
		engine.WatchMail:   mail.New(mailserver.Dialer{}, gate),
	}}
}

// newActions makes what carries out the steps' actions: requests to apps, and what this computer does itself.
func (d *Data) newActions(requests action.Params, steps *stepNotifier) local.Actions {
	var notifier local.Notifier // not a stepNotifier that is nil
	if steps != nil {
		notifier = steps
	}
	return local.Actions{Client: action.New(requests), Own: local.New(local.Params{Disk: d.disk(), Notifier: notifier})}
}

// disk is the folders that the user chose, as they are when somebody asks: a person may change them in
// another process.
func (d *Data) disk() disk.Disk {
	return disk.Disk{Folders: func() []string {
		kept, err := d.Store.Setting(context.Background(), disk.Setting)
		if err == nil {
			var folders []string
			if folders, err = disk.Parse(kept); err == nil {
				return folders
			}
		}
		d.log.Error("the folders that recipes may use cannot be read, so they use none", "error", err)
		return nil
	}}
}
