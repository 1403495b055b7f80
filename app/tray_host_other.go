//go:build !linux && !headless

package main

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/systray"
)

// napTime is how long a nap lasts if nothing ends it: a click in the menu goes through Fyne, and waits for that.
const napTime = 250 * time.Millisecond

// fyneTray is the tray as Fyne has it.
type fyneTray struct{ desktop.App }

func (fyneTray) SetTooltip(words string) { systray.SetTooltip(words) }

// newTrayHost makes the tray; nil if there is none. Fyne starts it and ends it.
func newTrayHost(a fyne.App, _ func(func())) (host trayHost, start, stop func()) {
	app, ok := a.(desktop.App)
	if !ok {
		return nil, nil, nil
	}
	return fyneTray{app}, func() {}, func() {}
}
