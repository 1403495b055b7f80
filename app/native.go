//go:build !headless

package main

import (
	"os"

	"github.com/go-gl/glfw/v3.4/glfw"
)

// windowClass is by which desktops on X11 know whose window it is, as the desktop entry's StartupWMClass says.
// Without it GLFW takes the first title, which is that of a page. Wayland is told appID by Fyne.
const windowClass = "Bellhop"

// nameWindows makes the class part of every window that is made from now on. Call it on the UI goroutine once
// the app has started.
func nameWindows() {
	glfw.WindowHintString(glfw.X11InstanceName, windowClass)
	glfw.WindowHintString(glfw.X11ClassName, windowClass)
}

// makeCacheFolder makes the folder in which programs keep what they can do without: Fyne expects that it is there,
// and in a new user's home it is not.
func makeCacheFolder() {
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700) // Fyne says so if there is none
	}
}
