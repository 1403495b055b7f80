package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Banner tells something important across the page, with what can be done about it at the right, or
// below the words.
type Banner struct {
	fynewidget.BaseWidget
	Tone theme.Tone
	// Lead is the first words, in bold; Text goes on from there.
	Lead, Text string
	// Below puts the actions under the words, for banners in narrow places. Set it before the banner is
	// first shown.
	Below bool

	ground  *ground
	icon    *Icon
	words   *Text
	actions *fyne.Container
}

var (
	_ fyne.Widget     = (*Banner)(nil)
	_ fyne.Accessible = (*Banner)(nil)
)

// NewBanner makes a banner. The tone chooses tint and glyph: a moon for Brass, an alert for Bad and
// Warn, a check for OK, else information.
func NewBanner(tone theme.Tone, lead, text string, actions ...fyne.CanvasObject) *Banner {
	b := &Banner{Tone: tone, Lead: lead, Text: text, ground: newGround(theme.RadiusCard)}
	b.icon = NewIcon("", theme.ColorText, 18)
	b.words = NewParts()
	b.actions = Row(theme.Space2, actions...)
	b.ExtendBaseWidget(b)
	return b
}

// Set changes tone and words.
func (b *Banner) Set(tone theme.Tone, lead, text string) {
	b.Tone, b.Lead, b.Text = tone, lead, text
	b.Refresh()
}

// SetActions replaces what can be done.
func (b *Banner) SetActions(actions ...fyne.CanvasObject) {
	b.actions.Objects = actions
	b.Refresh()
}

// AccessibilityLabel is the words.
func (b *Banner) AccessibilityLabel() string { return joined(b.Lead, b.Text) }

// AccessibilityRole says that it holds more.
func (b *Banner) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// CreateRenderer is for Fyne.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	parts := Row(theme.Space3, b.icon, Grow(b.words), b.actions)
	if b.Below {
		parts = RowTop(theme.Space3, b.icon, Grow(Column(theme.Space3, b.words, b.actions)))
	}
	return newDrawn(container.NewStack(b.ground.box, Inset(parts, theme.Space3, theme.Space4)), b.paint)
}

func (b *Banner) paint() {
	b.ground.paint(b.Tone.Tint(), "", false, false)
	b.icon.Set(toneIcon(b.Tone), b.Tone.Foreground())
	b.words.Parts = nil
	if b.Lead != "" {
		b.words.Parts = append(b.words.Parts, Part{Text: b.Lead, Bold: true})
	}
	if b.Text != "" {
		text := b.Text
		if b.Lead != "" {
			text = " " + text
		}
		b.words.Parts = append(b.words.Parts, Part{Text: text})
	}
	b.words.Refresh()
	SetVisible(b.actions, len(b.actions.Objects) > 0)
}

func toneIcon(tone theme.Tone) theme.IconName {
	switch tone {
	case theme.Brass:
		return theme.IconMoon
	case theme.Bad, theme.Warn:
		return theme.IconAlert
	case theme.OK:
		return theme.IconCheck
	}
	return theme.IconInfo
}

func joined(lead, text string) string {
	if lead == "" || text == "" {
		return lead + text
	}
	return lead + " " + text
}
