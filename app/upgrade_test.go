package main

import (
	"bytes"
	"context"
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/webhook"
)

// change runs statements on a database that nobody has open.
func change(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for _, s := range statements {
		_, err := db.ExecContext(t.Context(), s)
		require.NoError(t, err)
	}
}

// TestAnUpgradeKeepsTheData: the whole program on data of the first Bellhop. Its recipes, connections and runs
// are there, and a recipe that is on takes deliveries at its address.
func TestAnUpgradeKeepsTheData(t *testing.T) {
	t.Parallel()
	s := newShopIn(t, t.TempDir()) // for its commands
	s.dir = t.TempDir()
	script, err := os.ReadFile("../store/sqlite/testdata/v0001.sql")
	require.NoError(t, err)
	change(t, filepath.Join(s.dir, boot.DatabaseFile), string(script),
		`INSERT INTO recipe VALUES (7, 'Note it', 1, 'oldaddress', '{"recipe":1,"name":"Note it","trigger":{"use":"webhook.received"},"steps":[{"id":"stop","use":"logic.stop"}]}', 1, 1765000000000000, 1765000000000000)`,
		`INSERT INTO version VALUES (7, 1, '{"recipe":1,"name":"Note it","trigger":{"use":"webhook.received"},"steps":[{"id":"stop","use":"logic.stop"}]}', 1765000000000000)`)
	require.Contains(t, s.bellhop("recipes"), "Big orders")
	require.Contains(t, s.bellhop("connections"), "My shop")
	require.Contains(t, s.bellhop("runs"), "succeeded")
	s.token = "oldaddress"
	s.serve()
	require.Contains(t, s.address, webhook.PathPrefix+"oldaddress")
	res, err := http.Post(s.address, "application/json", strings.NewReader(`{"id":1}`))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, s.bellhop("recipes"), "Note it")
	path := filepath.Join(t.TempDir(), "old.bellhop")
	s.bellhop("bundle", path, "--with-history")
	require.Contains(t, s.bellhop("restore", path, "--data", t.TempDir()), "was restored")
}

// TestADowngradeIsRefused: a Bellhop that is older than the data says so, whatever is asked of it, and the data stays as
// it is, to the byte.
func TestADowngradeIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	require.NoError(t, d.Close())
	path := filepath.Join(dir, boot.DatabaseFile)
	change(t, path, `INSERT INTO migration VALUES ('9999_tomorrow', 0)`)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"recipes"}, {"backup"}, {"bundle", filepath.Join(dir, "x.bellhop")}, {"doctor"}, {"diagnose", filepath.Join(dir, "x.zip")}} {
		var out, errOut bytes.Buffer
		code := run(t.Context(), append(args, "--data", dir, "--secrets", "file"), strings.NewReader(""), &out, &errOut)
		require.Equal(t, exitFailed, code, args)
		require.Contains(t, out.String()+errOut.String(), "written by a newer Bellhop", args)
		require.Contains(t, out.String()+errOut.String(), "Install the newest Bellhop", args)
	}
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
	_, err = boot.Open(context.Background(), boot.Config{Dir: dir, Secrets: "file", Listen: "127.0.0.1:0"})
	require.Equal(t, engine.Conflict, engine.ErrorCode(err), "the window shows this sentence, and nothing else")
}
