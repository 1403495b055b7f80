//go:build !headless

package main

import (
	"bellhop/ui"
	"bellhop/ui/page/reach"
	"bellhop/ui/phrase"
)

// reached adds to what the rail says whether deliveries from the internet arrive.
func (d *desktop) reached(status ui.Status) ui.Status {
	return status.Reached(d.Reach(), d.Now(), d.openReach)
}

// openReach shows the page about being reachable from the internet. There is one, whoever asks for it and
// however often.
func (d *desktop) openReach() {
	if d.reachPage == nil {
		d.reachPage = reach.New(reach.Params{
			Loop: d.loop, Navigator: d.window, Engine: d.System, Desk: d.Desk, Store: d.Store, Catalog: phrase.Catalog(d.Catalog), Local: d.URL,
			OnOpenRecipe: func(id int64) { d.edit(id, "") }, OnProxy: d.openProxy, Now: d.Now,
		})
	}
	d.window.Open(d.reachPage)
}

// openProxy shows the setting of the proxy.
func (d *desktop) openProxy() {
	d.window.Go(pageSettings)
	d.settings.FindProxy()
}
