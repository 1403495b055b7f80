package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Card is a surface with rounded corners and a soft shadow, for what belongs together.
type Card struct {
	fynewidget.BaseWidget
	ground *ground
	box    *fyne.Container
}

var _ fyne.Widget = (*Card)(nil)

// NewCard makes a card around content, with the usual space inside.
func NewCard(content fyne.CanvasObject) *Card {
	return NewTightCard(Inset(content, theme.Space4, theme.Space4))
}

// NewTightCard makes a card whose content reaches its edges.
func NewTightCard(content fyne.CanvasObject) *Card {
	c := &Card{ground: newGround(theme.RadiusCard)}
	c.box = container.NewStack(c.ground.box, content)
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer is for Fyne.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(c.box, func() {
		c.ground.shadow()
		c.ground.paint(theme.ColorSurface, theme.ColorLine, false, false)
	})
}

// TapCard is a card that can be pressed as a whole. Buttons inside keep their own meaning.
type TapCard struct {
	press
	// Name is what a screen reader says.
	Name     string
	Selected bool
	// OnKey is told the keys that do not press the card; it returns false for those that it has no use
	// for, which go to the window. It may be nil.
	OnKey func(key *fyne.KeyEvent) bool `json:"-"`

	ground *ground
	box    *fyne.Container
}

var (
	_ fyne.Focusable  = (*TapCard)(nil)
	_ fyne.Accessible = (*TapCard)(nil)
)

// NewTapCard makes a card around content, with the usual space inside.
func NewTapCard(name string, content fyne.CanvasObject, onTapped func()) *TapCard {
	c := &TapCard{Name: name, ground: newGround(theme.RadiusCard)}
	c.OnTapped = onTapped
	c.box = container.NewStack(c.ground.box, Inset(content, 14, theme.Space4))
	c.changed = c.paint
	c.ExtendBaseWidget(c)
	return c
}

// SetSelected marks the card as the one that is worked on.
func (c *TapCard) SetSelected(selected bool) {
	if c.Selected != selected {
		c.Selected = selected
		c.paint()
	}
}

// TypedKey offers the key to OnKey first.
func (c *TapCard) TypedKey(key *fyne.KeyEvent) {
	if c.OnKey == nil || !c.OnKey(key) {
		c.press.TypedKey(key)
	}
}

// AccessibilityLabel is the name.
func (c *TapCard) AccessibilityLabel() string { return c.Name }

// CreateRenderer is for Fyne.
func (c *TapCard) CreateRenderer() fyne.WidgetRenderer { return newDrawn(c.box, c.paint) }

func (c *TapCard) paint() {
	c.ground.shadow()
	line := theme.ColorLine
	if c.Selected {
		line = theme.ColorPrimary
	}
	c.ground.paint(theme.ColorSurface, line, c.hovered, c.focused)
	if c.Selected {
		c.ground.rect.StrokeWidth = 2
		c.ground.rect.Refresh()
	}
}

// Panel is a quiet area: with a line around it and no shadow.
type Panel struct {
	fynewidget.BaseWidget
	color  fyne.ThemeColorName
	ground *ground
	box    *fyne.Container
}

var _ fyne.Widget = (*Panel)(nil)

// NewPanel makes a panel around content.
func NewPanel(content fyne.CanvasObject) *Panel { return newPanel(theme.ColorBackground, content) }

// NewSunken makes a panel in a darker shade, for what stands within something else.
func NewSunken(content fyne.CanvasObject) *Panel { return newPanel(theme.ColorSunken, content) }

func newPanel(color fyne.ThemeColorName, content fyne.CanvasObject) *Panel {
	p := &Panel{color: color, ground: newGround(theme.RadiusCard)}
	p.box = container.NewStack(p.ground.box, Inset(content, theme.Space3, theme.Space3))
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for Fyne.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(p.box, func() { p.ground.paint(p.color, theme.ColorLine, false, false) })
}

// Surface puts content on a plain colour, such as the rail's or a bar's.
type Surface struct {
	fynewidget.BaseWidget
	// Color is the colour behind the content.
	Color  fyne.ThemeColorName
	ground *ground
	box    *fyne.Container
}

var _ fyne.Widget = (*Surface)(nil)

// NewSurface makes content stand on a colour.
func NewSurface(color fyne.ThemeColorName, content fyne.CanvasObject) *Surface {
	s := &Surface{Color: color, ground: newGround(0)}
	s.box = container.NewStack(s.ground.box, content)
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer is for Fyne.
func (s *Surface) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s.box, func() { s.ground.paint(s.Color, "", false, false) })
}
