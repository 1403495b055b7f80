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
		long     bool
		there    string
		selected bool
		pasted   string
		want     int
		refused  bool
	}{
		"as much as it takes":           {pasted: strings.Repeat("🙂", widget.MostOnOneLine), want: widget.MostOnOneLine},
		"one letter more":               {pasted: strings.Repeat("é", widget.MostOnOneLine+1), refused: true},
		"with what is there":            {there: "ab", pasted: strings.Repeat("x", widget.MostOnOneLine-1), want: 2, refused: true},
		"more in several lines":         {long: true, pasted: strings.Repeat("line\n", widget.MostOnSeveral/5), want: widget.MostOnSeveral},
		"too much for several lines":    {long: true, pasted: strings.Repeat("é", widget.MostOnSeveral+1), refused: true},
		"in the place of what is there": {there: "ab", selected: true, pasted: strings.Repeat("x", widget.MostOnOneLine), want: widget.MostOnOneLine},
		"too long for what it replaces": {there: "ab", selected: true, pasted: strings.Repeat("x", widget.MostOnOneLine+1), want: 2, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			app := uitest.NewApp(t)
			e := widget.NewEntry("Name")
			if c.long {
				e = widget.NewLongEntry("Message")
			}
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
