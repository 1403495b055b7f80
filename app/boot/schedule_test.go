package boot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// nightly is a recipe that starts at a time of every day, and says something.
func nightly(at time.Time, says string) []byte {
	return fmt.Appendf(nil, `
recipe: 1
name: Nightly
trigger: {use: schedule.daily, with: {time: %q, zone: UTC}}
steps:
  - {id: halt, use: logic.stop, with: {reason: %q}}
`, at.UTC().Format("15:04"), says)
}

// through is up to when a recipe's trigger has looked.
func through(t *testing.T, s *boot.System, id int64) time.Time {
	t.Helper()
	value, err := s.Store.TriggerState(t.Context(), id, engine.TriggerThrough)
	require.NoError(t, err)
	at, err := time.Parse(time.RFC3339Nano, value)
	require.NoError(t, err)
	return at
}

// What was missed while Bellhop was off is made up for; what passed while the recipe was off, or
// waited for another time, is not.
func TestAScheduleBeginsWhenItIsSwitchedOn(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	due := time.Now().Add(-2 * time.Hour)
	r, _, err := s.Import(t.Context(), "nightly.yaml", nightly(due, "one"))
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	require.WithinDuration(t, time.Now(), through(t, s, r.ID), time.Minute)
	_, err = s.Addresses(t.Context(), r)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))

	// As if it had been switched on yesterday, and the computer off since.
	require.NoError(t, s.Close())
	data, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	yesterday := time.Now().Add(-24 * time.Hour)
	require.NoError(t, data.Store.Update(t.Context(), func(tx engine.Tx) error {
		return tx.SetTriggerState(r.ID, engine.TriggerThrough, yesterday.UTC().Format(time.RFC3339Nano))
	}))
	// Another text of the step changes nothing about when it runs.
	_, _, err = data.Import(t.Context(), "nightly.yaml", nightly(due, "two"))
	require.NoError(t, err)
	require.NoError(t, data.Close())

	s = open(t, dir)
	run := newest(t, s, engine.Succeeded)
	require.Equal(t, 2, run.Version)
	require.Equal(t, "two", run.Steps[0].Note)
	require.True(t, strings.HasPrefix(run.EventKey, "schedule "), run.EventKey)
	require.Contains(t, run.Title, due.Local().Format("15:04"))

	// Another time that has passed today already.
	_, _, err = s.Import(t.Context(), "nightly.yaml", nightly(time.Now().Add(-time.Hour), "three"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), through(t, s, r.ID), time.Minute)
	require.NoError(t, s.Close())
	s = open(t, dir)
	runs, err := s.Runs(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	require.Len(t, runs, 1)
}
