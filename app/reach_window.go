//go:build !headless

package main

import (
	"bellhop/ui"
	"bellhop/ui/page/reach"
)

// reached adds to what the rail says whether deliveries from the internet arrive.
func (d *desktop) reached(status ui.Status) ui.Status {
	return status.Reached(d.Reach(), d.Now(), d.openReach)
}

// openReach opens the page about being reachable from the internet.
func (d *desktop) openReach() {
	d.window.Open(reach.New(reach.Params{
		Loop: d.loop, Navigator: d.window, Engine: d.System, Desk: d.Desk, Catalog: d.Catalog, Local: d.URL,
		OnOpenRecipe: func(id int64) { d.edit(id, "") }, Now: d.Now,
	}))
}
