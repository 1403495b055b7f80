package boot_test

import (
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// TestMonthsLeaveNoHandlesOpen: opening and closing the data and the engine, deliveries, and connections that are
// entered anew leave nothing open behind them.
func TestMonthsLeaveNoHandlesOpen(t *testing.T) {
	dir := t.TempDir()
	a := newOutsideApp(t)
	config := boot.Config{Dir: dir, Secrets: "file", Listen: "127.0.0.1:0"}
	once := func() {
		s, err := boot.Open(t.Context(), config)
		require.NoError(t, err)
		require.NoError(t, s.AllowPrivate(t.Context(), []string{"127.0.0.1"}))
		_, address := start(t, s, passOn(a))
		require.Equal(t, 200, post(t, address, `{"text":"hello"}`))
		newest(t, s, engine.Succeeded)
		d, err := boot.OpenData(t.Context(), config)
		require.NoError(t, err)
		c := engine.Connection{Name: "Shop Slack", Connector: "slack"}
		if known, err := d.FindConnection(t.Context(), c.Name); err == nil {
			c = known
		}
		for range 20 {
			require.NoError(t, d.SaveConnection(t.Context(), &c, map[string]string{"bot_token": "xoxb-1"}))
			_, err := d.Book.Account(t.Context(), c.Name)
			require.NoError(t, err)
		}
		require.NoError(t, d.Close())
		require.NoError(t, s.Close())
	}
	open := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		require.NoError(t, err)
		return len(entries)
	}
	for range 2 {
		once()
	}
	files, routines := open(), runtime.NumGoroutine()
	for range 10 {
		once()
	}
	// Connections between this test and its pretend app come and go, a few at a time.
	const few = 8
	require.Less(t, open(), files+few)
	require.Less(t, runtime.NumGoroutine(), routines+few)
}
