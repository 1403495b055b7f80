package editor

import (
	"encoding/json"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/ui/form"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// pillText is a text field with pills, written {{…}}: an entry, a button that opens the data to insert,
// and below it what the text becomes with the sample. A field that shows pills as such can take its
// place: all that the page uses is form.Control, insert, tell and entry's keyboard.
type pillText struct {
	page  *Page
	field engine.Field
	entry *pillEntry
	// caption is what comes of it: the text, or why there is none.
	caption *widget.Text
	object  *fyne.Container
	quiet   bool
	// silent leaves the caption away, where something else tells what comes of the text.
	silent bool
}

var (
	_ form.Control = (*pillText)(nil)
	_ form.Marker  = (*pillText)(nil)
)

// newPillText makes a field; compact leaves the words on its button away.
func newPillText(p *Page, field engine.Field, compact bool, onChanged func()) *pillText {
	c := &pillText{page: p, field: field, caption: widget.NewHelp("")}
	c.entry = newPillEntry(field)
	c.entry.OnChanged = func(string) {
		c.tell()
		if !c.quiet {
			onChanged()
		}
	}
	c.entry.onFocus = func() { p.drawer.aim(c) }
	insert := widget.NewIconButton(theme.IconInsert, lang.L("Insert data into {{.Field}}", map[string]any{"Field": field.Label}), func() { p.drawer.open(c) })
	if !compact {
		insert.Text = lang.L("Insert data")
	}
	row := widget.Row
	if c.entry.MultiLine {
		row = widget.RowTop
	}
	c.object = widget.Column(theme.Space1, row(theme.Space2, widget.Grow(c.entry), insert), c.caption)
	c.caption.Hide()
	return c
}

// Object is the entry with what belongs to it.
func (c *pillText) Object() fyne.CanvasObject { return c.object }

// Value is the text; of a structure what it says as JSON, and of a number the number.
func (c *pillText) Value() any {
	text := c.entry.Text
	typed := strings.TrimSpace(text)
	switch {
	case typed == "":
		return nil
	case c.field.Type == engine.FieldJSON:
		if value, err := mapping.Decode([]byte(typed)); err == nil {
			return value
		}
		return typed
	case c.field.Type == engine.FieldList:
		if list, err := mapping.Decode([]byte(typed)); err == nil && strings.HasPrefix(typed, "[") {
			return list
		}
		return typed
	case c.field.Type == engine.FieldNumber:
		if value, err := mapping.Decode([]byte(typed)); err == nil {
			if number, ok := value.(json.Number); ok {
				return number
			}
		}
		return typed
	case c.field.Type == engine.FieldURL:
		return typed
	}
	return text
}

// SetValue shows a value; it tells nobody.
func (c *pillText) SetValue(value any) {
	c.quiet = true
	defer func() { c.quiet = false }()
	switch v := value.(type) {
	case map[string]any, []any:
		indent := "  "
		if c.field.Type == engine.FieldList {
			indent = "" // it has one line
		}
		if data, err := json.MarshalIndent(v, "", indent); err == nil {
			c.entry.SetText(string(data))
		}
	default:
		c.entry.SetText(mapping.Text(v))
	}
	c.tell()
}

// Mark draws the border in the error's colour.
func (c *pillText) Mark(wrong bool) {
	switch {
	case wrong == c.entry.AlwaysShowValidationError:
	case wrong:
		c.entry.AlwaysShowValidationError = true
		c.entry.SetValidationError(errors.New("wrong")) // the words stand below it
	default:
		c.entry.SetValidationError(nil)
		c.entry.AlwaysShowValidationError = false
		c.entry.Refresh()
	}
}

// insert puts a pill at the caret, in place of what is selected, or at the end where the caret never was.
// It is a paste, so that it can be taken back like one.
func (c *pillText) insert(pill string) {
	if !c.entry.visited {
		for _, key := range []fyne.KeyName{fyne.KeyPageDown, fyne.KeyEnd} {
			c.entry.TypedKey(&fyne.KeyEvent{Name: key})
		}
	}
	c.entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard(pill)})
	c.page.focus(c.entry)
}

// captionLetters is how much of a text is shown below it.
const captionLetters = 300

// tell says below the entry what comes of it with the sample, if there are pills in it.
func (c *pillText) tell() {
	if c.silent {
		return
	}
	preview := draft.Preview
	if c.field.Type == engine.FieldList {
		preview = draft.PreviewNames
	}
	text, ok, err := preview(c.Value(), c.page.values(), c.page.env())
	color := theme.ColorMuted
	switch {
	case err != nil:
		text, color = reason(err), theme.ColorError
	case ok && text == "":
		text = "→ " + lang.L("nothing: it is empty in this sample")
	case ok:
		text = "→ " + draft.Short(text, captionLetters)
	}
	c.caption.SetText(text)
	c.caption.SetColor(color)
	widget.SetVisible(c.caption, ok || err != nil)
}

// pillEntry is an entry that tells when it gets the keyboard.
type pillEntry struct {
	widget.Entry
	onFocus func()
	// visited is true once it had the keyboard.
	visited bool
}

func newPillEntry(field engine.Field) *pillEntry {
	e := &pillEntry{}
	e.Name = field.Label
	e.PlaceHolder = field.Placeholder
	if field.Type == engine.FieldLong || field.Type == engine.FieldJSON {
		e.MultiLine = true
		e.Wrapping = fyne.TextWrapWord
		e.TextStyle.Monospace = field.Type == engine.FieldJSON
	}
	e.ExtendBaseWidget(e)
	if e.MultiLine {
		e.SetMinRowsVisible(4)
	}
	return e
}

// FocusGained tells.
func (e *pillEntry) FocusGained() {
	e.Entry.FocusGained()
	e.visited = true
	if e.onFocus != nil {
		e.onFocus()
	}
}

// clipboard is a text to paste.
type clipboard string

func (c clipboard) Content() string { return string(c) }
func (clipboard) SetContent(string) {}
