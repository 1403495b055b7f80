package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/widget"
)

// general is the section of the window and the computer.
func (p *Page) general() fyne.CanvasObject {
	rows := []fyne.CanvasObject{p.language().object, p.theme().object, p.zone().object}
	if p.Login != nil {
		rows = append(rows, p.login().object)
	}
	rows = append(rows, p.list(lang.L("When I close the window"),
		lang.L("Recipes run only while Bellhop does."),
		[]option{{"", lang.L("Go on in the background")}, {"quit", lang.L("Quit Bellhop")}},
		func(s engine.Settings) string {
			if s.QuitOnClose {
				return "quit"
			}
			return ""
		},
		func(s *engine.Settings, value string) { s.QuitOnClose = value == "quit" }).object)
	return p.section(lang.L("General"), lang.L("How Bellhop looks and starts."), rows...)
}

// language chooses the window's language.
func (p *Page) language() *row {
	options := []option{{"", lang.L("The computer’s")}}
	for _, tag := range p.Languages {
		options = append(options, option{tag, display.Self.Name(language.Make(tag))})
	}
	return p.list(lang.L("Language"),
		lang.L("Of this window, from the next start on. What recipes write goes by the computer’s."),
		options,
		func(s engine.Settings) string { return s.Language },
		func(s *engine.Settings, value string) { s.Language = value })
}

func (p *Page) theme() *row {
	return p.list(lang.L("Theme"), "",
		[]option{
			{string(engine.ThemeSystem), lang.L("The computer’s")},
			{string(engine.ThemeLight), lang.L("Light")},
			{string(engine.ThemeDark), lang.L("Dark")},
		},
		func(s engine.Settings) string { return string(s.Theme) },
		func(s *engine.Settings, value string) { s.Theme = engine.Theme(value) })
}

// login chooses whether Bellhop starts with the computer.
func (p *Page) login() *row {
	name := lang.L("Start when I log in")
	var r *row
	var t *widget.Toggle
	t = widget.NewToggle(name, false, func(on bool) {
		p.do(func(context.Context) error { return p.Login.Set(on) }, func(err error) {
			if err != nil {
				t.Set(!on)
			} else {
				p.book.login = on
			}
			r.say(err)
		})
	})
	r = p.newRow(name, lang.L("In the background, so that recipes run without you thinking of it."), t)
	p.onShow(func() {
		t.Set(p.book.login)
		if p.book.loginErr != nil {
			r.wrong(phrase.Error(p.book.loginErr))
		}
	})
	return r
}
