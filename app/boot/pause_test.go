package boot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

func counts(t *testing.T, s *boot.System) map[engine.State]int {
	t.Helper()
	all, err := s.StateCounts(t.Context())
	require.NoError(t, err)
	return all
}

func TestWhatComesWhilePausedIsDoneAfterwardsAlsoAfterARestart(t *testing.T) {
	dir, a := t.TempDir(), newOutsideApp(t)
	s := open(t, dir)
	_, address := start(t, s, passOn(a))
	require.NoError(t, s.Pause(t.Context(), engine.Never))
	for range 3 {
		require.Equal(t, 200, post(t, address, `{"text":"x"}`), "deliveries are taken")
	}
	require.Never(t, func() bool { return counts(t, s)[engine.Queued] != 3 }, 300*time.Millisecond, 10*time.Millisecond)
	require.Empty(t, a.bodies())
	require.NoError(t, s.Close())

	address = strings.TrimPrefix(address, s.URL)
	s = open(t, dir)
	address = s.URL + address
	until, paused := s.PausedUntil()
	require.True(t, paused, "a restart stays paused")
	require.Equal(t, engine.Never, until)
	require.Equal(t, 200, post(t, address, `{"text":"x"}`), "deliveries are taken")
	require.Never(t, func() bool { return counts(t, s)[engine.Queued] != 4 }, 300*time.Millisecond, 10*time.Millisecond)

	require.NoError(t, s.Resume(t.Context()))
	require.Eventually(t, func() bool { return counts(t, s)[engine.Succeeded] == 4 }, 10*time.Second, 10*time.Millisecond)
	require.Len(t, a.bodies(), 4)
	_, paused = s.PausedUntil()
	require.False(t, paused)
}

func TestAPauseEndsByItselfAndSaysSo(t *testing.T) {
	dir, a := t.TempDir(), newOutsideApp(t)
	s := open(t, dir)
	_, address := start(t, s, passOn(a))
	changes, unsubscribe := s.Bus.Subscribe(1000)
	defer unsubscribe()
	require.Equal(t, engine.Invalid, engine.ErrorCode(s.Pause(t.Context(), time.Now().Add(-time.Minute))))
	require.NoError(t, s.Pause(t.Context(), time.Now().Add(2*time.Second)))
	require.Equal(t, 200, post(t, address, `{"text":"x"}`), "deliveries are taken")
	told := func() bool {
		for {
			select {
			case c := <-changes:
				if c.Kind == engine.PauseChanged {
					return true
				}
			default:
				return false
			}
		}
	}
	require.Eventually(t, told, time.Second, time.Millisecond, "that it began")
	require.Empty(t, a.bodies())
	require.Eventually(t, func() bool { return len(a.bodies()) == 1 }, 10*time.Second, 10*time.Millisecond)
	require.Eventually(t, told, 5*time.Second, time.Millisecond, "that it ended")
	require.Eventually(t, func() bool {
		kept, err := s.Store.Setting(t.Context(), "paused_until")
		require.NoError(t, err)
		return kept == ""
	}, 5*time.Second, 10*time.Millisecond)
}

// Another process pauses the engine that runs.
func TestACommandPausesTheEngineThatRuns(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	require.NoError(t, d.Pause(t.Context(), engine.Never))
	_, paused := s.PausedUntil()
	require.True(t, paused)
	require.NoError(t, d.Resume(t.Context()))
	_, paused = s.PausedUntil()
	require.False(t, paused)
}
