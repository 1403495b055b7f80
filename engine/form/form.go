// Package form is what a person is asked before a run that is started by hand: the recipe's own
// fields, and their values as they were filled in.
package form

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/source"
)

// The bounds of a form.
const (
	MaxFields = 50
	// maxText is how many characters one value may have.
	maxText = 64 << 10
)

// types are the types that a form's fields can have.
var types = []engine.FieldType{
	engine.FieldText, engine.FieldLong, engine.FieldNumber, engine.FieldBool, engine.FieldURL, engine.FieldChoice,
}

// fieldName is the form of a field's name: pills can use it as it is.
var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// keys are what the recipe says of each field.
var keys = []string{"name", "label", "type", "required", "options", "help"}

// Parse reads the fields that a recipe asks for: a list of {name, label, type, required, options,
// help}, of which only the name is needed; nil is a form without fields. The error is engine.Problems
// with paths such as `[0].name`.
func Parse(value any) ([]engine.Field, error) {
	p := &parser{}
	list, ok := value.([]any)
	switch {
	case value == nil || value == "":
		return nil, nil
	case !ok:
		p.wrong("", "", "The questions are a list; write each as - {name: amount, label: How much?, type: number}.")
		return nil, p.problems
	case len(list) > MaxFields:
		p.wrong("", "", "A form can have %d questions at most.", MaxFields)
		return nil, p.problems
	}
	seen := map[string]bool{}
	var fields []engine.Field
	for i, one := range list {
		at := source.Index("", i)
		f := p.field(at, one)
		if seen[f.Name] && f.Name != "" {
			p.wrong(at+".name", "", "There are two questions called %q. Give each a name of its own.", f.Name)
		}
		seen[f.Name] = true
		fields = append(fields, f)
	}
	return fields, p.problems.Err()
}

type parser struct{ problems engine.Problems }

func (p *parser) wrong(at, suggestion, format string, args ...any) {
	p.problems = append(p.problems, engine.Problem{
		Path: at, Message: engine.Errorf(engine.Invalid, format, args...).Message, Suggestion: suggestion,
	})
}

func (p *parser) field(at string, value any) (f engine.Field) {
	spec, ok := value.(map[string]any)
	if !ok {
		p.wrong(at, "", "A question has a name, a label and a type, such as {name: amount, label: How much?, type: number}.")
		return f
	}
	for _, key := range slices.Sorted(maps.Keys(spec)) {
		if !slices.Contains(keys, key) {
			p.wrong(at+"."+key, engine.Suggest(key, keys), "A question has no %q.", key)
		}
	}
	f.Name = p.text(at, spec, "name")
	f.Label = p.text(at, spec, "label")
	f.Help = p.text(at, spec, "help")
	f.Type = engine.FieldType(p.text(at, spec, "type"))
	if !fieldName.MatchString(f.Name) {
		p.wrong(at+".name", "", "A question's name is made of small letters a to z, digits and _, a letter first, and at most 40 of them.")
	}
	if f.Label == "" {
		f.Label = strings.ReplaceAll(f.Name, "_", " ")
	}
	if f.Type == "" {
		f.Type = engine.FieldText
	}
	if !slices.Contains(types, f.Type) {
		names := make([]string, len(types))
		for i, t := range types {
			names[i] = string(t)
		}
		p.wrong(at+".type", engine.Suggest(string(f.Type), names), "The type of a question is one of: %s.", strings.Join(names, ", "))
	}
	switch required := spec["required"].(type) {
	case nil:
	case bool:
		f.Required = required
	default:
		p.wrong(at+".required", "", "required is either true or false.")
	}
	p.options(at, spec["options"], &f)
	return f
}

func (p *parser) text(at string, spec map[string]any, key string) string {
	text, ok := spec[key].(string)
	if !ok && spec[key] != nil {
		p.wrong(at+"."+key, "", "%s must be a text.", key)
	}
	return strings.TrimSpace(text)
}

func (p *parser) options(at string, value any, f *engine.Field) {
	list, ok := value.([]any)
	if f.Type == engine.FieldChoice && len(list) == 0 || value != nil && !ok {
		p.wrong(at+".options", "", "A choice needs the list of its options, such as options: [small, large].")
		return
	}
	if f.Type != engine.FieldChoice && len(list) > 0 {
		p.wrong(at+".options", "", "Only a choice has options. Write type: choice, or take them out.")
		return
	}
	for _, one := range list {
		text := mapping.Text(one)
		f.Options = append(f.Options, engine.Option{Value: text, Label: text})
	}
}

// Read checks what a person filled in and returns it by the fields' names, each of its field's type:
// what was left empty is an empty text, false, or null where a number is asked for. The error has the
// code Invalid and names the field.
func Read(fields []engine.Field, values map[string]any) (map[string]any, error) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.Contains(names, name) {
			continue
		}
		if len(names) == 0 {
			return nil, engine.Errorf(engine.Invalid, "This recipe asks for nothing, so %q cannot be given.", name)
		}
		problem := engine.Problem{
			Message:    "This recipe does not ask for \"" + name + "\". It asks for: " + strings.Join(names, ", ") + ".",
			Suggestion: engine.Suggest(name, names),
		}
		return nil, engine.Errorf(engine.Invalid, "%s", problem)
	}
	out := make(map[string]any, len(fields))
	for _, f := range fields {
		value, err := read(f, values[f.Name])
		if err != nil {
			return nil, err
		}
		out[f.Name] = value
	}
	return out, nil
}

func read(f engine.Field, value any) (any, error) {
	text := strings.TrimSpace(mapping.Text(value))
	if text == "" {
		switch {
		case f.Required:
			return nil, engine.Errorf(engine.Invalid, "%q (%s) is missing. Fill it in.", f.Label, f.Name)
		case f.Type == engine.FieldBool:
			return false, nil
		case f.Type == engine.FieldNumber:
			return nil, nil
		}
		return "", nil
	}
	if utf8.RuneCountInString(text) > maxText || !utf8.ValidString(text) {
		return nil, engine.Errorf(engine.Invalid, "%q (%s) is not a text, or longer than %d characters.", f.Label, f.Name, maxText)
	}
	switch f.Type {
	case engine.FieldNumber:
		n, ok := mapping.ParseDecimal(text)
		if !ok {
			return nil, engine.Errorf(engine.Invalid, "%q (%s) must be a number, such as 12 or 0.5, not %q.", f.Label, f.Name, text)
		}
		return json.Number(n.String()), nil
	case engine.FieldBool:
		switch strings.ToLower(text) {
		case "true", "yes":
			return true, nil
		case "false", "no":
			return false, nil
		}
		return nil, engine.Errorf(engine.Invalid, "%q (%s) is yes or no, not %q.", f.Label, f.Name, text)
	case engine.FieldChoice:
		var all []string
		for _, o := range f.Options {
			if o.Value == text {
				return text, nil
			}
			all = append(all, o.Value)
		}
		problem := engine.Problem{
			Message:    "\"" + f.Label + "\" (" + f.Name + ") cannot be \"" + text + "\". It is one of: " + strings.Join(all, ", ") + ".",
			Suggestion: engine.Suggest(text, all),
		}
		return nil, engine.Errorf(engine.Invalid, "%s", problem)
	case engine.FieldURL:
		if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
			return nil, engine.Errorf(engine.Invalid, "%q (%s) must be a web address that begins with https:// or http://.", f.Label, f.Name)
		}
		return text, nil
	case engine.FieldText:
		if strings.ContainsAny(text, "\r\n") {
			return nil, engine.Errorf(engine.Invalid, "%q (%s) is one line of text.", f.Label, f.Name)
		}
	}
	return text, nil
}
