package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// proxy chooses what requests go out through. What is typed with the password in it is shown without.
func (p *Page) proxy() fyne.CanvasObject {
	t := p.newText(lang.L("Proxy"), "http://proxy.example:3128")
	r := p.newRow(lang.L("Proxy"), lang.L("What requests go out through. Empty: the computer’s."), widget.Width(t.entry, controlWidth))
	t.say, t.rest = r.say, r.rest
	t.keep = func(typed string, done func(string, error)) {
		p.chooseWith(func(err error) {
			address, _ := engine.SplitProxy(p.book.settings.Proxy)
			done(address, err)
		}, func(s *engine.Settings) { s.Proxy = typed })
	}
	password := p.proxyPassword()
	object := newColumn(theme.Space4, r.object, password.row.object)
	p.onShow(func() {
		// An earlier Bellhop kept the password here, and the keyring may be locked since.
		address, here := engine.SplitProxy(p.book.settings.Proxy)
		t.show(address)
		password.show(here != "" || p.book.settings.ProxyPassword != "")
		widget.SetVisible(password.row.object, engine.ProxyUser(address) != "")
		object.Refresh()
	})
	return object
}

// savedDots stand for a password that is kept; how many letters it has is nobody's business.
const savedDots = "••••••••"

// proxyPassword is the password for the proxy: one that is kept shows as dots, until it is replaced or removed.
type proxyPassword struct {
	page            *Page
	row             *row
	entry           *widget.Entry
	shown, typing   fyne.CanvasObject
	saved           *widget.Chip
	replace, remove *widget.Button
	save, undo      *widget.Button
	kept, replacing bool
	// keeping is true while the keyring is asked.
	keeping bool
}

func (p *Page) proxyPassword() *proxyPassword {
	name := lang.L("Password for the proxy")
	w := &proxyPassword{page: p, entry: widget.NewSecretEntry(name), saved: widget.NewChip("", "", theme.Neutral)}
	w.entry.OnSubmitted = func(string) { w.submit() }
	w.entry.OnLeave = func() {
		if !w.kept { // one that is kept is replaced on purpose only
			w.submit()
		}
	}
	w.entry.OnEscape = w.back
	of := map[string]any{"Field": name}
	button := func(words, name string, tapped func()) *widget.Button {
		b := widget.NewButton(words, tapped)
		b.Name = name
		return b
	}
	w.replace = button(lang.L("Replace"), lang.L("Replace {{.Field}}", of), func() {
		w.replacing = true
		w.update()
		p.Navigator.Dialogs().Canvas().Focus(w.entry)
	})
	w.remove = button(lang.L("Remove"), lang.L("Remove {{.Field}}", of), func() { w.set("") })
	w.save = button(lang.L("Save"), lang.L("Save {{.Field}}", of), w.submit)
	w.undo = button(lang.L("Keep the saved one"), lang.L("Keep the saved {{.Field}}", of), w.back)
	w.saved.Set(theme.IconKey, savedDots+" "+lang.L("saved"), theme.Neutral)
	w.shown = widget.Row(theme.Space2, w.saved, w.replace, w.remove)
	w.typing = widget.Column(theme.Space2, widget.Width(w.entry, controlWidth), widget.Row(theme.Space2, widget.Spacer(), w.undo, w.save))
	w.row = p.newRow(name, lang.L("It is kept encrypted on this computer and shown to nobody."), widget.Row(0, w.shown, w.typing))
	w.update()
	return w
}

// submit keeps what was typed.
func (w *proxyPassword) submit() {
	if w.entry.Text != "" && !w.keeping {
		w.set(w.entry.Text)
	}
}

func (w *proxyPassword) set(password string) {
	w.keeping = true
	w.page.chooseBy(func(err error) {
		w.keeping = false
		w.entry.Mark(err != nil)
		if err == nil {
			w.replacing = false
			w.entry.SetText("")
		}
		w.row.say(err)
	}, func(ctx context.Context) error { return w.page.Desk.SetProxyPassword(ctx, password) })
}

// back takes back what was typed.
func (w *proxyPassword) back() {
	w.replacing = false
	w.entry.SetText("")
	w.entry.Mark(false)
	w.row.rest()
	w.update()
}

func (w *proxyPassword) show(kept bool) {
	w.kept = kept
	w.update()
}

func (w *proxyPassword) update() {
	typing := !w.kept || w.replacing
	widget.SetVisible(w.shown, !typing)
	widget.SetVisible(w.typing, typing)
	widget.SetVisible(w.undo, w.kept)
	w.row.object.Refresh()
}
