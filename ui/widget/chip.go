package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Chip is a small rounded label: a glyph and a word on a tint. The tone never speaks alone.
type Chip struct {
	fynewidget.BaseWidget
	Icon theme.IconName
	Text string
	Tone theme.Tone

	pill *canvas.Rectangle
	icon *Icon
	text *Text
}

var (
	_ fyne.Widget     = (*Chip)(nil)
	_ fyne.Accessible = (*Chip)(nil)
)

// NewChip makes a chip. The icon may be empty.
func NewChip(icon theme.IconName, text string, tone theme.Tone) *Chip {
	c := &Chip{Icon: icon, Text: text, Tone: tone}
	c.pill = &canvas.Rectangle{CornerRadius: canvas.RadiusMaximum}
	c.icon = NewIcon("", theme.ColorText, 12)
	c.text = newText(text, theme.SizeCaption, theme.ColorMuted, Whole, false)
	c.ExtendBaseWidget(c)
	return c
}

// Set changes all of it.
func (c *Chip) Set(icon theme.IconName, text string, tone theme.Tone) {
	if c.Icon != icon || c.Text != text || c.Tone != tone {
		c.Icon, c.Text, c.Tone = icon, text, tone
		c.Refresh()
	}
}

// AccessibilityLabel is the word.
func (c *Chip) AccessibilityLabel() string { return c.Text }

// AccessibilityRole says that it is text.
func (c *Chip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	inside := Inset(Row(theme.Space1, c.icon, c.text), 2, 9)
	return newDrawn(container.NewStack(c.pill, inside), func() {
		c.pill.FillColor = theme.Color(c.Tone.Tint())
		c.pill.Refresh()
		c.icon.Set(c.Icon, c.Tone.Foreground())
		SetVisible(c.icon, c.Icon != "")
		c.text.SetText(c.Text)
		c.text.SetColor(c.Tone.Foreground())
		SetVisible(c.text, c.Text != "")
	})
}

// Choice is a chip to choose with: one of several filters.
type Choice struct {
	press
	Text     string
	Selected bool

	ground *ground
	text   *Text
}

var (
	_ fyne.Focusable  = (*Choice)(nil)
	_ fyne.Accessible = (*Choice)(nil)
)

// NewChoice makes a choice that is not selected. OnTapped should select it, and unselect the others.
func NewChoice(text string, onTapped func()) *Choice {
	c := &Choice{Text: text, ground: newGround(canvas.RadiusMaximum)}
	c.OnTapped = onTapped
	c.text = newText(text, theme.SizeCaption, theme.ColorMuted, Whole, false)
	c.changed = c.paint
	c.ExtendBaseWidget(c)
	return c
}

// Set changes text and selection.
func (c *Choice) Set(text string, selected bool) {
	if c.Text != text || c.Selected != selected {
		c.Text, c.Selected = text, selected
		c.Refresh()
	}
}

// AccessibilityLabel is the text.
func (c *Choice) AccessibilityLabel() string { return c.Text }

// CreateRenderer is for Fyne.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(container.NewStack(c.ground.box, Inset(c.text, 3, 10)), c.paint)
}

func (c *Choice) paint() {
	fill, color, line := theme.ColorSunken, theme.ColorMuted, fyne.ThemeColorName("")
	if c.Selected {
		// The line tells it also to those who do not tell the colours apart.
		fill, color, line = theme.ColorPrimaryTint, theme.ColorPrimary, theme.ColorPrimary
	}
	c.ground.paint(fill, line, c.hovered, c.focused)
	c.text.SetText(c.Text)
	c.text.SetColor(color)
}
