//go:build !headless

package main

import (
	"runtime"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"
)

// However often a window is hidden and shown again, its fonts are in memory once at most.
func TestFontsAreForgotten(t *testing.T) {
	test.NewTempApp(t)
	used := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	size := float32(11) // another each time: Fyne remembers what it has measured
	write := func() {
		for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Monospace: true}} {
			require.Positive(t, fyne.MeasureText("Bellhop", size, style).Width)
			size += 0.5
		}
	}
	write()
	forget()
	before := used()
	for range 5 {
		write()
		forget()
	}
	require.Less(t, used(), before+4<<20)
}
