package file_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/stretchr/testify/require"

	"bellhop/ui/file"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
)

func TestDialogsFitTheWindow(t *testing.T) {
	uitest.NewApp(t)
	for _, size := range []fyne.Size{fyne.NewSize(1120, 720), fyne.NewSize(800, 600)} {
		window := uitest.Window(t, canvas.NewRectangle(theme.Color(theme.ColorSurface)), size.Width, size.Height)
		dialogs := file.New(uitest.NewLoop().UI(), &uitest.Navigator{Window: window})
		for _, show := range []func(){
			func() { dialogs.Open([]string{".yaml"}, func(string, []byte, error) {}) },
			func() { dialogs.Save("recipe.yaml", nil, func(error) {}) },
		} {
			show()
			shown := window.Canvas().Overlays().Top()
			require.NotNil(t, shown)
			require.LessOrEqual(t, shown.MinSize().Width, size.Width)
			window.Canvas().Overlays().Remove(shown)
		}
	}
}
