package widget

import "fyne.io/fyne/v2"

// SetVisible makes an object visible or not, without redrawing what is right already.
func SetVisible(o fyne.CanvasObject, visible bool) {
	switch {
	case visible == o.Visible():
	case visible:
		o.Show()
	default:
		o.Hide()
	}
}

// SetEnabled makes a widget ready for the user or not, without redrawing what is right already.
func SetEnabled(w fyne.Disableable, enabled bool) {
	switch {
	case enabled == !w.Disabled():
	case enabled:
		w.Enable()
	default:
		w.Disable()
	}
}
