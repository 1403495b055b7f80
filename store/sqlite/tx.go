package sqlite

import (
	"context"
	"database/sql"

	"bellhop/engine"
)

// tx is one call's view of the writer's transaction.
type tx struct {
	reads
	writer     *writer
	conn       *sql.Conn
	statements *statements
	generation int64
	// over is set when fn has returned: the transaction is not its any more.
	over bool
	// wrote is set when something was changed.
	wrote bool
	// tally is what the call did to the numbers of runs.
	tally tally
	// fault is the first error that no caller may go on after, such as a full disk.
	fault error
}

var (
	_ engine.Tx = (*tx)(nil)
	_ source    = (*tx)(nil)
)

var errOver = engine.Errorf(engine.Internal, "A transaction was used after its function had returned.")

// read honours ctx before the query and not during it: interrupting a statement could undo the
// transaction that other callers share.
func (t *tx) read(ctx context.Context, fn func(context.Context, querier) error) error {
	if t.over {
		return errOver
	}
	if err := ctx.Err(); err != nil {
		return explain(err)
	}
	return t.note(fn(context.Background(), t.conn))
}

func (t *tx) snapshot(ctx context.Context, fn func(context.Context, querier) error) error {
	return t.read(ctx, fn)
}

// exec runs one statement. The error is the driver's, for taken and orphan; pass it to note.
func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	if t.over {
		return nil, errOver
	}
	result, err := t.statements.exec(query, args...)
	t.wrote = t.wrote || err == nil
	return result, err
}

// change runs a statement that must change a row; missing is the error if it changes none.
func (t *tx) change(missing error, query string, args ...any) error {
	result, err := t.exec(query, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return missing
}

// insert runs a statement that adds a row, and returns its id.
func (t *tx) insert(query string, args ...any) (int64, error) {
	result, err := t.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// note explains an error, and remembers one that must fail the whole call.
func (t *tx) note(err error) error {
	err = explain(err)
	if t.fault == nil && engine.ErrorCode(err) == engine.Unavailable {
		t.fault = err
	}
	return err
}

func (t *tx) SetSetting(key, value string) error {
	_, err := t.exec(`INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return t.note(err)
}

func (r reads) Setting(ctx context.Context, key string) (string, error) {
	values, err := list(ctx, r.source, func(rows *sql.Rows) (v string, err error) { return v, rows.Scan(&v) },
		`SELECT value FROM setting WHERE key = ?`, key)
	if err != nil || len(values) == 0 {
		return "", err
	}
	return values[0], nil
}
