package widget_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

func TestWhatIsTooLongIsNotPasted(t *testing.T) {
	for name, c := range map[string]struct {
		there    string
		selected bool
		pasted   string
		want     int
		refused  bool
	}{
		"as much as it takes":           {pasted: strings.Repeat("🙂", widget.MostLetters), want: widget.MostLetters},
		"one letter more":               {pasted: strings.Repeat("é", widget.MostLetters+1), refused: true},
		"with what is there":            {there: "ab", pasted: strings.Repeat("x", widget.MostLetters-1), want: 2, refused: true},
		"in the place of what is there": {there: "ab", selected: true, pasted: strings.Repeat("x", widget.MostLetters), want: widget.MostLetters},
		"too long for what it replaces": {there: "ab", selected: true, pasted: strings.Repeat("x", widget.MostLetters+1), want: 2, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			app := uitest.NewApp(t)
			e := widget.NewEntry("Name")
			e.SetText(c.there)
			w := uitest.Window(t, e, 300, 200)
			if c.selected {
				e.TypedShortcut(&fyne.ShortcutSelectAll{})
			}
			app.Clipboard().SetContent(c.pasted)
			e.TypedShortcut(&fyne.ShortcutPaste{Clipboard: app.Clipboard()})
			require.Len(t, []rune(e.Text), c.want)
			require.Equal(t, c.refused, w.Canvas().Overlays().Top() != nil, "it is told")
		})
	}
}
