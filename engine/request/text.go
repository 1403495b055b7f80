// Package request makes the parts of a request that a connector file describes out of data: texts
// and addresses with pills. What data fill in stays in its place: a value can become a segment of a
// path, never a host, another path or a second header.
package request

import (
	"errors"
	"strings"
	"time"

	"bellhop/engine/mapping"
)

// Text is a text of a connector file, compiled. A pill in it that finds nothing makes the whole
// value empty, so that what belongs to a field left empty is left out.
type Text struct {
	source   string
	template *mapping.Template // nil if there are no pills
}

// CompileText reads a text; the error is a *mapping.SyntaxError.
func CompileText(text string) (Text, error) {
	if !strings.Contains(text, "{{") {
		return Text{source: text}, nil
	}
	template, err := mapping.Parse(text)
	return Text{source: text, template: template}, err
}

// Pills says whether the text has pills, and so whether its value depends on data.
func (t Text) Pills() bool { return t.template != nil }

// Value returns the text filled in: of the type of its value where the text is exactly one pill,
// nil where a pill finds nothing, else a string. Errors are those of mapping.
func (t Text) Value(data map[string]any) (any, error) {
	if t.template == nil {
		return t.source, nil
	}
	v, err := t.template.Eval(data, mapping.Env{Zone: time.UTC})
	if _, missing := errors.AsType[*mapping.MissingError](err); missing {
		return nil, nil
	}
	return v, err
}

// String returns the text filled in as it reads; "" where a pill finds nothing.
func (t Text) String(data map[string]any) (string, error) {
	v, err := t.Value(data)
	return mapping.Text(v), err
}
