package janitor

import (
	"context"
	"strconv"
)

// Settings say how much is kept. They are read anew each time.
type Settings struct {
	// DoneDays is for how many days runs are kept that succeeded, were filtered or were cancelled;
	// TroubleDays is for how many those that failed, are held or unsure.
	DoneDays, TroubleDays int
	// BudgetMB is how large the data may become before the oldest goes sooner, in MiB.
	BudgetMB int
	// Backups is how many daily backups are kept, 0 for none, and BackupsMB what they may take
	// together, in MiB; the newest is kept even so.
	Backups, BackupsMB int
}

// Default is what holds until somebody chooses otherwise.
var Default = Settings{DoneDays: 30, TroubleDays: 90, BudgetMB: 2048, Backups: 7, BackupsMB: 4096}

// named lists the settings by their key in the store, with the least that makes sense.
func (s *Settings) named() []struct {
	key   string
	value *int
	least int
} {
	return []struct {
		key   string
		value *int
		least int
	}{
		{"keep_done_days", &s.DoneDays, 1},
		{"keep_trouble_days", &s.TroubleDays, 1},
		{"size_budget_mb", &s.BudgetMB, 1},
		{"backups", &s.Backups, 0},
		{"backups_mb", &s.BackupsMB, 0},
	}
}

// settings reads the settings. What cannot be read, or makes no sense, is as by default.
func (j *Janitor) settings(ctx context.Context) Settings {
	s := Default
	for _, one := range s.named() {
		said, err := j.Store.Setting(ctx, one.key)
		j.note(ctx, "read the setting "+one.key, err)
		if err != nil || said == "" {
			continue
		}
		n, err := strconv.Atoi(said)
		if err == nil && n < one.least {
			err = strconv.ErrRange
		}
		j.note(ctx, "understand the setting "+one.key, err)
		if err == nil {
			*one.value = n
		}
	}
	return s
}
