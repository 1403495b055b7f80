package settings_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// TestTheProxyIsFound from elsewhere, whether or not the page was shown before.
func TestTheProxyIsFound(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.window.Resize(fyne.NewSize(900, 500))
	proxy := uitest.Find(t, w.page.Content(), func(e *widget.Entry) bool { return e.Name == "Proxy" })
	scroll := uitest.Find(t, w.page.Content(), func(*container.Scroll) bool { return true })
	w.page.FindProxy()
	w.loop.Turn()
	require.Equal(t, fyne.Focusable(proxy), w.window.Canvas().Focused())
	require.Positive(t, scroll.Offset.Y)

	w = newWorld(t)
	w.desk.err = engine.Errorf(engine.Unavailable, "The disk cannot be read.")
	w.open()
	w.page.FindProxy()
	w.loop.Turn()
	require.Nil(t, w.window.Canvas().Focused())
	w.desk.err = nil
	w.page.Show()
	w.loop.Turn()
	require.NotNil(t, w.window.Canvas().Focused())
}
