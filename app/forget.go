//go:build !headless

package main

import (
	"runtime/debug"
	_ "unsafe" // for go:linkname

	"github.com/go-text/typesetting/shaping"
)

// forgetFonts drops the fonts that Fyne has read, which with their signs for all scripts are twenty megabytes; it
// reads them anew when something is written. Fyne has no public way to ask, and forgets them by itself only when
// the theme changes.
//
//go:linkname forgetFonts fyne.io/fyne/v2/internal/painter.ClearFontCache
func forgetFonts()

// fyneShaper is what Fyne sets text with. It holds on to the last thirty-two fonts, forgotten or not.
//
//go:linkname fyneShaper fyne.io/fyne/v2/internal/painter.shaper
var fyneShaper *shaping.HarfbuzzShaper

// forget gives back the memory of a window that nobody sees. Call it on the UI goroutine.
func forget() {
	forgetFonts()
	*fyneShaper = shaping.HarfbuzzShaper{}
	go debug.FreeOSMemory() // it takes a moment
}
