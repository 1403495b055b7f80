package ui

import (
	"context"
	"time"
)

// Loop is the two places where work is done. In the app Go starts a goroutine and Post is fyne.Do; in
// tests both are queues that the test empties.
type Loop struct {
	// Go runs f off the UI goroutine.
	Go func(f func())
	// Post runs f on the UI goroutine, later and in order. It may be called from anywhere.
	Post func(f func())
}

// Loader reads something off the UI goroutine and shows it on the UI goroutine. However often it is
// asked, one read runs at a time, and what is shown last was read after it was asked last.
type Loader[T any] struct {
	// Every is the least time from one read to the next by Load, for reads that cost much; 0 is none.
	Every time.Duration

	loop Loop
	read func(ctx context.Context) (T, error)
	show func(value T, err error)

	running, again bool
	begun          time.Time
	// timer is set while a Load waits for its time.
	timer  *time.Timer
	cancel context.CancelFunc
}

// NewLoader makes a loader. read runs off the UI goroutine and must not touch the page's state: give
// LoadWith a function that has copies of what it needs. show runs on the UI goroutine.
func NewLoader[T any](loop Loop, read func(ctx context.Context) (T, error), show func(value T, err error)) *Loader[T] {
	return &Loader[T]{loop: loop, read: read, show: show}
}

// Load reads, or reads once more after the read that is running. Call it on the UI goroutine.
func (l *Loader[T]) Load() {
	if l.running {
		l.again = true
		return
	}
	if l.timer != nil {
		return
	}
	wait := l.Every - time.Since(l.begun)
	if wait <= 0 {
		l.LoadWith(l.read)
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		l.loop.Post(func() {
			if l.timer == timer { // not stopped since
				l.LoadWith(l.read)
			}
		})
	})
	l.timer = timer
}

// LoadWith gives up the read that is running, drops its result and reads in another way from now on,
// such as with another filter. Call it on the UI goroutine.
func (l *Loader[T]) LoadWith(read func(ctx context.Context) (T, error)) {
	l.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	l.read, l.cancel, l.running, l.begun = read, cancel, true, time.Now()
	l.loop.Go(func() {
		value, err := read(ctx)
		l.loop.Post(func() {
			if ctx.Err() != nil {
				return // stopped, or overtaken
			}
			cancel()
			l.running = false
			l.show(value, err)
			if l.again {
				l.again = false
				l.Load()
			}
		})
	})
}

// Stop gives up the read that is running, if any; show is not called for it.
func (l *Loader[T]) Stop() {
	if l.cancel != nil {
		l.cancel()
	}
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	l.running, l.again, l.begun = false, false, time.Time{}
}
