package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// writesName makes the other process fail at each of its writes.
const writesName = "writes"

// TestAnErrorAtAnyWrite: whichever write to the disk fails, whole or in its middle, while something is
// committed, the log is moved, a backup is made, or a new database is set up: it is told, what was
// acknowledged stays, and once the disk does its work again so does Bellhop, without a restart.
//
// No file may become longer than so many bytes (RLIMIT_FSIZE, setrlimit(2)): a write beyond them fails with
// EFBIG, or writes only what fits, and SQLite takes it for the input/output error that it is. The limit
// is raised step by step, a third of a page at a time, so that each write fails once at its beginning
// and in its middle. It is a process's own, and so needs one.
func TestAnErrorAtAnyWrite(t *testing.T) {
	t.Parallel()
	cmd, says := process(t, file(t), writesName, "")
	faults := map[string]int{}
	for says.Scan() {
		faults[says.Text()]++
	}
	require.NoError(t, cmd.Wait())
	for _, what := range []string{"commit", "checkpoint", "backup", "new"} {
		require.Greater(t, faults[what], 3, "%s: %v", what, faults)
	}
	t.Logf("writes that failed: %v", faults)
}

// limit keeps all files of this process from growing beyond so many bytes, until the returned call.
func limit(bytes int64) (end func() error, err error) {
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return nil, err
	}
	now := syscall.Rlimit{Cur: uint64(bytes), Max: was.Max}
	return func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) }, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now)
}

// underLimit does something while files may grow by so many bytes only.
func underLimit(bytes int64, do func() error) error {
	end, err := limit(bytes)
	if err != nil {
		return err
	}
	err = do()
	if endErr := end(); endErr != nil {
		return fmt.Errorf("the limit stays: %w", endErr)
	}
	return err
}

// page is the size of SQLite's pages.
const page = 4096

// moveLog moves the log into the database; it takes a second look to see that nobody writes.
func moveLog(ctx context.Context, db *sqlite.DB) error {
	for range 2 {
		if _, err := db.Checkpoint(ctx); err != nil {
			return err
		}
	}
	return nil
}

// failingWrites is what the other process does.
func failingWrites(ctx context.Context, db *sqlite.DB, path string) error {
	signal.Ignore(syscall.SIGXFSZ) // sent besides the error
	recipe, err := recipeNamed(ctx, db, "busy")
	if err != nil {
		return err
	}
	var kept []string
	commit := func(key string) error {
		err := add(ctx, db, recipe, key)
		if err == nil {
			kept = append(kept, key)
		}
		return err
	}
	for i := range 100 {
		if err := commit(fmt.Sprint("before ", i)); err != nil {
			return err
		}
	}
	length := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	copied := filepath.Join(filepath.Dir(path), "copy.db")
	nothing := func() int64 { return 0 }
	for _, what := range []struct {
		name string
		from func() int64 // how long files may be at least
		step int64
		do   func() error
	}{
		{"commit", func() int64 { return length(path + "-wal") }, page / 3, func() error { return commit("tight") }},
		{"checkpoint", nothing, 5*page + page/3, func() error { return moveLog(ctx, db) }},
		{"backup", nothing, 5*page + page/3, func() error { return db.Backup(ctx, copied) }},
		{"new", nothing, 2*page + page/3, func() error { return openNew(ctx, copied+".new") }},
	} {
		for more := int64(1); ; more += what.step {
			err := underLimit(what.from()+more, what.do)
			if err == nil {
				break
			}
			if code := engine.ErrorCode(err); code != engine.Unavailable {
				return fmt.Errorf("%s fails with %s: %w, %w", what.name, code, err, errors.Unwrap(err))
			}
			fmt.Println(what.name) //nolint:forbidigo // the parent reads it
			if err := commit(fmt.Sprint(what.name, " after ", more)); err != nil {
				return fmt.Errorf("after %s at %d: %w", what.name, more, err)
			}
		}
	}
	return whole(ctx, db, path, kept)
}

// openNew makes a database where there was none, or where one was begun.
func openNew(ctx context.Context, path string) error {
	db, err := sqlite.Open(ctx, sqlite.Params{Path: path})
	if err != nil {
		return err
	}
	return db.Close()
}

// whole looks at the data as another opener finds them.
func whole(ctx context.Context, db *sqlite.DB, path string, kept []string) error {
	if err := db.Check(ctx); err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := sqlite.Verify(ctx, path); err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, sqlite.Params{Path: path})
	if err != nil {
		return err
	}
	recipe, err := recipeNamed(ctx, db, "busy")
	if err != nil {
		return err
	}
	for _, key := range kept {
		if _, err := db.EventByKey(ctx, recipe, key); err != nil {
			return fmt.Errorf("%s was acknowledged and is lost: %w", key, err)
		}
	}
	return db.Close()
}
