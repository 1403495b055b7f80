package boot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// A time zone that is chosen while Bellhop runs counts at once: for the window's times, for what pills write
// and for schedules; and after a restart, and where a command reads the data.
func TestTheTimeZoneIsChosen(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	choose := func(zone string) {
		t.Helper()
		require.NoError(t, s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.TimeZone = zone }))
	}
	const date = `{{ "2026-11-21T20:00:00Z" | date: "yyyy-MM-dd HH:mm" }}`
	r, _, err := s.Import(t.Context(), "daily.yaml", []byte(`
recipe: 1
name: Daily
trigger: {use: schedule.daily, with: {time: "12:00"}}
steps:
  - {id: halt, use: logic.stop, with: {reason: '`+date+`'}}
`))
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), r.ID, true))

	choose("Pacific/Marquesas")
	require.Equal(t, "Pacific/Marquesas", s.Now().Location().String())
	require.Equal(t, "Pacific/Marquesas", s.Locale().Zone.String())

	// As if it had looked last a day ago.
	require.NoError(t, s.Store.Update(t.Context(), func(tx engine.Tx) error {
		return tx.SetTriggerState(r.ID, engine.TriggerThrough, time.Now().Add(-24*time.Hour).UTC().Format(time.RFC3339Nano))
	}))
	require.NoError(t, s.Changed(t.Context(), engine.Change{Kind: engine.RecipesChanged}))
	run := newest(t, s, engine.Succeeded)
	require.True(t, strings.HasSuffix(run.EventKey, "T21:30:00Z"), run.EventKey)
	require.Equal(t, "2026-11-21 10:30", run.Steps[0].Note)

	require.Equal(t, engine.Invalid, engine.ErrorCode(s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.TimeZone = "Nowhere" })))
	require.Equal(t, "Pacific/Marquesas", s.Zone().String())
	require.NoError(t, s.Close())

	data, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	require.Equal(t, "Pacific/Marquesas", data.Zone().String())
	// A command in another process changes it, and the engine is told.
	s = open(t, dir)
	require.Equal(t, "Pacific/Marquesas", s.Zone().String())
	require.NoError(t, data.ChangeSettings(t.Context(), func(to *engine.Settings) { to.TimeZone = "" }))
	require.Equal(t, time.Local, s.Zone())
	require.NoError(t, data.Close())
}
