package sqlite_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}

// TestCheckpoint: while somebody writes only a long log is moved; when nobody does, all of it, and
// what the log took on the disk is given back.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	look := func() int {
		behind, err := db.Checkpoint(t.Context())
		require.NoError(t, err)
		return behind
	}
	look()
	set(t, db, "a", strings.Repeat("x", 1000))
	small := sizeOf(t, path)
	require.Positive(t, look(), "it was just written")
	require.Equal(t, small, sizeOf(t, path), "so it stays where it is")
	require.Positive(t, look(), "nobody writes now")
	require.Zero(t, look(), "so it went into the file")

	set(t, db, "b", strings.Repeat("x", 20<<20))
	require.Greater(t, look(), 5000)
	require.Greater(t, sizeOf(t, path), int64(20<<20), "so much is not left for later")
	require.Greater(t, sizeOf(t, path+"-wal"), int64(20<<20))
	look()
	require.Zero(t, sizeOf(t, path+"-wal"))
	requireSetting(t, db, "b", strings.Repeat("x", 20<<20))
	look()
	require.NoError(t, db.Close())
	require.NoFileExists(t, path+"-wal")
}

// TestALogThatGrowsTells: whoever moves it need not look again and again.
func TestALogThatGrowsTells(t *testing.T) {
	t.Parallel()
	db := open(t, file(t))
	told := func() bool {
		select {
		case <-db.Grown():
			return true
		default:
			return false
		}
	}
	for i := range 99 {
		set(t, db, "a", strconv.Itoa(i))
	}
	require.False(t, told(), "a little is left to those who look once a second")
	set(t, db, "a", "one more")
	require.True(t, told())
	for i := range 250 {
		set(t, db, "a", strconv.Itoa(i))
	}
	require.True(t, told(), "and nobody waits for who does not listen")
	require.False(t, told())
}

// TestCheckpointWaitsForNobody: somebody who reads keeps the log from being cut, and nothing else.
func TestCheckpointWaitsForNobody(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	set(t, db, "a", strings.Repeat("x", 20<<20))
	reader := foreign(t, path)
	_, err := reader.ExecContext(t.Context(), "BEGIN; SELECT count(*) FROM setting")
	require.NoError(t, err)
	for range 3 {
		_, err := db.Checkpoint(t.Context())
		require.NoError(t, err)
		set(t, db, "b", "written meanwhile")
	}
	_, err = reader.ExecContext(t.Context(), "COMMIT")
	require.NoError(t, err)
	for range 3 {
		_, err := db.Checkpoint(t.Context())
		require.NoError(t, err)
	}
	require.Zero(t, sizeOf(t, path+"-wal"))
}
