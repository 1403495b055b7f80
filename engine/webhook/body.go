package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"bellhop/engine"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
	"bellhop/engine/signature"
)

const (
	// aroundOne is the size of most deliveries: room for so much is made at once.
	aroundOne = 16 << 10
	// A large body must come on by pieceSize within pieceTime, and be there within bodyTime.
	pieceSize = 256 << 10
	pieceTime = requestTimeout
	bodyTime  = 5 * time.Minute
)

// body is what a delivery carries: bytes in memory, or a file.
type body struct {
	bytes []byte
	file  engine.BodyFile // nil if it is in memory
	size  int64
	name  string // of the file, once it is kept
	once  string // see signature.Check
}

// refusal is why a delivery is not let in: what its sender is told, and what the recipe's owner reads.
type refusal struct {
	status int
	tells  string
	reason string
	again  int
}

func (b *body) close() {
	if b.file != nil {
		_ = b.file.Close() // what was not kept is gone, or swept later
	}
}

// check returns what is wrong with the content.
func (b *body) check(contentType string) error {
	if b.file == nil {
		return content.Check(contentType, b.bytes)
	}
	return content.CheckReader(contentType, b.file.Content())
}

// content reads the body from its beginning.
func (b *body) content() io.Reader {
	if b.file != nil {
		return b.file.Content()
	}
	return bytes.NewReader(b.bytes)
}

// text returns the text or number at a place in the body; "" if there is none. The error is Unavailable
// if a file cannot be read again.
func (b *body) text(contentType string, at mapping.Path) (string, error) {
	data, err := content.Pick(b.content(), contentType, [][]string{parts(at)})
	if err != nil {
		if engine.ErrorCode(err) == engine.Invalid {
			err = nil // there is more than a run can read; it has told so
		}
		return "", err
	}
	value, err := at.Lookup(data)
	if err != nil {
		return "", nil //nolint:nilerr // nothing is there
	}
	switch value.(type) {
	case string, json.Number:
		return mapping.Text(value), nil
	}
	return "", nil
}

// incoming is a body that is being read.
type incoming struct {
	w     http.ResponseWriter
	req   *http.Request
	limit int64
	proof signature.Check
	files engine.Bodies // nil keeps all in memory
}

// read reads the body to its end: into memory, or what is longer into a file.
func (in *incoming) read() (*body, *refusal) {
	source := io.Reader(http.NoBody)
	if in.req.Body != nil && in.req.Body != http.NoBody {
		source = http.MaxBytesReader(in.w, in.req.Body, in.limit)
	}
	announced := in.req.ContentLength
	b := &body{}
	if in.files == nil || announced <= engine.LargeBody {
		most := int64(engine.LargeBody)
		if in.files == nil {
			most = in.limit
		}
		whole, err := b.readSmall(source, announced, most)
		if err != nil {
			return b, in.explain(err)
		}
		_, _ = in.proof.Write(b.bytes)
		if whole {
			b.size = int64(len(b.bytes))
			return b, nil
		}
	}
	return b, in.readLarge(b, source)
}

// readSmall reads up to most bytes; whole is true if that is all.
func (b *body) readSmall(source io.Reader, announced, most int64) (whole bool, err error) {
	if source == http.NoBody {
		return true, nil
	}
	// One byte more than announced, so that the end is seen without growing.
	b.bytes = make([]byte, 0, min(max(announced, 512), aroundOne)+1)
	for {
		n, err := source.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		switch {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		case int64(len(b.bytes)) > most:
			return false, nil
		case len(b.bytes) == cap(b.bytes):
			b.bytes = append(b.bytes, 0)[:len(b.bytes)]
		}
	}
}

// readLarge reads on into a file. The sender may take its time as long as it goes on.
func (in *incoming) readLarge(b *body, source io.Reader) *refusal {
	file, err := in.files.Create()
	if err != nil {
		return noRoom(err)
	}
	b.file = file
	if _, err := file.Write(b.bytes); err != nil {
		return noRoom(err)
	}
	b.size, b.bytes = int64(len(b.bytes)), nil

	patience := http.NewResponseController(in.w) // in tests it cannot do anything
	end := time.Now().Add(bodyTime)
	_ = patience.SetWriteDeadline(end.Add(answerTimeout))
	buffer := make([]byte, 32<<10)
	for next := b.size; ; {
		if b.size >= next {
			next = b.size + pieceSize
			deadline := time.Now().Add(pieceTime)
			if end.Before(deadline) {
				deadline = end
			}
			_ = patience.SetReadDeadline(deadline)
		}
		n, err := source.Read(buffer)
		if n > 0 {
			_, _ = in.proof.Write(buffer[:n])
			if _, err := file.Write(buffer[:n]); err != nil {
				return noRoom(err)
			}
			b.size += int64(n)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return in.explain(err)
		}
	}
}

func noRoom(err error) *refusal {
	return &refusal{
		http.StatusServiceUnavailable, "The delivery cannot be stored now. Send it again later.",
		"The body could not be put on disk, or read from it: " + engine.ErrorMessage(err), comeAgain,
	}
}

// explain says why a body could not be read.
func (in *incoming) explain(err error) *refusal {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(in.limit)
	}
	if netErr, ok := errors.AsType[net.Error](err); errors.Is(err, os.ErrDeadlineExceeded) || ok && netErr.Timeout() {
		return &refusal{http.StatusRequestTimeout, "The body came too slowly.", "The body came too slowly, or not to its end.", 0}
	}
	return &refusal{http.StatusBadRequest, "The body did not arrive whole.", "The sender hung up before the body was whole.", 0}
}

func tooLarge(limit int64) *refusal {
	return &refusal{
		http.StatusRequestEntityTooLarge, "The body is larger than this recipe accepts.",
		"The body is larger than the " + megabytes(limit) + " that the recipe accepts. Its trigger's options say how much that is.", 0,
	}
}

// megabytes writes a limit for people.
func megabytes(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", n>>10)
}
