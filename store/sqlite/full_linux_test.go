package sqlite_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// smallDisk mounts a disk of 8 MB, where one may.
func smallDisk(t *testing.T) (dir string, ok bool) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m")
	if errors.Is(err, syscall.EPERM) {
		return "", false
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, 0)) })
	return dir, true
}

// TestAReadOnlyDisk: the disk turns read-only, as Linux makes it after faults, or somebody mounts it so.
// Whoever opens the data is told in words; once it can be written all is as before.
func TestAReadOnlyDisk(t *testing.T) {
	dir, ok := smallDisk(t)
	if !ok {
		return // TestReadOnly does it by a setting of SQLite's
	}
	remount := func(flags uintptr) {
		require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size=8m"))
	}
	path := filepath.Join(dir, "bellhop.db")
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.NoError(t, err)
	set(t, db, "a", "b")
	require.NoError(t, db.Close())

	remount(syscall.MS_RDONLY)
	_, err = sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "data file")
	remount(0)
	db, err = sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.NoError(t, err)
	requireSetting(t, db, "a", "b")
	set(t, db, "a", "c")
	require.NoError(t, db.Close())
}
