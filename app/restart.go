//go:build !headless

package main

import (
	"os"
	"slices"

	"bellhop/engine"
)

// restart ends Bellhop, which is then started again with its window.
func (d *desktop) restart() {
	d.restarting = true
	d.end()
}

// startAgain starts this program anew, once all of it has ended.
func startAgain() error {
	program, err := os.Executable()
	if err != nil {
		return engine.Wrap(err, engine.Unavailable, "Bellhop cannot start itself again. Start it by hand.")
	}
	args := slices.DeleteFunc(slices.Clone(os.Args), func(arg string) bool { return arg == "--hidden" })
	if err := replaceBy(program, args); err != nil {
		return engine.Wrap(err, engine.Unavailable, "Bellhop cannot start itself again. Start it by hand.")
	}
	return nil
}
