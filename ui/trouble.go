package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// ShowTrouble shows in an empty window why Bellhop cannot start; quit ends the program.
func ShowTrouble(w fyne.Window, sentence string, quit func()) {
	w.SetContent(widget.NewSurface(theme.ColorBackground,
		widget.NewEmptyState(theme.IconAlert, lang.L("Bellhop cannot start"), phrase.Of(sentence), widget.NewFilledButton("", lang.L("Quit"), quit))))
	w.Resize(fyne.NewSize(640, 400))
	w.SetMaster()
	w.Show()
}

// ShowRescue tells that the data was damaged or gone, and that a backup was opened instead.
func ShowRescue(w fyne.Window, sentence string) {
	widget.NewMessage(w, lang.L("A backup was opened"), phrase.Of(sentence)).Show()
}
