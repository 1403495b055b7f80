package source

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var word = regexp.MustCompile(`^[\pL\pN_-]+$`)

// Key returns the path of an object's key: `with.channel`, or `with["odd key"]`.
func Key(path, key string) string {
	switch {
	case !word.MatchString(key):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// Index returns the path of a list's entry, counted from 0: `steps[1]`.
func Index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// Join appends a path to another.
func Join(path, rest string) string {
	if path == "" || rest == "" || rest[0] == '[' {
		return path + rest
	}
	return path + "." + rest
}

func (d *Document) index(path string, p place) {
	d.places[path] = p
	for i, item := range p.value.items {
		below := Index(path, i)
		d.index(below, place{value: item, line: item.line, column: item.column, parent: path, lastName: fmt.Sprintf("entry %d of %s", i+1, p.name())})
	}
	for _, e := range p.value.entries {
		d.index(Key(path, e.key), place{value: e.value, line: e.line, column: e.column, keyed: true, parent: path, lastName: strconv.Quote(e.key)})
	}
}

// name is what a sentence calls the place.
func (p place) name() string {
	if p.lastName == "" {
		return "the file"
	}
	return p.lastName
}

// Has says whether there is a value at path, be it null.
func (d *Document) Has(path string) bool {
	_, ok := d.places[path]
	return ok
}

// Position returns where the value at path begins, counted from 1. What is not there is looked for
// in what should hold it.
func (d *Document) Position(path string) (line, column int) {
	p := d.nearest(path)
	if !d.Has(path) && p.keyed {
		return p.line, p.column
	}
	return p.value.line, p.value.column
}

// KeyPosition returns where the key at path begins; of a list's entry, where the entry does.
func (d *Document) KeyPosition(path string) (line, column int) {
	p := d.nearest(path)
	return p.line, p.column
}

// nearest finds the place at path, or the innermost one around it.
func (d *Document) nearest(path string) place {
	for {
		if p, ok := d.places[path]; ok {
			return p
		}
		path = outer(path)
	}
}

// outer cuts the last part off a path.
func outer(path string) string {
	if strings.HasSuffix(path, `"]`) {
		if i := strings.LastIndex(path, `["`); i >= 0 {
			return path[:i]
		}
	}
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}

// PositionIn returns where a byte of the text at path stands in the file. Where that cannot be told,
// as in folded texts, it is where the text begins.
func (d *Document) PositionIn(path string, offset int) (line, column int) {
	p, ok := d.places[path]
	if !ok || p.value.kind != text || offset < 0 || offset > len(p.value.text) {
		return d.Position(path)
	}
	n := p.value
	switch n.style {
	case plain, single, double:
		if line, column, ok := d.inLine(n, offset); ok {
			return line, column
		}
	case literal:
		if line, column, ok := d.inBlock(n, offset); ok {
			return line, column
		}
	}
	return n.line, n.column
}

// inLine finds a byte of a text written in one line, with or without quotes.
func (d *Document) inLine(n *node, offset int) (line, column int, ok bool) {
	at := runeOffset(d.lines[n.line-1], n.column-1)
	if at < 0 {
		return 0, 0, false
	}
	rest, column := d.lines[n.line-1][at:], n.column
	if n.style != plain {
		if rest == "" || rest[0] != quote[n.style] {
			return 0, 0, false
		}
		rest, column = rest[1:], column+1
	}
	for i := 0; i < offset; {
		size, read := written(rest, n.style)
		if read == "" || !strings.HasPrefix(n.text[i:], read) {
			return 0, 0, false // goes on in the next line, or is written in a way not known here
		}
		i += len(read)
		column += utf8.RuneCountInString(rest[:size])
		rest = rest[size:]
	}
	return n.line, column, true
}

var quote = map[style]byte{single: '\'', double: '"'}

// written returns how many bytes the first character of a quoted text takes in the file, and what
// it reads as; "" if that is not known.
func written(rest string, s style) (size int, read string) {
	switch {
	case rest == "":
		return 0, ""
	case s == single && strings.HasPrefix(rest, "''"):
		return 2, "'"
	case s == double && rest[0] == '\\' && len(rest) > 1:
		if r, _, tail, err := strconv.UnquoteChar(rest, '"'); err == nil {
			return len(rest) - len(tail), string(r)
		}
		if rest[1] == '/' {
			return 2, "/"
		}
		return 0, ""
	}
	_, size = utf8.DecodeRuneInString(rest)
	return size, rest[:size]
}

// inBlock finds a byte of a text written as a block under a |.
func (d *Document) inBlock(n *node, offset int) (line, column int, ok bool) {
	before := n.text[:offset]
	line = n.line + 1 + strings.Count(before, "\n")
	start := strings.LastIndexByte(before, '\n') + 1
	whole, _, _ := strings.Cut(n.text[start:], "\n")
	if line > len(d.lines) || !strings.HasSuffix(d.lines[line-1], whole) {
		return 0, 0, false
	}
	indent := utf8.RuneCountInString(d.lines[line-1]) - utf8.RuneCountInString(whole)
	return line, indent + utf8.RuneCountInString(before[start:]) + 1, true
}

// runeOffset returns the byte offset of a character, or -1.
func runeOffset(s string, runes int) int {
	for i := range s {
		if runes == 0 {
			return i
		}
		runes--
	}
	if runes == 0 {
		return len(s)
	}
	return -1
}
