package content

import (
	"bytes"
	"io"
	"unicode/utf8"

	"bellhop/engine"
)

// MaxRead is how many bytes of a delivery are read into fields at most. Only JSON and forms with files
// can be longer: of them a part can be had.
const MaxRead = 8 << 20

// Pick reads a body of any length, and of a JSON document only the values at the given paths and what
// leads there: `["line_items", "0", "title"]` for a path with an item of a list. Of lists the items before
// a wanted one are there as nil. A path below text or a number gives that; nil for paths gives everything,
// which is what Parse returns, and so does a document of another kind. Errors have the code Invalid, also where
// more than MaxRead would have to be kept; those of r come as they are.
func Pick(r io.Reader, contentType string, paths [][]string) (any, error) {
	s, err := begin(r, contentType)
	switch {
	case err != nil:
		return nil, err
	case s.read == asJSON:
		return newScanner(s, MaxRead).document(wanted(paths))
	case s.read == asMultipart:
		return parseMultipart(s.raw, contentType)
	}
	body, err := s.rest()
	if err != nil {
		return nil, err
	}
	return Parse(contentType, body)
}

// CheckReader is Check for a body of any length: it takes a few kilobytes of memory for JSON and forms
// with files, and refuses what else is longer than MaxRead.
func CheckReader(contentType string, r io.Reader) error {
	s, err := begin(r, contentType)
	switch {
	case err != nil:
		return err
	case s.read == asJSON:
		_, err = newScanner(s, 0).document(nil)
		return err
	case s.read == asMultipart:
		return checkMultipart(s.raw, contentType)
	}
	body, err := s.rest()
	if err != nil {
		return err
	}
	return Check(contentType, body)
}

// stream is a body of which only the beginning was looked at.
type stream struct {
	raw  io.Reader // all of it
	text utf8Reader
	read reading
}

// beginning is how far a body is looked into for its first sign.
const beginning = 4 << 10

func begin(r io.Reader, contentType string) (*stream, error) {
	head := make([]byte, beginning)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, err
	}
	head = head[:n]
	s := &stream{raw: io.MultiReader(bytes.NewReader(head), r)}
	start := bytes.TrimPrefix(head, byteOrderMark)
	kind := kindOf(contentType)
	switch {
	case len(head) == 0:
	case kind == asMultipart:
		s.read = asMultipart
	case len(bytes.TrimSpace(start)) == 0: // blank so far: what else it is, Parse tells
	case kind == asJSON, kind != asText && kind != asXML && looksLikeJSON(start):
		s.read = asJSON
		s.text.source = io.MultiReader(bytes.NewReader(start), r)
	}
	return s, nil
}

// Read reads the text, which is known to be UTF-8.
func (s *stream) Read(into []byte) (int, error) { return s.text.Read(into) }

// rest reads all of a body that cannot be had in parts.
func (s *stream) rest() ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(s.raw, MaxRead+1))
	if err == nil && len(body) > MaxRead {
		return nil, engine.Errorf(engine.Invalid, "The body is larger than %d MB, and only JSON and forms with files can be that large.", MaxRead>>20)
	}
	return body, err
}

// utf8Reader refuses what is not UTF-8.
type utf8Reader struct {
	source io.Reader
	part   [utf8.UTFMax]byte // the beginning of a letter
	n      int
}

func (u *utf8Reader) Read(into []byte) (int, error) {
	n, err := u.source.Read(into)
	got := into[:n]
	for u.n > 0 && len(got) > 0 && !utf8.FullRune(u.part[:u.n]) {
		u.part[u.n] = got[0]
		u.n++
		got = got[1:]
	}
	if u.n > 0 && utf8.FullRune(u.part[:u.n]) {
		if !utf8.Valid(u.part[:u.n]) {
			return 0, notText()
		}
		u.n = 0
	}
	// The last letter may not be whole yet.
	whole := len(got)
	for back := 1; back < utf8.UTFMax && back <= len(got); back++ {
		if c := got[len(got)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(got[len(got)-back:]) {
				whole = len(got) - back
			}
			break
		}
	}
	if !utf8.Valid(got[:whole]) || err == io.EOF && (u.n > 0 || whole < len(got)) {
		return 0, notText()
	}
	if whole < len(got) {
		u.n = copy(u.part[:], got[whole:])
	}
	return n, err
}

func notText() error {
	return engine.Errorf(engine.Invalid, "The body is not text in UTF-8, so its fields cannot be read.")
}
