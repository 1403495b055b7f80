package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bellhop/engine"
)

// scrub are the statements after which the settings stand in the file as they are, and nothing of what they were
// before. Pages that are given back are overwritten, too: https://www.sqlite.org/pragma.html#pragma_secure_delete
var scrub = []string{
	`PRAGMA secure_delete = ON`,
	`CREATE TEMP TABLE kept AS SELECT key, value FROM setting`,
	`DELETE FROM setting`,
	`INSERT INTO setting (key, value) SELECT key, value FROM kept`,
	`DROP TABLE temp.kept`,
}

// The log holds earlier states of the pages until it is cut, which those who read hold up for moments.
const (
	cutTries = 100
	cutRest  = 50 * time.Millisecond
)

// ScrubSettings takes what settings were before out of the file and out of its log. Unavailable if somebody reads
// for so long that the log cannot be cut.
func (db *DB) ScrubSettings(ctx context.Context) error {
	err := db.writer.do(ctx, func(t *tx) (err error) {
		// For everything else that is deleted it would cost more than it is worth.
		defer func() {
			_, off := t.conn.ExecContext(context.Background(), `PRAGMA secure_delete = OFF`)
			err = errors.Join(err, off)
		}()
		for _, statement := range scrub {
			if _, err := t.conn.ExecContext(context.Background(), statement); err != nil {
				return explain(err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Pages that were given back before hold what stood in them.
	if _, err := db.Shrink(ctx, 0); err != nil {
		return err
	}
	for range cutTries {
		if cut, err := db.cutLog(ctx); cut || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return explain(ctx.Err())
		case <-time.After(cutRest):
		}
	}
	return engine.Errorf(engine.Unavailable, "The log of the data cannot be cut, since somebody reads it all the time.")
}

// cutLog moves the log into the file and cuts it, if nobody reads or writes just now.
func (db *DB) cutLog(ctx context.Context) (bool, error) {
	db.keeping.Lock()
	defer db.keeping.Unlock()
	busy, err := collect(ctx, db.keeper, func(rows *sql.Rows) (busy int, err error) {
		var pages, moved int
		return busy, rows.Scan(&busy, &pages, &moved)
	}, `PRAGMA wal_checkpoint(TRUNCATE)`)
	if err != nil {
		return false, explain(err)
	}
	return busy[0] == 0, nil
}

// StripProxyPassword takes the password for the proxy, which an earlier Bellhop kept among the settings, out of a
// database that nobody has open, and all that settings were before.
func StripProxyPassword(ctx context.Context, path string) error {
	return alone(ctx, path, func(c *sql.Conn) error {
		kept := settings{ctx, c}
		chosen, err := engine.ReadSettings(ctx, kept)
		if err != nil {
			return err
		}
		if address, password := engine.SplitProxy(chosen.Proxy); password != "" {
			// If it is where secrets are by now it is found there, else it is asked for.
			chosen.Proxy, chosen.ProxyPassword = address, time.Now().UTC().Format(time.RFC3339Nano)
			if err := engine.WriteSettings(kept, chosen); err != nil {
				return err
			}
		}
		for _, statement := range slices.Concat([]string{`BEGIN IMMEDIATE`}, scrub, []string{`COMMIT`}) {
			if _, err := c.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return drain(c.QueryContext(ctx, `PRAGMA incremental_vacuum`))
	})
}

// StripBackup is StripProxyPassword for a backup that has such a password: a copy is made and found whole before it
// takes the backup's place, at once or not at all. It says whether there was one.
func StripBackup(ctx context.Context, path string) (stripped bool, err error) {
	err = examine(ctx, path, func(ctx context.Context, q querier) error {
		chosen, err := engine.ReadSettings(ctx, settingsOf{q})
		_, password := engine.SplitProxy(chosen.Proxy)
		stripped = password != ""
		return err
	})
	if err != nil || !stripped {
		return false, err
	}
	was, err := os.Stat(path)
	if err != nil {
		return false, cannotBackUp(err, path)
	}
	part := path + PartSuffix
	defer func() { _ = os.Remove(part) }() // unless it has taken its place
	if err := CopyFile(part, path); err != nil {
		return false, cannotBackUp(err, path)
	}
	if err := errors.Join(StripProxyPassword(ctx, part), Verify(ctx, part)); err != nil {
		return false, err
	}
	if err := errors.Join(os.Chtimes(part, was.ModTime(), was.ModTime()), os.Rename(part, path)); err != nil {
		return false, cannotBackUp(err, path)
	}
	return true, syncFolder(filepath.Dir(path))
}

// CopyFile copies a file that nobody writes to, so that it is on disk. What is at to is replaced.
func CopyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// settingsOf reads those of a database that is only read.
type settingsOf struct{ querier }

var _ engine.SettingReader = settingsOf{}

func (s settingsOf) Setting(ctx context.Context, key string) (string, error) {
	found, err := collect(ctx, s.querier, func(rows *sql.Rows) (v string, err error) { return v, rows.Scan(&v) },
		`SELECT value FROM setting WHERE key = ?`, key)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}
