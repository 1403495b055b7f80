package sqlite_test

import (
	"os"
	"testing"
	"testing/fstest"

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
