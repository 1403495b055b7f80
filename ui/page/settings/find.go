package settings

import (
	"slices"

	"fyne.io/fyne/v2/lang"
)

// FindProxy puts the keyboard on the field of the proxy, which is scrolled to, while the page is shown: at once, or
// when it has been read.
func (p *Page) FindProxy() {
	i := slices.IndexFunc(p.texts, func(t *text) bool { return t.entry.Name == lang.L("Proxy") })
	focus := func() { p.Navigator.Dialogs().Canvas().Focus(p.texts[i].entry) }
	if p.read {
		p.Loop.Post(focus) // once the page has its size
		return
	}
	found := false
	p.onShow(func() {
		if !found {
			found = true
			p.Loop.Post(focus)
		}
	})
}
