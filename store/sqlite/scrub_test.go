package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// remains says whether a text is anywhere in the files of a database.
func remains(t *testing.T, path, text string) bool {
	t.Helper()
	for _, ending := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + ending)
		if !os.IsNotExist(err) {
			require.NoError(t, err)
		}
		if strings.Contains(string(content), text) {
			return true
		}
	}
	return false
}

// pastSettings sets settings that are short, long, and removed, so that something of them is left over everywhere.
func pastSettings(t *testing.T, db *sqlite.DB) {
	t.Helper()
	for _, value := range []string{"f1rst", "sec0nd" + strings.Repeat("x", 9000), "th1rd", "now"} {
		require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
			if err := tx.SetSetting("other "+value[:3], value); err != nil {
				return err
			}
			return tx.SetSetting("one", value)
		}))
		require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error { return tx.SetSetting("other "+value[:3], "") }))
	}
}

func TestWhatSettingsWereIsTakenOutOfTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bellhop.db")
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	pastSettings(t, db)
	past := []string{"f1rst", "sec0nd", "th1rd"}
	for _, value := range past {
		require.True(t, remains(t, path, value), "else this shows nothing")
	}
	require.NoError(t, db.ScrubSettings(t.Context()))
	for _, value := range past {
		require.False(t, remains(t, path, value), value)
	}
	one, err := db.Setting(t.Context(), "one")
	require.NoError(t, err)
	require.Equal(t, "now", one)
	require.NoError(t, db.Check(t.Context()))
}

// TestThePasswordOfAProxyIsTakenOutOfACopy, as an earlier Bellhop kept it, and what settings were before.
func TestThePasswordOfAProxyIsTakenOutOfACopy(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bellhop.db")
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.NoError(t, err)
	pastSettings(t, db)
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		return engine.WriteSettings(tx, engine.Settings{Language: "de", Proxy: "http://ann:pr0xypass@proxy.example:3128"})
	}))
	require.NoError(t, db.Close())
	require.NoError(t, sqlite.StripProxyPassword(t.Context(), path))
	for _, value := range []string{"pr0xypass", "f1rst", "sec0nd", "th1rd"} {
		require.False(t, remains(t, path, value), value)
	}
	db, err = sqlite.Open(t.Context(), sqlite.Params{Path: path})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	chosen, err := engine.ReadSettings(t.Context(), db)
	require.NoError(t, err)
	require.Equal(t, engine.Settings{Language: "de", Proxy: "http://ann@proxy.example:3128"}, chosen)
	require.NoError(t, db.Check(t.Context()))
}
