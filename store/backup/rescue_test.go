package backup_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/backup"
	"bellhop/store/sqlite"
)

// house is a data folder with data in it, and backups of Monday and Tuesday. The data has a setting
// "day" that says which day it is of.
func house(t *testing.T) (path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "bellhop.db")
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.NoError(t, err)
	r := engine.Recipe{Name: "orders"}
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		if err := tx.AddRecipe(&r); err != nil {
			return err
		}
		return tx.AddRun(&engine.Run{RecipeID: r.ID, State: engine.Queued})
	}))
	for i := range 300 {
		set(t, db, fmt.Sprint("filling ", i), string(bytes.Repeat([]byte("x"), 500)))
	}
	for day, name := range []string{"monday", "tuesday"} {
		set(t, db, "day", name)
		_, err := backup.Make(t.Context(), db, backup.In(dir), monday.AddDate(0, 0, day))
		require.NoError(t, err)
	}
	set(t, db, "day", "wednesday")
	require.NoError(t, db.Close())
	return path
}

// rescueOpen opens the data as the engine does.
func rescueOpen(t *testing.T, path string) (*sqlite.DB, *backup.Rescue, error) {
	t.Helper()
	params := sqlite.Params{Path: path, Now: func() time.Time { return monday.AddDate(0, 0, 3) }}
	db, rescue, _, err := backup.Open(t.Context(), params, backup.In(filepath.Dir(path)))
	if err == nil {
		t.Cleanup(func() { require.NoError(t, db.Close()) })
	}
	return db, rescue, err
}

func requireDay(t *testing.T, db *sqlite.DB, want string) {
	t.Helper()
	day, err := db.Setting(t.Context(), "day")
	require.NoError(t, err)
	require.Equal(t, want, day)
}

func overwrite(t *testing.T, path string, at int64, with []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(with, at)
	require.NoError(t, errors.Join(err, f.Close()))
}

func pages(n int) []byte { return bytes.Repeat([]byte{0xA5}, n*4096) }

func TestGoodDataIsOpenedAsItIs(t *testing.T) {
	t.Parallel()
	path := house(t)
	db, rescue, err := rescueOpen(t, path)
	require.NoError(t, err)
	require.Nil(t, rescue)
	requireDay(t, db, "wednesday")
	require.Empty(t, backup.SetAside(path))
}

func TestDamagedDataIsSetAsideAndTheNewestGoodBackupOpened(t *testing.T) {
	t.Parallel()
	newest := func(path string) string { return backup.Path(backup.In(filepath.Dir(path)), monday.AddDate(0, 0, 1)) }
	for name, test := range map[string]struct {
		harm func(t *testing.T, path string)
		day  string
		gone bool
		// opened is true where the damage shows only once it is open, which changes it.
		opened bool
	}{
		"the header is overwritten": {func(t *testing.T, path string) { overwrite(t, path, 0, pages(1)) }, "tuesday", false, false},
		"it is cut off":             {func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 5000)) }, "tuesday", false, false},
		"it was deleted":            {func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) }, "tuesday", true, false},
		"it is empty":               {func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 0)) }, "tuesday", true, false},
		"the newest backup is damaged, too": {func(t *testing.T, path string) {
			overwrite(t, path, 0, pages(1))
			overwrite(t, newest(path), 20*4096, pages(3))
		}, "monday", false, false},
		"pages within are overwritten, and the end was not clean": {func(t *testing.T, path string) {
			overwrite(t, path, 20*4096, pages(5))
			require.NoError(t, os.WriteFile(path+"-wal", []byte("a log that says nothing"), 0o600))
		}, "tuesday", false, true},
		"damage was found while it was in use": {func(t *testing.T, path string) {
			overwrite(t, path, 20*4096, pages(5))
			db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
			require.NoError(t, err)
			err = backup.Doubt(t.Context(), db, path)
			require.ErrorIs(t, err, sqlite.ErrDamaged)
			require.Contains(t, engine.ErrorMessage(err), "start it again")
			require.NoError(t, db.Close())
		}, "tuesday", false, true},
		"a backup of it turned out to be damaged": {func(t *testing.T, path string) {
			overwrite(t, path, 20*4096, pages(5))
			db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
			require.NoError(t, err)
			_, err = backup.Make(t.Context(), db, backup.In(filepath.Dir(path)), monday.AddDate(0, 0, 2))
			require.ErrorIs(t, err, sqlite.ErrDamaged)
			require.NoError(t, db.Close())
		}, "tuesday", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := house(t)
			test.harm(t, path)
			was, _ := os.ReadFile(path) // nothing, where it is gone
			db, rescue, err := rescueOpen(t, path)
			require.NoError(t, err)
			requireDay(t, db, test.day)
			require.NotNil(t, rescue)
			require.Equal(t, 1, rescue.Held, "what was under way may be done by now")
			require.Contains(t, rescue.Sentence(time.UTC), rescue.BackupAt.UTC().Format("2006-01-02 15:04"))
			if test.gone {
				require.Empty(t, rescue.Broken)
			} else {
				require.Equal(t, []string{rescue.Broken}, backup.SetAside(path))
				kept, err := os.ReadFile(rescue.Broken)
				require.NoError(t, err)
				require.True(t, test.opened || bytes.Equal(was, kept), "the damaged file is kept as it was")
			}
			require.Len(t, names(t, backup.In(filepath.Dir(path))), 2, "backups stay")
			require.NoError(t, db.Close())

			db, rescue, err = rescueOpen(t, path)
			require.NoError(t, err)
			require.Nil(t, rescue, "it is told once")
			requireDay(t, db, test.day)
		})
	}
}

func TestWithoutAGoodBackupNothingIsTouched(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, path string){
		"damaged": func(t *testing.T, path string) { overwrite(t, path, 0, pages(1)) },
		"a log without its database": func(t *testing.T, path string) {
			require.NoError(t, os.Rename(path, path+"-wal"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := house(t)
			require.NoError(t, os.RemoveAll(backup.In(filepath.Dir(path))))
			harm(t, path)
			before, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			_, _, err = rescueOpen(t, path)
			require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
			require.Contains(t, engine.ErrorMessage(err), "no good backup")
			after, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(before), fmt.Sprint(after))
		})
	}
}

func TestTheFirstStartIsNoRescue(t *testing.T) {
	t.Parallel()
	db, rescue, err := rescueOpen(t, filepath.Join(t.TempDir(), "bellhop.db"))
	require.NoError(t, err)
	require.Nil(t, rescue)
	require.NoError(t, db.Check(t.Context()))
}

func TestANewerBellhopsDataIsNotDamaged(t *testing.T) {
	t.Parallel()
	path := house(t)
	db, err := sql.Open("sqlite3", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "INSERT INTO migration (name, applied_at) VALUES ('9999_later', 1)")
	require.NoError(t, errors.Join(err, db.Close()))
	_, _, err = rescueOpen(t, path)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	require.Empty(t, backup.SetAside(path))
}

// TestALongCheckGoesOnLater: a large database is not kept from starting.
func TestALongCheckGoesOnLater(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]struct {
		largest  int64
		patience time.Duration
	}{
		"there is no time":     {1 << 30, time.Nanosecond},
		"it is not even begun": {1, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := house(t)
			overwrite(t, path, 20*4096, pages(5))
			require.NoError(t, os.WriteFile(path+"-wal", []byte("left by a crash"), 0o600))
			db, doubt, err := backup.OpenChecked(t.Context(), sqlite.Params{Path: path}, limit.largest, limit.patience)
			require.NoError(t, err)
			require.True(t, doubt)
			require.ErrorIs(t, backup.Doubt(t.Context(), db, path), sqlite.ErrDamaged)
			require.NoError(t, db.Close())
			_, _, err = backup.OpenChecked(t.Context(), sqlite.Params{Path: path}, limit.largest, limit.patience)
			require.ErrorIs(t, err, sqlite.ErrDamaged, "the next start takes the time")
		})
	}
}
