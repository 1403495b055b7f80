package source

import (
	"encoding/json"
	"slices"
	"strings"
)

// kind is what a value is.
type kind int

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// style is how a text is written, which decides how a place inside it maps to the file.
type style int

const (
	plain style = iota
	single
	double
	literal
	folded
)

// node is one value of a document and where it stands, counted from 1 in characters.
type node struct {
	kind         kind
	text         string // of a scalar
	style        style
	line, column int
	items        []*node
	entries      []entry
}

// entry is a key of an object with its value, in the order of the file.
type entry struct {
	key          string
	line, column int
	value        *node
}

// value returns the JSON value.
func (n *node) value() any {
	switch n.kind {
	case boolean:
		return n.text == "true"
	case number:
		return json.Number(n.text)
	case text:
		return n.text
	case list:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = item.value()
		}
		return out
	case object:
		out := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			out[e.key] = e.value.value()
		}
		return out
	}
	return nil
}

// appendJSON writes the value as compact JSON with the keys in the file's order: a sample is shown
// to people in the order in which the app sends it.
func (n *node) appendJSON(out []byte) []byte {
	switch n.kind {
	case list:
		out = append(out, '[')
		for i, item := range n.items {
			if i > 0 {
				out = append(out, ',')
			}
			out = item.appendJSON(out)
		}
		return append(out, ']')
	case object:
		out = append(out, '{')
		for i, e := range n.entries {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendText(out, e.key), ':')
			out = e.value.appendJSON(out)
		}
		return append(out, '}')
	case text:
		return appendText(out, n.text)
	case boolean, number:
		return append(out, n.text...)
	}
	return append(out, "null"...)
}

func appendText(out []byte, s string) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	// Encoding a string cannot fail.
	_ = e.Encode(s)
	return append(out, strings.TrimSuffix(b.String(), "\n")...)
}

// resolve makes a plain word what it stands for. What JSON writes as a number is a number; anything
// else, such as 00123 or 1_000, stays the text that it is, so that no digit of a telephone number
// gets lost.
func (n *node) resolve(word string) {
	n.text = word
	switch {
	case slices.Contains([]string{"", "~", "null", "Null", "NULL"}, word):
		n.kind, n.text = null, ""
	case slices.Contains([]string{"true", "True", "TRUE", "false", "False", "FALSE"}, word):
		n.kind, n.text = boolean, strings.ToLower(word)
	case isNumber(word):
		n.kind = number
	default:
		n.kind = text
	}
}

// isNumber says whether word is a number as JSON writes it.
func isNumber(word string) bool {
	if word == "" || word[0] != '-' && (word[0] < '0' || word[0] > '9') {
		return false
	}
	return !strings.ContainsAny(word, " \n\t") && json.Valid([]byte(word))
}
