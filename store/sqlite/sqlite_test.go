package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
	"bellhop/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) engine.Store { return open(t, file(t)) })
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "bellhop.db") }

func open(t *testing.T, path string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func set(t *testing.T, s engine.Store, key, value string) {
	t.Helper()
	require.NoError(t, s.Update(t.Context(), func(tx engine.Tx) error { return tx.SetSetting(key, value) }))
}

func requireSetting(t *testing.T, s engine.Store, key, want string) {
	t.Helper()
	got, err := s.Setting(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// foreign is a program that is not Bellhop, or another Bellhop, on the same file.
func foreign(t *testing.T, path string) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	require.NoError(t, err)
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, conn.Close())
		require.NoError(t, db.Close())
	})
	return conn
}

func TestReopen(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	set(t, db, "a", "b")
	require.NoError(t, db.Close())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "one tidy file is left")
	db = open(t, path)
	requireSetting(t, db, "a", "b")
}

// TestPowerCut opens a copy of the files as they are after an Update has returned.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	for i := range 20 {
		set(t, db, "n", fmt.Sprint(i))
		copied := file(t)
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(path + suffix)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(copied+suffix, b, 0o600))
		}
		requireSetting(t, open(t, copied), "n", fmt.Sprint(i))
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "auto_vacuum": "2", "query_only": "1", "foreign_keys": "1", "synchronous": "2", "temp_store": "2",
	} {
		require.Equal(t, []string{want}, db.Texts(t, "PRAGMA "+pragma), pragma)
	}
	if runtime.GOOS != "windows" {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			info, err := os.Stat(path + suffix)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "orders are nobody else's business")
		}
	}
}

func TestOddPaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"with space", "50%41", "a?b#c&d=e", "ü 日本", "sub/folder/x"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, "?") {
			continue
		}
		path := filepath.Join(t.TempDir(), filepath.FromSlash(name), "bellhop.db")
		set(t, open(t, path), "a", name)
		require.FileExists(t, path)
		requireSetting(t, open(t, path), "a", name)
	}
}

func TestFilesThatAreNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	written := []byte(strings.Repeat("Dear Sir or Madam, ", 500))
	require.NoError(t, os.WriteFile(text, written, 0o600))
	for name, path := range map[string]string{
		"folder": dir, "other file": text, "below a file": filepath.Join(text, "bellhop.db"),
	} {
		_, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
		require.Equal(t, engine.Unavailable, engine.ErrorCode(err), "%s: %v", name, err)
	}
	b, err := os.ReadFile(text)
	require.NoError(t, err)
	require.Equal(t, written, b)
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	db.Pragma(t, "PRAGMA max_page_count = 80")

	var mu sync.Mutex
	var saved []string
	var refused []error
	var wg sync.WaitGroup
	for caller := range 8 {
		wg.Go(func() {
			for i := range 20 {
				key := fmt.Sprintf("%d.%d", caller, i)
				err := accept(t, db, recipe, key, bytes.Repeat([]byte("x"), 2500))
				mu.Lock()
				if err == nil {
					saved = append(saved, key)
				} else {
					refused = append(refused, err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.NotEmpty(t, refused, "the disk never filled up")
	for _, err := range refused {
		require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
		require.Contains(t, engine.ErrorMessage(err), "disk is full")
	}
	requireKeys(t, db, saved)

	db.Pragma(t, "PRAGMA max_page_count = 100000") // somebody made room
	require.NoError(t, accept(t, db, recipe, "after", bytes.Repeat([]byte("x"), 2500)))
	requireKeys(t, db, append(saved, "after"))
	require.Equal(t, []string{"ok"}, db.Texts(t, "PRAGMA integrity_check"))
}

// requireKeys compares the events that were acknowledged with those that are there, each with its run.
func requireKeys(t *testing.T, db *sqlite.DB, want []string) {
	t.Helper()
	require.ElementsMatch(t, want, db.Texts(t, "SELECT key FROM event JOIN run ON run.event_id = event.id"))
	require.Len(t, db.Texts(t, "SELECT key FROM event"), len(want))
}

// TestAFaultIsNotIgnored: a caller that goes on after a full disk is not told that all is well.
func TestAFaultIsNotIgnored(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	db.Pragma(t, "PRAGMA max_page_count = 1") // the size it has
	err := db.Update(t.Context(), func(tx engine.Tx) error {
		_ = tx.AddEvent(&engine.Event{RecipeID: recipe, Key: "k", Body: make([]byte, 1<<20)})
		return nil
	})
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	db := open(t, file(t))
	set(t, db, "a", "b")
	db.Pragma(t, "PRAGMA query_only = ON")
	err := db.Update(t.Context(), func(tx engine.Tx) error { return tx.SetSetting("a", "c") })
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "may not write")
	requireSetting(t, db, "a", "b")
	db.Pragma(t, "PRAGMA query_only = OFF")
	set(t, db, "a", "c")
}

func TestLocked(t *testing.T) {
	t.Parallel()
	path := file(t)
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path, Patience: 20 * time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	patient := open(t, path)
	other := foreign(t, path)
	_, err = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)

	err = db.Update(t.Context(), func(tx engine.Tx) error { return tx.SetSetting("a", "b") })
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "locked")
	requireSetting(t, db, "a", "") // reading goes on

	released := make(chan error, 1)
	time.AfterFunc(30*time.Millisecond, func() {
		_, err := other.ExecContext(context.Background(), "COMMIT")
		released <- err
	})
	set(t, patient, "a", "patient")
	require.NoError(t, <-released)
	set(t, db, "a", "c")
}

func TestDataVersion(t *testing.T) {
	t.Parallel()
	path := file(t)
	db, other := open(t, path), open(t, path)
	version := func() int64 {
		v, err := db.DataVersion(t.Context())
		require.NoError(t, err)
		return v
	}
	first := version()
	set(t, db, "a", "b")
	require.Equal(t, first, version(), "its own writes are no news")
	set(t, other, "a", "c")
	second := version()
	require.NotEqual(t, first, second)
	requireSetting(t, db, "a", "c")
	require.Equal(t, second, version())
	require.NoError(t, other.Close())
}

// TestGoexit: a fn that ends its goroutine, as a failing test does, ends nobody else's.
func TestGoexit(t *testing.T) {
	t.Parallel()
	db := open(t, file(t))
	err := db.Update(t.Context(), func(tx engine.Tx) error {
		_ = tx.SetSetting("a", "b")
		runtime.Goexit()
		return nil
	})
	require.Equal(t, engine.Internal, engine.ErrorCode(err))
	requireSetting(t, db, "a", "")
	set(t, db, "a", "c")
	requireSetting(t, db, "a", "c")
}

// TestABrokenTransaction: fn cannot reach the connection, so the test ends the transaction for it.
func TestABrokenTransaction(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: file(t), Log: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	before, err := db.DataVersion(t.Context())
	require.NoError(t, err)
	require.Error(t, db.Exec(t.Context(), "ROLLBACK"))
	set(t, db, "a", "b")
	requireSetting(t, db, "a", "b")
	after, err := db.DataVersion(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after, "the connection is the same one")
	require.NoError(t, db.Close())
	require.Contains(t, log.String(), "commit")
}

// TestALostConnection: while there is none to be had all changes are refused, and then they are saved.
func TestALostConnection(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: filepath.Join(dir, "bellhop.db"), Patience: 20 * time.Millisecond})
	require.NoError(t, err)
	set(t, db, "a", "b")
	require.NoError(t, db.Break(t.Context()))
	require.NoError(t, os.Rename(dir, dir+" away"))
	for range 2 {
		err := db.Update(t.Context(), func(tx engine.Tx) error { return tx.SetSetting("a", "lost") })
		require.Equal(t, engine.Unavailable, engine.ErrorCode(err), err)
	}
	require.NoError(t, os.Rename(dir+" away", dir))
	set(t, db, "a", "c")
	requireSetting(t, db, "a", "c")
	require.NoError(t, db.Break(t.Context()))
	require.NoError(t, db.Close(), "also without one")
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	for i := range 200 {
		set(t, db, fmt.Sprint(i), strings.Repeat("x", 500))
	}
	require.NoError(t, db.Check(t.Context()))
	require.NoError(t, db.Close())
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	info, err := f.Stat()
	require.NoError(t, err)
	_, err = f.WriteAt(bytes.Repeat([]byte{0xA5}, 3*4096), info.Size()-4*4096)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	err = open(t, path).Check(t.Context())
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "damaged")
}

// TestPlans keeps the queries that see millions of rows on their indexes, before and after SQLite
// has looked at what the tables hold.
func TestPlans(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	require.NoError(t, db.Exec(t.Context(), `
		INSERT INTO run (recipe_id, version, event_id, state, due_at, created_at, started_at, finished_at, replay_of, title)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
		SELECT ?, 1, i, CASE i % 100 WHEN 0 THEN 'failed' WHEN 1 THEN 'queued' ELSE 'succeeded' END, i, i, i, i, 0, '' FROM n`, recipe))
	runs := func(f engine.RunFilter) string {
		query, _, err := sqlite.RunsQuery(f)
		require.NoError(t, err)
		return query
	}
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			require.NoError(t, db.Exec(t.Context(), "ANALYZE"))
		}
		for _, test := range []struct {
			query string
			want  string
			sorts bool
		}{
			{sqlite.SelectDue, "COVERING INDEX run_queue (recipe_id=? AND due_at<?)", false},
			{sqlite.SelectFresh, "SEARCH run USING INTEGER PRIMARY KEY (rowid=?)", false},
			{sqlite.SelectFresh, "SEARCH recipe USING INTEGER PRIMARY KEY (rowid=?)", false},
			{sqlite.WalkSeen, "SEARCH seen USING PRIMARY KEY ((recipe_id,place,key)>(?,?,?))", false},
			{sqlite.SelectBacklogs, "COVERING INDEX run_queue (recipe_id>?)", false},
			{sqlite.SelectBacklogs, "COVERING INDEX run_queue (recipe_id=? AND due_at>?)", false},
			{sqlite.SelectNextDue, "COVERING INDEX run_queue (recipe_id=? AND due_at>?)", false},
			{sqlite.SelectLast, "run USING COVERING INDEX run_recipe (recipe_id=?)", true},
			{sqlite.CountToday, "INDEX run_created (created_at>?)", true},
			{sqlite.CountHours, "COVERING INDEX run_created (created_at>? AND created_at<?)", true},
			{runs(engine.RunFilter{}), "SCAN run", false},
			{runs(engine.RunFilter{RecipeID: 1}), "INDEX run_recipe (recipe_id=?)", false},
			{runs(engine.RunFilter{States: []engine.State{engine.Failed}}), "INDEX run_state (state=?)", false},
			{runs(engine.RunFilter{States: []engine.State{engine.Failed, engine.Held}}), "INDEX run_state (state=?)", true},
			{runs(engine.RunFilter{States: []engine.State{engine.Queued, engine.Waiting}}), "COVERING INDEX run_queue", true},
			{runs(engine.RunFilter{States: []engine.State{engine.Queued, engine.Held}}), "COVERING INDEX run_queue", true},
			{runs(engine.RunFilter{States: []engine.State{engine.Queued, engine.Held}}), "INDEX run_state (state=?)", true},
			{runs(engine.RunFilter{Recovered: true}), "COVERING INDEX run_recovered", false},
			{runs(engine.RunFilter{Recovered: true, States: []engine.State{engine.Failed}}), "INDEX run_recovered", false},
			{runs(engine.RunFilter{After: 7}), "INTEGER PRIMARY KEY (rowid>?)", false},
		} {
			// What the parameters are does not matter: SQLite chooses before it sees them.
			unset := make([]any, strings.Count(test.query, "?"))
			plan := strings.Join(db.Texts(t, "EXPLAIN QUERY PLAN "+test.query, unset...), "\n")
			require.Contains(t, plan, test.want, test.query)
			if !test.sorts {
				require.NotContains(t, plan, "TEMP B-TREE FOR", test.query)
			}
		}
	}
}
