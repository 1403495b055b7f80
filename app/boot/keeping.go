package boot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"bellhop/app/internal/janitor"
	"bellhop/engine"
	"bellhop/store/backup"
	"bellhop/store/sqlite"
)

// Backup is one backup of the data.
type Backup = backup.File

// Rescue tells that a backup had to take the data's place.
type Rescue = backup.Rescue

// Backups returns the backups in the data folder dir, newest first.
func Backups(dir string) ([]Backup, error) { return backup.List(backup.In(dir)) }

// SetAside returns the damaged databases that lie in the data folder dir since a backup took their
// place.
func SetAside(dir string) []string { return backup.SetAside(filepath.Join(dir, DatabaseFile)) }

// BackUp makes a backup at path, or among the daily ones if path is empty, while others go on
// working. Secrets are not in it.
func (d *Data) BackUp(ctx context.Context, path string) (Backup, error) {
	if path == "" {
		return backup.Make(ctx, d.Store, backup.In(d.Dir), time.Now())
	}
	if err := d.Store.Backup(ctx, path); err != nil {
		return Backup{}, err
	}
	return backup.Stat(path)
}

// KeepSetting says how much is kept, or for how long: docs/keeping.md tells of each.
type KeepSetting struct {
	Name  string `json:"name"`
	Value int    `json:"value"`
}

// Keeping returns what holds now, in the order of the docs.
func (d *Data) Keeping(ctx context.Context) ([]KeepSetting, error) {
	var failed error
	settings := janitor.Read(ctx, d.Store, func(_ string, err error) {
		if engine.ErrorCode(err) != engine.Invalid { // what makes no sense does not hold
			failed = cmp.Or(failed, err)
		}
	})
	var all []KeepSetting
	for _, s := range settings.Each() {
		all = append(all, KeepSetting{s.Name, *s.Value})
	}
	return all, failed
}

// Keep sets settings of what is kept, each as it is written; all or none. Invalid if one does not exist or makes
// no sense. The engine goes by it within an hour, also where it runs in another process.
func (d *Data) Keep(ctx context.Context, written map[string]string) error {
	var s janitor.Settings
	known := map[string]janitor.Setting{}
	for _, one := range s.Each() {
		known[one.Name] = one
	}
	names := slices.Sorted(maps.Keys(known))
	for name, value := range written {
		one, ok := known[name]
		if !ok {
			problem := engine.Problem{Message: fmt.Sprintf("There is no setting %q. There are %s.", name, strings.Join(names, ", ")), Suggestion: engine.Suggest(name, names)}
			return engine.Errorf(engine.Invalid, "%s", problem)
		}
		if err := one.Set(value); err != nil {
			return err
		}
	}
	return d.Store.Update(ctx, func(tx engine.Tx) error {
		for name := range written {
			if err := tx.SetSetting(name, strconv.Itoa(*known[name].Value)); err != nil {
				return err
			}
		}
		return nil
	})
}

// openShared opens the data for a command, which changes nothing about data that is damaged or gone:
// that is the engine's to put right, since it has the data to itself.
func openShared(ctx context.Context, p sqlite.Params) (*sqlite.DB, error) {
	backups := backup.In(filepath.Dir(p.Path))
	gone, err := backup.Gone(p.Path, backups)
	if err != nil {
		return nil, err
	}
	if gone {
		return nil, engine.Errorf(engine.Unavailable,
			"Bellhop's data file %s is gone. Start Bellhop, with its window or by bellhop serve: it opens the newest backup, if there is one.", p.Path)
	}
	db, err := sqlite.Open(ctx, p)
	if errors.Is(err, sqlite.ErrDamaged) {
		if all, listErr := backup.List(backups); listErr == nil && len(all) > 0 {
			return nil, engine.Wrap(err, engine.Unavailable,
				"Bellhop's data file %s is damaged. Quit Bellhop if it runs, and start it, with its window or by bellhop serve: it sets that file aside and opens the newest backup (%s).",
				p.Path, all[0].At.Local().Format("2006-01-02 15:04"))
		}
	}
	return db, err
}

// openOwn opens the data for the engine, or its newest backup.
func (s *System) openOwn(ctx context.Context, p sqlite.Params) (db *sqlite.DB, err error) {
	db, s.Rescue, s.doubt, err = backup.Open(ctx, p, backup.In(filepath.Dir(p.Path)))
	return db, err
}

// lookAfter keeps the data small, whole and backed up until ctx ends.
func (s *System) lookAfter(ctx context.Context) {
	if s.doubt {
		// The last end was not clean, and the data is too large to be checked before the start.
		s.work.Go(func() {
			if err := backup.Doubt(ctx, s.Store, filepath.Join(s.Dir, DatabaseFile)); err != nil && ctx.Err() == nil {
				s.log.Error("the data is not whole", "error", err, "cause", errors.Unwrap(err))
			}
		})
	}
	janitor.New(janitor.Params{Store: s.Store, Backups: backup.In(s.Dir), Log: s.log}).Run(ctx)
}
