package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bellhop/engine"
)

// Form returns the number of the newest change to the database's form that this Bellhop knows: one that has
// a higher one is for a newer Bellhop.
func Form() int {
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil || len(names) == 0 {
		return 0 // they are built in
	}
	number, _, _ := strings.Cut(base(slices.Max(names)), "_")
	n, _ := strconv.Atoi(number)
	return n
}

// StripHistory takes runs and events out of a database that nobody has open and that has this Bellhop's form,
// so that nothing of them is left in the file. Of events that came in, the keys stay: they are not taken a
// second time. If it fails, the file is of no use.
func StripHistory(ctx context.Context, path string) error {
	return alone(ctx, path, func(c *sql.Conn) error {
		for _, statement := range []string{
			`BEGIN IMMEDIATE`,
			`DELETE FROM run`, // and by that steps, attempts and changes made
			`DELETE FROM run_count`,
			`DELETE FROM batch_item`,
			`DELETE FROM batch`,
			`DELETE FROM refusal`,
			`DELETE FROM version WHERE number < 0`, // drafts that were tried
			`CREATE TEMP TABLE came AS SELECT id, recipe_id, key, received_at FROM event`,
			`DELETE FROM event`,
			`INSERT INTO event (id, recipe_id, key, received_at, content_type, request, body)
				SELECT id, recipe_id, key, received_at, '', NULL, x'' FROM came`,
			`DROP TABLE came`,
			`COMMIT`,
			`VACUUM`,
		} {
			if _, err := c.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// settings are those in a database that nobody else has open.
type settings struct {
	ctx  context.Context //nolint:containedctx // of one call
	conn *sql.Conn
}

var _ engine.SettingReader = settings{}

func (s settings) Setting(ctx context.Context, key string) (value string, err error) {
	err = s.conn.QueryRowContext(ctx, `SELECT value FROM setting WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

func (s settings) SetSetting(key, value string) error {
	_, err := s.conn.ExecContext(s.ctx, `UPDATE setting SET value = ? WHERE key = ?`, value, key)
	return err
}

// CarryKeys tells the database into, which nobody has open and which is an older state of the data in from,
// what came in since: the keys of events, and what triggers and steps have met. So when what was missed is
// fetched, nothing of that is done a second time. An event whose run had not begun in from is not among
// them: that one is to be fetched. It returns how many keys of events there were, 0 if the two have nothing
// to do with each other, and how many runs of from were not over.
func CarryKeys(ctx context.Context, into, from string) (carried, left int, err error) {
	err = alone(ctx, into, func(c *sql.Conn) error {
		if _, err := c.ExecContext(ctx, `ATTACH ? AS gone`, fileURI(from)); err != nil {
			return err
		}
		unfinished, err := collect(ctx, c, number, `SELECT count(*) FROM gone.run WHERE `+active)
		if err != nil {
			return err
		}
		left = int(unfinished[0])
		related, err := collect(ctx, c, number, `SELECT count(*) FROM main.setting AS a JOIN gone.setting AS b USING (key, value)
			WHERE key IN ('installation', 'chain_key') AND value <> ''`)
		if err != nil || related[0] == 0 {
			return err
		}
		if _, err := c.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
			return err
		}
		result, err := c.ExecContext(ctx, `INSERT OR IGNORE INTO main.event (recipe_id, key, received_at, content_type, request, body)
			SELECT recipe_id, key, received_at, '', NULL, x'' FROM gone.event AS e WHERE recipe_id IN (SELECT id FROM main.recipe)
			AND NOT EXISTS (SELECT 1 FROM gone.run WHERE event_id = e.id AND state = 'queued' AND started_at = 0)`)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		carried = int(n)
		seen, err := collect(ctx, c, number, `SELECT count(*) FROM gone.sqlite_schema WHERE type = 'table' AND name = 'seen'`)
		if err != nil {
			return err
		}
		if seen[0] > 0 {
			if _, err := c.ExecContext(ctx, `INSERT OR IGNORE INTO main.seen (recipe_id, place, key, seen_at, met_at)
				SELECT recipe_id, place, key, seen_at, met_at FROM gone.seen WHERE recipe_id IN (SELECT id FROM main.recipe)`); err != nil {
				return err
			}
		}
		_, err = c.ExecContext(ctx, `COMMIT`)
		return err
	})
	return carried, left, err
}

// alone opens a database that nobody else has open, and leaves one file.
func alone(ctx context.Context, path string, use func(*sql.Conn) error) error {
	db, err := sql.Open("sqlite3", fileURI(path)+"?mode=rw&_foreign_keys=true&_journal_mode=DELETE&_synchronous=FULL&_busy_timeout=5000")
	if err != nil {
		return explain(err)
	}
	conn, err := db.Conn(ctx)
	if err == nil {
		err = errors.Join(use(conn), conn.Close())
	}
	if err = errors.Join(err, db.Close()); err == nil {
		return nil
	}
	if known, ok := errors.AsType[*engine.Error](err); ok {
		return known
	}
	return explain(err)
}

// FreeSpace returns the bytes that this user may still write to the disk of a folder.
func FreeSpace(dir string) (int64, error) {
	free, err := freeSpace(dir)
	if err != nil {
		return 0, engine.Wrap(err, engine.Unavailable, "The folder %s cannot be looked at: %s.", filepath.Base(dir), engine.Cause(err))
	}
	return free, nil
}
