package widget

import (
	"strconv"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// How many letters an entry takes by pasting. Fyne measures a line's whole text each time it draws it:
// a book pasted by mistake stops the window for minutes. The largest that are of use still fit, which
// are keys in one line, and e-mails with their layout in several.
const (
	MostOnOneLine = 10_000
	MostOnSeveral = 100_000
)

// refuses says whether an entry would hold too much with what is pasted, and tells so. Nothing is cut
// off: half a text that looks whole is worse than none.
func (e *Entry) refuses(paste *fyne.ShortcutPaste) bool {
	most := MostOnOneLine
	if e.MultiLine {
		most = MostOnSeveral
	}
	letters := utf8.RuneCountInString(e.Text) - utf8.RuneCountInString(e.SelectedText()) + utf8.RuneCountInString(paste.Clipboard.Content())
	if letters <= most {
		return false
	}
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		if w.Canvas() == fyne.CurrentApp().Driver().CanvasForObject(e) {
			NewMessage(w, lang.L("Too long to paste here"), lang.L("With it the field would hold {{.Letters}} letters, and it takes {{.Most}}. Nothing was pasted. Shorten the text, and paste it again.",
				map[string]any{"Letters": strconv.Itoa(letters), "Most": strconv.Itoa(most)})).Show()
			break
		}
	}
	return true
}
