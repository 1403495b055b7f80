package ui

import (
	"context"
	"reflect"
	"time"

	"bellhop/engine"
)

// How often the tray is brought up to date at most. Each new menu is taken over the desktop's bus line by line, and
// one that changes while it is open cannot be read, so a menu stays for a while; and an icon that comes and goes
// with every run would blink.
const (
	trayEvery     = time.Second
	trayMenuEvery = 5 * time.Second
	// trayLook is how often it is looked anew although nothing was heard: times of day become days.
	trayLook = 15 * time.Minute
)

// TrayLive keeps a tray up to date, also while the window is hidden.
type TrayLive struct {
	// Changes are the engine's.
	Changes <-chan engine.Change
	// Again asks for a look although nothing has changed in the engine; it may be nil.
	Again <-chan struct{}
	// Read returns how things are. changes are what was heard since it was read last; nil means that anything
	// may have changed. It is called off the UI goroutine, one call at a time.
	Read func(ctx context.Context, changes map[engine.ChangeKind]bool) (TrayFacts, error)
	// Show shows a tray. It is called off the UI goroutine, with one that is not the one before.
	Show func(tray Tray)
}

// Run keeps the tray up to date until ctx ends or the changes do. It blocks; run it in a goroutine.
func (l TrayLive) Run(ctx context.Context) {
	var shown Tray
	var heard map[engine.ChangeKind]bool
	var read, changed time.Time // when it was read last, and shown
	at := time.Now()            // when it is read next
	timer := time.NewTimer(0)
	defer timer.Stop()
	next := func(t time.Time) {
		at = t
		timer.Reset(time.Until(t))
	}
	soon := func() {
		if t := read.Add(trayEvery); t.Before(at) {
			next(t)
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case c, ok := <-l.Changes:
			if !ok {
				return
			}
			if c.Kind == engine.Lagged {
				heard = nil
			} else if heard != nil {
				heard[c.Kind] = true
			}
			soon()
			continue
		case <-l.Again:
			soon()
			continue
		case <-timer.C:
		}
		facts, err := l.Read(ctx, heard)
		read = time.Now()
		if err != nil {
			heard = nil
			next(read.Add(trayMenuEvery)) // the window tells of the store's troubles
			continue
		}
		heard = map[engine.ChangeKind]bool{}
		next(read.Add(trayLook))
		tray := NewTray(facts)
		if reflect.DeepEqual(tray, shown) {
			continue
		}
		if calm := changed.Add(trayMenuEvery); calm.After(read) && !urgent(shown, tray) {
			next(calm)
			continue
		}
		shown, changed = tray, read
		l.Show(tray)
	}
}

// urgent says whether a person has to see at once what is different.
func urgent(shown, next Tray) bool {
	calm := func(s TrayState) bool { return s == TrayFine || s == TrayWorking }
	return shown.Paused != next.Paused || shown.State != next.State && !(calm(shown.State) && calm(next.State))
}
