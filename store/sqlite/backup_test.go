package sqlite_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

func TestBackupReplacesOnlyBackups(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "bellhop.db")
	db := open(t, path)
	set(t, db, "a", "first")
	to := filepath.Join(dir, "with space?.db")
	require.NoError(t, db.Backup(t.Context(), to))
	set(t, db, "a", "second")
	require.NoError(t, db.Backup(t.Context(), to), "an older backup may go")
	if runtime.GOOS != "windows" {
		info, err := os.Stat(to)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	copied := open(t, to)
	requireSetting(t, copied, "a", "second")
	require.NoError(t, copied.Close())

	letter := filepath.Join(dir, "letter.txt")
	require.NoError(t, os.WriteFile(letter, []byte("Dear Sir or Madam"), 0o600))
	link := filepath.Join(dir, "link.db")
	require.NoError(t, os.Symlink(path, link))
	for _, not := range []string{letter, path, link, dir} {
		require.Equal(t, engine.Conflict, engine.ErrorCode(db.Backup(t.Context(), not)), not)
	}
	require.Equal(t, engine.Unavailable, engine.ErrorCode(db.Backup(t.Context(), filepath.Join(dir, "no such folder", "x.db"))))
	b, err := os.ReadFile(letter)
	require.NoError(t, err)
	require.Equal(t, "Dear Sir or Madam", string(b))
	requireSetting(t, db, "a", "second")
}

func TestABackupThatIsStoppedLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	path := file(t)
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	set(t, db, "a", "b")
	require.NoError(t, db.Backup(t.Context(), backupOf(path)))
	before, err := os.ReadFile(backupOf(path))
	require.NoError(t, err)
	set(t, db, "a", "c")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.Equal(t, engine.Unavailable, engine.ErrorCode(db.Backup(ctx, backupOf(path))))
	after, err := os.ReadFile(backupOf(path))
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
	require.NoFileExists(t, backupOf(path)+sqlite.PartSuffix)
}

func TestVerify(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	fill(t, db, recipe, 1000, 10)
	good := filepath.Join(t.TempDir(), "good.db")
	require.NoError(t, db.Backup(t.Context(), good))
	require.NoError(t, sqlite.Verify(t.Context(), good))
	whole, err := os.ReadFile(good)
	require.NoError(t, err)

	foreigner := filepath.Join(t.TempDir(), "foreign.db")
	_, err = foreign(t, foreigner).ExecContext(t.Context(), "CREATE TABLE recipe (id INTEGER)")
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"empty": {}, "text": []byte("Dear Sir or Madam"), "cut": whole[:len(whole)/2],
		"a page is zero": append(append(append([]byte(nil), whole[:20*4096]...), make([]byte, 4096)...), whole[21*4096:]...),
		"the header":     append(bytes.Repeat([]byte{0xA5}, 100), whole[100:]...),
	} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		require.NoError(t, os.WriteFile(bad, content, 0o600))
		require.Equal(t, engine.Unavailable, engine.ErrorCode(sqlite.Verify(t.Context(), bad)), name)
	}
	require.Equal(t, engine.Unavailable, engine.ErrorCode(sqlite.Verify(t.Context(), foreigner)))
	require.Equal(t, engine.Unavailable, engine.ErrorCode(sqlite.Verify(t.Context(), filepath.Join(t.TempDir(), "none.db"))))
}

// TestDistrust: what a backup does not know to be done is not done by itself, and no id is used twice.
func TestDistrust(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	fill(t, db, recipe, 10, 1)
	for key, state := range map[string]engine.State{"q": engine.Queued, "r": engine.Running, "w": engine.Waiting} {
		ran(t, db, recipe, key, state, daysAgo(1), daysAgo(1))
	}
	held, err := db.Distrust(t.Context(), "A backup was opened.")
	require.NoError(t, err)
	require.Equal(t, 3, held)
	due, _, err := db.DueRuns(t.Context(), today.AddDate(10, 0, 0), recipe, 10)
	require.NoError(t, err)
	require.Empty(t, due)
	runs, err := db.Runs(t.Context(), engine.RunFilter{States: []engine.State{engine.Held}})
	require.NoError(t, err)
	require.Len(t, runs, 3)
	require.Contains(t, runs[0].Failure.Message, "may have been done")

	require.NoError(t, accept(t, db, recipe, "new", nil))
	newest, err := db.Runs(t.Context(), engine.RunFilter{Limit: 1})
	require.NoError(t, err)
	require.Greater(t, newest[0].ID, int64(1_000_013))
	require.Less(t, newest[0].ID, int64(1_000_001_000_000))
	// There never was a connection, that is: in this backup.
	c := engine.Connection{Name: "shop", Connector: "shopify"}
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error { return tx.PutConnection(&c) }))
	require.Greater(t, c.ID, int64(1_000_000))
}
