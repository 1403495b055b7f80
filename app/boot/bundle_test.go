package boot_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// TestDataIsRestoredFromTheWindow: the engine ends, and the next one finds the restored data, whose recipes
// take deliveries at their old addresses. The data from before is kept.
func TestDataIsRestoredFromTheWindow(t *testing.T) {
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "all.bellhop")
	a := newOutsideApp(t)
	s := open(t, dir)
	r, address := start(t, s, passOn(a))
	require.Equal(t, 200, post(t, address, `{"text":"first"}`))
	newest(t, s, engine.Succeeded)
	require.NoError(t, s.SaveConnection(t.Context(), &engine.Connection{Name: "Shop Slack", Connector: "slack"}, map[string]string{"bot_token": "xoxb-1"}))
	made, err := s.Bundle(t.Context(), path, boot.BundleOptions{History: true})
	require.NoError(t, err)
	require.Equal(t, 1, made.Runs)
	_, err = s.AddRecipe(t.Context(), engine.Definition{Name: "Later"})
	require.NoError(t, err)

	// What cannot be restored leaves the engine at work.
	letter := filepath.Join(t.TempDir(), "letter.txt")
	require.NoError(t, os.WriteFile(letter, []byte("Dear Sir or Madam"), 0o600))
	require.Equal(t, engine.Invalid, engine.ErrorCode(s.Restore(t.Context(), letter, boot.RestoreOptions{})))
	require.Equal(t, engine.NotFound, engine.ErrorCode(s.Restore(t.Context(), path+".no", boot.RestoreOptions{})))
	require.Equal(t, 200, post(t, address, `{"text":"second"}`))
	newest(t, s, engine.Succeeded)

	require.NoError(t, s.Restore(t.Context(), path, boot.RestoreOptions{}))
	_, err = s.Recipes(t.Context())
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err), "the engine has ended")
	s = open(t, dir)
	require.NotNil(t, s.Restored)
	require.Contains(t, s.Restored.Sentence(s.Zone()), "was restored from all.bellhop")
	all, err := s.Recipes(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	addresses, err := s.Addresses(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, 200, post(t, addresses[0], `{"text":"third"}`))
	newest(t, s, engine.Succeeded)
	require.Equal(t, []string{`{"text":"first"}`, `{"text":"second"}`, `{"text":"third"}`}, a.bodies())
	account, err := s.Book.Account(t.Context(), "Shop Slack")
	require.NoError(t, err)
	require.Equal(t, "xoxb-1", account.Secrets["bot_token"], "those of this computer stay")
	require.Equal(t, []string{s.Restored.Aside}, boot.KeptBefore(dir))
	require.NoError(t, s.Close())
	old, err := boot.OpenData(t.Context(), boot.Config{Dir: s.Restored.Aside, Secrets: "file"})
	require.NoError(t, err)
	_, err = old.FindRecipe(t.Context(), "Later")
	require.NoError(t, err, "the data from before opens, too")
	require.NoError(t, old.Close())
	require.Nil(t, open(t, dir).Restored, "once is enough")
}

// TestACommandPutsRestoredDataInItsPlace: whoever opens the data first after the engine has ended.
func TestACommandPutsRestoredDataInItsPlace(t *testing.T) {
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "all.bellhop")
	config := boot.Config{Dir: dir, Secrets: "file"}
	s := open(t, dir)
	_, err := s.Bundle(t.Context(), path, boot.BundleOptions{})
	require.NoError(t, err)
	_, err = s.AddRecipe(t.Context(), engine.Definition{Name: "Later"})
	require.NoError(t, err)
	_, _, err = boot.Restore(t.Context(), config, path, boot.RestoreOptions{})
	require.ErrorIs(t, err, boot.ErrRunning)
	require.NoError(t, s.Restore(t.Context(), path, boot.RestoreOptions{}))
	d, err := boot.OpenData(t.Context(), config)
	require.NoError(t, err)
	all, err := d.Recipes(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
	require.NoError(t, d.Close())
	require.Len(t, boot.KeptBefore(dir), 1)
}

// TestDataThatWaitsDoesNotDisturbTheEngine: commands see what the engine works on, until it has ended.
func TestDataThatWaitsDoesNotDisturbTheEngine(t *testing.T) {
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "all.bellhop")
	s := open(t, dir)
	_, err := s.Bundle(t.Context(), path, boot.BundleOptions{})
	require.NoError(t, err)
	other := t.TempDir()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, _, err = boot.Restore(stopped, boot.Config{Dir: other, Secrets: "file"}, path, boot.RestoreOptions{})
	require.Error(t, err)
	require.NoFileExists(t, filepath.Join(other, boot.DatabaseFile))
	// As it is when the engine does not end in time.
	require.NoError(t, os.Mkdir(filepath.Join(dir, "restore-ready"), 0o700))
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	require.NoError(t, d.Close())
	// And a moment in which nothing may be opened.
	require.NoError(t, os.Rename(filepath.Join(dir, "restore-ready"), filepath.Join(dir, "restore-out")))
	_, err = boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.ErrorContains(t, err, "just being put in place")
}

// TestLostSecretsComeBack: the key file is gone, and the code on paper brings the secrets back while the engine runs.
func TestLostSecretsComeBack(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	require.NoError(t, s.SaveConnection(t.Context(), &engine.Connection{Name: "Shop Slack", Connector: "slack"}, map[string]string{"bot_token": "xoxb-1"}))
	code, err := s.RecoveryCode(t.Context())
	require.NoError(t, err)
	made, err := s.RecoveryCodeMadeAt(t.Context())
	require.NoError(t, err)
	require.False(t, made.IsZero())
	require.NoError(t, os.Remove(filepath.Join(dir, "secrets.key")))
	_, err = s.Book.Try(t.Context(), "Shop Slack")
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	n, err := s.RecoverSecrets(t.Context(), code)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	account, err := s.Book.Try(t.Context(), "Shop Slack")
	require.NoError(t, err)
	require.Equal(t, "xoxb-1", account.Secrets["bot_token"])
}
