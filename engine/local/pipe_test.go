//go:build unix

package local_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestWhatIsNoFileIsNotWritten(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o755))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	for use, with := range writers {
		for _, name := range []string{"folder", "pipe"} { // opening a pipe would wait without end
			_, err := do(t, in(dir), use, merge(with, map[string]any{"file": name}))
			require.Equal(t, engine.Invalid, failure(t, err).Err.Code)
		}
	}
}
