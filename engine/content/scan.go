package content

import (
	"io"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// scanner walks through a JSON document of any length with a buffer of fixed length, and keeps the
// bytes of what is wanted.
type scanner struct {
	source  io.Reader
	buf     []byte
	at, end int
	gone    int64 // bytes before buf
	depth   int
	budget  int64 // bytes that may still be kept

	kept []byte // what is being kept, less what is in buf
	from int    // where in buf that goes on; -1 while nothing is kept
	key  []byte // the name read last, with its quotes
}

const (
	scanBuffer = 64 << 10
	// longestKey bounds the names that can be wanted, in bytes as they are written.
	longestKey = 64 << 10
	// placeCost is what an item counts that is only there to keep the places of others.
	placeCost = 16
)

func newScanner(source io.Reader, budget int64) *scanner {
	return &scanner{source: source, buf: make([]byte, scanBuffer), from: -1, budget: budget}
}

// document reads a whole document, in which want is to be kept.
func (s *scanner) document(want *want) (any, error) {
	value, err := s.value(want)
	if err != nil {
		return nil, err
	}
	if _, err := s.token(); err != io.EOF { //nolint:errorlint // more returns it bare
		if err == nil {
			err = s.senseless()
		}
		return nil, err
	}
	return value, nil
}

// more reads on. What is kept of the buffer is put aside.
func (s *scanner) more() error {
	if s.from >= 0 {
		if err := s.put(); err != nil {
			return err
		}
		s.from = 0
	}
	s.gone += int64(s.at)
	s.at, s.end = 0, 0
	for range 100 {
		n, err := s.source.Read(s.buf)
		if s.end = n; n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

func (s *scanner) put() error {
	if s.budget -= int64(s.at - s.from); s.budget < 0 {
		return tooMuch()
	}
	s.kept = append(s.kept, s.buf[s.from:s.at]...)
	return nil
}

// next returns one byte; io.EOF at the end.
func (s *scanner) next() (byte, error) {
	if s.at == s.end {
		if err := s.more(); err != nil {
			return 0, err
		}
	}
	s.at++
	return s.buf[s.at-1], nil
}

// token returns the next byte that is no white space.
func (s *scanner) token() (byte, error) {
	for {
		for at, c := range s.buf[s.at:s.end] {
			if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				s.at += at + 1
				return c, nil
			}
		}
		s.at = s.end
		if err := s.more(); err != nil {
			return 0, err
		}
	}
}

// inside is for what an end would cut short.
func (s *scanner) inside(err error) error {
	if err == io.EOF { //nolint:errorlint // more returns it bare
		return engine.Errorf(engine.Invalid, "The body says it is JSON but is not valid JSON: it ends too early.")
	}
	return err
}

func (s *scanner) senseless() error {
	return engine.Errorf(engine.Invalid, "The body says it is JSON but is not valid JSON: it makes no sense after %d bytes.", s.gone+int64(s.at)-1)
}

// value reads one value; nil for want is to keep nothing of it.
func (s *scanner) value(want *want) (any, error) {
	c, err := s.token()
	if err != nil {
		return nil, s.inside(err)
	}
	if want == nil || s.from >= 0 {
		return nil, s.pass(c)
	}
	switch {
	case !want.all && c == '{':
		return s.object(want)
	case !want.all && c == '[':
		return s.list(want)
	case !want.all && c == '"':
		return "", s.pass(c) // a text has no parts; that it is one is all that matters
	}
	s.kept, s.from = s.kept[:0], s.at-1
	if err = s.pass(c); err == nil {
		err = s.put()
	}
	s.from = -1
	if err != nil {
		return nil, err
	}
	return decode(s.kept)
}

// pass reads over the value that begins with c.
func (s *scanner) pass(c byte) error {
	switch {
	case c == '{':
		_, err := s.object(nil)
		return err
	case c == '[':
		_, err := s.list(nil)
		return err
	case c == '"':
		return s.text(false)
	case c == '-' || c >= '0' && c <= '9':
		return s.number(c)
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return s.senseless()
}

func (s *scanner) enter() error {
	if s.depth++; s.depth > mapping.MaxDepth {
		return engine.Errorf(engine.Invalid, "This JSON is nested more than %d levels deep, which Bellhop does not read.", mapping.MaxDepth)
	}
	return nil
}

// object reads what follows a brace.
func (s *scanner) object(want *want) (any, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer func() { s.depth-- }()
	var fields map[string]any
	if want != nil {
		fields = map[string]any{}
	}
	c, err := s.token()
	for first := true; ; first = false {
		switch {
		case err != nil:
			return nil, s.inside(err)
		case c == '}' && first:
			return fields, nil
		case c != '"':
			return nil, s.senseless()
		}
		if err := s.text(want != nil); err != nil {
			return nil, err
		}
		name, below := want.field(s.key)
		if c, err = s.token(); err != nil || c != ':' {
			return nil, s.expected(err)
		}
		value, err := s.value(below)
		if err != nil {
			return nil, err
		}
		if below != nil {
			fields[name] = value
		}
		if c, err = s.token(); err == nil && c == '}' {
			return fields, nil
		}
		if err != nil || c != ',' {
			return nil, s.expected(err)
		}
		c, err = s.token()
		if err != nil || c != '"' {
			return nil, s.expected(err)
		}
	}
}

func (s *scanner) expected(err error) error {
	if err != nil {
		return s.inside(err)
	}
	return s.senseless()
}

// list reads what follows a bracket. Items that are not wanted are nil, so that the others keep their
// places; after the last wanted one nothing is kept.
func (s *scanner) list(want *want) (any, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer func() { s.depth-- }()
	items := []any{}
	c, err := s.token()
	if err != nil {
		return nil, s.inside(err)
	}
	if c == ']' {
		return items, nil
	}
	s.at-- // it is of the first item; token has just read it from this buffer
	for index := 0; ; index++ {
		below := want.item(index)
		value, err := s.value(below)
		if err != nil {
			return nil, err
		}
		if want != nil && index <= want.last {
			if s.budget -= placeCost; s.budget < 0 {
				return nil, tooMuch()
			}
			items = append(items, value)
		}
		if c, err = s.token(); err == nil && c == ']' {
			return items, nil
		}
		if err != nil || c != ',' {
			return nil, s.expected(err)
		}
	}
}

func tooMuch() error {
	return engine.Errorf(engine.Invalid,
		"What the recipe reads of this delivery is larger than %d MB, the most that a run takes up. Let its steps use single fields rather than all of it.", MaxRead>>20)
}
