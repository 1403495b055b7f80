package ui

import "time"

// Repeat does something on the UI goroutine again and again, a time apart, until stop is called there. After
// runs its function once, later, off the UI goroutine, unless its own stop is called before; time.AfterFunc.
func (l Loop) Repeat(after func(d time.Duration, f func()) (stop func()), every time.Duration, do func()) (stop func()) {
	stopped, cancel := false, func() {}
	var wait func()
	wait = func() {
		cancel = after(every, func() {
			l.Post(func() {
				if !stopped {
					do()
					wait()
				}
			})
		})
	}
	wait()
	return func() {
		stopped = true
		cancel()
	}
}
