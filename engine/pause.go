package engine

import (
	"context"
	"time"
)

// settingPausedUntil keeps up to when all recipes are paused, as RFC 3339.
const settingPausedUntil = "paused_until"

// MorningHour is the hour of the day, in the zone of the settings, at which a pause until tomorrow ends.
const MorningHour = 6

// ReadPause returns up to when all recipes are paused: Never until a person says so, zero if they are not. A time
// that has passed counts as zero, and so does what cannot be understood.
func ReadPause(ctx context.Context, r SettingReader, now time.Time) (until time.Time, err error) {
	text, err := r.Setting(ctx, settingPausedUntil)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	until, err = time.Parse(time.RFC3339, text)
	if err != nil || !until.After(now.Round(0)) {
		return time.Time{}, nil //nolint:nilerr // see above
	}
	return until, nil
}

// WritePause keeps up to when all recipes are paused; zero if they are not.
func WritePause(tx interface{ SetSetting(key, value string) error }, until time.Time) error {
	if until.IsZero() {
		return tx.SetSetting(settingPausedUntil, "")
	}
	return tx.SetSetting(settingPausedUntil, until.UTC().Format(time.RFC3339))
}

// Morning returns when a pause until tomorrow ends: the next MorningHour after now, by the clock of zone.
func Morning(now time.Time, zone *time.Location) time.Time {
	now = now.In(zone)
	morning := time.Date(now.Year(), now.Month(), now.Day(), MorningHour, 0, 0, 0, zone)
	if !morning.After(now) {
		morning = time.Date(now.Year(), now.Month(), now.Day()+1, MorningHour, 0, 0, 0, zone)
	}
	return morning
}
