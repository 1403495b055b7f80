// Package source reads the files people write, recipes and connector files, as YAML or JSON, and
// keeps for every value where in the file it stands.
//
// Only what such files need is understood: objects, lists, texts, numbers, true, false and null.
// Anchors, aliases, tags and several documents in one file are refused in words: they make a file
// harder to read, and aliases can blow a small file up to any size.
package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"bellhop/engine"
)

// What a file may have at most.
const (
	MaxBytes = 1 << 20
	MaxDepth = 60
	// maxTokens bounds the words and signs of a YAML file: the parser's time grows with the square
	// of some of them. The largest connector file has a tenth of it.
	maxTokens = 50_000
	// maxProblems is how many syntax problems are worth telling.
	maxProblems = 50
)

// Document is a file that has been read. It does not change any more and may be shared.
type Document struct {
	root   *node
	lines  []string
	places map[string]place
}

// place is what is known of one path: its value, and the key before it.
type place struct {
	value            *node
	line, column     int // of the key; of the value for entries of a list
	keyed            bool
	parent, lastName string
}

// Parse reads a file. All syntax problems that can be told at once are returned, with line and
// column; then there is no document.
func Parse(data []byte) (*Document, engine.Problems) {
	text, problem := clean(data)
	if problem != nil {
		return nil, engine.Problems{*problem}
	}
	var (
		root     *node
		problems engine.Problems
	)
	lines := strings.Split(text, "\n")
	if looksLikeJSON(text) {
		root, problems = parseJSON(text)
	} else {
		root, problems = parseYAML(text, lines)
	}
	if len(problems) > 0 {
		return nil, problems[:min(len(problems), maxProblems)]
	}
	d := &Document{root: root, lines: lines, places: map[string]place{}}
	d.index("", place{value: root, line: root.line, column: root.column})
	return d, nil
}

// Value returns the file as JSON values: nil, bool, json.Number, string, []any, map[string]any.
func (d *Document) Value() any { return d.root.value() }

// clean checks and normalises the bytes: UTF-8 without a byte order mark, lines ended by \n.
func clean(data []byte) (string, *engine.Problem) {
	at := func(line, column int, format string, args ...any) (string, *engine.Problem) {
		return "", &engine.Problem{Line: line, Column: column, Message: fmt.Sprintf(format, args...)}
	}
	if len(data) > MaxBytes {
		return at(1, 1, "This file is larger than 1 MiB. Recipes and connector files are much smaller: is this the right file?")
	}
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return at(1, 1, "This file is saved as UTF-16. Save it as UTF-8.")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	line, column := 1, 1
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			return at(line, column, "There is a byte here that is not UTF-8. Save the file as UTF-8.")
		case r == '\n':
			line, column = line+1, 0
		case r < ' ' && r != '\t', r == 0x7f, r == '\ufeff':
			return at(line, column, "There is an invisible character (U+%04X) here. Delete it.", r)
		}
		column++
		rest = rest[size:]
	}
	text := strings.TrimSuffix(string(data), "\n") + "\n"
	if strings.TrimSpace(text) == "" {
		return at(1, 1, "This file is empty.")
	}
	return text, nil
}

// looksLikeJSON says whether the text begins as JSON does, with a brace and a quote. YAML may too, but
// nobody writes it so, and a forgotten comma is better told by a reader of JSON.
func looksLikeJSON(text string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "{")
	rest = strings.TrimSpace(rest)
	return ok && (strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "}"))
}
