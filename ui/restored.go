package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/phrase"
	"bellhop/ui/widget"
)

// ShowRestored tells that restored data took the place of the data.
func ShowRestored(w fyne.Window, sentence string) {
	widget.NewMessage(w, lang.L("Your data was restored"), phrase.Of(sentence)).Show()
}
