package uitest

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/stretchr/testify/require"
)

// Pick presses an item of the menu that lies over a window.
func Pick(t testing.TB, w fyne.Window, label string) {
	t.Helper()
	menu := w.Canvas().Overlays().Top()
	require.NotNil(t, menu, "no menu is open")
	var item fyne.Tappable // the innermost, since what is around it can be pressed too
	for o := range Visible(menu) {
		around, ok := o.(fyne.Tappable)
		if !ok {
			continue
		}
		for inner := range Visible(o) {
			if text, ok := inner.(*canvas.Text); ok && text.Text == label {
				item = around
			}
		}
	}
	require.NotNil(t, item, "the menu has no %q", label)
	item.Tapped(&fyne.PointEvent{})
}
