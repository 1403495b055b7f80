// Package fact tells data as names and values that people can read: what came in, what a step was
// filled with, what came back.
package fact

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

// Fact is a name and its value.
type Fact struct{ Name, Value string }

// Most is how many facts are told at once.
const Most = 60

// mostLetters is how much of a value is shown among others; Raw and the whole messages have all of it.
const mostLetters = 300

// humanise makes words of a name: `total_price` is "Total price".
func humanise(name string) string {
	words := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == ' ' }), " ")
	if words == "" {
		return name
	}
	letters := []rune(words)
	letters[0] = unicode.ToUpper(letters[0])
	return string(letters)
}

// Label makes words of a path: `line_items[0].title` is "Line items 1 · Title".
func Label(path mapping.Path) string {
	var b strings.Builder
	for i, s := range path {
		switch {
		case s.Item && s.Index < 0:
			b.WriteString(" " + strconv.Itoa(s.Index))
		case s.Item:
			b.WriteString(" " + strconv.Itoa(s.Index+1))
		case i > 0:
			b.WriteString(" · " + humanise(s.Name))
		default:
			b.WriteString(humanise(s.Name))
		}
	}
	return strings.TrimSpace(b.String())
}

// Clip cuts a value to what can be read among others, on as few lines.
func Clip(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) <= mostLetters {
		return text
	}
	if r := []rune(text); len(r) > mostLetters {
		return string(r[:mostLetters]) + "…"
	}
	return text
}

// All returns up to most of the values in data, with their paths as names, and how many more
// there are.
func All(data any, most int) (list []Fact, left int) {
	var walk func(path mapping.Path, v any)
	walk = func(path mapping.Path, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.SortedFunc(maps.Keys(v), fieldOrder(v)) {
				walk(path.Field(name), v[name])
			}
			return
		case []any:
			for i, one := range v {
				walk(path.At(i), one)
			}
			return
		}
		if len(list) == most {
			left++
			return
		}
		name := Label(path)
		if name == "" {
			name = lang.L("Text")
		}
		list = append(list, Fact{name, Value(v)})
	}
	if data != nil {
		walk(nil, data)
	}
	return list, left
}

// fieldOrder puts a map's plain values before what has values of its own, each by name.
func fieldOrder(m map[string]any) func(a, b string) int {
	deep := func(name string) int {
		switch m[name].(type) {
		case map[string]any, []any:
			return 1
		}
		return 0
	}
	return func(a, b string) int {
		if d := deep(a) - deep(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	}
}

// Title is what people call a step: its name, or what a filter lets through, or else what its
// operation is called.
func Title(s engine.Step, catalog engine.Catalog) string {
	_, operation, _ := catalog.Operation(s.Use)
	rules, _ := s.With["rules"].([]any)
	switch {
	case s.Name != "":
		return s.Name
	case operation.Logic != "" && len(rules) > 0:
		return recipe.StepSummary(s, catalog)
	case operation.Title != "":
		return operation.Title
	}
	return s.Use
}

// labelled is what a form calls a choice's value; other values stay as they are.
func labelled(f engine.Field, v any) any {
	for _, o := range f.Options {
		if f.Type == engine.FieldChoice && o.Value == v {
			return o.Label
		}
	}
	return v
}

// OfInput returns the step's fields with their pills filled in: those of its operation in their
// order and by their labels, then any others.
func OfInput(stored json.RawMessage, operation engine.Operation) []Fact {
	data, err := mapping.Decode(stored)
	input, ok := data.(map[string]any)
	if err != nil || !ok {
		return nil
	}
	var list []Fact
	known := map[string]bool{}
	for _, f := range operation.Fields {
		known[f.Name] = true
		if v, given := input[f.Name]; given && v != nil && v != "" {
			list = append(list, Fact{f.Label, Value(labelled(f, v))})
		}
	}
	others := map[string]any{}
	for name, v := range input {
		if !known[name] {
			others[name] = v
		}
	}
	rest, _ := All(others, Most)
	return append(list, rest...)
}
