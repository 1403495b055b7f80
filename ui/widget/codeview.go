package widget

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// CodeView shows text of any length as it is, in letters of one width: what was sent, what came back.
// Only the lines that can be seen are drawn.
type CodeView struct {
	fynewidget.BaseWidget
	grid   *fynewidget.TextGrid
	ground *ground
	box    *fyne.Container
	text   string
}

var (
	_ fyne.Widget     = (*CodeView)(nil)
	_ fyne.Accessible = (*CodeView)(nil)
)

// Limits of what is shown: the grid keeps a cell for each letter in memory.
const (
	MaxCode     = 64 << 10 // bytes
	MaxCodeLine = 2000     // letters in a line
)

// NewCodeView shows text. It has a least height of rows lines and scrolls beyond.
func NewCodeView(text string, rows int) *CodeView {
	v := &CodeView{grid: fynewidget.NewTextGrid(), ground: newGround(theme.RadiusField)}
	v.grid.Scroll = fyne.ScrollBoth
	v.box = container.NewStack(v.ground.box, Inset(Sized(v.grid, 0, float32(rows)*19), theme.Space2, theme.Space3))
	v.ExtendBaseWidget(v)
	v.SetText(text)
	return v
}

// SetText changes the text; what is above MaxCode is left out and said so. Text gives all of it.
func (v *CodeView) SetText(text string) {
	v.text = text
	v.grid.SetText(shown(text))
}

// Text returns the whole text, such as for copying.
func (v *CodeView) Text() string { return v.text }

// AccessibilityLabel is what is shown.
func (v *CodeView) AccessibilityLabel() string { return shown(v.text) }

// AccessibilityRole says that it is text.
func (v *CodeView) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (v *CodeView) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(v.box, func() { v.ground.paint(theme.ColorSunken, "", false, false) })
}

// shown returns what of the text is drawn.
func shown(text string) string {
	left := 0
	if len(text) > MaxCode {
		left = len(text) - MaxCode
		text = text[:MaxCode]
	}
	lines := strings.Split(strings.ToValidUTF8(text, "�"), "\n")
	for i, line := range lines {
		if r := []rune(line); len(r) > MaxCodeLine {
			lines[i] = string(r[:MaxCodeLine]) + "…"
		}
	}
	if left > 0 {
		lines = append(lines, lang.L("… and {{.Size}} KB more", map[string]any{"Size": fmt.Sprint((left + 1023) / 1024)}))
	}
	return strings.Join(lines, "\n")
}
