package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// savedDots stands for a secret that is saved; how many letters it has is nobody's business.
const savedDots = "••••••••"

// secret is a control for what nobody may read. One that is saved shows as dots, until the user
// replaces or removes it.
type secret struct {
	entry  *widget.Entry
	state  secretState
	says   *widget.Chip
	typing *fyne.Container
	box    *fyne.Container
	// undo takes back Replace and Remove.
	undo, replace, remove *widget.Button
	required              bool
	onChanged             func()
}

type secretState int

const (
	noSecret      secretState = iota // there is none yet: type one
	savedSecret                      // there is one
	replaceSecret                    // there is one, and another is typed
	removeSecret                     // there is one, to be removed
)

var (
	_ Control = (*secret)(nil)
	_ Marker  = (*secret)(nil)
)

func newSecret(field engine.Field, saved bool, onChanged func()) *secret {
	s := &secret{entry: widget.NewSecretEntry(field.Label), required: field.Required, onChanged: onChanged}
	s.entry.PlaceHolder = field.Placeholder
	s.entry.OnChanged = func(string) { onChanged() }
	button := func(text, name string, to secretState) *widget.Button {
		b := widget.NewButton(text, func() { s.to(to) })
		b.Name = name
		return b
	}
	of := map[string]any{"Field": field.Label}
	s.replace = button(lang.L("Replace"), lang.L("Replace {{.Field}}", of), replaceSecret)
	s.remove = button(lang.L("Remove"), lang.L("Remove {{.Field}}", of), removeSecret)
	s.undo = button(lang.L("Keep the saved one"), lang.L("Keep the saved {{.Field}}", of), savedSecret)
	s.says = widget.NewChip("", "", theme.Neutral)
	s.typing = widget.Grow(s.entry)
	s.box = widget.Row(theme.Space2, s.says, s.typing, s.replace, s.remove, s.undo)
	if saved {
		s.state = savedSecret
	}
	s.update()
	return s
}

// has says whether there will be a secret when the form is saved.
func (s *secret) has() bool {
	return s.state == savedSecret || s.state == replaceSecret || s.state == noSecret && s.entry.Text != ""
}

// change returns the new secret, "" to remove it; ok is false if nothing is to change.
func (s *secret) change() (value string, ok bool) {
	switch s.state {
	case removeSecret:
		return "", true
	case savedSecret:
		return "", false
	}
	return s.entry.Text, s.entry.Text != ""
}

func (s *secret) to(state secretState) {
	s.state = state
	s.entry.SetText("")
	s.update()
	if c := fyne.CurrentApp().Driver().CanvasForObject(s.entry); c != nil && state == replaceSecret {
		c.Focus(s.entry)
	}
	s.onChanged()
}

func (s *secret) update() {
	typing := s.state == noSecret || s.state == replaceSecret
	widget.SetVisible(s.typing, typing)
	widget.SetVisible(s.says, !typing)
	widget.SetVisible(s.replace, s.state == savedSecret)
	widget.SetVisible(s.remove, s.state == savedSecret && !s.required)
	widget.SetVisible(s.undo, s.state == replaceSecret || s.state == removeSecret)
	s.says.Set(theme.IconKey, savedDots+" "+lang.L("saved"), theme.Neutral)
	if s.state == removeSecret {
		s.says.Set(theme.IconTrash, lang.L("Removed when you save"), theme.Warn)
	}
	s.box.Refresh()
}

func (s *secret) Object() fyne.CanvasObject { return s.box }

// Value is nothing: secrets are read by change, so that they are in no list of values.
func (s *secret) Value() any      { return nil }
func (s *secret) SetValue(any)    {}
func (s *secret) Mark(wrong bool) { s.entry.Mark(wrong) }
