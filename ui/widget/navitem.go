package widget

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
)

// NavItem is one line of the navigation: icon, text, how many things need the user.
type NavItem struct {
	press
	Icon     theme.IconName
	Text     string
	Badge    int
	Selected bool

	ground *ground
	icon   *Icon
	text   *Text
	badge  *Chip
}

var (
	_ fyne.Focusable  = (*NavItem)(nil)
	_ fyne.Accessible = (*NavItem)(nil)
)

// NewNavItem makes an item that is not selected.
func NewNavItem(icon theme.IconName, text string, onTapped func()) *NavItem {
	n := &NavItem{Icon: icon, Text: text, ground: newGround(theme.RadiusField)}
	n.OnTapped = onTapped
	n.icon = NewIcon(icon, theme.ColorMuted, 17)
	n.text = newText(text, theme.SizeText, theme.ColorMuted, Cut, false)
	n.badge = NewChip("", badgeText(1), theme.Bad)
	n.changed = n.paint
	n.ExtendBaseWidget(n)
	return n
}

// SetSelected marks the item whose page is shown.
func (n *NavItem) SetSelected(selected bool) {
	if n.Selected != selected {
		n.Selected = selected
		n.Refresh()
	}
}

// SetBadge shows a number, or none for 0.
func (n *NavItem) SetBadge(count int) {
	if n.Badge != count {
		n.Badge = count
		n.Refresh()
	}
}

// AccessibilityLabel is the text, with the badge told in words.
func (n *NavItem) AccessibilityLabel() string {
	if n.Badge == 0 {
		return n.Text
	}
	return lang.L("{{.Page}}, {{.Count}} to look at", map[string]any{"Page": n.Text, "Count": n.Badge})
}

// CreateRenderer is for Fyne.
func (n *NavItem) CreateRenderer() fyne.WidgetRenderer {
	row := Row(10, n.icon, Grow(n.text), n.badge)
	// A badge is higher than the text, and those below must not move when it comes.
	inside := Inset(Sized(row, 0, row.MinSize().Height), 7, 10)
	return newDrawn(container.NewStack(n.ground.box, inside), n.paint)
}

func (n *NavItem) paint() {
	var fill fyne.ThemeColorName
	color := theme.ColorMuted
	if n.Selected {
		fill, color = theme.ColorPrimaryTint, theme.ColorPrimary
	}
	n.ground.paint(fill, "", n.hovered && !n.Selected, n.focused)
	n.icon.Set(n.Icon, color)
	n.text.Parts = []Part{{Text: n.Text, Bold: n.Selected}}
	n.text.Color = color
	n.text.Refresh()
	n.badge.Set("", badgeText(n.Badge), theme.Bad)
	SetVisible(n.badge, n.Badge > 0)
}

func badgeText(count int) string {
	if count > 99 {
		return "99+"
	}
	return strconv.Itoa(count)
}
