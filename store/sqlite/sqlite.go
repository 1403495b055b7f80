// Package sqlite keeps Bellhop's state in one SQLite file. Writers share commits: what many
// goroutines ask for at the same time goes to the disk with one fsync. Several processes may use
// the same file at once.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"

	"bellhop/engine"
)

// Params are what a database needs. Path is required.
type Params struct {
	// Path is the file. It is made if there is none, together with its folder, for the user only.
	Path string
	Log  *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Patience is how long to wait for another process that is writing; 0 means 30 s.
	Patience time.Duration
}

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	reads
	log     *slog.Logger
	readers *pool
	writers *sql.DB // of one connection
	writer  *writer
	close   func() error
	path    string

	keeping     sync.Mutex
	keeper      *sql.DB // of one connection, opened when the first checkpoint is asked for
	lastVersion int64   // the keeper's data version at its last look
}

var _ engine.Store = (*DB)(nil)

// readerCount is how many readers work at once; they read from memory mostly, so few are enough.
const readerCount = 4

// Version returns the version of SQLite itself, such as "3.53.4".
func Version() string {
	version, _, _ := sqlite3.Version()
	return version
}

// Open opens the database, makes it if there is none, and brings it to this Bellhop's form. The
// error is Unavailable when the file cannot be opened, read or written, and Conflict when a newer
// Bellhop wrote it.
func Open(ctx context.Context, p Params) (*DB, error) {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Patience == 0 {
		p.Patience = 30 * time.Second
	}
	if err := makeFile(p.Path); err != nil {
		return nil, engine.Wrap(err, engine.Unavailable,
			"Bellhop cannot make or open its data file %s. Probably the folder is not yours or the disk is full.", p.Path)
	}
	db := &DB{
		log:     p.Log,
		writers: sql.OpenDB(connector{dsn: address(p, forWriting), setUp: setUpWriter}),
		readers: &pool{db: sql.OpenDB(connector{dsn: address(p, forReading), setUp: setUpReader})},
		path:    p.Path,
	}
	keeper := p
	keeper.Patience = keeperPatience
	db.keeper = sql.OpenDB(connector{dsn: address(keeper, forKeeping), setUp: setUpWriter})
	db.keeper.SetMaxOpenConns(1)
	db.readers.db.SetMaxOpenConns(readerCount)
	db.readers.db.SetMaxIdleConns(readerCount)
	db.reads = reads{source: db.readers, now: p.Now}
	db.close = sync.OnceValue(db.shut)

	conn, err := connect(ctx, db.writers, p.Patience)
	if err == nil {
		err = migrate(ctx, conn, migrations, func() int64 { return micros(p.Now()) })
	}
	if err == nil {
		db.writer, err = newWriter(db.writers, conn, p)
	}
	if err != nil {
		if closeErr := errors.Join(db.keeper.Close(), db.readers.close(), db.writers.Close()); closeErr != nil {
			p.Log.Debug("a database that could not be opened could not be closed", "error", closeErr)
		}
		return nil, explain(err)
	}
	return db, nil
}

// Path returns the file.
func (db *DB) Path() string { return db.path }

// Close commits what is under way, refuses what comes later, and leaves one tidy file. Calling it
// again does nothing.
func (db *DB) Close() error { return db.close() }

func (db *DB) shut() error {
	db.writer.stop()
	return explain(errors.Join(db.keeper.Close(), db.readers.close(), db.writers.Close()))
}

// Update runs fn in a transaction that it shares with whoever else calls at the same time; see
// engine.Store. fn runs on another goroutine; when it panics, Update panics. If ctx ends before fn
// has begun, fn never runs and the error is Unavailable; once it has begun, Update waits for the
// outcome. fn must not call Update.
func (db *DB) Update(ctx context.Context, fn func(tx engine.Tx) error) error {
	return db.writer.do(ctx, func(t *tx) error { return fn(t) })
}

// UpdateRepeatable is Update for a fn that may run again; see engine.Store.
func (db *DB) UpdateRepeatable(ctx context.Context, fn func(tx engine.Tx) error) error {
	return db.writer.share(&call{ctx: ctx, fn: func(t *tx) error { return fn(t) }, repeatable: true})
}

// Fault returns when changes could not be saved last through a fault that was not their own, such as a full disk, and
// why; nil if that has never been so.
func (db *DB) Fault() (at time.Time, err error) {
	if last := db.writer.failed.Load(); last != nil {
		return last.at, last.why
	}
	return time.Time{}, nil
}

// DataVersion returns a number that changes when another process has changed the data. What this
// DB writes itself does not change it.
func (db *DB) DataVersion(ctx context.Context) (int64, error) {
	var version int64
	err := db.writer.do(ctx, func(t *tx) error {
		// SQLite counts the commits that this very connection did not make:
		// https://www.sqlite.org/pragma.html#pragma_data_version
		rows, err := collect(context.Background(), t.conn, func(rows *sql.Rows) (v int64, err error) {
			return v, rows.Scan(&v)
		}, `PRAGMA data_version`)
		if err != nil {
			return explain(err)
		}
		version = t.generation<<32 | rows[0]
		return nil
	})
	return version, err
}

// makeFile makes the file before SQLite does, since that would let others read it.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// purpose is what a connection is for.
type purpose int

const (
	forWriting purpose = iota
	forReading
	forKeeping // moves the log; it must not wait for the write lock, as making a new file would
)

// address is the file as SQLite's URI, with the driver's settings.
func address(p Params, use purpose) string {
	query := url.Values{
		"_busy_timeout": {strconv.FormatInt(p.Patience.Milliseconds(), 10)},
		"_foreign_keys": {"true"},
		// Statements stay compiled; there are fewer of them than this.
		"_stmt_cache_size": {"100"},
		// KiB of pages for each connection; the computer keeps more of the file in mind by itself.
		"_cache_size": {"-2048"},
		// On disk when a commit returns. Shared commits make this nearly free.
		"_synchronous": {"FULL"},
	}
	switch use {
	case forReading:
		query.Set("_query_only", "true")
	case forWriting:
		query.Set("_cache_size", "-8192")
		// Before the first table, else it would take a VACUUM to give space back to the disk.
		query.Set("_auto_vacuum", "incremental")
		query.Set("_journal_mode", "WAL")
	}
	return fileURI(p.Path) + "?" + query.Encode()
}

func setUpReader(c *sqlite3.SQLiteConn) error {
	_, err := c.Exec(`PRAGMA temp_store = MEMORY`, nil)
	return err
}

func setUpWriter(c *sqlite3.SQLiteConn) error {
	for _, pragma := range []string{
		`PRAGMA temp_store = MEMORY`,
		// On macOS fsync leaves data in the drive's cache; elsewhere this changes nothing.
		`PRAGMA fullfsync = ON`,
		`PRAGMA checkpoint_fullfsync = ON`,
		// Callers wait while their commit moves the log into the database. Checkpoint does it beside them;
		// this is for when it cannot keep up, or nobody calls it, and keeps the log near 64 MiB.
		`PRAGMA wal_autocheckpoint = 16000`,
		// A log that a long read or a burst made long is cut when it starts over.
		`PRAGMA journal_size_limit = 67108864`,
	} {
		if _, err := c.Exec(pragma, nil); err != nil {
			return err
		}
	}
	return nil
}

// connector opens connections without a name in database/sql's global list of drivers.
type connector struct {
	dsn   string
	setUp func(*sqlite3.SQLiteConn) error
}

var _ driver.Connector = connector{}

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{ConnectHook: c.setUp} }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }

// connect opens the writer's connection. Switching a new file to its log fails at once, without
// the usual waiting, while another process does the same: so it is tried again until patience ends.
func connect(ctx context.Context, db *sql.DB, patience time.Duration) (*sql.Conn, error) {
	db.SetMaxOpenConns(1)
	giveUp := time.Now().Add(patience)
	for {
		conn, err := db.Conn(ctx)
		if err == nil {
			return conn, nil
		}
		e, ok := errors.AsType[sqlite3.Error](err)
		if !ok || e.Code != sqlite3.ErrBusy || time.Now().After(giveUp) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}
