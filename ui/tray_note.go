package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/widget"
)

// NoteTray tells, when the window is closed for the first time, that Bellhop goes on in the tray.
func NoteTray(w fyne.Window, onGoOn, onQuit func()) *widget.Dialog {
	return decide(w, lang.L("Bellhop goes on in the tray"),
		lang.L("Your recipes go on while the window is closed. A click on the bell in the tray opens it again; to stop Bellhop, choose Quit there. The settings can change what closing the window does."),
		lang.L("Go on in the tray"), onGoOn, lang.L("Quit Bellhop"), onQuit)
}

// NoteNoTray tells the same where the desktop has no tray: then the window stays, as small as can be.
func NoteNoTray(w fyne.Window, onGoOn, onQuit func()) *widget.Dialog {
	return decide(w, lang.L("Bellhop goes on"),
		lang.L("Your recipes run as long as Bellhop does. This desktop has no tray where it could wait, so closing the window only makes it small: you find it among your windows. To stop Bellhop, choose Quit here, or press Ctrl+Q in the window."),
		lang.L("Make the window small"), onGoOn, lang.L("Quit Bellhop"), onQuit)
}

// AskQuit asks before recipes stop: on says how many are on, and underWay how many runs are being done.
func AskQuit(w fyne.Window, on, underWay int, onQuit, onStay func()) *widget.Dialog {
	text := lang.N("{{.Count}} recipes stop until Bellhop is started again.", on, map[string]any{"Count": on})
	if underWay > 0 {
		text += " " + lang.N("{{.Count}} runs under way go on then.", underWay, map[string]any{"Count": underWay})
	}
	return decide(w, lang.L("Quit Bellhop?"), text, lang.L("Quit"), onQuit, lang.L("Cancel"), onStay)
}

// decide shows a dialog of two ways; the first is the one that is meant.
func decide(w fyne.Window, title, text, first string, onFirst func(), second string, onSecond func()) *widget.Dialog {
	var d *widget.Dialog
	way := func(do func()) func() {
		return func() {
			d.Hide()
			do()
		}
	}
	d = widget.NewDialog(w, title, widget.NewText(text),
		widget.NewButton(second, way(onSecond)), widget.NewFilledButton("", first, way(onFirst)))
	d.Show()
	return d
}
