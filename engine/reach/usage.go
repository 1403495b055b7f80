package reach

import (
	"io"
	"net/http"
	"slices"
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
	others      []engine.Usage // months that counted before, the latest first
}

// monthOf returns the first of a time's month, and that of the next, in UTC.
func monthOf(t time.Time) (first, next time.Time) {
	t = t.UTC()
	first = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return first, first.AddDate(0, 1, 0)
}

// mostMonths is how many months that counted before are kept.
const mostMonths = 3

// restore goes on from what was counted before, in the month that counted last and in others.
func (u *usage) restore(was engine.Usage, others []engine.Usage, now time.Time) {
	u.mu.Lock()
	u.others = nil
	for _, month := range append([]engine.Usage{was}, others...) {
		if !month.Since.IsZero() {
			u.others = append(u.others, month)
		}
	}
	u.mu.Unlock()
	u.turn(now)
}

// turn begins a month if it is time, or goes on with one: a clock may be years off when a computer starts, until
// it is set right.
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
	first, next := monthOf(now)
	left := engine.Usage{Since: u.since, Requests: u.requests.Swap(0), Bytes: u.bytes.Swap(0)}
	others := u.others
	u.since, u.others = first, nil
	if !left.Since.IsZero() {
		others = append([]engine.Usage{left}, others...)
	}
	for _, month := range others {
		switch {
		case month.Since.Equal(first):
			u.requests.Add(month.Requests)
			u.bytes.Add(month.Bytes)
		case len(u.others) < mostMonths && month.Requests+month.Bytes > 0:
			u.others = append(u.others, month)
		}
	}
	u.from.Store(first.Unix())
	u.until.Store(next.Unix())
}

func (u *usage) read(now time.Time) engine.Usage {
	u.turn(now)
	u.mu.Lock()
	defer u.mu.Unlock()
	return engine.Usage{Since: u.since, Requests: u.requests.Load(), Bytes: u.bytes.Load()}
}

// before returns the months that counted before.
func (u *usage) before() []engine.Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.others)
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
