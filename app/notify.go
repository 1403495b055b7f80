//go:build !headless

package main

import (
	"bytes"
	"context"
	"errors"
	"image/png"

	"fyne.io/fyne/v2"

	"bellhop/app/internal/banner"
	"bellhop/assets/icons"
	"bellhop/engine"
	"bellhop/ui/phrase"
)

// notifier shows notices on the desktop. The window is made after the engine, so until it is, a click and a
// desktop that has no way of its own wait.
type notifier struct {
	ready  <-chan struct{}
	post   func(func())
	banner banner.Banner
}

// newNotifier makes a notifier; post runs a function on the UI goroutine, and open is called there when a notice is
// clicked.
func newNotifier(ready <-chan struct{}, post func(func()), open func(engine.Notice)) *notifier {
	p := banner.Params{Open: func(n engine.Notice) {
		<-ready
		post(func() { open(n) })
	}}
	if icon, err := png.Decode(bytes.NewReader(icons.AppIcon)); err == nil { // without it, it says the same
		p.Icon = icon
	}
	return &notifier{ready: ready, post: post, banner: banner.New(p)}
}

// show returns when the desktop has taken the notice.
func (n *notifier) show(ctx context.Context, notice engine.Notice) error {
	notice = phrase.Notice(notice)
	if err := n.banner.Show(ctx, notice); !errors.Is(err, banner.ErrNone) {
		return err
	}
	select {
	case <-n.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	n.post(func() { fyne.CurrentApp().SendNotification(fyne.NewNotification(notice.Title, notice.Text)) })
	return nil
}

// openNotice shows what a notice is about.
func (d *desktop) openNotice(n engine.Notice) {
	switch {
	case n.Kind == engine.NoticeConnection:
		d.window.Go(pageConnections)
	case n.Kind == engine.NoticeReach:
		d.openReach()
	case n.Kind == engine.NoticeSilent:
		d.openSilent(n.RecipeID)
	case n.Kind == engine.NoticeStep: // it has said all there is
	case n.RunID != 0:
		d.openRun(n.RunID)
	default:
		d.window.Go(pageActivity)
		d.runs.Narrow(n.RecipeID)
	}
}

// openSilent shows why a recipe may be silent: what came to its address, or where it has none, how it starts.
func (d *desktop) openSilent(id int64) {
	d.loop.Go(func() {
		r, err := d.Store.Recipe(context.Background(), id)
		d.loop.Post(func() {
			_, o, _ := d.Catalog.Operation(r.Draft.Trigger.Use)
			switch {
			case err != nil: // it was removed
				d.window.Go(pageRecipes)
			case o.Webhook != nil:
				d.deliveries(id)
			default:
				d.edit(id, "")
			}
		})
	})
}
