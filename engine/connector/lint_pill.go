package connector

import (
	"errors"
	"maps"
	"slices"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/source"
)

// scope is what pills may begin with, each with the names that may follow; nil for any.
type scope map[string][]string

func anyOf(names []string) scope {
	s := scope{}
	for _, name := range names {
		s[name] = nil
	}
	return s
}

// connectionScope is what pills of a request see: the operation's fields, and the connection's.
func (l *linter) connectionScope(fields []engine.Field) scope {
	s := anyOf(fieldNames(fields))
	// Not nil: without fields no name may follow.
	s["connection"] = append([]string{}, l.connectionFields()...)
	return s
}

// text checks the pills of a text.
func (l *linter) text(at, text string, s scope) {
	template, err := mapping.Parse(text)
	if syntax, ok := errors.AsType[*mapping.SyntaxError](err); ok {
		l.report.Inside(at, syntax.Offset, "%s", syntax.Message).Suggestion = syntax.Suggestion
		return
	}
	for _, pill := range template.Pills() {
		for _, path := range pill.Paths() {
			l.path(at, pill, path, s)
		}
	}
}

func (l *linter) path(at string, pill *mapping.Pill, path mapping.Path, s scope) {
	names, ok := s[path[0].Name]
	switch {
	case !ok:
		l.report.Inside(at, pill.Offset, "%s begins with %q, which is not known here.", pill.Source, path[0].Name).
			Suggestion = engine.Suggest(path[0].Name, slices.Sorted(maps.Keys(s)))
	case names == nil:
	case len(path) < 2:
		l.report.Inside(at, pill.Offset, "%s is all of the %s. Name the field that is meant.", pill.Source, path[0].Name)
	case !slices.Contains(names, path[1].Name):
		l.report.Inside(at, pill.Offset, "The %s has no field %q.", path[0].Name, path[1].Name).
			Suggestion = engine.Suggest(path[1].Name, names)
	}
}

// texts checks names and values; names may hold pills too.
func (l *linter) texts(at string, texts map[string]string, s scope) {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		l.text(source.Key(at, name), name, s)
		l.text(source.Key(at, name), texts[name], s)
	}
}

// tree checks the pills of all texts of a value.
func (l *linter) tree(at string, value any, s scope) {
	switch v := value.(type) {
	case string:
		l.text(at, v, s)
	case []any:
		for i, one := range v {
			l.tree(source.Index(at, i), one, s)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			l.tree(source.Key(at, name), v[name], s)
		}
	}
}
