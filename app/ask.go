package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"bellhop/engine"
)

// longestAnswer is how many bytes a line that is asked for may have.
const longestAnswer = 4 << 10

// asks says whether a person types what is read.
func (c *cli) asks() bool {
	f, ok := c.in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// ask reads a line from standard input, byte by byte, since the next one is for somebody else. A person who
// types it is asked first, where what is printed is not taken for a result.
func (c *cli) ask(ctx context.Context, question string) (string, error) {
	if c.asks() {
		if _, err := io.WriteString(c.err, question); err != nil {
			return "", err
		}
	}
	type answer struct {
		line string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		var line strings.Builder
		var b [1]byte
		for line.Len() < longestAnswer {
			n, err := c.in.Read(b[:])
			if n == 1 && b[0] == '\n' {
				break
			}
			line.Write(b[:n])
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				done <- answer{err: err}
				return
			}
		}
		done <- answer{line: strings.TrimSuffix(line.String(), "\r")}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-done:
		if a.err != nil {
			return "", engine.Wrap(a.err, engine.Unavailable, "Nothing can be read from standard input: %s.", engine.Cause(a.err))
		}
		return a.line, nil
	}
}
