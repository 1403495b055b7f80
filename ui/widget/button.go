package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"bellhop/ui/theme"
)

// Style says how much a button stands out.
type Style int

// The styles.
const (
	Plain  Style = iota // outlined
	Filled              // the one action of a screen
	Quiet               // no border until the pointer is on it
	Danger              // removes something
	Link                // words in a sentence
)

// Button does something when pressed.
type Button struct {
	press
	Text string
	Icon theme.IconName
	// Name is for screen readers where the text does not say it all, such as for an icon alone.
	Name  string
	Style Style

	ground  *ground
	icon    *Icon
	label   *Text
	content *fyne.Container
}

var (
	_ fyne.Focusable  = (*Button)(nil)
	_ fyne.Accessible = (*Button)(nil)
)

// NewButton makes an outlined button.
func NewButton(text string, onTapped func()) *Button { return newButton(Plain, "", text, "", onTapped) }

// NewFilledButton makes the one filled button of a screen. The icon may be empty.
func NewFilledButton(icon theme.IconName, text string, onTapped func()) *Button {
	return newButton(Filled, icon, text, "", onTapped)
}

// NewIconButton makes a quiet button of an icon alone. The name is what a screen reader says.
func NewIconButton(icon theme.IconName, name string, onTapped func()) *Button {
	return newButton(Quiet, icon, "", name, onTapped)
}

// NewQuietButton makes a button without a border. The icon may be empty.
func NewQuietButton(icon theme.IconName, text string, onTapped func()) *Button {
	return newButton(Quiet, icon, text, "", onTapped)
}

// NewLink makes a button that looks like words.
func NewLink(text string, onTapped func()) *Button { return newButton(Link, "", text, "", onTapped) }

func newButton(style Style, icon theme.IconName, text, name string, onTapped func()) *Button {
	b := &Button{Text: text, Icon: icon, Name: name, Style: style}
	b.OnTapped = onTapped
	b.ground = newGround(theme.RadiusField)
	if style == Filled {
		b.ground.ringOutside()
	}
	b.icon = NewIcon("", theme.ColorText, 16)
	b.label = newText(text, theme.SizeText, theme.ColorText, Whole, true)
	b.changed = b.paintGround
	b.content = container.NewStack()
	b.ExtendBaseWidget(b)
	return b
}

// SetText changes the words.
func (b *Button) SetText(text string) {
	if b.Text != text {
		b.Text = text
		b.Refresh()
	}
}

// AccessibilityLabel is the name, or else the text.
func (b *Button) AccessibilityLabel() string {
	if b.Name != "" {
		return b.Name
	}
	return b.Text
}

// CreateRenderer is for Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	vertical, horizontal := float32(9), float32(14)
	switch {
	case b.Style == Link:
		vertical, horizontal = 1, 0
	case b.Text == "":
		horizontal = 9
	case b.Style == Quiet:
		horizontal = 10
	}
	b.content.Objects = []fyne.CanvasObject{b.ground.box,
		container.NewCenter(Inset(Row(theme.Space2, b.icon, b.label), vertical, horizontal))}
	return newDrawn(b.content, b.paint)
}

func (b *Button) paint() {
	color := b.foreground()
	b.icon.Set(b.Icon, color)
	SetVisible(b.icon, b.Icon != "")
	b.label.SetText(b.Text)
	b.label.SetColor(color)
	SetVisible(b.label, b.Text != "")
	b.paintGround()
}

func (b *Button) foreground() fyne.ThemeColorName {
	switch {
	case b.Disabled():
		return theme.ColorDisabled
	case b.Style == Filled:
		return theme.ColorOnPrimary
	case b.Style == Quiet:
		return theme.ColorMuted
	case b.Style == Danger:
		return theme.ColorError
	case b.Style == Link:
		return theme.ColorPrimary
	}
	return theme.ColorText
}

func (b *Button) paintGround() {
	var fill, line fyne.ThemeColorName
	switch b.Style {
	case Filled:
		fill = theme.ColorPrimary
		if b.Disabled() {
			fill, line = theme.ColorSunken, theme.ColorLine
		}
	case Plain, Danger:
		fill, line = theme.ColorSurface, theme.ColorLine
	}
	b.ground.paint(fill, line, b.hovered && !b.Disabled() && b.Style != Link, b.focused)
}
