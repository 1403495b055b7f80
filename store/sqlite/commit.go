package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"bellhop/engine"
)

// complainEvery is between two lines in the log about commits that fail: a disk stays full for long,
// and every caller is told anyway.
const complainEvery = 10 * time.Second

// largestBatch bounds how long the first caller of a batch waits for the last.
const largestBatch = 256

// writer is the only one who writes, on one connection and one goroutine. Whoever calls while a
// commit is under way is in the next batch: one BEGIN, one COMMIT, and all are released together; one's
// failure leaves the others. Nobody waits for company.
type writer struct {
	db  *sql.DB
	log *slog.Logger
	now func() time.Time

	calls   chan *call    // bounded, so that callers wait when the disk cannot keep up
	closing chan struct{} // closed by stop
	ended   chan struct{} // closed when the goroutine has returned
	grown   chan struct{} // holds one; see DB.Grown

	// Owned by the goroutine.
	begun      []*call // of the batch, without those whose callers have left
	unmoved    int     // calls kept since grown was told
	tally      tally   // of the transaction
	conn       *sql.Conn
	statements *statements // of conn
	generation int64       // counts the connections there have been
	broken     bool        // the connection has a transaction that could not be ended
	files      presence    // of conn
	complained time.Time
	// failed is the last batch of which nothing was kept.
	failed atomic.Pointer[failure]
}

// call is one caller's part of a batch.
type call struct {
	ctx context.Context
	fn  func(*tx) error
	// repeatable says that fn may run again, from the start.
	repeatable bool
	fate       atomic.Int32
	done       chan struct{}

	// Set before done is closed.
	err      error
	panicked any
}

// What can become of a call: exactly one side moves it on from waiting.
const (
	callWaiting int32 = iota
	callBegun         // the writer runs it
	callLeft          // its caller's context ended first
)

func newWriter(db *sql.DB, conn *sql.Conn, p Params) (*writer, error) {
	statements, err := newStatements(conn)
	if err != nil {
		return nil, err
	}
	w := &writer{
		db: db, log: p.Log, now: p.Now, conn: conn, statements: statements,
		calls:   make(chan *call, largestBatch),
		closing: make(chan struct{}),
		ended:   make(chan struct{}),
		grown:   make(chan struct{}, 1),
		files:   presence{path: p.Path},
		tally:   tally{},
	}
	w.files.note()
	go w.run()
	return w, nil
}

// stop serves the calls that wait, and returns when the writer has ended. It is called once.
func (w *writer) stop() {
	close(w.closing)
	<-w.ended
}

// do runs fn in a transaction and returns when it is on disk or has failed.
func (w *writer) do(ctx context.Context, fn func(*tx) error) error {
	return w.share(&call{ctx: ctx, fn: fn})
}

// share has a call done with those that wait too.
func (w *writer) share(c *call) error {
	ctx := c.ctx
	if err := ctx.Err(); err != nil {
		return explain(err)
	}
	c.done = make(chan struct{})
	select {
	case <-w.closing:
		return errClosed
	default:
	}
	select {
	case w.calls <- c:
	case <-w.closing:
		return errClosed
	case <-ctx.Done():
		return explain(ctx.Err())
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		if c.fate.CompareAndSwap(callWaiting, callLeft) {
			return explain(ctx.Err())
		}
		<-c.done
	case <-w.ended:
		select {
		case <-c.done:
		default: // it slipped in after the last batch
			return errClosed
		}
	}
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c.err
}

func (w *writer) run() {
	stopped := false
	defer func() {
		if !stopped { // a caller's fn ended this goroutine (runtime.Goexit, as a failing test does)
			go w.run()
			return
		}
		w.finish()
		close(w.ended)
	}()
	batch := make([]*call, 0, largestBatch)
	for {
		batch = w.gather(batch[:0])
		if len(batch) == 0 {
			stopped = true
			return
		}
		w.commit(batch)
		clear(batch)
	}
}

// gather waits for a call and takes those that wait with it; none when the writer is to end.
func (w *writer) gather(batch []*call) []*call {
	select {
	case c := <-w.calls:
		batch = append(batch, c)
	case <-w.closing:
	}
	// Those whom the last commit released often have their next call ready: let them be part of this
	// batch and not wait for the one after it. Measured: a third more events with 32 callers.
	runtime.Gosched()
	for len(batch) < largestBatch {
		select {
		case c := <-w.calls:
			batch = append(batch, c)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction and releases its callers.
func (w *writer) commit(batch []*call) {
	fault := error(engine.Errorf(engine.Internal, "A change ended without saying how, so it and those beside it were not saved."))
	defer func() {
		if fault != nil {
			w.rollBack()
		}
		for _, c := range batch {
			// After a fault nothing of the batch remains, whatever the callers' own outcome.
			if fault != nil && c.err == nil {
				c.err = fault
			}
			close(c.done)
		}
	}()
	fault = w.transact(batch)
	if fault != nil {
		w.failed.Store(&failure{at: time.Now(), why: fault})
	}
	if fault != nil && time.Since(w.complained) > complainEvery {
		w.log.Error("a commit failed", "error", fault, "calls", len(batch))
		w.complained = time.Now()
	}
}

// failure is that nothing of a batch was kept.
type failure struct {
	at  time.Time
	why error
}

// transact returns why nothing of the batch was kept, or nil. Each call has its own error.
func (w *writer) transact(batch []*call) error {
	if err := w.begin(); err != nil {
		return explain(err)
	}
	w.begun = w.begun[:0]
	repeatable := true
	for _, c := range batch {
		if c.fate.CompareAndSwap(callWaiting, callBegun) {
			w.begun = append(w.begun, c)
			repeatable = repeatable && c.repeatable
		}
	}
	// A savepoint keeps copies of all pages that a call changes, which makes it a fifth dearer. So where
	// all can be done again there is none until one fails, which is rare.
	kept, spoilt, err := w.apply(len(w.begun) > 1 && !repeatable)
	if err == nil && spoilt {
		w.rollBack()
		if err = w.begin(); err == nil {
			kept, _, err = w.apply(true)
		}
	}
	if err != nil {
		return explain(err)
	}
	if kept == 0 {
		w.rollBack()
		return nil
	}
	if err := w.count(); err != nil {
		return explain(err)
	}
	if err := w.exec(`COMMIT`); err != nil {
		return explain(err)
	}
	w.tellGrown(kept)
	return nil
}

func (w *writer) tellGrown(kept int) {
	if w.unmoved += kept; w.unmoved < callsToMove {
		return
	}
	w.unmoved = 0
	select {
	case w.grown <- struct{}{}:
	default: // it has not been heard yet
	}
}

// apply runs the calls that have begun and returns how many are to be kept. Spoilt means that one that
// was not guarded by a savepoint has failed and left something behind. The error means that the
// transaction is lost.
func (w *writer) apply(guarded bool) (kept int, spoilt bool, err error) {
	clear(w.tally)
	for _, c := range w.begun {
		wrote, err := w.serve(c, guarded)
		switch {
		case err != nil:
			return 0, false, err
		case c.err == nil:
			kept++
		case wrote && !guarded && len(w.begun) > 1:
			return 0, true, nil
		}
	}
	return kept, false, nil
}

// serve runs one call within the transaction. Wrote says whether a call that failed left something behind;
// the error means that the transaction is lost.
func (w *writer) serve(c *call, guarded bool) (wrote bool, err error) {
	if guarded {
		if err := w.exec(`SAVEPOINT call`); err != nil {
			return false, err
		}
	}
	t := &tx{writer: w, conn: w.conn, statements: w.statements, generation: w.generation}
	t.reads = reads{source: t, now: w.now}
	c.err, c.panicked = nil, nil
	w.invoke(c, t)
	if c.err == nil && t.fault != nil {
		c.err = t.fault // fn went on after the disk had failed
	}
	if c.err == nil {
		w.tally.add(t.tally)
	}
	switch {
	case c.err != nil && !w.statements.inTransaction():
		// A full disk, among others, makes SQLite end the transaction by itself.
		return true, c.err
	case !guarded:
		return t.wrote, nil
	case c.err != nil:
		if err := w.exec(`ROLLBACK TO call`); err != nil {
			return true, err
		}
		return false, w.exec(`RELEASE call`)
	default:
		return true, w.exec(`RELEASE call`)
	}
}

// invoke calls fn and keeps its outcome, a panic too: that is for the caller's goroutine.
func (w *writer) invoke(c *call, t *tx) {
	defer func() {
		t.over = true
		if r := recover(); r != nil {
			w.log.Error("a change panicked", "panic", r, "stack", string(debug.Stack()))
			c.panicked = r
			c.err = engine.Errorf(engine.Internal, "A change panicked.")
		}
	}()
	c.err = c.fn(t)
}

// begin takes the write lock. SQLite asks for it again and again while another process has it,
// until the patience given to Open ends.
func (w *writer) begin() error {
	if err := w.files.check(); err != nil {
		return err
	}
	if w.broken {
		if err := w.reconnect(); err != nil {
			return err
		}
	}
	return w.exec(`BEGIN IMMEDIATE`)
}

// reconnect replaces a connection whose transaction could not be ended.
func (w *writer) reconnect() error {
	w.statements.close()
	// ErrBadConn keeps database/sql from giving the same connection out again.
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	w.files.forgetLog()
	conn, err := w.db.Conn(context.Background())
	if err != nil {
		return err
	}
	statements, err := newStatements(conn)
	if err != nil {
		return err
	}
	w.conn, w.statements, w.broken = conn, statements, false
	w.generation++
	w.files.note()
	return nil
}

func (w *writer) exec(statement string) error {
	_, err := w.statements.exec(statement)
	return err
}

func (w *writer) rollBack() {
	if !w.broken && w.statements.inTransaction() {
		if err := w.exec(`ROLLBACK`); err != nil {
			w.log.Error("a transaction could not be rolled back", "error", err)
			w.broken = true
		}
	}
}

// finish leaves statistics for the next start's query plans. It must not hold up the end.
func (w *writer) finish() {
	if w.broken {
		_ = w.conn.Close()
		return
	}
	for _, statement := range []string{`PRAGMA busy_timeout = 500`, `PRAGMA optimize`} {
		if err := w.exec(statement); err != nil {
			w.log.Debug("the database was closed without being optimized", "error", err)
		}
	}
	w.statements.close()
	_ = w.conn.Close()
}
