package sqlite

import (
	"context"
	"database/sql"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

// Pragma changes a setting of the writer's connection, while nobody writes.
func (db *DB) Pragma(tb testing.TB, statement string) {
	tb.Helper()
	_, err := db.writer.conn.ExecContext(tb.Context(), statement)
	require.NoError(tb, err)
}

// Break makes the writer lose its connection.
func (db *DB) Break(ctx context.Context) error {
	return db.writer.do(ctx, func(*tx) error {
		db.writer.broken = true
		return nil
	})
}

// Exec runs a statement on the writer's connection, within a transaction.
func (db *DB) Exec(ctx context.Context, statement string, args ...any) error {
	return db.writer.do(ctx, func(t *tx) error {
		_, err := t.exec(statement, args...)
		return t.note(err)
	})
}

// Texts returns the last column of a query's rows, seen by a reader.
func (db *DB) Texts(tb testing.TB, query string, args ...any) []string {
	tb.Helper()
	all, err := list(tb.Context(), db.source, func(rows *sql.Rows) (last string, err error) {
		columns, err := rows.Columns()
		if err != nil {
			return "", err
		}
		to := make([]any, len(columns))
		for i := range to {
			to[i] = new(sql.RawBytes)
		}
		to[len(to)-1] = &last
		return last, rows.Scan(to...)
	}, query, args...)
	require.NoError(tb, err)
	return all
}

// Recount is for runs that a test has put into the table itself.
const Recount = `INSERT OR REPLACE INTO run_count SELECT state, count(*) FROM run GROUP BY state`

// The queries that see millions of rows.
const (
	SelectDue      = selectDue
	SelectFresh    = selectFresh
	WalkSeen       = walkSeen
	SelectBacklogs = selectBacklogs
	SelectNextDue  = selectNextDue
	SelectLast     = selectRun + ofLast
	CountToday     = countToday
	CountHours     = countHours
)

// RunsQuery is the query behind Runs.
var RunsQuery = runsQuery

// Migrate brings a database to the form that files say.
func Migrate(ctx context.Context, conn *sql.Conn, files fs.FS) error {
	return migrate(ctx, conn, files, func() int64 { return 1 })
}
