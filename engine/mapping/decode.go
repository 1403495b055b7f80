package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"bellhop/engine"
)

// MaxDepth is how deep data and values may be nested.
const MaxDepth = 200

// Decode reads one JSON value into nil, bool, json.Number, string, []any or map[string]any. Numbers
// keep every digit: ids of Shopify exceed what a float64 holds. Text after the value, invalid UTF-8
// and nesting above MaxDepth are refused with the code Invalid.
func Decode(text []byte) (any, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, engine.Errorf(engine.Invalid, "This is not JSON: it holds bytes that are not UTF-8 text.")
	}
	if tooDeep(text) {
		return nil, engine.Errorf(engine.Invalid, "This JSON is nested more than %d levels deep, which Bellhop does not read.", MaxDepth)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	at := d.InputOffset()
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return v, nil
		}
		return nil, engine.Errorf(engine.Invalid, "This is not JSON: something follows its end, at %s.", position(text, at))
	}
	if s, ok := errors.AsType[*json.SyntaxError](err); ok && s.Offset < int64(len(text)) {
		return nil, engine.Wrap(err, engine.Invalid, "This is not JSON: it makes no sense at %s.", position(text, s.Offset-1))
	}
	return nil, engine.Wrap(err, engine.Invalid, "This is not JSON: it is empty or ends too early.")
}

// Valid says whether Decode accepts text, without making anything of it.
func Valid(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	return utf8.Valid(text) && !tooDeep(text) && json.Valid(text)
}

// tooDeep runs before the decoder, which recurses.
func tooDeep(text []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted:
			if c == '\\' {
				i++
			}
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

func position(text []byte, offset int64) string {
	before := string(text[:max(0, min(offset, int64(len(text))))])
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return "line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column)
}

// Text returns how a value reads within a text: text as it is; numbers as written, but without an
// exponent where that is readable (1e+06 is 1000000); true and false; nothing for nil; the entries
// of a list joined with ", "; an object as compact JSON.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return numberText(string(v))
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return joined(v, ", ")
	default:
		return compactJSON(v)
	}
}

func joined(list []any, separator string) string {
	var b strings.Builder
	for i, one := range list {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(Text(one))
	}
	return b.String()
}

func numberText(s string) string {
	if !strings.ContainsAny(s, "eE") {
		return s
	}
	if d, ok := parseDecimal(s, true); ok && d.length() <= 30 {
		return d.String()
	}
	return s
}

// compactJSON writes signs such as < as they are: the text is for people and for APIs, not for HTML.
func compactJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		// Only values that are not JSON values get here, such as a json.Number of "abc".
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
