package content

import (
	"bytes"
	"encoding/json"
)

// Glance returns the text or number at a path of names in a JSON document that Check found to be right,
// without reading what follows it. ok is false where a glance is not enough: the path leads elsewhere, a
// name is written with escapes, or it is not JSON. Then Pick tells.
func Glance(body []byte, contentType string, path []string) (value any, ok bool) {
	body = bytes.TrimPrefix(body, byteOrderMark)
	if kind := kindOf(contentType); kind != asJSON && (kind == asText || kind == asXML || kind == asMultipart || !looksLikeJSON(body)) {
		return nil, false
	}
	for _, name := range path {
		if body, ok = member(body, name); !ok {
			return nil, false
		}
	}
	end := skip(body)
	if len(path) == 0 || end <= 0 {
		return nil, false
	}
	switch c := body[0]; {
	case c == '"' && bytes.IndexByte(body[:end], '\\') < 0:
		return string(body[1 : end-1]), true
	case c == '-' || c >= '0' && c <= '9':
		return json.Number(body[:end]), true
	}
	return nil, false
}

// member returns the document from where the value of a name begins.
func member(body []byte, name string) (rest []byte, ok bool) {
	body = blank(body)
	if len(body) == 0 || body[0] != '{' {
		return nil, false
	}
	body = blank(body[1:])
	for len(body) > 0 && body[0] == '"' {
		end := skip(body)
		if end < 0 {
			return nil, false
		}
		found := string(body[1:end-1]) == name
		if body = blank(body[end:]); len(body) == 0 || body[0] != ':' {
			return nil, false
		}
		if body = blank(body[1:]); found {
			return body, true
		}
		if end = skip(body); end < 0 {
			return nil, false
		}
		if body = blank(body[end:]); len(body) == 0 || body[0] != ',' {
			return nil, false
		}
		body = blank(body[1:])
	}
	return nil, false
}

// skip returns where the value ends that a right document begins with; -1 if it does not end.
func skip(body []byte) int {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			for i++; i < len(body) && body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
			if i >= len(body) {
				return -1
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i // a number or word stood before it
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return i
			}
		}
	}
	if depth > 0 {
		return -1
	}
	return len(body)
}

func blank(body []byte) []byte { return bytes.TrimLeft(body, " \t\r\n") }
