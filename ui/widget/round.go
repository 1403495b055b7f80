package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"bellhop/ui/theme"
)

// Round is a small round button with an icon, such as the + between two steps.
type Round struct {
	press
	Icon theme.IconName
	// Name is what a screen reader says.
	Name string

	ground *ground
	icon   *Icon
}

var (
	_ fyne.Focusable  = (*Round)(nil)
	_ fyne.Accessible = (*Round)(nil)
)

// roundSide is the button's width and height in pixels before scaling.
const roundSide = 22

// NewRound makes a round button.
func NewRound(icon theme.IconName, name string, onTapped func()) *Round {
	r := &Round{Icon: icon, Name: name, ground: newGround(canvas.RadiusMaximum)}
	r.OnTapped = onTapped
	r.icon = NewIcon(icon, theme.ColorMuted, 12)
	r.changed = r.paint
	r.ExtendBaseWidget(r)
	return r
}

// AccessibilityLabel is the name.
func (r *Round) AccessibilityLabel() string { return r.Name }

// CreateRenderer is for Fyne.
func (r *Round) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(container.NewStack(blank(roundSide, roundSide), r.ground.box, container.NewCenter(r.icon)), r.paint)
}

func (r *Round) paint() {
	r.icon.Set(r.Icon, theme.ColorMuted)
	r.ground.paint(theme.ColorSurface, theme.ColorLine, r.hovered, r.focused)
}
