//go:build linux && !headless

package main

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>

extern int bellhopDisplayLost(void *display);

// hear sets the handler by Xlib's own function. GLFW loads Xlib when it runs, so nothing is linked to it here: on a
// desktop without X11 there may be none.
static int hear(void) {
	void *xlib = dlopen("libX11.so.6", RTLD_LAZY);
	if (!xlib) return 0;
	void (*set)(int (*)(void *)) = (void (*)(int (*)(void *)))dlsym(xlib, "XSetIOErrorHandler");
	if (!set) return 0;
	set(bellhopDisplayLost);
	return 1;
}
*/
import "C"

import (
	"os"
	"unsafe"
)

// displayLost is what onDisplayLost was given.
var displayLost func()

// onDisplayLost has lost called when the X server has gone, such as at the end of a session, or has thrown Bellhop
// out; the process ends with code 1 when it returns. Without it Xlib ends the process on the spot
// (https://www.x.org/releases/current/doc/libX11/libX11/libX11.html#Using_the_Default_Error_Handlers).
func onDisplayLost(lost func()) {
	displayLost = lost
	C.hear()
}

//export bellhopDisplayLost
func bellhopDisplayLost(unsafe.Pointer) C.int {
	displayLost()
	os.Exit(1) // whoever returns to Xlib is ended by it, in the middle of whatever draws
	return 0
}
