package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLogsOfMonthsStaySmall: however much is logged, the files together stay below 25 MB, and the newest lines
// are there.
func TestLogsOfMonthsStaySmall(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := &cli{dir: dir, err: io.Discard}
	text := strings.Repeat("something happened ", 1000)
	for range 4 { // starts of the program
		log, file := c.engineLog()
		for range 1000 {
			log.Info(text)
		}
		log.Info("the last line")
		require.NoError(t, file.Close())
	}
	most := func() int64 { // the oldest are removed beside the work
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		size := int64(0)
		for _, e := range entries {
			if info, err := e.Info(); err == nil {
				size += info.Size()
			}
		}
		return size
	}
	require.Eventually(t, func() bool { return most() < 25<<20 }, patience, patience/100)
	newest, err := os.ReadFile(filepath.Join(dir, logFile))
	require.NoError(t, err)
	require.Contains(t, string(newest), "the last line")
}
