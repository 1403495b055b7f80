package action

import (
	"encoding/json"
	"fmt"
	"strings"

	"bellhop/engine"
	"bellhop/engine/auth"
	"bellhop/engine/mapping"
)

// fields returns the operation's fields as pills of its request see them: every value of its
// field's type, defaults in place, empty ones nil. A field that is missing or of the wrong
// type is an *engine.Error with the code Invalid that names it.
func fields(o engine.Operation, with map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(o.Fields))
	for _, f := range o.Fields {
		v := with[f.Name]
		if v == nil || v == "" {
			v = f.Default
		}
		if v == nil || v == "" {
			out[f.Name] = nil
			continue
		}
		v, err := typed(f, v)
		if err != nil {
			return nil, err
		}
		out[f.Name] = v
	}
	value := func(field string) string { return mapping.Text(out[field]) }
	for _, f := range o.Fields {
		if f.Required && out[f.Name] == nil && f.When.Fits(value) {
			return nil, engine.Errorf(engine.Invalid, "The field %q is empty. Fill it in; if it has a pill, the pill found nothing to put there.", label(f))
		}
	}
	return out, nil
}

// typed makes a value of what its field holds.
func typed(f engine.Field, v any) (any, error) {
	switch f.Type {
	case engine.FieldText, engine.FieldLong, engine.FieldSecret, engine.FieldURL, engine.FieldChoice:
		return mapping.Text(v), nil
	case engine.FieldNumber:
		if n, ok := v.(json.Number); ok {
			return n, nil
		}
		if n, ok := mapping.ParseDecimal(v); ok {
			return json.Number(n.String()), nil
		}
		return nil, wrong(f, "a number", v)
	case engine.FieldBool:
		switch v {
		case true, "true":
			return true, nil
		case false, "false":
			return false, nil
		}
		return nil, wrong(f, "yes or no", v)
	case engine.FieldMap:
		switch v := v.(type) {
		case map[string]any:
			return v, nil
		case string:
			if m, err := mapping.Decode([]byte(v)); err == nil {
				if m, ok := m.(map[string]any); ok {
					return m, nil
				}
			}
		}
		return nil, wrong(f, "names with values", v)
	}
	return v, nil
}

func wrong(f engine.Field, want string, v any) error {
	shown := []rune(mapping.Text(v))
	if len(shown) > 60 {
		shown = append(shown[:60], '…')
	}
	return engine.Errorf(engine.Invalid, "The field %q needs %s, but holds %q.", label(f), want, string(shown))
}

func label(f engine.Field) string {
	if f.Label != "" {
		return f.Label
	}
	return f.Name
}

// usable checks that the account can do what the operation asks of one.
func usable(c engine.Connector, o engine.Operation, a engine.Account) error {
	switch {
	case a.Connector == "" && (o.Connection == engine.Required || len(o.Needs) > 0):
		return engine.Errorf(engine.Invalid, "No connection to %s is chosen. Choose one in the step.", c.Title)
	case a.Connector != "" && a.Connector != c.Name:
		return engine.Errorf(engine.Invalid, "The connection %q is not one to %s. Choose another in the step.", a.Name, c.Title)
	}
	var missing []string
	for _, name := range o.Needs {
		if a.Value(name) == "" {
			f, ok := engine.Field{}, false
			if c.Connection != nil {
				f, ok = c.Connection.Field(name)
			}
			if !ok {
				f.Name = name
			}
			missing = append(missing, fmt.Sprintf("%q", label(f)))
		}
	}
	if missing != nil {
		return engine.Errorf(engine.Invalid, "The connection %q lacks %s, which this step needs. Open the connection and fill it in.", a.Name, strings.Join(missing, " and "))
	}
	return nil
}

// scope is what pills of a request see: the fields by name, and `connection`.
func scope(given map[string]any, a engine.Account) map[string]any {
	data := auth.Data(a)
	for name, v := range given {
		if name != "connection" {
			data[name] = v
		}
	}
	return data
}
