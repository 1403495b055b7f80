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

// askHidden is ask for what nobody may look at: a person who types it does not see it.
func (c *cli) askHidden(ctx context.Context, question string) (string, error) {
	in, ok := c.in.(*os.File)
	if !ok || !c.asks() {
		return c.ask(ctx, question)
	}
	fd := int(in.Fd())
	was, err := term.GetState(fd)
	if err != nil {
		return c.ask(ctx, question)
	}
	if _, err := io.WriteString(c.err, question); err != nil {
		return "", err
	}
	type answer struct {
		line []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		done <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		_ = term.Restore(fd, was) // who reads is still at it, and would leave a terminal that shows nothing
		return "", ctx.Err()
	case a := <-done:
		if _, err := io.WriteString(c.err, "\n"); err != nil { // Enter was not shown either
			return "", err
		}
		if a.err != nil && !errors.Is(a.err, io.EOF) {
			return "", engine.Wrap(a.err, engine.Unavailable, "Nothing can be read from the terminal: %s.", engine.Cause(a.err))
		}
		return strings.TrimSuffix(string(a.line), "\r"), nil
	}
}
