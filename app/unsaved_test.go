//go:build !headless

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
)

// Who moves the data folder away while Bellhop works reads in the window and on the tray that nothing is saved.
func TestTheWindowSaysThatNothingIsSaved(t *testing.T) {
	h := newHomed(t, true)
	f := startTray(t, h)
	h.sees("Running")
	file := filepath.Join(h.dir, boot.DatabaseFile)
	require.NoError(t, os.Rename(file, file+".away"))
	h.sees("Nothing is saved")
	h.until(f.at("tray-needs-you.svg"))
	h.tap("See why")
	h.answer("Put it back", "OK")
	require.NoError(t, os.Rename(file+".away", file))
}
