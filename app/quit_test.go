//go:build !headless

package main

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"
)

// endingApp is an app whose Run returns when ended is closed.
type endingApp struct {
	fyne.App
	ended chan struct{}
	quits int
}

func (a *endingApp) Run() { <-a.ended }

func (a *endingApp) Quit() { a.quits++ }

func TestAnAppThatDoesNotEndIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &endingApp{ended: make(chan struct{})}
		stuck := 0
		m := &mortal{App: inner, stuck: func() { stuck++ }}
		go m.Run()
		m.Quit()
		require.Equal(t, 1, inner.quits)
		time.Sleep(quitTime - time.Millisecond)
		synctest.Wait()
		require.Zero(t, stuck)
		time.Sleep(time.Millisecond)
		synctest.Wait()
		require.Equal(t, 1, stuck)
		close(inner.ended)
	})
}

func TestAnAppThatEndsIsLeftToItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &endingApp{ended: make(chan struct{})}
		m := &mortal{App: inner, stuck: func() { t.Error("it had ended") }}
		m.Quit()
		close(inner.ended)
		m.Run()
		time.Sleep(2 * quitTime)
	})
}
