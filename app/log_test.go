package main

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// TestTheLogHasTheCause: people are told a sentence, and whoever reads the log what was behind it.
func TestTheLogHasTheCause(t *testing.T) {
	var out bytes.Buffer
	log := slog.New((&cli{err: &out}).terminalLog())
	log.Error("no", "error", engine.Wrap(errors.New("no such column"), engine.Internal, "The data could not be read."))
	require.Contains(t, out.String(), `error="The data could not be read. Cause: no such column"`)
	out.Reset()
	log.Error("no", "error", errors.New("plain"), "run", 7)
	require.Contains(t, out.String(), "error=plain run=7")
}
