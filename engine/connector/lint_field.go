package connector

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/source"
)

// The types that fields of a connection and of an operation can have. A connection's values are
// texts; a secret in an operation would end up in the recipe, where everybody can read it.
var (
	connectionTypes = []engine.FieldType{
		engine.FieldText, engine.FieldLong, engine.FieldSecret, engine.FieldChoice, engine.FieldURL,
	}
	operationTypes = []engine.FieldType{
		engine.FieldText, engine.FieldLong, engine.FieldNumber, engine.FieldBool, engine.FieldChoice,
		engine.FieldChoices, engine.FieldURL, engine.FieldMap, engine.FieldJSON, engine.FieldList, engine.FieldRules,
	}
)

func (l *linter) fields(at string, fields []engine.Field, types []engine.FieldType) {
	groups := map[string][]int{}
	for i, f := range fields {
		here := source.Index(at, i)
		l.name(source.Key(here, "name"), f.Name)
		if slices.IndexFunc(fields, func(other engine.Field) bool { return other.Name == f.Name }) < i {
			l.report.Value(source.Key(here, "name"), "There are two fields called %q.", f.Name)
		}
		l.needed(source.Key(here, "label"), f.Label, "what people call the field")
		l.fieldType(here, f, types)
		l.when(source.Key(here, "when"), f.When, fields)
		if _, itself := f.When[f.Name]; itself {
			l.report.Key(source.Key(source.Key(here, "when"), f.Name), "", "A field cannot depend on itself.")
		}
		if f.Group != "" {
			groups[f.Group] = append(groups[f.Group], i)
		}
		if f.Group != "" && f.Required {
			l.report.Key(source.Key(here, "required"), "", "Of a group at most one field is given, so none of them can be required.")
		}
	}
	for group, members := range groups {
		if len(members) == 1 {
			l.report.Value(source.Key(source.Index(at, members[0]), "group"), "The group %q has no other field.", group)
		}
	}
}

func (l *linter) fieldType(at string, f engine.Field, types []engine.FieldType) {
	if !slices.Contains(types, f.Type) {
		var names []string
		for _, t := range types {
			names = append(names, string(t))
		}
		l.report.Value(source.Key(at, "type"), "A field's type here is one of: %s.", strings.Join(names, ", ")).Suggestion = engine.Suggest(string(f.Type), names)
		return
	}
	options := optionValues(f)
	for i, o := range f.Options {
		here := source.Index(source.Key(at, "options"), i)
		if o.Value == "" || slices.Index(options, o.Value) < i {
			l.report.Value(here, "An option needs a value that no other option has.")
		}
		l.needed(source.Key(here, "label"), o.Label, "what people read")
	}
	switch {
	case hasOptions(f) && len(f.Options) == 0:
		l.report.Value(at, "A choice needs options to choose from.")
	case !hasOptions(f) && len(f.Options) > 0:
		l.report.Key(source.Key(at, "options"), "", "Only a choice has options.")
	}
	if f.Default != nil && !fits(f, options) {
		l.report.Value(source.Key(at, "default"), "This default is not a value that the field can have.")
	}
}

func hasOptions(f engine.Field) bool {
	return f.Type == engine.FieldChoice || f.Type == engine.FieldChoices
}

// fits says whether a field's default is of its type.
func fits(f engine.Field, options []string) bool {
	switch v := f.Default.(type) {
	case string:
		switch f.Type {
		case engine.FieldChoice:
			return slices.Contains(options, v)
		case engine.FieldText, engine.FieldLong, engine.FieldURL, engine.FieldJSON:
			return true
		}
		return false
	case bool:
		return f.Type == engine.FieldBool || f.Type == engine.FieldJSON
	case json.Number:
		return f.Type == engine.FieldNumber || f.Type == engine.FieldJSON
	case map[string]any:
		return f.Type == engine.FieldMap || f.Type == engine.FieldJSON
	case []any:
		other := func(one any) bool { text, ok := one.(string); return !ok || !slices.Contains(options, text) }
		return f.Type == engine.FieldJSON || f.Type == engine.FieldChoices && !slices.ContainsFunc(v, other)
	}
	return f.Type == engine.FieldJSON
}

func optionValues(f engine.Field) []string {
	values := make([]string, len(f.Options))
	for i, o := range f.Options {
		values[i] = o.Value
	}
	return values
}

// when checks that a condition names fields, and of choices their values.
func (l *linter) when(at string, when engine.When, fields []engine.Field) {
	for _, name := range slices.Sorted(maps.Keys(when)) {
		here := source.Key(at, name)
		i := slices.IndexFunc(fields, func(f engine.Field) bool { return f.Name == name })
		if i < 0 {
			l.knownKey(here, name, fieldNames(fields), "There is no field %q.", name)
			continue
		}
		if fields[i].Type != engine.FieldChoice || when[name] == "*" {
			continue
		}
		for value := range strings.SplitSeq(when[name], "|") {
			l.known(here, value, optionValues(fields[i]), "The field %q has no option %q.", name, value)
		}
	}
}
