//go:build headless

package main

import (
	"context"

	"bellhop/engine"
)

// openWindow says that this build has no window.
func (c *cli) openWindow(context.Context) error {
	return engine.Errorf(engine.Unavailable,
		"This Bellhop was built without the window. Run the engine with `bellhop serve`, or see `bellhop --help`.")
}

// display says what doctor reports about the window.
func display() (string, bool) { return "this build has no window", true }
