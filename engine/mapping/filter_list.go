package mapping

import (
	"unicode/utf8"

	"bellhop/engine"
)

var listFilters = []Filter{
	{
		Name: "join", Label: "Join", Help: "Writes all entries of a list, with a separator between them.", In: []string{KindList},
		Args: []Arg{{Name: "separator", Label: "Separator", Type: engine.FieldText, Default: "a comma and a space"}},
		apply: func(e *evaluation, in any, args []any) (any, error) {
			list, ok := in.([]any)
			if !ok {
				// Senders write a list of one as the one alone.
				return e.text(in)
			}
			separator := argText(args, 0, ", ")
			if len(list)*len(separator) > MaxText {
				return nil, errTooLong
			}
			if err := e.charge(sizeUpTo(in, e.budget)); err != nil {
				return nil, err
			}
			return joined(list, separator), nil
		},
	},
	{
		Name: "first", Label: "First", Help: "Takes the first entry of a list.", In: []string{KindList},
		apply: onList("first", func(_ *evaluation, list []any, _ []any) (any, error) {
			if len(list) == 0 {
				return nil, nil
			}
			return list[0], nil
		}),
	},
	{
		Name: "last", Label: "Last", Help: "Takes the last entry of a list.", In: []string{KindList},
		apply: onList("last", func(_ *evaluation, list []any, _ []any) (any, error) {
			if len(list) == 0 {
				return nil, nil
			}
			return list[len(list)-1], nil
		}),
	},
	{
		Name: "count", Label: "Count", Help: "Counts the entries of a list, or the characters of a text.", In: []string{KindList, KindText},
		apply: func(e *evaluation, in any, _ []any) (any, error) {
			switch v := in.(type) {
			case []any:
				return whole(len(v)), nil
			case map[string]any:
				return whole(len(v)), nil
			}
			s, err := e.text(in)
			return whole(utf8.RuneCountInString(s)), err
		},
	},
	{
		Name: "map", Label: "One field of each", Help: "Makes a list of one field of each entry, such as all titles. Entries without it are left out.", In: []string{KindList},
		Args:  []Arg{{Name: "field", Label: "Field", Type: engine.FieldText, Required: true}},
		check: checkFieldArg,
		apply: onList("map", func(_ *evaluation, list []any, args []any) (any, error) { return each(list, args[0]) }),
	},
	{
		Name: "sum", Label: "Sum", Help: "Adds up the numbers of a list, or one field of each entry, such as all quantities.", In: []string{KindList},
		Args:  []Arg{{Name: "field", Label: "Field", Type: engine.FieldText, Default: "the entries themselves"}},
		check: checkFieldArg,
		apply: onList("sum", func(_ *evaluation, list []any, args []any) (any, error) {
			if len(args) > 0 {
				var err error
				if list, err = each(list, args[0]); err != nil {
					return nil, err
				}
			}
			sum, _ := ParseDecimal("0")
			for _, one := range list {
				n, err := numberOf("sum", one)
				if err != nil {
					return nil, err
				}
				sum = sum.add(n)
			}
			return bounded(sum)
		}),
	},
}

func onList(name string, f func(e *evaluation, list []any, args []any) (any, error)) func(*evaluation, any, []any) (any, error) {
	return func(e *evaluation, in any, args []any) (any, error) {
		list, ok := in.([]any)
		if !ok {
			return nil, mistakef("The filter %q needs a list, and %s is none.", name, show(in))
		}
		return f(e, list, args)
	}
}

// each returns what a path finds in every entry where it finds something.
func each(list []any, field any) ([]any, error) {
	path, err := fieldPath(field)
	if err != nil {
		return nil, err
	}
	out := make([]any, 0, len(list))
	for _, one := range list {
		if v, _, found := path.find(one); found {
			out = append(out, v)
		}
	}
	return out, nil
}

func fieldPath(field any) (Path, error) {
	path, err := ParsePath(Text(field))
	if err != nil {
		return nil, mistakef("%s names no field. Write it like \"title\" or \"variant.id\".", show(field))
	}
	return path, nil
}

func checkFieldArg(args []any) error {
	if len(args) == 0 || args[0] == nil {
		return nil
	}
	_, err := fieldPath(args[0])
	return err
}
