package mapping

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bellhop/engine"
)

// Value is a tree of values whose texts are templates, parsed once. It never changes and may be
// used from many goroutines.
type Value struct {
	// Exactly one of these is set, or none for a value that is the same each time.
	template *Template
	list     []*Value
	fields   []field
	static   any
}

type field struct {
	name  string
	value *Value
}

// Compile parses all texts of a value: text, a list, a group of fields or anything else that JSON
// has. The error is engine.Problems with all that is wrong; a Problem's Path is the place within the
// value, such as `blocks[0].text`, and empty for the value itself.
func Compile(value any) (*Value, error) {
	var problems engine.Problems
	v := compile(value, nil, &problems)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return v, nil
}

func compile(value any, place Path, problems *engine.Problems) *Value {
	if len(place) > MaxDepth {
		*problems = append(*problems, engine.Problem{Path: place.String(), Message: fmt.Sprintf("This is nested more than %d levels deep.", MaxDepth)})
		return nil
	}
	v := &Value{static: value}
	same := true
	switch value := value.(type) {
	case string:
		t, err := Parse(value)
		if err != nil {
			*problems = append(*problems, problemOf(err, place))
			return v
		}
		if !t.Static() {
			return &Value{template: t}
		}
	case []any:
		for i, one := range value {
			c := compile(one, place.At(i), problems)
			v.list = append(v.list, c)
			same = same && c.Static()
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if strings.Contains(name, "{{") {
				*problems = append(*problems, engine.Problem{Path: place.Field(name).String(), Message: "A name cannot hold pills, only its value can."})
			}
			c := compile(value[name], place.Field(name), problems)
			v.fields = append(v.fields, field{name, c})
			same = same && c.Static()
		}
	}
	if same {
		return &Value{static: value}
	}
	v.static = nil
	return v
}

func problemOf(err error, place Path) engine.Problem {
	p := engine.Problem{Path: place.String(), Message: err.Error()}
	if s, ok := errors.AsType[*SyntaxError](err); ok {
		p.Message, p.Suggestion = s.Message, s.Suggestion
	}
	return p
}

// Static says whether the value has no pills: it is the same each time.
func (v *Value) Static() bool {
	return v == nil || v.template == nil && v.list == nil && v.fields == nil
}

// Eval fills all pills with data and returns the tree. Parts of it without pills are shared with the
// value that was compiled, so the result must not be changed. The error is a *PlaceError.
func (v *Value) Eval(data any, env Env) (any, error) {
	e := evaluation{data: data, env: env, budget: maxWork}
	return e.value(v, nil)
}

// place is the way down to a value, kept as a chain so that it costs nothing until it is needed.
type place struct {
	above   *place
	segment Segment
}

func (p *place) path() Path {
	if p == nil {
		return nil
	}
	return append(p.above.path(), p.segment)
}

func (e *evaluation) value(v *Value, at *place) (any, error) {
	switch {
	case v.template != nil:
		out, err := e.template(v.template)
		if err != nil {
			return nil, &PlaceError{Place: at.path().String(), Err: err}
		}
		return out, nil
	case v.list != nil:
		list := make([]any, 0, len(v.list))
		for i, one := range v.list {
			out, err := e.value(one, &place{at, Segment{Item: true, Index: i}})
			if err != nil {
				return nil, err
			}
			list = append(list, out)
		}
		return list, nil
	case v.fields != nil:
		object := make(map[string]any, len(v.fields))
		for _, f := range v.fields {
			out, err := e.value(f.value, &place{at, Segment{Name: f.name}})
			if err != nil {
				return nil, err
			}
			object[f.name] = out
		}
		return object, nil
	default:
		return v.static, nil
	}
}

// Walk calls visit for every text with pills, in order, with its place within the value.
func (v *Value) Walk(visit func(place string, t *Template)) { v.walk(nil, visit) }

func (v *Value) walk(at Path, visit func(place string, t *Template)) {
	if v.template != nil {
		visit(at.String(), v.template)
	}
	for i, one := range v.list {
		one.walk(at.At(i), visit)
	}
	for _, f := range v.fields {
		f.value.walk(at.Field(f.name), visit)
	}
}
