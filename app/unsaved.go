//go:build !headless

package main

import (
	"fyne.io/fyne/v2/lang"

	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/widget"
)

// saved tells in place of a status that nothing can be saved, while that is so.
func (d *desktop) saved(status ui.Status) ui.Status {
	err := d.Unsaved()
	if err == nil {
		return status
	}
	sentence := phrase.Error(err)
	return ui.UnsavedStatus(func() { widget.NewMessage(d.window.Dialogs(), lang.L("Nothing is saved"), sentence).Show() })
}
