package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"bellhop/engine"
)

//go:embed migration/*.sql
var migrations embed.FS

// migrate brings the database to this Bellhop's form: each file of the migration folder that is
// not recorded yet, in the order of their names, in one transaction each. It may be killed at any
// point, and may run in several processes at once. A database that records a name which this
// Bellhop does not have was written by a newer one, and is refused.
func migrate(ctx context.Context, conn *sql.Conn, files fs.FS, now func() int64) error {
	names, err := fs.Glob(files, "migration/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		if err := migrateOne(ctx, conn, files, names, name, now); err != nil {
			return err
		}
	}
	return nil
}

func migrateOne(ctx context.Context, conn *sql.Conn, files fs.FS, known []string, name string, now func() int64) (err error) {
	// A look first: a database that needs nothing is opened without waiting for the write lock.
	done, err := migrated(ctx, conn, known)
	if err != nil || done[base(name)] {
		return err
	}
	script, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
		}
	}()
	if _, err := conn.ExecContext(ctx,
		`CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`); err != nil {
		return err
	}
	// And again under the lock: another process may have been faster.
	if done, err = migrated(ctx, conn, known); err != nil {
		return err
	}
	if !done[base(name)] {
		if _, err := conn.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("migration %s: %w", base(name), err)
		}
		if _, err := conn.ExecContext(ctx, `INSERT INTO migration (name, applied_at) VALUES (?, ?)`, base(name), now()); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx, `COMMIT`)
	return err
}

// migrated returns the names that the database records.
func migrated(ctx context.Context, conn *sql.Conn, known []string) (map[string]bool, error) {
	done := map[string]bool{}
	var tables int
	row := conn.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migration'`)
	if err := row.Scan(&tables); err != nil || tables == 0 {
		return done, err
	}
	names, err := collect(ctx, conn, func(rows *sql.Rows) (name string, err error) {
		return name, rows.Scan(&name)
	}, `SELECT name FROM migration ORDER BY name`)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !slices.ContainsFunc(known, func(k string) bool { return base(k) == name }) {
			return nil, engine.Errorf(engine.Conflict,
				"This data was written by a newer Bellhop (it has the change %q, which this one does not know). Install the newest Bellhop, or choose another data folder.", name)
		}
		done[name] = true
	}
	return done, nil
}

func base(name string) string { return strings.TrimSuffix(path.Base(name), ".sql") }
