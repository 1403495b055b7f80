package content

import (
	"io"
	"strings"
)

// How the scanner reads what holds nothing else: texts, numbers and words, by RFC 8259.

// text reads what follows a quote; keep leaves it in s.key.
func (s *scanner) text(keep bool) error {
	if keep {
		s.key = append(s.key[:0], '"')
	}
	for {
		if s.at == s.end {
			if err := s.more(); err != nil {
				return s.inside(err)
			}
		}
		begin, at, buf := s.at, s.at, s.buf[:s.end]
		for at < len(buf) && plain[buf[at]] {
			at++
		}
		s.at = at
		s.note(keep, buf[begin:at])
		if s.at == s.end {
			continue
		}
		c := s.buf[s.at]
		s.at++
		switch {
		case c == '"':
			s.note(keep, []byte{c})
			return nil
		case c < ' ':
			return s.senseless()
		}
		if err := s.escape(keep); err != nil {
			return err
		}
	}
}

// plain are the bytes that mean themselves within a text.
var plain = func() (is [256]bool) {
	for c := range is {
		is[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return is
}()

func (s *scanner) note(keep bool, part []byte) {
	if keep && len(s.key) <= longestKey {
		s.key = append(s.key, part...)
	}
}

// escape reads what follows a backslash.
func (s *scanner) escape(keep bool) error {
	c, err := s.next()
	if err != nil {
		return s.inside(err)
	}
	s.note(keep, []byte{'\\', c})
	if c != 'u' {
		if !strings.ContainsRune(`"\/bfnrt`, rune(c)) {
			return s.senseless()
		}
		return nil
	}
	for range 4 {
		if c, err = s.next(); err != nil {
			return s.inside(err)
		}
		if c|0x20 < 'a' || c|0x20 > 'f' {
			if c < '0' || c > '9' {
				return s.senseless()
			}
		}
		s.note(keep, []byte{c})
	}
	return nil
}

// number reads on in a number that begins with c.
func (s *scanner) number(c byte) (err error) {
	if c == '-' {
		if c, err = s.next(); err != nil {
			return s.inside(err)
		}
	}
	switch {
	case c == '0':
		c, err = s.next()
	case c >= '1' && c <= '9':
		c, err = s.digits()
	default:
		return s.senseless()
	}
	if err == nil && c == '.' {
		if c, err = s.some(); err != nil && err != io.EOF { //nolint:errorlint // more returns it bare
			return err
		}
	}
	if err == nil && c|0x20 == 'e' {
		if c, err = s.next(); err == nil && (c == '+' || c == '-') {
			c, err = s.next()
		}
		if err != nil {
			return s.inside(err)
		}
		if c < '0' || c > '9' {
			return s.senseless()
		}
		_, err = s.digits()
	}
	if err == nil {
		s.back()
		return nil
	}
	if err == io.EOF { //nolint:errorlint // more returns it bare
		return nil
	}
	return err
}

// some reads digits, of which there must be one; and returns what follows.
func (s *scanner) some() (byte, error) {
	c, err := s.next()
	if err != nil {
		return 0, s.inside(err)
	}
	if c < '0' || c > '9' {
		return 0, s.senseless()
	}
	return s.digits()
}

// digits reads over digits and returns what follows.
func (s *scanner) digits() (c byte, err error) {
	for {
		if c, err = s.next(); err != nil || c < '0' || c > '9' {
			return c, err
		}
	}
}

// back takes back the byte that next returned.
func (s *scanner) back() { s.at-- }

// word reads on in a word whose first letter has been read.
func (s *scanner) word(word string) error {
	for i := 1; i < len(word); i++ {
		c, err := s.next()
		if err != nil {
			return s.inside(err)
		}
		if c != word[i] {
			return s.senseless()
		}
	}
	return nil
}
