// Package table brings tables in from CSV files and writes them out.
//
// What programs call CSV differs: Bellhop reads RFC 4180 with commas, semicolons, tabs or bars between
// cells, in UTF-8, UTF-16 or Windows-1252, and finds out which. The first row names the columns. It writes
// RFC 4180 in UTF-8; what it has written it reads back to the last sign.
package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"bellhop/engine"
)

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 64 << 20

func mistake(format string, args ...any) error { return engine.Errorf(engine.Invalid, format, args...) }

// Reader reads the rows of a CSV file, in memory that does not grow with it.
type Reader struct {
	in        *bufio.Reader
	separator byte
	line      int // of the row that is read, from 1
	next      int // of the row after it
}

// NewReader finds out how a file is written, and reads it from its begin.
func NewReader(file io.ReadSeeker) (*Reader, error) {
	text, err := decoded(file)
	if err != nil {
		return nil, err
	}
	r := &Reader{in: bufio.NewReaderSize(text, 64<<10), next: 1}
	head, err := r.in.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	}
	// Excel understands a first line that says nothing but the separator.
	if len(head) > 5 && bytes.EqualFold(head[:4], []byte("sep=")) && strings.IndexByte(separators, head[4]) >= 0 && (head[5] == '\n' || head[5] == '\r') {
		r.separator = head[4]
		_, _, _ = r.in.ReadLine()
		r.next++
		return r, nil
	}
	r.separator = separatorOf(head)
	return r, nil
}

func unreadable(err error) error {
	if engine.ErrorCode(err) != engine.Internal {
		return err
	}
	return engine.Wrap(err, engine.Unavailable, "The file cannot be read: %s.", engine.Cause(err))
}

// decoded returns the file's text as UTF-8, without a byte order mark. A file without one that is not
// UTF-8 throughout is taken for Windows-1252, in which every byte is a sign.
func decoded(file io.ReadSeeker) (io.Reader, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil && size > MaxFile {
		return nil, mistake("The file is larger than the %d MiB that a table can come from.", MaxFile>>20)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	in := bufio.NewReaderSize(file, 64<<10)
	mark, _ := in.Peek(2)
	utf16 := bytes.Equal(mark, []byte{0xff, 0xfe}) || bytes.Equal(mark, []byte{0xfe, 0xff})
	isUTF8, isWindows, err := signs(in)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	var how encoding.Encoding
	switch {
	case utf16:
		how = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case isUTF8:
		how = unicode.UTF8BOM
	case isWindows:
		how = charmap.Windows1252
	default:
		return nil, mistake("The file's letters are neither UTF-8 nor Windows-1252, so they cannot be read for certain. Save it as CSV UTF-8.")
	}
	return how.NewDecoder().Reader(file), nil
}

// signs says whether all of a file is UTF-8, and else whether all of its bytes are signs of Windows-1252.
func signs(in *bufio.Reader) (isUTF8, isWindows bool, err error) {
	isUTF8, isWindows = true, true
	for {
		r, size, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			return isUTF8, isWindows, nil
		}
		if err != nil {
			return false, false, err
		}
		if r == utf8.RuneError && size == 1 {
			isUTF8 = false
		}
		if size == 1 && r < utf8.RuneSelf {
			continue
		}
		// The bytes of what looks like a sign of UTF-8 count one by one.
		if err := in.UnreadRune(); err != nil {
			return false, false, err
		}
		for range size {
			b, err := in.ReadByte()
			if err != nil {
				return false, false, err
			}
			if charmap.Windows1252.DecodeByte(b) == utf8.RuneError {
				isWindows = false
			}
		}
	}
}

// separators are what stands between cells; of those that are there equally often the first.
const separators = ",;\t|"

// separatorOf returns the separator that stands in the first line most often, outside of quotes.
func separatorOf(head []byte) byte {
	var count [len(separators)]int
	quoted := false
	for _, b := range bytes.TrimLeft(head, "\r\n") {
		if b == '"' {
			quoted = !quoted
		}
		if !quoted && (b == '\n' || b == '\r') {
			break
		}
		if i := strings.IndexByte(separators, b); i >= 0 && !quoted {
			count[i]++
		}
	}
	best := 0
	for i, n := range count {
		if n > count[best] {
			best = i
		}
	}
	return separators[best]
}

// Read returns the cells of the next row that is not empty; io.EOF after the last. A cell longer than
// engine.MaxCell, more than engine.MaxColumns of them, or a quote that does not end, are Invalid.
func (r *Reader) Read() ([]string, error) {
	for {
		r.line = r.next
		cells, err := r.row()
		if err != nil || cells != nil {
			return cells, err
		}
	}
}

// row reads a row; nil if it is empty.
func (r *Reader) row() (cells []string, err error) {
	if _, err := r.in.Peek(1); err != nil {
		return nil, end(err)
	}
	for {
		cell, quoted, last, err := r.cell()
		if err != nil {
			return nil, err
		}
		if last && len(cells) == 0 && cell == "" && !quoted {
			return nil, nil
		}
		if len(cells) == engine.MaxColumns {
			return nil, mistake("Line %d has more than the %d columns that a table can have.", r.line, engine.MaxColumns)
		}
		if cells = append(cells, cell); last {
			return cells, nil
		}
	}
}

func end(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return unreadable(err)
}

// cell reads one cell with what ends it; last is true if that ends the row too.
func (r *Reader) cell() (text string, quoted, last bool, err error) {
	var b strings.Builder
	begin := r.next
	inside := false // within quotes
	for {
		c, err := r.in.ReadByte()
		if errors.Is(err, io.EOF) {
			if inside {
				return "", false, false, mistake("The quote that begins in line %d does not end.", begin)
			}
			return b.String(), quoted, true, nil
		}
		if err != nil {
			return "", false, false, unreadable(err)
		}
		lineEnds := r.lineEnds(c)
		switch {
		case inside && c == '"':
			if next, _ := r.in.Peek(1); len(next) == 1 && next[0] == '"' {
				_, _ = r.in.Discard(1)
				b.WriteByte('"')
			} else {
				inside = false
			}
		case inside:
			b.WriteByte(c)
		case c == r.separator:
			return b.String(), quoted, false, nil
		case c == '\r' || c == '\n':
			if !lineEnds { // the first half of \r\n
				_, _ = r.in.Discard(1)
				r.next++
			}
			return b.String(), quoted, true, nil
		case quoted:
			return "", false, false, mistake("Something follows the quote that ends in line %d. A quote within a cell is written twice.", r.next)
		case c == '"' && b.Len() == 0:
			quoted, inside = true, true
		default:
			b.WriteByte(c)
		}
		if b.Len() > engine.MaxCell {
			return "", false, false, mistake("Line %d has a cell that is longer than the %d KiB that a cell can hold. Perhaps a quote does not end.", begin, engine.MaxCell>>10)
		}
	}
}

// lineEnds counts a line that ends with c: \n, or \r that no \n follows.
func (r *Reader) lineEnds(c byte) bool {
	if c == '\r' {
		if next, _ := r.in.Peek(1); len(next) == 1 && next[0] == '\n' {
			return false
		}
	}
	if c != '\n' && c != '\r' {
		return false
	}
	r.next++
	return true
}
