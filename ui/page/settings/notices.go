package settings

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// What is proposed when somebody wants them.
const (
	usualDigest    = "09:00"
	usualQuietFrom = "22:00"
	usualQuietTo   = "07:00"
)

// clockWidth is the width of a field for a time of day, in pixels before scaling.
const clockWidth = 84

// notices is the section of how Bellhop draws attention to itself.
func (p *Page) notices() fyne.CanvasObject {
	mode := p.list(lang.L("Show notifications"),
		lang.L("Of runs that need you, and of what was fetched while the computer slept."),
		[]option{
			{string(engine.NoticeEach), lang.L("As things happen")},
			{string(engine.NoticeDigest), lang.L("Together, once a day")},
			{string(engine.NoticeNever), lang.L("Never")},
		},
		func(s engine.Settings) string { return string(s.Notices.Mode) },
		func(s *engine.Settings, value string) { s.Notices.Mode = engine.NoticeMode(value) })

	at := p.clock(lang.L("At"), func(n *engine.NoticeSettings) *string { return &n.DigestAt }, usualDigest)
	digest := p.newRow(lang.L("Once a day at"), lang.L("Such as 18:00."), widget.Width(at.entry, clockWidth))
	at.say, at.rest = digest.say, digest.rest

	quiet := p.quiet()
	var object *fyne.Container
	after := newColumn(theme.Space4, widget.NewLineH(), digest.object)
	object = newColumn(theme.Space4, mode.object, after, widget.NewLineH(), quiet)
	p.onShow(func() {
		widget.SetVisible(after, p.book.settings.Notices.Mode == engine.NoticeDigest)
		object.Refresh()
	})
	return p.section(lang.L("Notifications"), lang.L("What your computer tells you, also while this window is closed."), object)
}

// quiet chooses hours without notifications.
func (p *Page) quiet() fyne.CanvasObject {
	name := lang.L("Quiet hours")
	var r *row
	t := widget.NewToggle(name, false, func(on bool) {
		p.choose(r, func(s *engine.Settings) {
			s.Notices.QuietFrom, s.Notices.QuietTo = "", ""
			if on {
				s.Notices.QuietFrom, s.Notices.QuietTo = usualQuietFrom, usualQuietTo
			}
		})
	})
	from := p.clock(lang.L("Quiet from"), func(n *engine.NoticeSettings) *string { return &n.QuietFrom }, usualQuietFrom)
	to := p.clock(lang.L("Quiet to"), func(n *engine.NoticeSettings) *string { return &n.QuietTo }, usualQuietTo)
	hours := widget.Row(theme.Space2, widget.Width(from.entry, clockWidth), dash(), widget.Width(to.entry, clockWidth))
	r = p.newRow(name, lang.L("What comes up then is told together when they end."), widget.Row(theme.Space3, hours, t))
	from.say, from.rest, to.say, to.rest = r.say, r.rest, r.say, r.rest
	p.onShow(func() {
		on := p.book.settings.Notices.QuietFrom != ""
		t.Set(on)
		widget.SetVisible(hours, on)
		r.object.Refresh()
	})
	return r.object
}

// clock makes a field for a time of day, which is usual where none is chosen.
func (p *Page) clock(name string, part func(*engine.NoticeSettings) *string, usual string) *text {
	t := p.newText(name, usual)
	t.keep = func(typed string, done func(string, error)) {
		at, err := timeOfDay(typed)
		if err != nil {
			done("", err)
			return
		}
		p.chooseWith(func(err error) { done(at, err) }, func(s *engine.Settings) { *part(&s.Notices) = at })
	}
	p.onShow(func() {
		at := *part(&p.book.settings.Notices)
		if at == "" {
			at = usual
		}
		t.show(at)
	})
	return t
}

// timeOfDay understands a time of day as people write it: 18:00, 18.00, 9:30, 18.
func timeOfDay(typed string) (string, error) {
	for _, form := range []string{"15:04", "15.04", "15", "3pm", "3 pm", "3:04pm", "3:04 pm", "3PM", "3 PM", "3:04PM", "3:04 PM"} {
		if at, err := time.Parse(form, typed); err == nil {
			return at.Format("15:04"), nil
		}
	}
	return "", engine.Errorf(engine.Invalid, "%s", lang.L("This is no time of day. Write it like 18:00."))
}

func dash() *widget.Text {
	t := widget.NewText("–")
	t.Flow = widget.Whole
	t.Refresh()
	return t
}
