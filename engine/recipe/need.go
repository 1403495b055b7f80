package recipe

import (
	"encoding/json"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Need is a part of a step's result that steps after it use.
type Need struct {
	// Path is where it is within the result, as pills write it, such as `message.ts`; "" is all of it.
	Path string
	// By are the titles of the steps that use it, in order.
	By []string
	// Sample is what the app gives there, as a text; "" if that is not known.
	Sample string
	// Text is false for what cannot be written as a text, such as a group of fields.
	Text bool

	path mapping.Path
}

// Needs returns what the steps after one use of its result, in the order in which they do.
func Needs(d engine.Definition, catalog engine.Catalog, step string) []Need {
	steps := d.Walk()
	at := slices.IndexFunc(steps, func(s engine.Placed) bool { return s.ID == step })
	if at < 0 {
		return nil
	}
	sample := sampleOf(catalog, steps[at].Use)
	var needs []Need
	for _, s := range steps[at+1:] {
		texts := []any{s.With}
		for _, p := range s.Paths {
			texts = append(texts, p.When)
		}
		title := Title(s.Step, catalog)
		for _, path := range Paths(texts) {
			if path[0].Name != step || path[0].Item {
				continue
			}
			inside := path[1:]
			i := slices.IndexFunc(needs, func(n Need) bool { return n.Path == inside.String() })
			if i < 0 {
				i = len(needs)
				needs = append(needs, newNeed(inside, sample))
			}
			if !slices.Contains(needs[i].By, title) {
				needs[i].By = append(needs[i].By, title)
			}
		}
	}
	return needs
}

func newNeed(path mapping.Path, sample any) Need {
	n := Need{Path: path.String(), path: path, Text: len(path) > 0}
	for _, s := range path {
		if s.Item && (s.Index < 0 || s.Index >= mostGiven) {
			n.Text = false // nobody knows how many there were
		}
	}
	value, err := path.Lookup(sample)
	if err != nil {
		return n
	}
	switch value.(type) {
	case map[string]any, []any:
		n.Text = false
	default:
		n.Sample = mapping.Text(value)
	}
	return n
}

// mostGiven is how long a list can become by what a person says of its items.
const mostGiven = 100

// Result makes the result of a step out of what a person knows of it: texts by the Path of a Need, which become
// numbers where the app gives numbers. Invalid if no step needs what is given, or it cannot be given so.
func Result(d engine.Definition, catalog engine.Catalog, step string, given map[string]string) (map[string]any, error) {
	needs := Needs(d, catalog, step)
	var names []string
	for _, n := range needs {
		if n.Text {
			names = append(names, n.Path)
		}
	}
	result := map[string]any{}
	for path, text := range given {
		i := slices.IndexFunc(needs, func(n Need) bool { return n.Path == path })
		if i < 0 {
			problem := engine.Problem{Message: "No step after this one uses \"" + path + "\".", Suggestion: engine.Suggest(path, names)}
			return nil, engine.Errorf(engine.Invalid, "%s", problem)
		}
		if !needs[i].Text {
			return nil, engine.Errorf(engine.Invalid, "%q is more than one value, and cannot be written here. Go on without it, stop the run, or send it again.", path)
		}
		value, err := needs[i].value(sampleOf(catalog, useOf(d, step)), text)
		if err != nil {
			return nil, err
		}
		result, _ = put(result, needs[i].path, value).(map[string]any)
	}
	return result, nil
}

// value returns a text as what the app gives at the place.
func (n Need) value(sample any, text string) (any, error) {
	like, err := n.path.Lookup(sample)
	if err != nil {
		return text, nil //nolint:nilerr // nothing is known of it
	}
	switch like.(type) {
	case json.Number:
		if v, err := mapping.Decode([]byte(strings.TrimSpace(text))); err == nil {
			if number, ok := v.(json.Number); ok {
				return number, nil
			}
		}
		return nil, engine.Errorf(engine.Invalid, "%q is a number there, and %q is none.", n.Path, text)
	case bool:
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "yes":
			return true, nil
		case "false", "no":
			return false, nil
		}
		return nil, engine.Errorf(engine.Invalid, "%q is yes or no there, and not %q.", n.Path, text)
	}
	return text, nil
}

// put returns a JSON value with another at a place in it.
func put(in any, at mapping.Path, value any) any {
	if len(at) == 0 {
		return value
	}
	if at[0].Item {
		list, _ := in.([]any)
		for len(list) <= at[0].Index {
			list = append(list, nil)
		}
		list[at[0].Index] = put(list[at[0].Index], at[1:], value)
		return list
	}
	fields, ok := in.(map[string]any)
	if !ok {
		fields = map[string]any{}
	}
	fields[at[0].Name] = put(fields[at[0].Name], at[1:], value)
	return fields
}

// Paths returns what the pills of all texts within a JSON value read. A text that is no template has none.
func Paths(value any) (all []mapping.Path) {
	switch v := value.(type) {
	case string:
		t, err := mapping.Parse(v)
		if err != nil {
			return nil
		}
		for _, pill := range t.Pills() {
			all = append(all, pill.Paths()...)
		}
	case []any:
		for _, one := range v {
			all = append(all, Paths(one)...)
		}
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			all = append(all, Paths(v[name])...)
		}
	}
	return all
}

func useOf(d engine.Definition, step string) string {
	for _, s := range d.Walk() {
		if s.ID == step {
			return s.Use
		}
	}
	return ""
}

// sampleOf returns an operation's sample; nil if there is none.
func sampleOf(catalog engine.Catalog, use string) any {
	_, o, _ := catalog.Operation(use)
	if len(o.Sample) == 0 {
		return nil
	}
	sample, err := mapping.Decode(o.Sample)
	if err != nil {
		return nil
	}
	return sample
}
