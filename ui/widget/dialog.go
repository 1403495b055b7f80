package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Dialog asks something in the middle of a window; the rest waits. Escape closes it.
type Dialog struct {
	window fyne.Window
	popup  *fynewidget.PopUp
}

// dialogWidth is how wide dialogs are, in pixels before scaling.
const dialogWidth = 440

// NewDialog makes a dialog of a title, a body and, at the bottom right, what can be done. Its actions
// must call Hide. The body may be nil.
func NewDialog(window fyne.Window, title string, body fyne.CanvasObject, actions ...fyne.CanvasObject) *Dialog {
	heading := NewSubtitle(title)
	heading.Flow = Wrap
	heading.Refresh()
	parts := Column(theme.Space3, heading)
	if body != nil {
		parts.Add(body)
	}
	if len(actions) > 0 {
		parts.Add(Row(theme.Space2, append([]fyne.CanvasObject{Spacer()}, actions...)...))
	}
	inside := Inset(Width(parts, dialogWidth), theme.Space4, theme.Space4)
	return &Dialog{window: window, popup: fynewidget.NewModalPopUp(inside, window.Canvas())}
}

// NewConfirm makes a dialog that asks before something is done. yes says what will be done, such as
// "Remove". danger is for what cannot be undone.
func NewConfirm(window fyne.Window, title, text, yes string, danger bool, onYes func()) *Dialog {
	var d *Dialog
	do := NewFilledButton("", yes, func() {
		d.Hide()
		onYes()
	})
	if danger {
		do.Style = Danger
	}
	d = NewDialog(window, title, NewText(text), NewButton(lang.L("Cancel"), func() { d.Hide() }), do)
	return d
}

// NewMessage makes a dialog that tells something, such as an error's sentence.
func NewMessage(window fyne.Window, title, text string) *Dialog {
	var d *Dialog
	d = NewDialog(window, title, NewText(text), NewFilledButton("", lang.L("OK"), func() { d.Hide() }))
	return d
}

// Show shows the dialog and takes the keyboard from what is below.
func (d *Dialog) Show() {
	d.window.Canvas().Unfocus()
	d.popup.Show()
	d.Fit()
}

// Fit makes the dialog as large as what is in it, when that has changed.
func (d *Dialog) Fit() {
	// Wrapped text knows its height only once it has its width.
	d.popup.Resize(d.popup.Content.MinSize())
}

// Hide closes it.
func (d *Dialog) Hide() { d.popup.Hide() }
