//go:build !headless

package main

import (
	"time"

	"bellhop/engine"
	"bellhop/ui"
)

// reached adds to what the rail says whether deliveries from the internet arrive.
func (d *desktop) reached(status ui.Status) ui.Status {
	var r engine.Reach
	if s, ok := any(d.System).(interface{ Reach() engine.Reach }); ok {
		r = s.Reach()
	}
	return status.Reached(r, time.Now(), d.openReach)
}

// openReach opens the page about being reachable from the internet.
func (d *desktop) openReach() {}
