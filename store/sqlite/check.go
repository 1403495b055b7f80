package sqlite

import (
	"context"

	"bellhop/engine"
)

// ErrDamaged is in the chain of errors that say a database cannot be used any more as it is.
var ErrDamaged = engine.Errorf(engine.Unavailable,
	"Bellhop's data file is damaged, or is not Bellhop's. Restore it from a backup.")

// damaged is ErrDamaged with what SQLite says.
func damaged(cause error) error {
	return &engine.Error{Code: ErrDamaged.Code, Message: ErrDamaged.Message, Err: &damage{cause}}
}

// damage joins ErrDamaged to its cause.
type damage struct{ cause error }

func (d *damage) Error() string   { return d.cause.Error() }
func (d *damage) Unwrap() []error { return []error{ErrDamaged, d.cause} }

// Check reads the whole database and returns an error that says what is damaged, if anything is;
// ErrDamaged, or Unavailable when it cannot be read at all. It takes a while on a large one.
func (db *DB) Check(ctx context.Context) error {
	return db.read(ctx, func(ctx context.Context, q querier) error {
		return sound(ctx, q, `PRAGMA quick_check(10)`)
	})
}
