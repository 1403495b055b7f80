package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"bellhop/engine"
)

// Limits that keep a template from a stranger's recipe harmless.
const (
	maxSource  = 256 << 10 // bytes of a template
	maxFilters = 20        // filters of one pill
	maxIndex   = 1_000_000_000
)

// Parse reads a template; the error is a *SyntaxError. A text without pills is a template too.
func Parse(text string) (*Template, error) {
	t, _, err := parse(text)
	return t, err
}

// parse returns too where the names stand that paths begin with.
func parse(text string) (*Template, []int, error) {
	if len(text) > maxSource {
		return nil, nil, &SyntaxError{Offset: maxSource, Length: len(text) - maxSource,
			Message: fmt.Sprintf("This text is longer than the %d characters a field can have.", maxSource)}
	}
	if !utf8.ValidString(text) {
		return nil, nil, &SyntaxError{Length: len(text), Message: "This text holds bytes that are not UTF-8 text."}
	}
	t := &Template{source: text}
	p := parser{text: text}
	for {
		open := strings.Index(text[p.at:], "{{")
		if open < 0 {
			break
		}
		if open > 0 {
			t.parts = append(t.parts, Part{Text: text[p.at : p.at+open]})
		}
		p.at += open
		pill, err := p.pill()
		if err != nil {
			return nil, nil, err
		}
		t.parts = append(t.parts, Part{Pill: pill})
	}
	if p.at < len(text) {
		t.parts = append(t.parts, Part{Text: text[p.at:]})
	}
	return t, p.roots, nil
}

type parser struct {
	text string
	at   int
	// roots is where the names stand that paths begin with.
	roots []int
}

func (p *parser) pill() (*Pill, error) {
	start := p.at
	p.at += len("{{")
	p.space()
	if p.has("}}") {
		p.at += len("}}")
		return nil, p.errorFrom(start, "This pill is empty. Choose a value for it.")
	}
	head, err := p.term()
	if err != nil {
		return nil, p.unclosed(start, err)
	}
	pill := &Pill{head: head, Offset: start}
	for {
		p.space()
		switch {
		case p.has("}}"):
			p.at += len("}}")
			pill.Source = p.text[start:p.at]
			return pill, nil
		case p.has("|"):
			p.at++
			c, err := p.call()
			if err != nil {
				return nil, p.unclosed(start, err)
			}
			if pill.calls = append(pill.calls, c); len(pill.calls) > maxFilters {
				return nil, p.errorFrom(start, "This pill has more than %d filters.", maxFilters)
			}
		default:
			return nil, p.unclosed(start, p.errorHere("Expected a | with a filter, or the end of the pill, instead of %q.", p.rest(20)))
		}
	}
}

// unclosed replaces an error in a pill whose end is missing: that is the cause, the rest is noise.
func (p *parser) unclosed(start int, err error) error {
	rest := p.text[start+len("{{"):]
	end, next := strings.Index(rest, "}}"), strings.Index(rest, "{{")
	if end < 0 || next >= 0 && next < end {
		length := len(p.text) - start
		if next >= 0 {
			length = next + len("{{")
		}
		return &SyntaxError{Offset: start, Length: length,
			Message: `This pill is not closed: }} is missing. Two braces that are to be seen are written {{ "{{" }}.`}
	}
	return err
}

// call reads `name` or `name: argument, argument`.
func (p *parser) call() (call, error) {
	p.space()
	start := p.at
	name := p.name()
	if name == "" {
		return call{}, p.errorHere("The name of a filter is missing after the |.")
	}
	f, ok := filters[name]
	if !ok {
		e := p.errorFrom(start, "There is no filter %q.", name)
		e.Suggestion = engine.Suggest(name, filterNames)
		return call{}, e
	}
	c := call{filter: f}
	if p.space(); p.has(":") {
		p.at++
		for {
			p.space()
			arg, err := p.term()
			if err != nil {
				return call{}, err
			}
			c.args = append(c.args, arg)
			if p.space(); !p.has(",") {
				break
			}
			p.at++
		}
	}
	if err := f.accept(c.args); err != nil {
		e := p.errorFrom(start, "%s", err)
		if m, ok := errors.AsType[*mistake](err); ok {
			e.Message, e.Suggestion = m.message, m.suggestion
		}
		return call{}, e
	}
	return c, nil
}

// term reads a literal or a path.
func (p *parser) term() (term, error) {
	start := p.at
	switch c := p.peek(); {
	case c == '"' || c == '\'':
		s, err := p.quotation()
		return term{literal: s}, err
	case c == '-' || c >= '0' && c <= '9':
		number := p.take(func(c byte) bool { return c == '-' || c == '.' || c >= '0' && c <= '9' })
		if _, ok := parseDecimal(number, false); !ok {
			return term{}, p.errorFrom(start, "%q is no number. Write it like 12 or -0.5.", number)
		}
		return term{literal: json.Number(number)}, nil
	}
	path, err := p.path()
	if err != nil {
		return term{}, err
	}
	switch p.text[start:p.at] {
	case "true":
		return term{literal: true}, nil
	case "false":
		return term{literal: false}, nil
	}
	return term{path: path, written: path.String()}, nil
}

func (p *parser) path() (Path, error) {
	var path Path
	start := p.at
	if name := p.name(); name != "" {
		path = Path{{Name: name}}
		p.roots = append(p.roots, start)
	} else if !p.has("[") {
		return nil, p.errorHere("A value is missing here. Write a path such as trigger.name, a number, or a text in quotes.")
	}
	for {
		switch {
		case p.has("."):
			p.at++
			name := p.name()
			if c := p.peek(); name == "" && c >= '0' && c <= '9' {
				return nil, p.errorHere(`A number cannot follow a dot. Write [%c] for an item of a list, or ["%[1]c"] for a name.`, c)
			} else if name == "" {
				return nil, p.errorHere("A name is missing after the dot.")
			}
			path = append(path, Segment{Name: name})
		case p.has("["):
			s, err := p.bracket()
			if err != nil {
				return nil, err
			}
			path = append(path, s)
		default:
			return path, nil
		}
		if len(path) > MaxDepth {
			return nil, p.errorFrom(start, "This path has more than %d parts.", MaxDepth)
		}
	}
}

func (p *parser) bracket() (Segment, error) {
	start := p.at
	p.at++
	p.space()
	var s Segment
	if c := p.peek(); c == '"' || c == '\'' {
		name, err := p.quotation()
		if err != nil {
			return s, err
		}
		s.Name = name
	} else {
		number := p.take(func(c byte) bool { return c == '-' || c >= '0' && c <= '9' })
		index, err := strconv.Atoi(number)
		if err != nil || index > maxIndex || index < -maxIndex {
			return s, p.errorFrom(start, `Brackets hold the place of an item, such as [0] or [-1], or a name in quotes, such as ["odd name"].`)
		}
		s.Item, s.Index = true, index
	}
	if p.space(); !p.has("]") {
		return s, p.errorFrom(start, "This bracket is not closed: ] is missing.")
	}
	p.at++
	return s, nil
}

func (p *parser) quotation() (string, error) {
	quote := p.text[p.at]
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		c := p.text[i]
		if c == quote {
			p.at = i + 1
			return b.String(), nil
		}
		if c == '\\' && i+1 < len(p.text) {
			if escaped, ok := escapes[p.text[i+1]]; ok {
				c = escaped
				i++
			}
		}
		b.WriteByte(c)
	}
	return "", p.errorHere("This text is not closed: %c is missing.", quote)
}

var escapes = map[byte]byte{'n': '\n', 't': '\t', '\\': '\\', '"': '"', '\'': '\''}

func (p *parser) name() string {
	start := p.at
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		if !nameRune(r, p.at == start) {
			break
		}
		p.at += size
	}
	return p.text[start:p.at]
}

func (p *parser) take(fits func(c byte) bool) string {
	start := p.at
	for p.at < len(p.text) && fits(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

func (p *parser) space() {
	p.take(func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' })
}

func (p *parser) has(prefix string) bool { return strings.HasPrefix(p.text[p.at:], prefix) }

// peek returns the next byte, or 0 at the end.
func (p *parser) peek() byte {
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// rest returns a little of what follows, to show it.
func (p *parser) rest(length int) string {
	rest, _, _ := strings.Cut(p.text[p.at:], "}}")
	for i := range rest {
		if length--; length < 0 {
			return rest[:i] + "…"
		}
	}
	return strings.TrimSpace(rest)
}

func (p *parser) errorHere(format string, args ...any) *SyntaxError {
	length := 0
	if p.at < len(p.text) {
		_, length = utf8.DecodeRuneInString(p.text[p.at:])
	}
	return &SyntaxError{Offset: p.at, Length: length, Message: fmt.Sprintf(format, args...)}
}

func (p *parser) errorFrom(start int, format string, args ...any) *SyntaxError {
	return &SyntaxError{Offset: start, Length: p.at - start, Message: fmt.Sprintf(format, args...)}
}
