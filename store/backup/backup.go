// Package backup keeps copies of the data in a folder beside it, and opens the newest good one when
// the data itself is damaged or gone.
package backup

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// Folder is the name of the backups' folder within the data folder.
const Folder = "backups"

// Names sort by time, in UTC, and hold no character that some file system refuses.
const (
	prefix = "bellhop-"
	suffix = ".db"
	stamp  = "20060102-150405"
)

// File is one backup.
type File struct {
	Path string
	// At is when it was made, to the second, in UTC.
	At time.Time
	// Bytes is its size.
	Bytes int64
}

// In returns where the backups of a data folder are kept.
func In(dataDir string) string { return filepath.Join(dataDir, Folder) }

// Path returns what a backup made at a time is called, within the folder dir.
func Path(dir string, at time.Time) string {
	return filepath.Join(dir, prefix+at.UTC().Format(stamp)+suffix)
}

// List returns the backups in the folder dir, newest first; none if there is no such folder. Files
// with other names are left alone.
func List(dir string) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, engine.Wrap(err, engine.Unavailable, "The backups in %s cannot be listed. Probably the folder is not yours.", dir)
	}
	var all []File
	for _, entry := range entries {
		middle, ok := strings.CutPrefix(entry.Name(), prefix)
		middle, isBackup := strings.CutSuffix(middle, suffix)
		at, err := time.Parse(stamp, middle)
		if !ok || !isBackup || err != nil {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, engine.Wrap(err, engine.Unavailable, "The backup %s cannot be read.", entry.Name())
		}
		all = append(all, File{Path: filepath.Join(dir, entry.Name()), At: at, Bytes: info.Size()})
	}
	slices.SortFunc(all, func(a, b File) int { return cmp.Compare(b.Path, a.Path) })
	return all, nil
}

// Make makes a backup in the folder dir, named by the time now, and returns it. If the copy turns out
// to be damaged, so is the data: then the next Open checks that before it is used.
func Make(ctx context.Context, db *sqlite.DB, dir string, now time.Time) (File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return File{}, engine.Wrap(err, engine.Unavailable, "The folder %s for backups cannot be made.", dir)
	}
	path := Path(dir, now)
	err := db.Backup(ctx, path)
	if errors.Is(err, sqlite.ErrDamaged) {
		return File{}, suspect(err, db.Path())
	}
	if err != nil {
		return File{}, err
	}
	made, err := Stat(path)
	made.At = now.UTC().Truncate(time.Second)
	return made, err
}

// Stat returns what there is to say of a backup with any name.
func Stat(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return File{}, engine.Wrap(err, engine.Unavailable, "The backup %s cannot be found again.", path)
	}
	return File{Path: path, At: info.ModTime().UTC().Truncate(time.Second), Bytes: info.Size()}, nil
}

// Thin removes all but the newest backups in the folder dir: as many as keep, together no larger
// than limit bytes. The newest always stays. What a process that was killed left half done goes, too,
// so it must not be called while a backup is made there.
func Thin(dir string, keep int, limit int64) error {
	all, err := List(dir)
	if err != nil {
		return err
	}
	total := int64(0)
	var errs []error
	for i, f := range all {
		total += f.Bytes
		if i > 0 && (i >= keep || total > limit) {
			errs = append(errs, os.Remove(f.Path))
		}
	}
	parts, _ := filepath.Glob(filepath.Join(dir, prefix+"*"+suffix+sqlite.PartSuffix)) // the pattern is a good one
	for _, part := range parts {
		errs = append(errs, os.Remove(part))
	}
	return errors.Join(errs...)
}
