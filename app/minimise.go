//go:build !headless

package main

import (
	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// minimise makes a window small, for which Fyne has no function of its own. Call it on the UI goroutine.
func minimise(w fyne.Window) {
	native, ok := w.(interface{ RunWithContext(f func()) })
	if !ok {
		return
	}
	native.RunWithContext(func() {
		if window := glfw.GetCurrentContext(); window != nil {
			window.Iconify()
		}
	})
}
