package recipe

import (
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
	"bellhop/engine/source"
)

// fields checks what a trigger or step says about an operation's fields. step is its position, or
// inTrigger.
func (v *validator) fields(at string, with map[string]any, o engine.Operation, step int) {
	names := make([]string, len(o.Fields))
	for i, f := range o.Fields {
		names[i] = f.Name
	}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		if !slices.Contains(names, name) {
			v.report.Key(source.Key(at, name), engine.Suggest(name, names), "%q has no field %q.", o.Title, name)
			continue
		}
		v.pills(source.Key(at, name), with[name], step)
	}
	// Pills and unknown names are told of with their place inside; what follows looks at values as a
	// whole, and must not say the same again.
	told := v.report.Paths()
	rules := slices.IndexFunc(o.Fields, func(f engine.Field) bool { return f.Type == engine.FieldRules })
	hasRules := rules >= 0
	if hasRules && (o.Fields[rules].Required || !empty(with[o.Fields[rules].Name])) {
		v.rules(at, condition.Of(with), told)
	}
	groups := map[string]engine.Field{}
	for _, f := range o.Fields {
		here := source.Key(at, f.Name)
		value := with[f.Name]
		if hasRules && slices.Contains(condition.Keys, f.Name) {
			continue
		}
		if empty(value) {
			if f.Required && f.Default == nil && f.When.Fits(valueOf(with, o.Fields)) {
				v.report.Value(here, "%s is missing. Fill it in.", v.called(f))
			}
			continue
		}
		if first, twice := groups[f.Group]; f.Group != "" && twice {
			v.report.Key(here, "", "Only one of %s and %s can be filled in. Empty the other.", v.called(first), v.called(f))
			continue
		}
		groups[f.Group] = f
		switch {
		case told[here]:
		case f.Type == engine.FieldList:
			v.list(here, f, value)
		default:
			v.value(here, f, value)
		}
	}
}

// valueOf reads fields as texts, with their defaults.
func valueOf(with map[string]any, fields []engine.Field) func(string) string {
	return func(name string) string {
		value := with[name]
		if empty(value) {
			i := slices.IndexFunc(fields, func(f engine.Field) bool { return f.Name == name })
			if i < 0 || fields[i].Default == nil {
				return ""
			}
			value = fields[i].Default
		}
		return mapping.Text(value)
	}
}

// empty says whether a field counts as not filled in.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// value checks a value against its field's type. A text with pills can become anything.
func (v *validator) value(at string, f engine.Field, value any) {
	text, isText := value.(string)
	if isText && strings.Contains(text, "{{") {
		if template, err := mapping.Parse(text); err == nil && f.Type == engine.FieldURL && template.OpenHost() {
			v.report.Value(at, "Data cannot decide which host %s leads to. Write the host down, with a / behind it, and insert the data after that.", v.called(f))
		}
		return
	}
	_, isMap := value.(map[string]any)
	_, isList := value.([]any)
	switch f.Type {
	case engine.FieldNumber:
		if _, ok := mapping.ParseDecimal(value); !ok {
			v.report.Value(at, "%s must be a number, such as 12 or 0.5.", v.called(f))
		}
	case engine.FieldBool:
		if _, ok := value.(bool); !ok && text != "true" && text != "false" {
			v.report.Value(at, "%s is either true or false.", v.called(f))
		}
	case engine.FieldMap:
		v.namesAndValues(at, f, value)
	case engine.FieldJSON:
	case engine.FieldChoice:
		v.choice(at, f, value)
	case engine.FieldChoices:
		list, ok := value.([]any)
		if !ok {
			v.report.Value(at, "%s must be a list of choices.", v.called(f))
		}
		for i, one := range list {
			v.choice(source.Index(at, i), f, one)
		}
	default:
		switch {
		case isMap || isList:
			v.report.Value(at, "%s must be a text.", v.called(f))
		case f.Type == engine.FieldURL && !webAddress(text):
			v.report.Value(at, "%s must be a web address that begins with https:// or http://.", v.called(f))
		}
	}
}

// secretsTo refuses to send a connection's secrets where the data say: whoever sends the data would get them.
func (v *validator) secretsTo(at string, s engine.Step, o engine.Operation) {
	if s.Connection == "" || o.Request == nil {
		return
	}
	for _, f := range o.Fields {
		text, _ := s.With[f.Name].(string)
		if f.Type != engine.FieldURL || !strings.HasPrefix(o.Request.URL, "{{") {
			continue
		}
		if template, err := mapping.Parse(strings.TrimSpace(text)); err == nil && !template.Static() && template.Parts()[0].Pill != nil {
			v.report.Value(source.Key(at, f.Name), "With a connection, data cannot decide where %s leads: its secret would go there. Write down how the address begins, such as https://api.example.com/, or take the connection out.", v.called(f))
		}
	}
}

// list checks the value of a field that takes a list: one, or a text that is one pill and nothing else.
func (v *validator) list(at string, f engine.Field, value any) {
	switch value := value.(type) {
	case []any:
	case string:
		if template, err := mapping.Parse(value); err == nil && (len(template.Parts()) != 1 || template.Static()) {
			v.report.Value(at, "%s must be a list. Insert one from the data, such as an order's lines, and nothing before or after it.", v.called(f))
		}
	default:
		v.report.Value(at, "%s must be a list.", v.called(f))
	}
}

func webAddress(text string) bool {
	u, err := url.Parse(strings.TrimSpace(text))
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (v *validator) namesAndValues(at string, f engine.Field, value any) {
	m, ok := value.(map[string]any)
	if !ok {
		v.report.Value(at, "%s must be names and values, each written as name: value.", v.called(f))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		switch m[name].(type) {
		case map[string]any, []any:
			v.report.Value(source.Key(at, name), "The value of %q must be a text, a number, or true or false.", name)
		}
	}
}

func (v *validator) choice(at string, f engine.Field, value any) {
	values := make([]string, len(f.Options))
	for i, o := range f.Options {
		values[i] = o.Value
	}
	text := mapping.Text(value)
	if !slices.Contains(values, text) {
		v.report.Value(at, "%s cannot be %q. It is one of: %s.", v.called(f), text, strings.Join(values, ", ")).
			Suggestion = engine.Suggest(text, values)
	}
}

// rules checks rules as a filter and a path have them.
func (v *validator) rules(at string, with map[string]any, told map[string]bool) {
	_, err := condition.Compile(with)
	problems, _ := errors.AsType[engine.Problems](err)
	for _, p := range problems.Under(at) {
		if !told[p.Path] {
			v.report.Value(p.Path, "%s", p.Message).Suggestion = p.Suggestion
		}
	}
}

// pills checks the pills of all texts of a value: their syntax, and that what they refer to comes
// before the step.
func (v *validator) pills(at string, value any, step int) {
	switch value := value.(type) {
	case string:
		v.text(at, value, step)
	case []any:
		for i, one := range value {
			v.pills(source.Index(at, i), one, step)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			here := source.Key(at, name)
			if strings.Contains(name, "{{") {
				v.report.Key(here, "", "A name cannot hold pills, only its value can.")
			}
			v.pills(here, value[name], step)
		}
	case float64, float32, int, int64:
		// A mistake of the program's: numbers are json.Number, so that no digit is lost.
		v.report.Value(at, "This number is of a kind that recipes do not hold (%T).", value)
	case nil, bool, json.Number:
	}
}

func (v *validator) text(at, text string, step int) {
	template, err := mapping.Parse(text)
	if syntax, ok := errors.AsType[*mapping.SyntaxError](err); ok {
		v.report.Inside(at, syntax.Offset, "%s", syntax.Message).Suggestion = syntax.Suggestion
		return
	}
	for _, pill := range template.Pills() {
		for _, path := range pill.Paths() {
			if message, suggestion := v.reference(path, step); message != "" {
				v.report.Inside(at, pill.Offset, "%s %s", pill.Source, message).Suggestion = suggestion
			}
		}
	}
}
