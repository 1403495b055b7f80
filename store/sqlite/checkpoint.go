package sqlite

import (
	"context"
	"database/sql"
	"time"
)

// When the log is moved into the file: as soon as this much waits, or else when nobody writes.
const (
	muchBehind = 1000     // pages of 4 KiB
	longLog    = 16 << 20 // bytes; a longer log is cut when nobody writes
)

// callsToMove is after how many calls the log is worth a look: a run makes three, which change a few pages.
const callsToMove = 100

// Grown tells each time that the log may have become long enough for Checkpoint. Who only looks once a second
// finds a log of thousands of pages, or leaves it to a commit, and those who come meanwhile wait for that.
func (db *DB) Grown() <-chan struct{} { return db.writer.grown }

// keeperPatience is how long the keeper waits for others. It must be short: while it waits to cut
// the log, nobody can write.
const keeperPatience = 20 * time.Millisecond

// Checkpoint moves what was committed from the log into the database, if it is time to; to be
// called when the log has Grown, and about once a second. It does so beside the writer, so that commits
// need not. It returns how many pages were waiting.
func (db *DB) Checkpoint(ctx context.Context) (behind int, err error) {
	db.keeping.Lock()
	defer db.keeping.Unlock()
	version, err := collect(ctx, db.keeper, number, `PRAGMA data_version`)
	if err != nil {
		return 0, explain(err)
	}
	quiet := version[0] == db.lastVersion
	db.lastVersion = version[0]
	state, err := db.checkpoint(ctx, `NOOP`)
	if err != nil {
		return 0, err
	}
	behind = state.behind()
	if behind >= muchBehind || quiet && behind > 0 {
		if state, err = db.checkpoint(ctx, `PASSIVE`); err != nil {
			return behind, err
		}
	}
	if quiet && state.behind() == 0 {
		size, err := db.logSize()
		if err != nil || size <= longLog {
			return behind, err
		}
		// Whoever reads or writes meanwhile has precedence: then it is for the next time.
		_, err = db.checkpoint(ctx, `TRUNCATE`)
		return behind, err
	}
	return behind, nil
}

// logState counts the log's pages, and those of them that are in the database already. Both are -1
// while there is no log.
type logState struct{ pages, moved int }

func (s logState) behind() int { return s.pages - s.moved }

func (db *DB) checkpoint(ctx context.Context, mode string) (logState, error) {
	all, err := collect(ctx, db.keeper, func(rows *sql.Rows) (s logState, err error) {
		var busy int // others were at it, which is no fault
		return s, rows.Scan(&busy, &s.pages, &s.moved)
	}, `PRAGMA wal_checkpoint(`+mode+`)`)
	if err != nil {
		return logState{}, explain(err)
	}
	return all[0], nil
}
