// Package content reads what a delivery carries into fields: JSON, XML, a form with or without files, or
// plain text.
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
// field given several times is a list), of an XML document's element, or the text itself. An empty body is
// an empty map. The content type decides; without one, or where a form's type stands over JSON (as
// `curl -d` sends it), the body does. Errors have the code Invalid.
func Parse(contentType string, body []byte) (any, error) {
	body, read, err := look(contentType, body)
	if err != nil {
		return nil, err
	}
	switch read {
	case asNothing:
		return map[string]any{}, nil
	case asJSON:
		return parseJSON(body)
	case asForm:
		return parseForm(body)
	case asMultipart:
		return parseMultipart(bytes.NewReader(body), contentType)
	case asXML:
		return parseXML(body)
	default:
		return string(body), nil
	}
}

// Check returns the error that Parse would return, at a fraction of its price: it builds nothing of
// a body that is well.
func Check(contentType string, body []byte) error {
	body, read, err := look(contentType, body)
	switch {
	case err != nil:
		return err
	case read == asJSON && !valid(body):
		_, err = parseJSON(body)
	case read == asForm:
		_, err = parseForm(body)
	case read == asMultipart:
		err = checkMultipart(bytes.NewReader(body), contentType)
	case read == asXML:
		_, err = parseXML(body)
	}
	return err
}

// reading is how a body is read.
type reading int

const (
	asAnything reading = iota // the type does not tell
	asText
	asNothing
	asJSON
	asForm
	asMultipart
	asXML
)

// kindOf says how bodies of a type are read.
func kindOf(contentType string) reading {
	if contentType == "application/json" { // as most say, without a parameter to take off
		return asJSON
	}
	kind, _, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return asAnything
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return asJSON
	case kind == "application/x-www-form-urlencoded":
		return asForm
	case kind == "multipart/form-data":
		return asMultipart
	case kind == "application/xml", kind == "text/xml", strings.HasSuffix(kind, "+xml"):
		return asXML
	case strings.HasPrefix(kind, "text/"):
		return asText
	}
	return asAnything
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// look decides how a body is read, and takes its byte order mark off.
func look(contentType string, body []byte) ([]byte, reading, error) {
	kind := kindOf(contentType)
	if kind == asMultipart {
		if len(body) == 0 {
			return body, asNothing, nil
		}
		return body, asMultipart, nil // its files may be anything
	}
	body = bytes.TrimPrefix(body, byteOrderMark)
	if len(bytes.TrimSpace(body)) == 0 {
		return body, asNothing, nil
	}
	if !utf8.Valid(body) {
		return body, asText, notText()
	}
	switch kind {
	case asForm:
		if looksLikeJSON(body) {
			return body, asJSON, nil
		}
		return body, asForm, nil
	case asAnything:
		if looksLikeJSON(body) || mapping.Valid(body) {
			return body, asJSON, nil
		}
		return body, asText, nil
	}
	return body, kind, nil
}

func looksLikeJSON(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
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
