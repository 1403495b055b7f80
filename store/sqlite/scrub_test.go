package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	require.Equal(t, engine.Settings{Language: "de", Proxy: "http://ann@proxy.example:3128", ProxyPassword: chosen.ProxyPassword}, chosen)
	require.NotEmpty(t, chosen.ProxyPassword, "it is looked for where secrets are")
	require.NoError(t, db.Check(t.Context()))
}

// TestAnOlderBackupLosesThePasswordOfAProxy, and nothing else; one without is left as it is.
func TestAnOlderBackupLosesThePasswordOfAProxy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: filepath.Join(dir, "bellhop.db")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	clean, dirty := filepath.Join(dir, "clean.db"), filepath.Join(dir, "dirty.db")
	require.NoError(t, db.Backup(t.Context(), clean))
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		require.NoError(t, tx.SetSetting("other", "kept"))
		return engine.WriteSettings(tx, engine.Settings{Proxy: "http://ann:pr0xypass@proxy.example:3128"})
	}))
	require.NoError(t, db.Backup(t.Context(), dirty))
	require.True(t, remains(t, dirty, "pr0xypass"), "else this shows nothing")
	long := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(dirty, long, long))
	for path, want := range map[string]bool{clean: false, dirty: true} {
		stripped, err := sqlite.StripBackup(t.Context(), path)
		require.NoError(t, err)
		require.Equal(t, want, stripped, path)
	}
	require.False(t, remains(t, dirty, "pr0xypass"))
	require.NoError(t, sqlite.Verify(t.Context(), dirty))
	info, err := os.Stat(dirty)
	require.NoError(t, err)
	require.True(t, info.ModTime().Equal(long))
	require.NoFileExists(t, dirty+sqlite.PartSuffix)
	old, err := sqlite.Open(t.Context(), sqlite.Params{Path: dirty})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, old.Close()) })
	other, err := old.Setting(t.Context(), "other")
	require.NoError(t, err)
	require.Equal(t, "kept", other)

	// What cannot be cleaned is left.
	damaged := filepath.Join(dir, "damaged.db")
	require.NoError(t, os.WriteFile(damaged, []byte("no database"), 0o600))
	_, err = sqlite.StripBackup(t.Context(), damaged)
	require.Error(t, err)
	require.FileExists(t, damaged)
}
