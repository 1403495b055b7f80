package form

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Control edits one value. A control tells its user's changes by the onChanged it was made with, and
// says nothing when SetValue is called.
type Control interface {
	// Object is what is shown; the same each time.
	Object() fyne.CanvasObject
	// Value is the JSON value as it is now; nil if it is empty.
	Value() any
	SetValue(value any)
}

// Marker is a Control that can show that something is wrong with it.
type Marker interface{ Mark(wrong bool) }

// Checker is a Control that may not understand what was typed.
type Checker interface {
	// Problem is a sentence, or "".
	Problem() string
}

func problemOf(c Control) string {
	if checker, ok := c.(Checker); ok {
		return checker.Problem()
	}
	return ""
}

// control makes the control of a field: the user's own, or the one of its type.
func (f *Form) control(in *input) Control {
	onChanged := func() { f.changed(in) }
	if in.Type == engine.FieldSecret {
		return newSecret(in.Field, slices.Contains(f.options.Saved, in.Name), onChanged)
	}
	if f.options.Control != nil {
		if c := f.options.Control(in.Field, onChanged); c != nil {
			return c
		}
	}
	switch in.Type {
	case engine.FieldBool:
		return newSwitch(in.Field, onChanged)
	case engine.FieldChoice:
		return newChoice(in.Field, onChanged)
	case engine.FieldChoices:
		return newChoices(in.Field, onChanged)
	case engine.FieldMap:
		return newRows(in.Field, f.options.Control, onChanged)
	case engine.FieldJSON, engine.FieldRules:
		return newStructure(in.Field, onChanged)
	}
	return newText(in.Field, onChanged)
}

// text is a control for words and numbers.
type text struct {
	entry *widget.Entry
	kind  engine.FieldType
	// quiet is true while SetValue works.
	quiet bool
}

var (
	_ Control = (*text)(nil)
	_ Marker  = (*text)(nil)
	_ Checker = (*text)(nil)
)

func newText(field engine.Field, onChanged func()) *text {
	t := &text{kind: field.Type, entry: widget.NewEntry(field.Label)}
	if field.Type == engine.FieldLong {
		t.entry = widget.NewLongEntry(field.Label)
	}
	t.entry.PlaceHolder = field.Placeholder
	t.entry.OnChanged = func(string) {
		if !t.quiet {
			onChanged()
		}
	}
	return t
}

func (t *text) Object() fyne.CanvasObject { return t.entry }

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// Value is a json.Number where a number is wanted and typed, else the text as it is: it may be a pill.
func (t *text) Value() any {
	switch typed := strings.TrimSpace(t.entry.Text); {
	case typed == "":
		return nil
	case t.kind == engine.FieldNumber && number.MatchString(typed):
		return json.Number(typed)
	case t.kind == engine.FieldNumber || t.kind == engine.FieldURL:
		return typed
	}
	return t.entry.Text
}

func (t *text) SetValue(value any) {
	t.quiet = true
	t.entry.SetText(words(value))
	t.quiet = false
}

func (t *text) Mark(wrong bool) { t.entry.Mark(wrong) }

func (t *text) Problem() string {
	typed := strings.TrimSpace(t.entry.Text)
	if typed == "" || strings.Contains(typed, "{{") {
		return ""
	}
	switch {
	case t.kind == engine.FieldNumber && !number.MatchString(typed):
		return lang.L("This is not a number. Write it with digits and a point, such as 12.50.")
	case t.kind == engine.FieldURL && !strings.HasPrefix(typed, "https://") && !strings.HasPrefix(typed, "http://"):
		return lang.L("This is not a web address. It begins with https://.")
	}
	return ""
}

// words is a value as an entry shows it.
func words(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any, map[string]any:
		data, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(data)
	}
	return fmt.Sprint(value)
}

// onOff is a control for yes and no.
type onOff struct {
	toggle *widget.Toggle
	word   *widget.Text
	object *fyne.Container
}

var _ Control = (*onOff)(nil)

func newSwitch(field engine.Field, onChanged func()) *onOff {
	s := &onOff{word: widget.NewLine("")}
	s.toggle = widget.NewToggle(field.Label, false, func(bool) {
		s.say()
		onChanged()
	})
	s.object = widget.Row(theme.Space2, s.toggle, widget.Grow(s.word))
	s.say()
	return s
}

func (s *onOff) say() {
	if s.toggle.On {
		s.word.SetText(lang.L("Yes"))
	} else {
		s.word.SetText(lang.L("No"))
	}
}

func (s *onOff) Object() fyne.CanvasObject { return s.object }
func (s *onOff) Value() any                { return s.toggle.On }
func (s *onOff) SetValue(value any) {
	s.toggle.Set(value == true || value == "true")
	s.say()
}

// choice is a control for one of several values.
type choice struct {
	list   *widget.Select
	values []string
	quiet  bool
}

var _ Control = (*choice)(nil)

func newChoice(field engine.Field, onChanged func()) *choice {
	c := &choice{list: widget.NewSelect(field.Label)}
	if !field.Required && field.Default == nil {
		c.add("", lang.L("None"))
	}
	for _, o := range field.Options {
		c.add(o.Value, o.Label)
	}
	c.list.PlaceHolder = lang.L("Choose…")
	c.list.OnChanged = func(string) {
		if !c.quiet {
			onChanged()
		}
	}
	return c
}

func (c *choice) add(value, label string) {
	c.values = append(c.values, value)
	c.list.Options = append(c.list.Options, label)
}

func (c *choice) Object() fyne.CanvasObject { return c.list }

func (c *choice) Value() any {
	i := c.list.SelectedIndex()
	if i < 0 || c.values[i] == "" {
		return nil
	}
	return c.values[i]
}

// SetValue chooses; a value that is no option, such as a pill, becomes one.
func (c *choice) SetValue(value any) {
	c.quiet = true
	defer func() { c.quiet = false }()
	given := words(value)
	i := slices.Index(c.values, given)
	switch {
	case i < 0 && given == "":
		c.list.ClearSelected()
		return
	case i < 0:
		c.add(given, given)
		i = len(c.values) - 1
	}
	c.list.SetSelectedIndex(i)
}
