package file_test

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"bellhop/ui/file"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
)

// The dialog for a folder begins in the one it is told, and tells the path of what is chosen.
func TestAFolderIsChosen(t *testing.T) {
	uitest.NewApp(t)
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "Invoices"), 0o700))
	window := uitest.Window(t, canvas.NewRectangle(theme.Color(theme.ColorSurface)), 1120, 720)
	dialogs := file.New(uitest.NewLoop().UI(), &uitest.Navigator{Window: window}).In(folder)
	var chosen string
	dialogs.Folder(func(path string, err error) {
		require.NoError(t, err)
		chosen = path
	})
	for o := range uitest.Visible(window.Canvas().Overlays().Top()) {
		if b, ok := o.(*fynewidget.Button); ok && b.Text == "Open" {
			test.Tap(b)
		}
	}
	require.Equal(t, folder, chosen)
	require.Nil(t, window.Canvas().Overlays().Top())

	dialogs = dialogs.In(filepath.Join(folder, "gone"))
	dialogs.Choose([]string{".bellhop"}, func(string, error) {})
	require.LessOrEqual(t, window.Canvas().Overlays().Top().MinSize().Width, float32(1120))
	window.Canvas().Overlays().Remove(window.Canvas().Overlays().Top())
}
