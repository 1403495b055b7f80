package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// Rescue tells that a backup had to take the data's place.
type Rescue struct {
	// Backup is the one that was opened, made at BackupAt.
	Backup   string
	BackupAt time.Time
	// Broken is where the damaged data was put; empty if the data was gone.
	Broken string
	// Held counts the runs that were under way in the backup. They may have been done since, so they
	// wait for a person.
	Held int
}

// Sentence says it to people, whose time zone is given.
func (r Rescue) Sentence(zone *time.Location) string {
	at := r.BackupAt.In(zone).Format("2006-01-02 15:04")
	says := fmt.Sprintf("Bellhop's data was gone, so the backup of %s was opened.", at)
	if r.Broken != "" {
		says = fmt.Sprintf("Bellhop's data was damaged, so the backup of %s was opened. The damaged file was kept as %s.", at, r.Broken)
	}
	says += " What happened after that is not in it: look through your recipes, and for orders since then."
	if r.Held > 0 {
		says += fmt.Sprintf(" %d runs that were under way then may be done already; they are held until you look at them.", r.Held)
	}
	return says
}

// The check after an unclean end comes before the start where it takes little time: it goes through some hundred
// megabytes a second, or far fewer if the disk has to be read.
var quickCheck = haste{largest: 64 << 20, patience: 150 * time.Millisecond}

// haste is how long the start waits for a check: not at all for a file of more bytes than the largest.
type haste struct {
	largest  int64
	patience time.Duration
}

// suspectSuffix ends the name of the file that asks for a whole check at the next start.
const suspectSuffix = ".suspect"

// Open opens the database like sqlite.Open, for the one process that has the data folder to itself.
// Data that is damaged is set aside as <name>.broken-<time>, and a copy of the newest good backup in
// the folder backups is opened instead; so, too, when the data is gone and there are backups. The
// Rescue then tells of it; else it is nil. Without a good backup nothing is changed, and the error
// says what to do.
//
// After an end that was not clean the data is checked first, as far as that goes in little time;
// doubt is true if the check was not done by then, and Doubt should go on with it.
func Open(ctx context.Context, p sqlite.Params, backups string) (db *sqlite.DB, rescue *Rescue, doubt bool, err error) {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	gone, err := Gone(p.Path, backups)
	if err != nil {
		return nil, nil, false, err
	}
	if !gone {
		db, doubt, err = openChecked(ctx, p, quickCheck)
		if !errors.Is(err, sqlite.ErrDamaged) {
			return db, nil, doubt, err
		}
		p.Log.Error("the data is damaged", "file", p.Path, "error", err, "cause", errors.Unwrap(err))
	}
	if rescue, err = replace(ctx, p, backups, gone); err != nil {
		return nil, nil, false, err
	}
	if db, err = sqlite.Open(ctx, p); err != nil {
		return nil, nil, false, err
	}
	if rescue.Held, err = db.Distrust(ctx, "Bellhop's data was damaged and a backup was opened."); err != nil {
		return nil, nil, false, errors.Join(err, db.Close())
	}
	p.Log.Error("a backup took the place of the data", "backup", rescue.Backup, "broken", rescue.Broken, "held", rescue.Held)
	return db, rescue, false, nil
}

// Gone says whether there was data that is no more: to open the database now would make a new one.
// A log without its database is data, too; it would be thrown away.
func Gone(path, backups string) (bool, error) {
	// In this order, since another process may be making both right now.
	log := size(path + "-wal")
	if size(path) > 0 {
		return false, nil
	}
	all, err := List(backups)
	return len(all) > 0 || log > 0, err
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// openChecked opens the data, and checks it if its last user did not close it. (A user that is at it
// right now looks the same; then the check is for nothing.)
func openChecked(ctx context.Context, p sqlite.Params, h haste) (db *sqlite.DB, doubt bool, err error) {
	unclean, suspect := size(p.Path+"-wal") > 0, exists(p.Path+suspectSuffix)
	if db, err = sqlite.Open(ctx, p); err != nil || !unclean && !suspect {
		return db, false, err
	}
	if !suspect && size(p.Path) > h.largest {
		return db, true, nil
	}
	check := ctx
	if !suspect {
		limited, cancel := context.WithTimeout(ctx, h.patience)
		defer cancel()
		check = limited
	}
	err = db.Check(check)
	if err != nil && ctx.Err() == nil && check.Err() != nil {
		return db, true, nil
	}
	if err != nil {
		return nil, false, errors.Join(err, db.Close())
	}
	return db, false, ignoreMissing(os.Remove(p.Path + suspectSuffix))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Doubt checks the whole database while others use it. If it is damaged, the next Open checks it
// before it is used, and sets it aside.
func Doubt(ctx context.Context, db *sqlite.DB, path string) error {
	err := db.Check(ctx)
	if errors.Is(err, sqlite.ErrDamaged) {
		return suspect(err, path)
	}
	return err
}

// suspect makes the next Open check the data, and says so.
func suspect(err error, path string) error {
	return errors.Join(engine.Wrap(err, engine.Unavailable,
		"Bellhop's data is damaged. Quit Bellhop and start it again: it will open the newest good backup."),
		os.WriteFile(path+suspectSuffix, nil, 0o600))
}

// replace puts a copy of the newest good backup where the data was. Killed in between, the data is
// gone at the next start, and replaced then.
func replace(ctx context.Context, p sqlite.Params, backups string, gone bool) (*Rescue, error) {
	good, err := newestGood(ctx, backups, p.Log)
	if err != nil {
		return nil, err
	}
	if good.Path == "" {
		return nil, noBackup(p.Path, backups, gone)
	}
	copied := p.Path + sqlite.PartSuffix
	if err := sqlite.CopyFile(copied, good.Path); err != nil {
		return nil, errors.Join(engine.Wrap(err, engine.Unavailable,
			"Bellhop's data is damaged, and the backup %s cannot be put in its place. Probably the disk is full; free some space and start again.", good.Path),
			ignoreMissing(os.Remove(copied)))
	}
	rescue := &Rescue{Backup: good.Path, BackupAt: good.At}
	aside := brokenName(p.Path, p.Now())
	if size(p.Path) > 0 {
		rescue.Broken = aside
	}
	for _, ending := range []string{"", "-wal", "-shm"} {
		err = errors.Join(err, ignoreMissing(os.Rename(p.Path+ending, aside+ending)))
	}
	if err = errors.Join(err, ignoreMissing(os.Remove(p.Path+suspectSuffix))); err == nil {
		err = os.Rename(copied, p.Path)
	}
	if err != nil {
		return nil, engine.Wrap(err, engine.Unavailable,
			"Bellhop's data is damaged and cannot be set aside. Move %s away by hand and start again: then the newest backup is opened.", p.Path)
	}
	return rescue, nil
}

func noBackup(path, backups string, gone bool) error {
	if gone {
		return engine.Errorf(engine.Unavailable,
			"Bellhop's data file %[1]s is gone, and there is no good backup in %[2]s. Put a backup there as %[1]s; or, to begin anew, remove %[1]s-wal.", path, backups)
	}
	return &engine.Error{Code: engine.Unavailable, Err: sqlite.ErrDamaged, Message: fmt.Sprintf(
		"Bellhop's data file %[1]s is damaged, or is not Bellhop's, and there is no good backup in %[2]s. "+
			"Put a backup in its place; or, to begin anew, move it and the files %[1]s-wal and %[1]s-shm away.", path, backups)}
}

// newestGood returns the newest backup that is whole; its Path is empty if there is none.
func newestGood(ctx context.Context, backups string, log *slog.Logger) (File, error) {
	all, err := List(backups)
	if err != nil {
		return File{}, err
	}
	for _, f := range all {
		err := sqlite.Verify(ctx, f.Path)
		if err == nil {
			return f, nil
		}
		if ctx.Err() != nil {
			return File{}, err
		}
		log.Error("a backup is damaged, too", "backup", f.Path, "error", err)
	}
	return File{}, nil
}

const brokenMark = ".broken-"

// brokenName is where damaged data goes; an older one there is not written over.
func brokenName(path string, now time.Time) string {
	first := path + brokenMark + now.UTC().Format(stamp)
	name := first
	for i := 2; exists(name); i++ {
		name = fmt.Sprintf("%s-%d", first, i)
	}
	return name
}

// SetAside returns the damaged data that was put beside the file path and still lies there, oldest
// first.
func SetAside(path string) []string {
	entries, _ := os.ReadDir(filepath.Dir(path)) // a folder that cannot be read has been told of
	var aside []string
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, filepath.Base(path)+brokenMark) && !strings.HasSuffix(name, "-wal") && !strings.HasSuffix(name, "-shm") {
			aside = append(aside, filepath.Join(filepath.Dir(path), name))
		}
	}
	return aside
}
