package sqlite

import (
	"context"
	"database/sql"
	"errors"
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
			chosen.Proxy, chosen.ProxyPassword = address, ""
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
