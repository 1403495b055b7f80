package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/ui"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// TestTheWindowSaysWhyBellhopCannotStart, such as that the data was written by a newer one.
func TestTheWindowSaysWhyBellhopCannotStart(t *testing.T) {
	uitest.NewApp(t)
	native := test.NewTempWindow(t, widget.NewText(""))
	quit := false
	const sentence = "This data was written by a newer Bellhop. Install the newest Bellhop, or choose another data folder."
	ui.ShowTrouble(native, sentence, func() { quit = true })
	require.Contains(t, uitest.Words(native.Content()), "Bellhop cannot start")
	require.Contains(t, uitest.Words(native.Content()), sentence)
	uitest.Tap(t, native.Content(), "Quit")
	require.True(t, quit)
}

func TestTheWindowSaysThatDataWasRestored(t *testing.T) {
	uitest.NewApp(t)
	native := test.NewTempWindow(t, widget.NewText(""))
	native.Resize(fyne.NewSize(800, 600))
	ui.ShowRestored(native, "The data from before is kept in a folder.")
	require.NotNil(t, native.Canvas().Overlays().Top())
	words := uitest.Words(native.Canvas().Overlays().Top())
	require.Contains(t, words, "Your data was restored")
	require.Contains(t, words, "The data from before is kept in a folder.")
}
