package reach

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"bellhop/engine"
)

// usage counts what comes in by the public way in a month. Counting takes no lock, but at a month's turn.
type usage struct {
	requests, bytes atomic.Int64
	// from and until bound the times that count for the month, in Unix seconds; 0 before the first.
	from, until atomic.Int64
	mu          sync.Mutex
	since       time.Time
}

// monthOf returns the first of a time's month, and that of the next, in UTC.
func monthOf(t time.Time) (first, next time.Time) {
	t = t.UTC()
	first = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return first, first.AddDate(0, 1, 0)
}

// restore goes on from what was counted before, if that is of this month.
func (u *usage) restore(was engine.Usage, now time.Time) {
	u.turn(now)
	if was.Since.Equal(u.since) {
		u.requests.Store(was.Requests)
		u.bytes.Store(was.Bytes)
	}
}

// clockSlack is how far a clock may be set back over a month's turn without beginning that month again. One that
// is set back further was wrong.
const clockSlack = 24 * time.Hour

// turn begins a new month if it is time.
func (u *usage) turn(now time.Time) {
	fits := func() bool { return now.Unix() >= u.from.Load() && now.Unix() < u.until.Load() }
	if fits() {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if fits() {
		return
	}
	var next time.Time
	u.since, next = monthOf(now)
	u.requests.Store(0)
	u.bytes.Store(0)
	u.from.Store(u.since.Add(-clockSlack).Unix())
	u.until.Store(next.Unix())
}

func (u *usage) read(now time.Time) engine.Usage {
	u.turn(now)
	u.mu.Lock()
	defer u.mu.Unlock()
	return engine.Usage{Since: u.since, Requests: u.requests.Load(), Bytes: u.bytes.Load()}
}

// counted answers a request and counts it.
func (u *usage) counted(next http.Handler, w http.ResponseWriter, r *http.Request, now time.Time) {
	u.turn(now)
	u.requests.Add(1)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = countedBody{r.Body, &u.bytes}
	}
	next.ServeHTTP(countedAnswer{w, &u.bytes}, r)
}

// countedBody counts what is read of a body.
type countedBody struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(int64(n))
	return n, err
}

// countedAnswer counts what is answered.
type countedAnswer struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

func (a countedAnswer) Write(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p)
	a.bytes.Add(int64(n))
	return n, err
}

// Unwrap is for http.ResponseController.
func (a countedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
