// Package content reads what a delivery carries into fields: JSON, a form, or plain text.
package content

import (
	"bytes"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Parse returns the body as a JSON value: what a JSON document says, a map of a form's fields (a
// field given several times is a list), or the text itself. An empty body is an empty map. The
// content type decides; without one, or where a form's type stands over JSON (as `curl -d` sends
// it), the body does. Errors have the code Invalid.
func Parse(contentType string, body []byte) (any, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, nil
	}
	if !utf8.Valid(body) {
		return nil, engine.Errorf(engine.Invalid, "The body is not text in UTF-8, so its fields cannot be read.")
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = ""
	}
	switch {
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return parseJSON(body)
	case kind == "application/x-www-form-urlencoded" && !looksLikeJSON(body):
		return parseForm(body)
	case strings.HasPrefix(kind, "text/"):
		return string(body), nil
	}
	if value, err := parseJSON(body); err == nil || looksLikeJSON(body) {
		return value, err
	}
	return string(body), nil
}

func looksLikeJSON(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return body[0] == '{' || body[0] == '['
}

func parseJSON(body []byte) (any, error) {
	value, err := mapping.Decode(body)
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The body says it is JSON but is not valid JSON: %s", err)
	}
	return value, nil
}

func parseForm(body []byte) (any, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The body says it is a form but cannot be read as one: %s", err)
	}
	fields := make(map[string]any, len(values))
	for name, all := range values {
		if len(all) == 1 {
			fields[name] = all[0]
			continue
		}
		list := make([]any, len(all))
		for i, v := range all {
			list[i] = v
		}
		fields[name] = list
	}
	return fields, nil
}
