package widget

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Entry is Fyne's entry, which lets go of the keys that are the window's: shortcuts it has no use for,
// and Escape, which leaves it. Never put more than MostOnOneLine or MostOnSeveral letters into it.
type Entry struct {
	fynewidget.Entry
	// Name is what a screen reader says.
	Name string
	// OnEscape is called on Escape, instead of leaving the entry.
	OnEscape func() `json:"-"`
	// OnLeave is called when the keyboard goes elsewhere.
	OnLeave func() `json:"-"`
	onFocus func()
	wheel   *wheel
}

var (
	_ fyne.Shortcutable = (*Entry)(nil)
	_ fyne.Accessible   = (*Entry)(nil)
)

// NewEntry makes an entry of one line. The name is for screen readers.
func NewEntry(name string) *Entry {
	e := &Entry{Name: name}
	e.ExtendBaseWidget(e)
	return e
}

// NewSecretEntry makes an entry of one line that hides what is typed.
func NewSecretEntry(name string) *Entry {
	e := NewEntry(name)
	e.Password = true
	return e
}

// NewLongEntry makes an entry of several lines.
func NewLongEntry(name string) *Entry {
	e := NewEntry(name)
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.SetMinRowsVisible(4)
	return e
}

// AccessibilityLabel is the name.
func (e *Entry) AccessibilityLabel() string { return e.Name }

// AccessibilityRole says that it is text.
func (e *Entry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// TypedKey leaves the entry on Escape.
func (e *Entry) TypedKey(key *fyne.KeyEvent) {
	if key.Name != fyne.KeyEscape {
		e.Entry.TypedKey(key)
		return
	}
	if e.OnEscape != nil {
		e.OnEscape()
		return
	}
	e.leave()
}

// FocusGained is for Fyne.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.onFocus != nil {
		e.onFocus()
	}
}

// SetOnFocus has f called each time the keyboard comes here.
func (e *Entry) SetOnFocus(f func()) { e.onFocus = f }

// FocusLost is for Fyne.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	if e.OnLeave != nil {
		e.OnLeave()
	}
}

func (e *Entry) leave() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil {
		c.Unfocus()
	}
}

// TypedShortcut passes on to the window what has no meaning here, such as Ctrl+1, and pastes what is not
// too long.
func (e *Entry) TypedShortcut(shortcut fyne.Shortcut) {
	if paste, ok := shortcut.(*fyne.ShortcutPaste); ok && e.refuses(paste) {
		return
	}
	e.Entry.TypedShortcut(shortcut)
	if _, ok := shortcut.(*desktop.CustomShortcut); !ok {
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(e).(fyne.Shortcutable); ok {
		c.TypedShortcut(shortcut)
	}
}

// errWrong is for Fyne; what is wrong stands in words below the entry.
var errWrong = errors.New("wrong")

// Mark draws the border in the error's colour, or as usual.
func (e *Entry) Mark(wrong bool) {
	if wrong == (e.Validator != nil) {
		return
	}
	// Fyne forgets an error that comes from no validator when it first draws it.
	e.AlwaysShowValidationError, e.Validator = wrong, nil
	if wrong {
		e.Validator = func(string) error { return errWrong }
	}
	_ = e.Validate() // it only draws
	e.Refresh()
}

// NewSearchEntry makes an entry with a magnifying glass; Escape empties it. OnChanged is called with
// each letter.
func NewSearchEntry(placeholder string, onChanged func(text string)) *Entry {
	e := NewEntry(placeholder)
	e.PlaceHolder = placeholder
	e.Icon = theme.Icon(theme.IconSearch, theme.ColorMuted)
	e.OnChanged = onChanged
	e.OnEscape = func() {
		if e.Text == "" {
			e.leave()
			return
		}
		e.SetText("")
	}
	return e
}
