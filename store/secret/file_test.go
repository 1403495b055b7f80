package secret

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestFileIsPrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	k := open(t, File, dir, newRing())
	require.NoError(t, k.Save(t.Context(), "a", map[string]string{"token": "correct horse"}))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NotContains(t, string(b), "horse", path)
		if runtime.GOOS != "windows" {
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), path)
		}
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(dir)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
}

// TestDamage: what cannot be read is said, and never overwritten.
func TestDamage(t *testing.T) {
	t.Parallel()
	foreign, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	for name, test := range map[string]struct {
		file   string
		damage func(b []byte) []byte // nil removes the file
		says   string
	}{
		"cut off":             {"secrets.age", func(b []byte) []byte { return b[:len(b)-5] }, "damaged"},
		"cut to nothing":      {"secrets.age", func([]byte) []byte { return []byte{} }, "damaged"},
		"another file":        {"secrets.age", func([]byte) []byte { return []byte("%PDF-1.7") }, "damaged"},
		"one byte changed":    {"secrets.age", func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, "damaged"},
		"key of another file": {"secrets.key", func([]byte) []byte { return []byte(foreign.String()) }, "another key"},
		"key damaged":         {"secrets.key", func(b []byte) []byte { return b[:60] }, "damaged"},
		"key removed":         {"secrets.key", nil, "key file"},
		"choice damaged":      {"secrets.json", func([]byte) []byte { return []byte("{") }, "damaged"},
		"choice of another":   {"secrets.json", func([]byte) []byte { return []byte(`{"mode":"vault"}`) }, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			k := open(t, File, dir, newRing())
			require.NoError(t, k.Save(t.Context(), "a", values))
			path := filepath.Join(dir, test.file)
			before, err := os.ReadFile(path)
			require.NoError(t, err)
			var bad []byte
			if test.damage == nil {
				require.NoError(t, os.Remove(path))
			} else {
				bad = test.damage(append([]byte{}, before...))
				require.NoError(t, os.WriteFile(path, bad, 0o600))
			}

			_, err = k.Load(t.Context(), "a")
			require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
			require.Contains(t, engine.ErrorMessage(err), test.says)
			require.Contains(t, engine.ErrorMessage(err), path)
			require.Equal(t, engine.Unavailable, engine.ErrorCode(k.Save(t.Context(), "b", values)))
			require.Equal(t, engine.Unavailable, engine.ErrorCode(k.Delete(t.Context(), "a")))
			require.Equal(t, engine.Unavailable, engine.ErrorCode(k.Check(t.Context())))
			if test.damage == nil {
				require.NoFileExists(t, path)
			} else {
				now, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, bad, now)
			}

			require.NoError(t, os.WriteFile(path, before, 0o600)) // put back from a backup
			require.Equal(t, values, load(t, k, "a"))
		})
	}
}

func TestALockThatIsNotGivenBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, File, dir, newRing())
	require.NoError(t, k.Save(t.Context(), "a", values))
	held := flock.New(filepath.Join(dir, "secrets.age.lock"))
	require.NoError(t, held.Lock())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := k.Load(ctx, "a")
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, held.Close())
	require.Equal(t, values, load(t, k, "a"))
}

func TestAFolderThatIsNoFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err := Open(t.Context(), Params{Mode: File, Dir: path, ring: newRing()})
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
}

// TestAnInterruptedSave: a temporary file that a crash left is no obstacle.
func TestAnInterruptedSave(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, File, dir, newRing())
	require.NoError(t, k.Save(t.Context(), "a", values))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secrets.age.new"), []byte("half"), 0o600))
	require.Equal(t, values, load(t, k, "a"))
	require.NoError(t, k.Save(t.Context(), "b", values))
	require.Equal(t, values, load(t, k, "b"))
}
