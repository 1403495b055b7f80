package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"bellhop/engine"
)

// parseJSON reads JSON token by token, since the tokens tell where they end.
func parseJSON(text string) (*node, engine.Problems) {
	j := &jsonReader{text: text, decoder: json.NewDecoder(strings.NewReader(text)), lineStart: 0, lineNumber: 1}
	j.decoder.UseNumber()
	root, err := j.node(1)
	if err == nil {
		if _, more := j.decoder.Token(); !errors.Is(more, io.EOF) {
			line, column := j.position(j.next())
			j.problem(line, column, "Something follows after the closing brace. Delete it.")
		}
	}
	if err != nil && !errors.Is(err, errDeep) {
		line, column := j.position(j.failedAt(err))
		j.problem(line, column, "%s", jsonSentence(err))
	}
	return root, j.problems
}

var errDeep = errors.New("nested too deep")

type jsonReader struct {
	text     string
	decoder  *json.Decoder
	problems engine.Problems
	// Offsets only grow, so the line is counted on from where it was last asked for.
	lineStart, lineNumber int
}

func (j *jsonReader) problem(line, column int, format string, args ...any) {
	j.problems = append(j.problems, engine.Problem{Line: line, Column: column, Message: fmt.Sprintf(format, args...)})
}

// next returns the offset at which the next token begins.
func (j *jsonReader) next() int {
	at := int(j.decoder.InputOffset())
	for at < len(j.text) && strings.IndexByte(" \t\n:,", j.text[at]) >= 0 {
		at++
	}
	return at
}

func (j *jsonReader) position(offset int) (line, column int) {
	offset = min(offset, len(j.text))
	if offset < j.lineStart {
		j.lineStart, j.lineNumber = 0, 1
	}
	for {
		end := strings.IndexByte(j.text[j.lineStart:offset], '\n')
		if end < 0 {
			return j.lineNumber, utf8.RuneCountInString(j.text[j.lineStart:offset]) + 1
		}
		j.lineStart += end + 1
		j.lineNumber++
	}
}

// node reads the next value.
func (j *jsonReader) node(depth int) (*node, error) {
	line, column := j.position(j.next())
	if depth > MaxDepth {
		j.problems = append(j.problems, deepProblem(line, column))
		return nil, errDeep
	}
	tk, err := j.decoder.Token()
	if err != nil {
		return nil, err
	}
	n := &node{line: line, column: column, style: double}
	switch v := tk.(type) {
	case string:
		n.kind, n.text = text, v
	case json.Number:
		n.kind, n.text, n.style = number, v.String(), plain
	case bool:
		n.kind, n.text, n.style = boolean, fmt.Sprint(v), plain
	case json.Delim:
		if v == '[' {
			n.kind = list
			err = j.items(n, depth)
		} else {
			n.kind = object
			err = j.entries(n, depth)
		}
	}
	return n, err
}

func (j *jsonReader) items(n *node, depth int) error {
	for j.decoder.More() {
		item, err := j.node(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, err := j.decoder.Token()
	return err
}

func (j *jsonReader) entries(n *node, depth int) error {
	seen := map[string]int{}
	for j.decoder.More() {
		line, column := j.position(j.next())
		tk, err := j.decoder.Token()
		if err != nil {
			return err
		}
		key, _ := tk.(string) // the decoder lets nothing else be a key
		value, err := j.node(depth + 1)
		if err != nil {
			return err
		}
		if first, twice := seen[key]; twice {
			j.problem(line, column, "%q stands here twice, first in line %d. Keep one of the two.", key, first)
			continue
		}
		seen[key] = line
		n.entries = append(n.entries, entry{key: key, line: line, column: column, value: value})
	}
	_, err := j.decoder.Token()
	return err
}

// failedAt returns the offset of the character that the decoder could not take.
func (j *jsonReader) failedAt(err error) int {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && syntax.Offset > 0 {
		return max(int(syntax.Offset)-1, j.next())
	}
	return j.next()
}

func jsonSentence(err error) string {
	switch message := err.Error(); {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), strings.Contains(message, "unexpected end"):
		return "The file ends too early: a quote or a bracket is not closed."
	case strings.Contains(message, "after object key:value pair"), strings.Contains(message, "after array element"):
		return "Entries are parted by commas. One is missing here."
	case strings.Contains(message, "after object key"):
		return "A colon is missing after the key."
	case strings.Contains(message, "looking for beginning of object key"):
		return "A key in double quotes is expected here. After the last entry there is no comma."
	case strings.Contains(message, "in string literal"), strings.Contains(message, "in string escape"):
		return "A text cannot hold this character as it is. Lines end with \\n, and a backslash is written \\\\."
	}
	return "This is no JSON. A text must be in double quotes; after the last entry there is no comma."
}
