package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// shipped returns this Bellhop's migrations, and more.
func shipped(t *testing.T, more map[string]string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	entries, err := os.ReadDir("migration")
	require.NoError(t, err)
	for _, entry := range entries {
		b, err := os.ReadFile("migration/" + entry.Name())
		require.NoError(t, err)
		files["migration/"+entry.Name()] = &fstest.MapFile{Data: b}
	}
	for name, text := range more {
		files["migration/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	set(t, db, "a", "b")
	require.NoError(t, db.Close())

	// What a failing migration began is not there, and what came before it is.
	later := foreign(t, path)
	err := sqlite.Migrate(t.Context(), later, shipped(t, map[string]string{
		"9001_good.sql": "CREATE TABLE good (id INTEGER); INSERT INTO good VALUES (1);",
		"9002_bad.sql":  "CREATE TABLE bad (id INTEGER); INSERT INTO nowhere VALUES (1);",
	}))
	require.ErrorContains(t, err, "9002_bad")
	var tables []string
	rows, err := later.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE name IN ('good', 'bad')")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []string{"good"}, tables)
	require.NoError(t, sqlite.Migrate(t.Context(), later, shipped(t, map[string]string{
		"9001_good.sql": "this is not run again",
		"9002_bad.sql":  "CREATE TABLE bad (id INTEGER);",
	})))

	// This Bellhop knows neither: a newer one wrote them.
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "newer Bellhop")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// TestUpgrade opens databases as older Bellhops left them: all that was in them is there, what was
// queued is due, and what is new works.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	snapshots, err := filepath.Glob("testdata/v*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, snapshots)
	for _, snapshot := range snapshots {
		path := file(t)
		script, err := os.ReadFile(snapshot)
		require.NoError(t, err)
		_, err = foreign(t, path).ExecContext(t.Context(), string(script))
		require.NoError(t, err)

		db := open(t, path)
		requireSetting(t, db, "listen", "127.0.0.1:8420")
		c, err := db.Connection(t.Context(), "My shop")
		require.NoError(t, err)
		require.Equal(t, []string{"access_token", "secret"}, c.SecretFields)
		r, err := db.Recipe(t.Context(), 1)
		require.NoError(t, err)
		require.True(t, r.On)
		run, err := db.Run(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, "evt-1", run.EventKey)
		require.Len(t, run.Steps[0].Attempts, 1)
		require.Equal(t, 1, run.Steps[0].Attempts[0].Number)
		require.NotNil(t, run.Steps[0].Attempts[0].Request)
		require.False(t, run.Steps[0].Attempts[0].StartedAt.IsZero())
		e, err := db.Event(t.Context(), 1)
		require.NoError(t, err)
		require.JSONEq(t, `{"id":5678901234567890123,"name":"#1042"}`, string(e.Body))
		due, _, err := db.DueRuns(t.Context(), time.Now(), 1, 10)
		require.NoError(t, err)
		require.Equal(t, []engine.Job{{RunID: 2, RecipeID: 1}}, due)

		require.Equal(t, engine.Conflict, engine.ErrorCode(accept(t, db, 1, "evt-2", nil)), "it came before")
		require.NoError(t, accept(t, db, 1, "evt-3", nil))
		removed, err := db.Prune(t.Context(), sqlite.Prune{
			Forget: time.Now(), Before: map[engine.State]time.Time{engine.Succeeded: time.Now()},
		})
		require.NoError(t, err)
		require.Equal(t, sqlite.Pruned{Runs: 1, Events: 1}, removed)
		require.NoError(t, db.Check(t.Context()))
		entries, err := os.ReadDir("migration")
		require.NoError(t, err)
		require.Equal(t, []string{fmt.Sprint(len(entries))}, db.Texts(t, "SELECT count(*) FROM migration"))
	}
}
