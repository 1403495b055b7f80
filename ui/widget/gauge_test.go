package widget_test

import (
	"testing"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestAGaugeIsAsFullAsItsValue(t *testing.T) {
	uitest.NewApp(t)
	for _, one := range []struct {
		value float64
		width float32
	}{{0, 0}, {0.0001, 6}, {0.25, 50}, {1, 200}, {3, 200}, {-1, 0}} {
		g := widget.NewGauge("Requests")
		uitest.Window(t, g, 200, 6)
		g.Set("A quarter", one.value, theme.Warn)
		require.Equal(t, "A quarter", g.AccessibilityLabel())
		var fill *canvas.Rectangle
		for o := range uitest.Visible(test.WidgetRenderer(g).Objects()[0]) {
			if r, ok := o.(*canvas.Rectangle); ok {
				fill = r // the last one is on top
			}
		}
		require.InDelta(t, one.width, fill.Size().Width, 0.01, "value %v", one.value)
	}
}
