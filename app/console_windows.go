package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// attachParentProcess is the console of whoever started us; see
// https://learn.microsoft.com/windows/console/attachconsole.
const attachParentProcess = ^uintptr(0)

// Releases for Windows are programs without a console, so that none flashes up beside the window. Who
// calls a command in a terminal is to read its answer all the same.
func init() { useTerminal() }

// useTerminal takes up the terminal that Bellhop was started from, if there is one. What was redirected
// into a file or another program stays so.
func useTerminal() {
	standard := []struct {
		which uint32
		name  string
		flag  int
		file  **os.File
	}{
		{windows.STD_INPUT_HANDLE, "CONIN$", os.O_RDONLY, &os.Stdin},
		{windows.STD_OUTPUT_HANDLE, "CONOUT$", os.O_RDWR, &os.Stdout},
		{windows.STD_ERROR_HANDLE, "CONOUT$", os.O_RDWR, &os.Stderr},
	}
	attach := windows.NewLazySystemDLL("kernel32.dll").NewProc("AttachConsole")
	if ok, _, _ := attach.Call(attachParentProcess); ok == 0 {
		return // started from a menu; or it has a console, as builds for testing do
	}
	for _, s := range standard {
		if kind, err := windows.GetFileType(windows.Handle((*s.file).Fd())); err == nil && kind != windows.FILE_TYPE_UNKNOWN {
			continue
		}
		if console, err := os.OpenFile(s.name, s.flag, 0); err == nil {
			*s.file = console
			_ = windows.SetStdHandle(s.which, windows.Handle(console.Fd())) // for what looks it up by itself
		}
	}
}
