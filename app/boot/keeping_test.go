package boot_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// TestDamagedDataDoesNotStopTheEngine: the newest backup is opened, with what it needs to take
// deliveries, and what was under way in it waits for a person.
func TestDamagedDataDoesNotStopTheEngine(t *testing.T) {
	a := newOutsideApp(t)
	dir := t.TempDir()
	s := open(t, dir)
	_, address := start(t, s, passOn(a))
	require.Nil(t, s.Rescue)
	require.Equal(t, 200, post(t, address, `{"text":"before"}`))
	newest(t, s, engine.Succeeded)
	a.mu.Lock()
	a.hold = make(chan struct{})
	a.mu.Unlock()
	require.Equal(t, 200, post(t, address, `{"text":"under way"}`))
	waitFor(t, func() bool { return len(a.bodies()) == 2 })
	made, err := s.BackUp(t.Context(), "")
	require.NoError(t, err)
	close(a.hold)
	newest(t, s, engine.Succeeded)
	require.NoError(t, s.Close())

	require.NoError(t, os.WriteFile(filepath.Join(dir, boot.DatabaseFile), bytes.Repeat([]byte("not data "), 1000), 0o600))
	_, err = boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.ErrorContains(t, err, "opens the newest backup", "a command leaves it as it is")

	var log bytes.Buffer
	s, err = boot.Open(t.Context(), boot.Config{
		Dir: dir, Listen: "127.0.0.1:0", Secrets: "file", Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	require.NotNil(t, s.Rescue)
	require.Equal(t, made.Path, s.Rescue.Backup)
	require.Contains(t, s.Rescue.Sentence(time.UTC), "damaged")
	require.Equal(t, []string{s.Rescue.Broken}, boot.SetAside(dir))
	held := newest(t, s, engine.Held)
	require.Contains(t, held.Failure.Message, "may have been done since")
	require.Len(t, a.bodies(), 2, "nothing is done twice by itself")

	require.NoError(t, s.Retry(t.Context(), held.ID, ""))
	newest(t, s, engine.Succeeded)
	r, err := s.FindRecipe(t.Context(), "Pass it on")
	require.NoError(t, err)
	addresses, err := s.Addresses(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, 200, post(t, addresses[0], `{"text":"after"}`))
	waitFor(t, func() bool { return len(a.bodies()) == 4 })
	newest(t, s, engine.Succeeded)
	require.NoError(t, s.Close())
	require.Contains(t, log.String(), "a backup took the place of the data")
}
