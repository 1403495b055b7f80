package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"bellhop/engine"
)

// Check reads the whole database and returns an error that says what is damaged, if anything is;
// Unavailable, as when it cannot be read at all. It takes a while on a large one.
func (db *DB) Check(ctx context.Context) error {
	return db.read(ctx, func(ctx context.Context, q querier) error {
		found, err := collect(ctx, q, func(rows *sql.Rows) (s string, err error) {
			return s, rows.Scan(&s)
		}, `PRAGMA quick_check(10)`)
		if err != nil {
			return err
		}
		if len(found) == 1 && found[0] == "ok" {
			return nil
		}
		return engine.Errorf(engine.Unavailable,
			"Bellhop's data file is damaged. Restore it from a backup. SQLite says: %s", strings.Join(found, "; "))
	})
}
