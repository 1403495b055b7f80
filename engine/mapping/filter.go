package mapping

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"bellhop/engine"
)

// Filter is something a pill can do to its value, described for people.
type Filter struct {
	// Name is what is written in a pill; Label and Help are for people.
	Name, Label, Help string
	// Args are the arguments in order; those required come first.
	Args []Arg
	// In lists the kinds of value it is meant for: text, number, date, list or any. It is advice for
	// an editor; other values are tried too.
	In []string

	apply func(e *evaluation, in any, args []any) (any, error)
	// check, if not nil, looks at the arguments while the pill is parsed; nil stands for an argument
	// that is a path and known only later.
	check func(args []any) error
}

// Arg is one argument of a filter.
type Arg struct {
	Name, Label, Help string
	Type              engine.FieldType
	Required          bool
	// Default is a text that says what is used when the argument is not given; empty if required.
	Default string
	// Options are usual values; others are allowed.
	Options []engine.Option
}

// The kinds of value a Filter's In can name.
const (
	KindText   = "text"
	KindNumber = "number"
	KindDate   = "date"
	KindList   = "list"
	KindAny    = "any"
)

const defaultFilter = "default"

// Filters returns all filters, in the order in which an editor shows them. It is a copy.
func Filters() []Filter { return slices.Clone(allFilters) }

var (
	allFilters  []Filter
	filters     = map[string]*Filter{}
	filterNames []string
)

func init() {
	allFilters = slices.Concat(anyFilters, textFilters, numberFilters, centsFilters, dateFilters, listFilters)
	for i := range allFilters {
		filters[allFilters[i].Name] = &allFilters[i]
		filterNames = append(filterNames, allFilters[i].Name)
	}
}

var anyFilters = []Filter{
	{
		Name: defaultFilter, Label: "If empty, use", Help: "Gives another value when there is none, or when it is an empty text or list.",
		Args: []Arg{{Name: "value", Label: "Use instead", Type: engine.FieldText, Required: true}}, In: []string{KindAny},
		// evaluation.pill does it: a filter is not asked when there is no value.
		apply: func(_ *evaluation, in any, _ []any) (any, error) { return in, nil },
	},
	{
		Name: "json", Label: "As JSON", Help: "Writes the value as JSON, for apps that ask for it.", In: []string{KindAny},
		apply: func(e *evaluation, in any, _ []any) (any, error) {
			if err := e.charge(sizeUpTo(in, e.budget)); err != nil {
				return nil, err
			}
			return compactJSON(in), nil
		},
	},
}

// accept checks a call's arguments as far as they are known without data.
func (f *Filter) accept(args []term) error {
	required := 0
	for _, a := range f.Args {
		if a.Required {
			required++
		}
	}
	if len(args) < required {
		a := f.Args[len(args)]
		return mistakef("The filter %q needs to know: %s. Write it after a colon.", f.Name, strings.ToLower(a.Label))
	}
	if len(args) > len(f.Args) {
		return mistakef("The filter %q takes %s, not %d.", f.Name, counted(len(f.Args), "value"), len(args))
	}
	known := make([]any, len(args))
	for i, a := range args {
		known[i] = a.literal
		if a.path == nil && f.Args[i].Type == engine.FieldNumber {
			if _, ok := ParseDecimal(a.literal); !ok {
				return mistakef("The filter %q needs a number here, and %s is none.", f.Name, show(a.literal))
			}
		}
	}
	if f.check == nil {
		return nil
	}
	return f.check(known)
}

func counted(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "one " + what
	default:
		return strconv.Itoa(n) + " " + what + "s"
	}
}

// show writes a value into a sentence: text in quotes, short.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return quoted(shortened(v, 40))
	case json.Number, bool:
		return Text(v)
	default:
		return Kind(v)
	}
}

func shortened(s string, length int) string {
	for i := range s {
		if length--; length < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// argText returns argument i as text, or a default when it is not given.
func argText(args []any, i int, or string) string {
	if i >= len(args) {
		return or
	}
	return Text(args[i])
}

// argInt returns argument i as a whole number between least and most, or a default.
func argInt(args []any, i, or, least, most int) (int, error) {
	if i >= len(args) {
		return or, nil
	}
	if d, ok := ParseDecimal(args[i]); ok {
		if d = d.trimmed(0); d.scale == 0 && d.unscaled.IsInt64() {
			if n := d.unscaled.Int64(); n >= int64(least) && n <= int64(most) {
				return int(n), nil
			}
		}
	}
	return 0, mistakef("A whole number from %d to %d is needed, and %s is none.", least, most, show(args[i]))
}

func whole(n int) json.Number { return json.Number(strconv.Itoa(n)) }
