package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Toast says one sentence at the bottom of the window, dark on light and light on dark. Whoever shows
// it takes it away again.
type Toast struct {
	fynewidget.BaseWidget
	Text string

	back *canvas.Rectangle
	text *canvas.Text
}

var (
	_ fyne.Widget     = (*Toast)(nil)
	_ fyne.Accessible = (*Toast)(nil)
)

// NewToast makes a toast of one line.
func NewToast(text string) *Toast {
	t := &Toast{Text: text}
	t.back = &canvas.Rectangle{CornerRadius: theme.RadiusField}
	t.text = &canvas.Text{TextSize: theme.Size(theme.SizeText)}
	t.ExtendBaseWidget(t)
	return t
}

// SetText changes the sentence.
func (t *Toast) SetText(text string) {
	t.Text = text
	t.Refresh()
}

// AccessibilityLabel is the sentence.
func (t *Toast) AccessibilityLabel() string { return t.Text }

// AccessibilityRole says that it is text.
func (t *Toast) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (t *Toast) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(container.NewStack(t.back, Inset(t.text, 10, theme.Space4)), func() {
		t.back.FillColor = theme.Color(theme.ColorText)
		t.back.Shadow = canvas.Shadow{Color: theme.Color(theme.ColorShadow), BlurRadius: 10, Offset: fyne.NewPos(0, 3)}
		t.text.Text, t.text.Color = t.Text, theme.Color(theme.ColorBackground)
		t.back.Refresh()
		t.text.Refresh()
	})
}
