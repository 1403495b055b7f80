package action

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Content types of the bodies. The charset is not needed by the standard, but Slack warns without.
const (
	typeJSON = "application/json; charset=utf-8"
	typeForm = "application/x-www-form-urlencoded"
	typeText = "text/plain; charset=utf-8"
)

// body makes the request's body and says of which type it is; both are empty if there is none.
func (a *Action) body(data map[string]any) (body []byte, kind string, err error) {
	r := a.operation.Request
	if v := data[r.JSONFrom]; v != nil {
		body, err = wholeJSON(v)
		return body, typeJSON, err
	}
	if v := data[r.FormFrom]; v != nil {
		return []byte(encodeForm(v)), typeForm, nil
	}
	if v := data[r.TextFrom]; v != nil {
		return []byte(mapping.Text(v)), typeText, nil
	}
	switch {
	case a.json != nil:
		v, err := a.json.value(data)
		if err != nil {
			return nil, "", err
		}
		if v == nil {
			v = map[string]any{}
		}
		body, err = encodeJSON(v)
		return body, typeJSON, err
	case a.form != nil:
		v, err := a.form.value(data)
		return []byte(encodeForm(spread(v))), typeForm, err
	case a.text != nil:
		text, err := a.text.String(data)
		return []byte(text), typeText, err
	}
	return nil, "", nil
}

// wholeJSON writes a body that a field holds: a structure, or JSON as text, which is sent as it is.
func wholeJSON(v any) ([]byte, error) {
	text, ok := v.(string)
	if !ok {
		return encodeJSON(v)
	}
	if _, err := mapping.Decode([]byte(text)); err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The body to send is not proper JSON. %s", engine.ErrorMessage(err))
	}
	return []byte(text), nil
}

// encodeJSON writes numbers as they were given and signs such as < as they are: a message is no
// part of a web page.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The body to send cannot be written as JSON.")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// encodeForm writes a form, or a query: a list gives its name several times. v is a map or nil.
func encodeForm(v any) string {
	values := url.Values{}
	group, _ := v.(map[string]any)
	for name, v := range group {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, one := range list {
			if one != nil {
				values.Add(name, mapping.Text(one))
			}
		}
	}
	return values.Encode()
}

// spread writes groups in a connector's form as most apps read them: `{metadata: {order: 7}}` as metadata[order]=7. What
// a person puts into a form by hand is left as it is: some apps want JSON there.
func spread(v any) any {
	group, ok := v.(map[string]any)
	if !ok {
		return v
	}
	flat := make(map[string]any, len(group))
	for name, v := range group {
		inner, ok := spread(v).(map[string]any)
		if !ok {
			flat[name] = v
			continue
		}
		for key, v := range inner {
			first, rest, _ := strings.Cut(key, "[")
			if rest != "" {
				rest = "[" + rest
			}
			flat[name+"["+first+"]"+rest] = v
		}
	}
	return flat
}

// addQuery appends what encodeForm made to a query that is there already.
func addQuery(query, more string) string {
	return strings.Trim(query+"&"+more, "&")
}
