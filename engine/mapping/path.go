package mapping

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bellhop/engine"
)

// Path leads to a value within data. The empty path is the data itself.
type Path []Segment

// Segment is one part of a path: the name of a field, or the place of an item in a list.
type Segment struct {
	// Name is the field's name; it does not count where Item is true.
	Name string
	// Item is true for `[Index]`: counted from 0, or from the end when below 0.
	Item  bool
	Index int
}

// ParsePath reads a path such as `trigger.line_items[0].title`; the error is a *SyntaxError.
func ParsePath(text string) (Path, error) {
	p := parser{text: text}
	p.space()
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(text) {
		return nil, p.errorHere("A path ends here; %q does not belong to it.", p.rest(20))
	}
	return path, nil
}

// Lookup finds the value at a path written as text. The error is a *SyntaxError or a *MissingError.
func Lookup(data any, path string) (any, error) {
	p, err := ParsePath(path)
	if err != nil {
		return nil, err
	}
	return p.Lookup(data)
}

// Field returns the path to a field of the value at p.
func (p Path) Field(name string) Path { return append(slices.Clip(p), Segment{Name: name}) }

// At returns the path to an item of the list at p.
func (p Path) At(index int) Path { return append(slices.Clip(p), Segment{Item: true, Index: index}) }

// String returns the path as it is written in a pill.
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		switch {
		case s.Item:
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		case !plainName(s.Name):
			b.WriteString("[" + quoted(s.Name) + "]")
		case i > 0:
			b.WriteString("." + s.Name)
		default:
			b.WriteString(s.Name)
		}
	}
	return b.String()
}

// Lookup finds the value at p; the error is a *MissingError. Null counts as missing.
func (p Path) Lookup(data any) (any, error) {
	v, lost, ok := p.find(data)
	if ok {
		return v, nil
	}
	return nil, p.missing(v, lost)
}

// find returns the value at p, or else the last value on the way and the segment that is not in it.
// It makes no error, for a `default` may not want one.
func (p Path) find(data any) (v any, lost int, ok bool) {
	v = data
	for i, s := range p {
		next, ok := s.in(v)
		if !ok {
			return v, i, false
		}
		v = next
	}
	return v, len(p), v != nil
}

func (s Segment) in(v any) (any, bool) {
	if !s.Item {
		object, _ := v.(map[string]any)
		next, ok := object[s.Name]
		return next, ok
	}
	list, _ := v.([]any)
	index := s.Index
	if index < 0 {
		index += len(list)
	}
	if index < 0 || index >= len(list) {
		return nil, false
	}
	return list[index], true
}

// missing explains why segment i is not in v, the value of the segments before it.
func (p Path) missing(v any, i int) *MissingError {
	found := p[:i].String()
	if i == len(p) {
		return &MissingError{Path: found, Found: found, Reason: found + " is empty"}
	}
	s := p[i]
	e := &MissingError{Path: p.String(), Found: found}
	where := found
	if i == 0 {
		where = "the data"
	}
	switch v := v.(type) {
	case nil:
		e.Reason = where + " is empty"
	case map[string]any:
		if s.Item {
			e.Reason = fmt.Sprintf("%s is not a list, so it has no %s", where, Path{s})
			break
		}
		e.Reason = fmt.Sprintf("%s has no %s", where, quoted(s.Name))
		e.Suggestion = nearName(s.Name, v)
	case []any:
		switch {
		case !s.Item:
			e.Reason = fmt.Sprintf("%s is a list of %d, so a name needs an item first, such as %s", where, len(v), p[:i].At(0).Field(s.Name))
		case len(v) == 0:
			e.Reason = where + " is an empty list"
		default:
			e.Reason = fmt.Sprintf("%s has %d, so there is no %s", where, len(v), Path{s})
		}
	default:
		e.Reason = fmt.Sprintf("%s is %s and has no parts", where, Kind(v))
	}
	return e
}

func nearName(name string, object map[string]any) string {
	// Data can hold any number of names; beyond this, nobody meant one of them.
	if len(object) > 1000 {
		return ""
	}
	return engine.Suggest(name, slices.Sorted(maps.Keys(object)))
}

// Kind says in words what a value is: "text", "a number", "yes or no", "a list", "a group of
// fields" or "nothing".
func Kind(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case string:
		return "text"
	case json.Number:
		return "a number"
	case bool:
		return "yes or no"
	case []any:
		return "a list"
	default:
		return "a group of fields"
	}
}

// plainName says whether a name needs no brackets.
func plainName(name string) bool {
	for i, r := range name {
		if !nameRune(r, i == 0) {
			return false
		}
	}
	return name != ""
}

func nameRune(r rune, first bool) bool {
	switch {
	case r == '_' || r < utf8.RuneSelf && unicode.IsLetter(r):
		return true
	case first:
		return r >= utf8.RuneSelf && r != utf8.RuneError && unicode.IsLetter(r)
	default:
		return r == '-' || r >= '0' && r <= '9' || r >= utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
	}
}

// quoted writes a text as a literal of a pill.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(text) + `"`
}
