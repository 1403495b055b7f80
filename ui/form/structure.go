package form

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
)

// structure is a control for a value of any shape, written as JSON.
type structure struct{ *text }

var (
	_ Control = (*structure)(nil)
	_ Checker = (*structure)(nil)
)

func newStructure(field engine.Field, onChanged func()) *structure {
	field.Type = engine.FieldLong
	s := &structure{newText(field, onChanged)}
	s.entry.TextStyle = fyne.TextStyle{Monospace: true}
	return s
}

// Value is what the text means as JSON, or else the text itself: one pill may be all of it.
func (s *structure) Value() any {
	typed := strings.TrimSpace(s.entry.Text)
	if typed == "" {
		return nil
	}
	if value, err := parse(typed); err == nil {
		return value
	}
	return typed
}

// Problem says that the text is no JSON, unless it is one pill.
func (s *structure) Problem() string {
	typed := strings.TrimSpace(s.entry.Text)
	if typed == "" || strings.HasPrefix(typed, "{{") {
		return ""
	}
	if _, err := parse(typed); err != nil {
		return lang.L("This cannot be read yet. Look for a missing quote, comma or bracket.")
	}
	return ""
}

// parse reads one JSON value, numbers as they are written.
func parse(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return value, nil
}
