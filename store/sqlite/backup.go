package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"bellhop/engine"
)

const (
	// backupStep is how many pages of a backup are copied between rests: 1 MiB.
	backupStep = 256
	// backupSync is after how many steps they go to the disk. All at once at the end would hold up
	// the commits of that time.
	backupSync = 8
	// spareSpace stays free on a disk that a backup is written to, in bytes.
	spareSpace = 64 << 20
)

// PartSuffix ends the names of backups that are not complete.
const PartSuffix = ".part"

// Backup writes the data, as it is at this moment, to the file path while others go on writing. The
// copy is read through and found whole before it takes the place of what was there, at once or not at
// all. Conflict if path is this database, or a file that is none; Unavailable if there is no room or
// ctx ends.
func (db *DB) Backup(ctx context.Context, path string) (err error) {
	if err := db.mayReplace(ctx, path); err != nil {
		return err
	}
	if err := db.roomFor(ctx, filepath.Dir(path)); err != nil {
		return err
	}
	part := path + PartSuffix
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return cannotBackUp(err, path)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part) // or the next backup writes over it
		}
	}()
	err = db.copy(ctx, f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return cannotBackUp(err, path)
	}
	if err := Verify(ctx, part); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return cannotBackUp(err, path)
	}
	return syncFolder(filepath.Dir(path))
}

func cannotBackUp(err error, path string) error {
	if explained := explain(err); engine.ErrorCode(explained) != engine.Internal {
		return explained
	}
	return engine.Wrap(err, engine.Unavailable,
		"The backup %s cannot be written. Probably the folder is missing, not yours, or the disk is full.", path)
}

// mayReplace refuses to write over what is no backup.
func (db *DB) mayReplace(ctx context.Context, path string) error {
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && there.Size() == 0 && there.Mode().IsRegular() {
		return nil
	}
	if err != nil {
		return cannotBackUp(err, path)
	}
	own, err := os.Stat(db.path)
	if err != nil {
		return explain(err)
	}
	if os.SameFile(own, there) {
		return engine.Errorf(engine.Conflict, "%s is Bellhop's data itself. Choose another file for the backup.", path)
	}
	if err := examine(ctx, path, ours); err != nil {
		if ctx.Err() != nil {
			return explain(ctx.Err())
		}
		return engine.Errorf(engine.Conflict, "%s exists already and is no backup of Bellhop's. Choose another file.", path)
	}
	return nil
}

func (db *DB) roomFor(ctx context.Context, dir string) error {
	size, err := db.Size(ctx)
	if err != nil {
		return err
	}
	free, err := freeSpace(dir)
	if err != nil {
		return cannotBackUp(err, dir)
	}
	if needed := size.Used + size.Free + spareSpace; free < needed {
		return engine.Errorf(engine.Unavailable,
			"There is no room for a backup in %s: it takes %d MB, and %d MB are free. Free some space, or choose another folder.", dir, needed>>20, free>>20)
	}
	return nil
}

// copy copies page by page what one reader sees, a little at a time. Since that reader's transaction
// lasts from the first page to the last, what others write meanwhile is not in it, and does not make
// SQLite begin again: https://www.sqlite.org/c3ref/backup_finish.html
func (db *DB) copy(ctx context.Context, to *os.File) error {
	from, err := db.readers.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	snapshot, err := from.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Rollback() }() // nothing was written
	if _, err := collect(ctx, snapshot, number, `SELECT count(*) FROM sqlite_schema`); err != nil {
		return err
	}
	driver := &sqlite3.SQLiteDriver{}
	// No journal and no syncs of its own: whatever happens before the end, the file is thrown away.
	opened, err := driver.Open(fileURI(to.Name()) + "?_journal_mode=OFF&_synchronous=OFF")
	if err != nil {
		return err
	}
	target := opened.(*sqlite3.SQLiteConn)
	err = from.Raw(func(c any) error {
		backup, err := target.Backup("main", c.(*sqlite3.SQLiteConn), "main")
		if err != nil {
			return err
		}
		return errors.Join(copyAll(ctx, backup, to), backup.Close())
	})
	return errors.Join(err, target.Close())
}

func copyAll(ctx context.Context, backup *sqlite3.SQLiteBackup, to *os.File) error {
	for step := 1; ; step++ {
		begun := time.Now()
		done, err := backup.Step(backupStep)
		if done || err != nil {
			return err
		}
		if step%backupSync == 0 {
			if err := to.Sync(); err != nil {
				return err
			}
		}
		if err := newPace(1).rest(ctx, time.Since(begun)); err != nil {
			return err
		}
	}
}

// Verify reads the whole database in a file that nobody has open, such as a backup, without changing
// anything. Its error, with the code Unavailable, says why it is of no use.
func Verify(ctx context.Context, path string) error {
	return examine(ctx, path, func(ctx context.Context, q querier) error {
		if err := sound(ctx, q, `PRAGMA integrity_check(10)`); err != nil {
			return err
		}
		return ours(ctx, q)
	})
}

// examine reads a database that nobody has open.
func examine(ctx context.Context, path string, look func(context.Context, querier) error) error {
	db, err := sql.Open("sqlite3", fileURI(path)+"?mode=ro&immutable=1")
	if err != nil {
		return explain(err)
	}
	defer func() { _ = db.Close() }() // it was only read
	return explain(look(ctx, db))
}

// ours says whether a database is Bellhop's, whatever its version.
func ours(ctx context.Context, q querier) error {
	tables, err := collect(ctx, q, number,
		`SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('migration', 'recipe', 'run')`)
	if err == nil && tables[0] < 3 {
		return damaged(errors.New("it has other tables than Bellhop's"))
	}
	return err
}

// sound returns what a check by SQLite finds.
func sound(ctx context.Context, q querier, check string) error {
	found, err := collect(ctx, q, func(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) }, check)
	if err != nil {
		return err
	}
	if len(found) == 1 && found[0] == "ok" {
		return nil
	}
	return damaged(errors.New(strings.Join(found, "; ")))
}

// fileURI is a path as SQLite's URI, without settings.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" && !strings.HasPrefix(path, "/") {
		path = "/" + path // file:///C:/…
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath()
}

// syncFolder makes a rename last through a power cut. Not every system can, or needs to.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return cannotBackUp(err, dir)
	}
	_ = d.Sync()
	return d.Close()
}
