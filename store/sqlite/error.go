package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"bellhop/engine"
)

// errClosed is what every call gets once Close has begun.
var errClosed = engine.Errorf(engine.Unavailable, "Bellhop is closing and saves nothing more. Start it again.")

// explain turns an error of the driver into one for people. An *engine.Error stays as it is.
// Uniqueness is for the caller to explain, since only it knows what was meant to be unique.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return engine.Wrap(err, engine.Unavailable, "This was stopped before it was done. Nothing was changed.")
	}
	if errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) {
		return engine.Wrap(err, engine.Unavailable, "%s", errClosed.Message)
	}
	e, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		return engine.Wrap(err, engine.Internal, "Bellhop's data could not be read or written.")
	}
	if e.SystemErrno == syscall.ENOSPC {
		e.Code = sqlite3.ErrFull
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return engine.Wrap(err, engine.Unavailable,
			"The disk is full, so Bellhop cannot save anything. Free some space; it goes on by itself.")
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return engine.Wrap(err, engine.Unavailable,
			"Bellhop may not write its data file. Probably the folder is read-only or belongs to somebody else; make it writable.")
	case sqlite3.ErrCantOpen:
		return engine.Wrap(err, engine.Unavailable,
			"Bellhop cannot open its data file. Probably the folder is missing or not yours; check the data folder.")
	case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrProtocol:
		return engine.Wrap(err, engine.Unavailable,
			"Another program keeps Bellhop's data locked. Close whatever has it open, such as a backup, and try again.")
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return damaged(err)
	case sqlite3.ErrIoErr, sqlite3.ErrNomem, sqlite3.ErrInterrupt:
		return engine.Wrap(err, engine.Unavailable,
			"The disk did not do what was asked, so Bellhop could not read or save its data. Check the disk and try again.")
	default:
		return engine.Wrap(err, engine.Internal, "Bellhop's data could not be read or written.")
	}
}

// taken says whether err means that a value which must be unique exists already.
func taken(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey)
}

// orphan says whether err means that the row which a new one belongs to does not exist.
func orphan(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && e.ExtendedCode == sqlite3.ErrConstraintForeignKey
}
