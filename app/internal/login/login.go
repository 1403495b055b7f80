// Package login has Bellhop started when its user logs in: by an autostart entry on Linux, a LaunchAgent on
// macOS, the Run key on Windows. All three belong to the user; nothing needs an administrator.
package login

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bellhop/engine"
)

// Params say what is started.
type Params struct {
	// Program is the path of the program; "" is the one that runs.
	Program string
	// Args are given to it, such as --hidden.
	Args []string
}

// Entry is what the system keeps of it. Make one with New.
type Entry struct{ command []string }

// New makes an entry; it changes nothing yet.
func New(p Params) (*Entry, error) {
	if p.Program == "" {
		program, err := os.Executable()
		if err != nil {
			return nil, cannot(err)
		}
		if p.Program, err = filepath.EvalSymlinks(program); err != nil {
			p.Program = program
		}
	}
	return &Entry{append([]string{p.Program}, p.Args...)}, nil
}

// On says whether Bellhop is started at login.
func (e *Entry) On() (bool, error) {
	command, err := read()
	return len(command) > 0, cannot(err)
}

// Set has it started at login, or not any more.
func (e *Entry) Set(on bool) error {
	if !on {
		return cannot(remove())
	}
	return cannot(write(e.command))
}

// Mend writes an entry anew whose program is not there any more, since it was moved. mended says whether it had to.
// Of two that are there, such as an installed one and one that is being tried, the entry stays as it is.
func (e *Entry) Mend() (mended bool, err error) {
	command, err := read()
	if err != nil || len(command) == 0 || slices.Equal(command, e.command) {
		return false, cannot(err)
	}
	if _, err := os.Stat(command[0]); !errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return true, e.Set(true)
}

func cannot(err error) error {
	if err == nil {
		return nil
	}
	return engine.Wrap(err, engine.Unavailable,
		"Whether Bellhop starts when you log in cannot be read or changed: %s. See whether you may write there.", engine.Cause(err))
}
