// Package boot wires Bellhop together: the data (store, secrets, connectors, desk) that every
// command needs, and the engine on top of it that one process at a time runs. It knows no window.
package boot

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"bellhop/app/internal/loopback"
	"bellhop/app/internal/power"
	"bellhop/engine"
)

// DatabaseFile is the database within the data folder.
const DatabaseFile = "bellhop.db"

// DefaultListen is where webhooks arrive unless told otherwise; see UsualListen.
const (
	DefaultListen = "127.0.0.1:" + usualPort
	usualPort     = "8420"
)

// Listen listens at a host and port as the engine does.
func Listen(address string) (net.Listener, error) { return net.Listen(loopback.Network(), address) }

// UsualListen is DefaultListen, or the same at ::1 on a computer that speaks nothing but IPv6.
func UsualListen() string { return net.JoinHostPort(loopback.Host(), usualPort) }

// Config says what to open and how.
type Config struct {
	// Dir is the data folder; it is created if need be.
	Dir string
	// Listen is the webhook listener's host and port; empty means DefaultListen, port 0 a free one.
	Listen string
	// AnyPort listens at another port, or at the usual address, where Bellhop cannot listen as Listen or the
	// settings say: whoever has a window can then choose anew.
	AnyPort bool
	// Secrets is "keyring", "file", or "" for whichever this computer has.
	Secrets string
	// Practice starts the pretend accounts with the engine, setting them up the first time. Once set
	// up they start with every engine, since recipes may use them.
	Practice bool
	// Version is what other processes are told.
	Version string
	// Show raises the window when a second start asks for it; nil where there is none.
	Show func()
	// Notify shows a notice on the desktop, and returns when that has taken it; nil where there is none.
	Notify func(context.Context, engine.Notice) error
	Log    *slog.Logger
	// EndTime is how long Close may take; 0 means ten seconds.
	EndTime time.Duration

	// Of tests: their clocks, and what keeps their computer awake.
	power power.Params
	hold  func() (release func(), err error)
}

// DefaultDir returns the operating system's place for the data: %LocalAppData%\Bellhop,
// ~/Library/Application Support/Bellhop, or $XDG_DATA_HOME/bellhop (~/.local/share/bellhop).
func DefaultDir() (string, error) {
	switch runtime.GOOS {
	case "windows", "darwin":
		base, err := os.UserConfigDir()
		if dir := os.Getenv("LocalAppData"); dir != "" && runtime.GOOS == "windows" {
			base, err = dir, nil
		}
		return filepath.Join(base, "Bellhop"), noHome(err)
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "bellhop"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "bellhop"), noHome(err)
}

func noHome(err error) error {
	if err == nil {
		return nil
	}
	return engine.Wrap(err, engine.Unavailable, "Bellhop cannot tell where to keep its data. Say so with --data or BELLHOP_DATA.")
}
