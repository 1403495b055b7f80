package sqlite

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"
)

// querier is a connection, a pool of them, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// source is where reads get their connection.
type source interface {
	// read lends a querier for one query.
	read(ctx context.Context, fn func(ctx context.Context, q querier) error) error
	// snapshot lends one on which several queries see the same state.
	snapshot(ctx context.Context, fn func(ctx context.Context, q querier) error) error
}

// reads is engine.Reader over a source: the readers' pool, or a transaction.
type reads struct {
	source
	now func() time.Time
}

// pool is the readers.
type pool struct {
	db     *sql.DB
	closed atomic.Bool
}

var _ source = (*pool)(nil)

func (p *pool) read(ctx context.Context, fn func(context.Context, querier) error) error {
	return p.explain(fn(ctx, p.db))
}

func (p *pool) snapshot(ctx context.Context, fn func(context.Context, querier) error) error {
	t, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return p.explain(err)
	}
	defer func() { _ = t.Rollback() }() // nothing was written
	return p.explain(fn(ctx, t))
}

// explain knows what database/sql has no exported error for.
func (p *pool) explain(err error) error {
	if err != nil && p.closed.Load() {
		return errClosed
	}
	return explain(err)
}

func (p *pool) close() error {
	p.closed.Store(true)
	return p.db.Close()
}

// collect returns what scan makes of each row.
func collect[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// list reads rows through a source.
func list[T any](ctx context.Context, s source, scan func(*sql.Rows) (T, error), query string, args ...any) (all []T, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		all, err = collect(ctx, q, scan, query, args...)
		return err
	})
	return all, err
}

// find reads the row of a query that has at most one. missing is the error if it has none.
func find[T any](ctx context.Context, s source, missing error, scan func(*sql.Rows) (T, error), query string, args ...any) (T, error) {
	all, err := list(ctx, s, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = missing
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// number scans rows of one integer.
func number(rows *sql.Rows) (n int64, err error) { return n, rows.Scan(&n) }
