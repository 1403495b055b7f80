package practice

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"bellhop/engine"
)

// Mode is a way for a pretend app to fail.
type Mode string

// The modes.
const (
	Fine     Mode = "fine"     // no failure
	Broken   Mode = "broken"   // answers 500
	Limited  Mode = "limited"  // answers 429 with Retry-After
	Hang     Mode = "hang"     // does what was asked and never answers
	Drop     Mode = "drop"     // does what was asked and closes the connection instead of answering
	Refusing Mode = "refusing" // answers with the error Code of the fault
	Portal   Mode = "portal"   // answers 200 with a web page, as the login page of a network does
)

// Fault tells a pretend app to fail.
type Fault struct {
	Mode Mode `json:"mode"`
	// Times is how many requests fail; 0 means all until told otherwise.
	Times int `json:"times,omitempty"`
	// RetryAfter is what Limited asks for, in seconds; 0 means 1.
	RetryAfter float64 `json:"retry_after,omitempty"`
	// Code is the app's error for Refusing, such as channel_not_found.
	Code string `json:"code,omitempty"`
}

func (f Fault) check() error {
	switch f.Mode {
	case Fine, Broken, Limited, Hang, Drop, Portal:
		return nil
	case Refusing:
		if f.Code != "" {
			return nil
		}
		return engine.Errorf(engine.Invalid, "The mode refusing needs a code, such as channel_not_found.")
	}
	return engine.Errorf(engine.Invalid, "There is no mode %q. Choose fine, broken, limited, hang, drop, refusing or portal.", f.Mode)
}

// faults hands out the fault that the next request meets.
type faults struct {
	mu       sync.Mutex
	current  Fault
	left     int
	released chan struct{} // closed when hanging requests are let go
}

func newFaults() *faults { return &faults{released: make(chan struct{})} }

// set makes the next requests fail. Requests that hang are let go.
func (f *faults) set(fault Fault) error {
	if err := fault.check(); err != nil {
		return err
	}
	f.release()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.current, f.left = fault, fault.Times
	return nil
}

func (f *faults) get() Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current.Mode == "" {
		return Fault{Mode: Fine}
	}
	return f.current
}

func (f *faults) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.released)
	f.released = make(chan struct{})
}

func (f *faults) next() (Fault, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := f.current
	if fault.Mode == "" {
		fault.Mode = Fine
	}
	if fault.Times > 0 {
		if f.left--; f.left <= 0 {
			f.current = Fault{Mode: Fine}
		}
	}
	return fault, f.released
}

// around lets handle answer, or fails as told. refuse answers with an error code in the app's form.
func (f *faults) around(w http.ResponseWriter, r *http.Request, handle http.HandlerFunc, refuse func(w http.ResponseWriter, status int, code string)) {
	fault, released := f.next()
	switch fault.Mode {
	case Broken:
		refuse(w, http.StatusInternalServerError, "internal_error")
	case Limited:
		after := max(fault.RetryAfter, 0)
		if after == 0 {
			after = 1
		}
		w.Header().Set("Retry-After", seconds(after))
		refuse(w, http.StatusTooManyRequests, "ratelimited")
	case Refusing:
		refuse(w, http.StatusOK, fault.Code)
	case Portal:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!DOCTYPE html><html><title>Welcome aboard</title><body>Log in to use the network.</body></html>")
	case Hang:
		handle(discard{http.Header{}}, r)
		select {
		case <-released:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case Drop:
		handle(discard{http.Header{}}, r)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	default:
		handle(w, r)
	}
}

// seconds writes whole numbers without a fraction, and others with one, as Shopify does.
func seconds(n float64) string {
	if n == math.Trunc(n) {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprint(n)
}

// discard takes an answer that never arrives.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// realWaits are 8 tries within 4 hours after the first, as Shopify documents.
var realWaits = []time.Duration{
	10 * time.Second, time.Minute, 3 * time.Minute, 7 * time.Minute,
	15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour,
}
