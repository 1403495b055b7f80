package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// reaching is the section of how things come in and go out.
func (p *Page) reaching() fyne.CanvasObject {
	return p.section(lang.L("Network"), lang.L("How deliveries come in, and requests go out."),
		p.reached(), p.listening(),
		p.proxy(),
		p.toggle(lang.L("Keep the computer awake"), lang.L("While runs are under way or due within minutes. A closed lid still sends it to sleep."),
			func(s engine.Settings) bool { return s.KeepAwake },
			func(s *engine.Settings, on bool) { s.KeepAwake = on }).object)
}

// reached says whether deliveries from the internet arrive.
func (p *Page) reached() fyne.CanvasObject {
	open := widget.NewButton("", p.OnReach)
	if p.OnReach == nil {
		open.Hide()
	}
	r := p.newRow(lang.L("From the internet"), "", open)
	p.onShow(func() {
		r.setHelp(p.reachWords(p.book.reach))
		open.SetText(lang.L("Show"))
		open.Name = lang.L("Show how Bellhop is reached from the internet")
		if p.book.reach.Way == engine.WayNone {
			open.SetText(lang.L("Make it reachable"))
			open.Name = ""
		}
	})
	return r.object
}

// reachWords says it in a sentence.
func (p *Page) reachWords(r engine.Reach) string {
	url := map[string]any{"Address": r.URL}
	switch {
	case r.Way == engine.WayNone:
		return lang.L("Only this computer can reach Bellhop. Apps such as Shopify cannot send to it.")
	case r.Problem != "":
		return phrase.Of(r.Problem)
	case r.Link.Problem != "":
		return phrase.Of(r.Link.Problem)
	case r.Reachable() && r.Nearby():
		return lang.L("Calls of this computer arrive at {{.Address}}, but nobody on the internet can call this address.", url)
	case r.OneWay:
		return lang.L("Apps reach Bellhop at {{.Address}}. Something from outside last arrived {{.Ago}}.",
			map[string]any{"Address": r.URL, "Ago": when.Ago(r.Worked, p.Now())})
	case r.Reachable():
		return lang.L("Apps reach Bellhop at {{.Address}}. That was checked {{.Ago}}.",
			map[string]any{"Address": r.URL, "Ago": when.Ago(r.Worked, p.Now())})
	case r.URL != "":
		return lang.L("Bellhop is finding out whether apps reach it at {{.Address}}.", url)
	}
	return lang.L("Bellhop is making itself reachable.")
}

// listening chooses where deliveries arrive on this computer.
func (p *Page) listening() fyne.CanvasObject {
	t := p.newText(lang.L("Address on this computer"), p.Usual)
	r := p.newRow(lang.L("Address on this computer"), "", widget.Width(t.entry, controlWidth))
	t.say, t.rest = r.say, r.rest
	t.keep = func(typed string, done func(string, error)) {
		p.do(func(context.Context) error {
			if typed == "" || typed == p.Listens || p.TryListen == nil {
				return nil
			}
			return p.TryListen(typed)
		}, func(err error) {
			if err != nil {
				done("", err)
				return
			}
			p.chooseWith(func(err error) { done(typed, err) }, func(s *engine.Settings) { s.Listen = typed })
		})
	}
	restart := widget.NewButton(lang.L("Restart now"), p.OnRestart)
	note := widget.NewHelp("")
	note.SetColor(theme.ColorWarn)
	restarts := widget.RowTop(theme.Space3, widget.Grow(note), restart)
	widget.SetVisible(restart, p.OnRestart != nil)
	object := newColumn(theme.Space2, r.object, restarts)
	var began *string // what was chosen when Bellhop was started, as far as is known
	p.onShow(func() {
		chosen := p.book.settings.Listen
		t.show(chosen)
		r.setHelp(lang.L("Where deliveries arrive: {{.Address}} now.", map[string]any{"Address": p.Listens}))
		if chosen == "" {
			chosen = p.Usual
		}
		widget.SetVisible(restarts, !engine.ListensAt(chosen, p.Listens))
		words := map[string]any{"Address": chosen}
		note.SetText(lang.L("{{.Address}} counts when Bellhop is started again.", words))
		if began == nil {
			began = &chosen
		}
		if *began == chosen { // it has counted already
			note.SetText(lang.L("Bellhop could not listen at {{.Address}} when it was started.", words))
		}
		object.Refresh()
	})
	return object
}
