package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// kept is one setting.
type kept struct{ text string }

func (k *kept) Setting(context.Context, string) (string, error) { return k.text, nil }
func (k *kept) SetSetting(_, value string) error                { k.text = value; return nil }

func TestAPauseIsKept(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)
	for name, c := range map[string]struct{ until, want time.Time }{
		"for an hour":      {now.Add(time.Hour), now.Add(time.Hour)},
		"until told":       {engine.Never, engine.Never},
		"not at all":       {time.Time{}, time.Time{}},
		"one that is over": {now.Add(-time.Second), time.Time{}},
		"one just over":    {now, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			k := &kept{}
			require.NoError(t, engine.WritePause(k, c.until))
			until, err := engine.ReadPause(t.Context(), k, now)
			require.NoError(t, err)
			require.Equal(t, c.want, until)
		})
	}
	until, err := engine.ReadPause(t.Context(), &kept{"soon"}, now)
	require.NoError(t, err, "another Bellhop's words are no reason to stand still")
	require.Zero(t, until)
}

func TestAPauseUntilTomorrowEndsInTheMorning(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		now  time.Time
		zone *time.Location
		want string
	}{
		"in the evening":           {time.Date(2026, 11, 21, 22, 0, 0, 0, lisbon), lisbon, "2026-11-22T06:00:00Z"},
		"after midnight":           {time.Date(2026, 11, 22, 0, 10, 0, 0, lisbon), lisbon, "2026-11-22T06:00:00Z"},
		"at six":                   {time.Date(2026, 11, 22, 6, 0, 0, 0, lisbon), lisbon, "2026-11-23T06:00:00Z"},
		"at the end of a month":    {time.Date(2026, 12, 31, 12, 0, 0, 0, lisbon), lisbon, "2027-01-01T06:00:00Z"},
		"in the zone, not UTC":     {time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC), berlin, "2026-11-22T06:00:00+01:00"},
		"over the end of summer":   {time.Date(2026, 10, 24, 22, 0, 0, 0, berlin), berlin, "2026-10-25T06:00:00+01:00"},
		"over the start of summer": {time.Date(2026, 3, 28, 22, 0, 0, 0, berlin), berlin, "2026-03-29T06:00:00+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, engine.Morning(c.now, c.zone).Format(time.RFC3339))
		})
	}
}
