package backup_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/backup"
	"bellhop/store/sqlite"
)

var monday = time.Date(2026, 3, 2, 3, 0, 0, 0, time.FixedZone("", 3600))

func open(t *testing.T, dir string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: filepath.Join(dir, "bellhop.db")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func set(t *testing.T, db *sqlite.DB, key, value string) {
	t.Helper()
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error { return tx.SetSetting(key, value) }))
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	all, err := backup.List(dir)
	require.NoError(t, err)
	var out []string
	for _, f := range all {
		out = append(out, filepath.Base(f.Path))
	}
	return out
}

func TestMakeListAndThin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, dir)
	backups := backup.In(dir)
	require.Empty(t, names(t, backups))
	var size int64
	for day := range 4 {
		made, err := backup.Make(t.Context(), db, backups, monday.AddDate(0, 0, day))
		require.NoError(t, err)
		require.Equal(t, monday.AddDate(0, 0, day).UTC(), made.At)
		size = made.Bytes
	}
	for _, other := range []string{"bellhop-notes.db", "mine.db", "bellhop-20260101-000000.db.part"} {
		require.NoError(t, os.WriteFile(filepath.Join(backups, other), []byte("x"), 0o600))
	}
	require.Equal(t, []string{
		"bellhop-20260305-020000.db", "bellhop-20260304-020000.db", "bellhop-20260303-020000.db", "bellhop-20260302-020000.db",
	}, names(t, backups))
	require.NoError(t, backup.Thin(backups, 3, 100*size))
	require.Len(t, names(t, backups), 3)
	require.NoFileExists(t, filepath.Join(backups, "bellhop-20260101-000000.db.part"))
	require.FileExists(t, filepath.Join(backups, "mine.db"))
	require.FileExists(t, filepath.Join(backups, "bellhop-notes.db"))
	require.NoError(t, backup.Thin(backups, 3, 2*size))
	require.Equal(t, []string{"bellhop-20260305-020000.db", "bellhop-20260304-020000.db"}, names(t, backups))
	require.NoError(t, backup.Thin(backups, 3, 1))
	require.Equal(t, []string{"bellhop-20260305-020000.db"}, names(t, backups), "one stays, however large")
}
