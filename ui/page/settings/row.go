package settings

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// controlWidth is the width of lists and fields, in pixels before scaling.
const controlWidth = 270

// row is one setting: its words at the left, its control at the right.
type row struct {
	name, help string
	title      *widget.Text
	below      *widget.Text
	object     *fyne.Container
	page       *Page
}

func (p *Page) newRow(name, help string, control fyne.CanvasObject) *row {
	r := &row{page: p, name: name, help: help, title: widget.NewParts(), below: widget.NewHelp("")}
	words := newColumn(2, r.title, r.below)
	r.object = widget.Row(theme.Space5, widget.Grow(words))
	if control != nil {
		r.object.Add(control)
	}
	r.rest()
	return r
}

// rest shows the setting as it is: neither just saved nor wrong.
func (r *row) rest() { r.show("", "") }

// say tells that a change is kept, or why it is not.
func (r *row) say(err error) {
	if err != nil {
		r.wrong(phrase.Error(err))
		return
	}
	if r.page.saved != nil {
		r.page.saved.rest() // one says it at a time
	}
	r.page.saved = r
	r.show(lang.L("Saved"), "")
}

// wrong says what is wrong with what was chosen.
func (r *row) wrong(sentence string) {
	if r.page.saved == r {
		r.page.saved = nil
	}
	r.show("", sentence)
}

func (r *row) show(note, wrong string) {
	r.title.Parts = []widget.Part{{Text: r.name, Bold: true}}
	if note != "" {
		r.title.Parts = append(r.title.Parts, widget.Part{Text: "  " + note, Color: theme.ColorOK})
	}
	r.title.Refresh()
	text, color := r.help, theme.ColorMuted
	if wrong != "" {
		text, color = wrong, theme.ColorError
	}
	r.below.SetText(text)
	r.below.SetColor(color)
	widget.SetVisible(r.below, text != "")
	r.object.Refresh()
}

// setHelp changes the line below the name.
func (r *row) setHelp(help string) {
	if r.help != help {
		r.help = help
		r.rest()
	}
}

// toggle makes a setting that is on or off.
func (p *Page) toggle(name, help string, is func(engine.Settings) bool, set func(s *engine.Settings, on bool)) *row {
	var r *row
	t := widget.NewToggle(name, false, func(on bool) {
		p.choose(r, func(s *engine.Settings) { set(s, on) })
	})
	r = p.newRow(name, help, t)
	p.onShow(func() { t.Set(is(p.book.settings)) })
	return r
}

// option is one of a few things to choose.
type option struct{ value, words string }

// list makes a setting of a few options.
func (p *Page) list(name, help string, options []option, is func(engine.Settings) string, set func(s *engine.Settings, value string)) *row {
	words := make([]string, len(options))
	for i, o := range options {
		words[i] = o.words
	}
	var r *row
	s := widget.NewSelect(name, words...)
	r = p.newRow(name, help, widget.Width(s, controlWidth))
	quiet := false
	s.OnChanged = func(string) {
		if chosen := s.SelectedIndex(); !quiet && chosen >= 0 {
			p.choose(r, func(to *engine.Settings) { set(to, options[chosen].value) })
		}
	}
	p.onShow(func() {
		quiet = true
		defer func() { quiet = false }()
		now := is(p.book.settings)
		for i, o := range options {
			if o.value == now {
				s.SetSelectedIndex(i)
				return
			}
		}
		s.ClearSelected() // chosen elsewhere, and not among these
	})
	return r
}

// text is a field that is typed into. What is in it is kept when it is left, or on Enter; Escape takes back
// what was typed.
type text struct {
	entry *widget.Entry
	// kept is what holds; "" is as empty as the field.
	kept string
	// refused is what was typed last, if wrong says that it makes no sense.
	refused string
	wrong   bool
	// keeping is true while what was typed is being kept, and again if there is to be kept anew then.
	keeping, again bool
	// asked is for what is kept on Enter only, not when the field is left.
	asked bool
	say   func(err error)
	rest  func()
	// keep keeps what was typed, and calls done on the UI goroutine with how that is written properly.
	keep func(typed string, done func(proper string, err error))
}

func (p *Page) newText(name, placeholder string) *text {
	t := &text{entry: widget.NewEntry(name)}
	t.entry.PlaceHolder = placeholder
	t.entry.OnSubmitted = func(string) { t.submit() }
	t.entry.OnLeave = t.left
	t.entry.OnEscape = t.back
	p.texts = append(p.texts, t)
	return t
}

// left keeps what was typed, when the keyboard goes elsewhere.
func (t *text) left() {
	if !t.asked {
		t.submit()
	}
}

// submit keeps what was typed.
func (t *text) submit() {
	typed := strings.TrimSpace(t.entry.Text)
	switch {
	case t.keeping:
		t.again = true
		return
	case typed == t.kept:
		if t.wrong {
			t.back()
		}
		return
	case t.wrong && typed == t.refused:
		return // it was said already
	}
	t.keeping = true
	t.keep(typed, func(proper string, err error) {
		t.keeping = false
		t.wrong, t.refused = err != nil, typed
		t.entry.Mark(t.wrong)
		if err == nil {
			untouched := strings.TrimSpace(t.entry.Text) == typed
			t.kept = proper
			if untouched {
				t.entry.SetText(proper)
			}
		}
		t.say(err)
		if t.again {
			t.again = false
			t.submit()
		}
	})
}

// back shows again what holds.
func (t *text) back() {
	t.wrong = false
	t.entry.SetText(t.kept)
	t.entry.Mark(false)
	t.rest()
}

// show shows what holds, unless something else is being typed.
func (t *text) show(value string) {
	untouched := strings.TrimSpace(t.entry.Text) == t.kept
	t.kept = value
	if untouched {
		t.entry.SetText(value)
	}
}
