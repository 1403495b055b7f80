//go:build !headless

package main

import (
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// quitTime is how long Fyne may take to end after it was asked to.
const quitTime = 3 * time.Second

// mortal is a fyne.App that ends for certain. Now and then Run of Fyne 2.8.1 does not return after Quit: its loop
// has ended, and what it tells of that waits for the loop. Drop it with the Fyne that has that mended.
type mortal struct {
	fyne.App
	// stuck ends the process; it is called if Run does not return in time.
	stuck func()
	over  atomic.Bool
}

// Run runs the app until it ends.
func (m *mortal) Run() {
	m.App.Run()
	m.over.Store(true)
}

// Quit ends the app, or in the end the process.
func (m *mortal) Quit() {
	time.AfterFunc(quitTime, func() {
		if !m.over.Load() {
			m.stuck()
		}
	})
	m.App.Quit()
}
