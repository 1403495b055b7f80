package widget_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// What Fyne does with the wheel: the innermost thing under the pointer that scrolls gets it.
func turn(t *testing.T, w fyne.Window, at fyne.CanvasObject, dy float32) {
	t.Helper()
	test.Scroll(w.Canvas(), fyne.CurrentApp().Driver().AbsolutePositionForObject(at).AddXY(10, 10), 0, dy)
}

func TestThePageGoesOnUnderAnEntry(t *testing.T) {
	uitest.NewApp(t)
	one, long := widget.NewEntry("Channel"), widget.NewLongEntry("Message")
	one.SetText(strings.Repeat("a long name ", 100))
	long.SetText(strings.Repeat("line\n", 100))
	column := widget.Column(8, one, long, widget.Sized(widget.Spacer(), 0, 2000))
	page := container.NewVScroll(column)
	w := uitest.Window(t, page, 300, 300)

	turn(t, w, one, -20)
	require.Zero(t, page.Offset.Y, "this is what Fyne does; without it nothing of this is needed")
	widget.Follow(page, column)
	turn(t, w, one, -20)
	require.EqualValues(t, 20, page.Offset.Y)
	turn(t, w, one, 20)
	require.Zero(t, page.Offset.Y)

	turn(t, w, long, -20)
	require.Zero(t, page.Offset.Y, "its own lines come first")
	turn(t, w, long, -100_000)
	turn(t, w, long, -20)
	require.EqualValues(t, 20, page.Offset.Y, "they are at their end")
}
