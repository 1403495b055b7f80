//go:build !headless

package main

import (
	"context"

	"fyne.io/fyne/v2"

	"bellhop/engine"
)

// notifier shows notifications on the desktop. The window is made after the engine, so until it is, whoever
// has one to show waits.
type notifier struct{ ready chan struct{} }

func (n notifier) show(ctx context.Context, notice engine.Notice) error {
	select {
	case <-n.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	fyne.Do(func() { fyne.CurrentApp().SendNotification(fyne.NewNotification(notice.Title, notice.Text)) })
	return nil
}
