package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Select is Fyne's choice of one from a list, with a border like an Entry's and a name for screen
// readers. It is for some ten options, not for hundreds.
type Select struct {
	fynewidget.Select
	// Name is what a screen reader says before the choice.
	Name    string
	onFocus func()
}

var (
	_ fyne.Widget     = (*Select)(nil)
	_ fyne.Accessible = (*Select)(nil)
)

// NewSelect makes a choice of options, with nothing chosen.
func NewSelect(name string, options ...string) *Select {
	s := &Select{Name: name}
	s.Options = options
	s.ExtendBaseWidget(s)
	return s
}

// FocusGained is for Fyne.
func (s *Select) FocusGained() {
	s.Select.FocusGained()
	if s.onFocus != nil {
		s.onFocus()
	}
}

// SetOnFocus has f called each time the keyboard comes here.
func (s *Select) SetOnFocus(f func()) { s.onFocus = f }

// AccessibilityLabel is the name and what is chosen.
func (s *Select) AccessibilityLabel() string {
	if s.Selected == "" {
		return s.Name
	}
	return s.Name + ", " + s.Selected
}

// AccessibilityRole says that it can be pressed.
func (s *Select) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer is for Fyne.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	r := &selectRenderer{WidgetRenderer: s.Select.CreateRenderer()}
	r.border = &canvas.Rectangle{FillColor: color.Transparent, CornerRadius: theme.RadiusField, StrokeWidth: 1}
	r.paint()
	return r
}

// selectRenderer draws a border over Fyne's select.
type selectRenderer struct {
	fyne.WidgetRenderer
	border *canvas.Rectangle
}

func (r *selectRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.border.Resize(size)
}

func (r *selectRenderer) Objects() []fyne.CanvasObject {
	return append(append([]fyne.CanvasObject{}, r.WidgetRenderer.Objects()...), r.border)
}

func (r *selectRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.paint()
}

func (r *selectRenderer) paint() {
	r.border.StrokeColor = theme.Color(fynetheme.ColorNameInputBorder)
	r.border.Refresh()
}
