package janitor

import (
	"context"
	"strconv"

	"bellhop/engine"
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

// Setting is one of the settings, by its name in the store.
type Setting struct {
	Name  string
	Value *int
	// Least is the least that makes sense.
	Least int
}

// Each lists the settings; what is set there is set in s.
func (s *Settings) Each() []Setting {
	return []Setting{
		{"keep_done_days", &s.DoneDays, 1},
		{"keep_trouble_days", &s.TroubleDays, 1},
		{"size_budget_mb", &s.BudgetMB, 1},
		{"backups", &s.Backups, 0},
		{"backups_mb", &s.BackupsMB, 0},
	}
}

// mostSetting is more days and megabytes than anybody has.
const mostSetting = 10_000_000

// Set sets it as it is written, to a whole number. Invalid if that makes no sense.
func (s Setting) Set(written string) error {
	n, err := strconv.Atoi(written)
	if err != nil || n < s.Least || n > mostSetting {
		return engine.Errorf(engine.Invalid, "%q makes no sense for %s. Give a whole number, %d or more.", written, s.Name, s.Least)
	}
	*s.Value = n
	return nil
}

// Read reads the settings. What cannot be read, or makes no sense, is as by default, and told to note, which
// is told also what went well.
func Read(ctx context.Context, store interface {
	Setting(ctx context.Context, key string) (string, error)
}, note func(what string, err error),
) Settings {
	s := Default
	for _, one := range s.Each() {
		written, err := store.Setting(ctx, one.Name)
		note("read the setting "+one.Name, err)
		if err == nil && written != "" {
			note("understand the setting "+one.Name, one.Set(written))
		}
	}
	return s
}
