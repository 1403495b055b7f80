package widget

import (
	"sort"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Flow says what a text does when there is too little room.
type Flow int

// The flows.
const (
	Whole Flow = iota // never too little: it asks for the room it needs, on one line
	Cut               // ends in …, on one line
	Wrap              // goes on in the next line
)

// Part is a stretch of text in one style.
type Part struct {
	Text string
	Bold bool
	// Color is the text's own where empty.
	Color fyne.ThemeColorName
}

// Text shows words, without the space that Fyne's Label keeps around itself.
type Text struct {
	fynewidget.BaseWidget
	Parts     []Part
	SizeName  fyne.ThemeSizeName
	Color     fyne.ThemeColorName
	Flow      Flow
	Alignment fyne.TextAlign
	Monospace bool

	rich *fynewidget.RichText
	// cut is true if the text has to be cut here, for Fyne cuts only the last segment of a line.
	cut bool
	box *fyne.Container
}

var (
	_ fyne.Widget     = (*Text)(nil)
	_ fyne.Accessible = (*Text)(nil)
)

// NewText makes a text of one part in the normal size and colour, that wraps.
func NewText(text string) *Text {
	return newText(text, theme.SizeText, theme.ColorText, Wrap, false)
}

// NewParts makes a wrapping text of several parts.
func NewParts(parts ...Part) *Text {
	t := NewText("")
	t.Parts = parts
	t.update()
	return t
}

// NewLine makes a text on one line that is cut with … where there is too little room.
func NewLine(text string) *Text {
	return newText(text, theme.SizeText, theme.ColorText, Cut, false)
}

// NewStrong makes a bold text on one line.
func NewStrong(text string) *Text {
	return newText(text, theme.SizeText, theme.ColorText, Cut, true)
}

// NewHeadline makes the large, centred words of a welcome.
func NewHeadline(text string) *Text {
	return centred(newText(text, theme.SizeHeadline, theme.ColorText, Wrap, true))
}

func centred(t *Text) *Text {
	t.Alignment = fyne.TextAlignCenter
	t.Refresh()
	return t
}

// NewTitle makes a page's title.
func NewTitle(text string) *Text {
	return newText(text, theme.SizeTitle, theme.ColorText, Cut, true)
}

// NewSubtitle makes a panel's title.
func NewSubtitle(text string) *Text {
	return newText(text, theme.SizeSubtitle, theme.ColorText, Cut, true)
}

// NewCardTitle makes a card's title.
func NewCardTitle(text string) *Text {
	return newText(text, theme.SizeCardTitle, theme.ColorText, Cut, true)
}

// NewMuted makes a second line: smaller, grey, cut with ….
func NewMuted(text string) *Text {
	return newText(text, theme.SizeSmall, theme.ColorMuted, Cut, false)
}

// NewHelp makes a grey text that wraps.
func NewHelp(text string) *Text {
	return newText(text, theme.SizeSmall, theme.ColorMuted, Wrap, false)
}

// NewCaption makes the smallest words, cut with ….
func NewCaption(text string) *Text {
	return newText(text, theme.SizeCaption, theme.ColorMuted, Cut, false)
}

func newText(text string, size fyne.ThemeSizeName, color fyne.ThemeColorName, flow Flow, bold bool) *Text {
	t := &Text{Parts: []Part{{Text: text, Bold: bold}}, SizeName: size, Color: color, Flow: flow}
	t.rich = fynewidget.NewRichText()
	t.box = container.New(bleed(fynetheme.DefaultTheme().Size(fynetheme.SizeNameInnerPadding)), t.rich)
	t.ExtendBaseWidget(t)
	t.update()
	return t
}

// SetText replaces the parts by one, in the style of the first.
func (t *Text) SetText(text string) {
	part := Part{}
	if len(t.Parts) > 0 {
		part = t.Parts[0]
	}
	if len(t.Parts) == 1 && part.Text == text {
		return
	}
	part.Text = text
	t.Parts = []Part{part}
	t.Refresh()
}

// SetColor changes the colour, such as to an error's.
func (t *Text) SetColor(color fyne.ThemeColorName) {
	if t.Color != color {
		t.Color = color
		t.Refresh()
	}
}

// Words returns the text without its styles.
func (t *Text) Words() string {
	var b strings.Builder
	for _, p := range t.Parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// AccessibilityLabel is the text.
func (t *Text) AccessibilityLabel() string { return t.Words() }

// AccessibilityRole says that it is text.
func (t *Text) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Resize cuts anew.
func (t *Text) Resize(size fyne.Size) {
	again := t.cut && size.Width != t.Size().Width
	t.BaseWidget.Resize(size)
	if again {
		t.update()
	}
}

// Refresh shows changed fields.
func (t *Text) Refresh() {
	t.update()
	t.BaseWidget.Refresh()
}

// CreateRenderer is for Fyne.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(t.box)
}

func (t *Text) update() {
	var segments []fynewidget.RichTextSegment
	for _, p := range t.Parts {
		color := p.Color
		if color == "" {
			color = t.Color
		}
		for _, text := range afterSigns(p.Text) {
			segments = append(segments, &fynewidget.TextSegment{Text: text, Style: fynewidget.RichTextStyle{
				Alignment: t.Alignment, ColorName: color, Inline: true, SizeName: t.SizeName,
				TextStyle: fyne.TextStyle{Bold: p.Bold, Monospace: t.Monospace},
			}})
		}
	}
	t.cut = t.Flow == Cut && len(segments) > 1
	if t.cut {
		segments = cutTo(segments, t.SizeName, t.Size().Width)
	}
	t.rich.Segments = segments
	t.rich.Wrapping, t.rich.Truncation = fyne.TextWrapOff, fyne.TextTruncateOff
	switch t.Flow {
	case Cut:
		t.rich.Truncation = fyne.TextTruncateEllipsis
	case Wrap:
		t.rich.Wrapping = fyne.TextWrapWord
	}
	t.rich.Refresh()
}

// afterSigns cuts a text before each space that follows a sign such as → or an emoji. The fonts that have
// the signs have no space, and Fyne takes a space from the font of the letter before it.
func afterSigns(text string) []string {
	var parts []string
	from, before := 0, ' '
	for i, r := range text {
		if r == ' ' && before > '\u2000' && unicode.In(before, unicode.So, unicode.Sm, unicode.Sk, unicode.Mn) {
			parts = append(parts, text[from:i])
			from = i
		}
		before = r
	}
	return append(parts, text[from:])
}

// cutTo shortens a line of several segments to a width.
func cutTo(segments []fynewidget.RichTextSegment, name fyne.ThemeSizeName, width float32) []fynewidget.RichTextSegment {
	left := width
	for i, s := range segments {
		segment := s.(*fynewidget.TextSegment)
		measure := func(text string) float32 {
			return fyne.MeasureText(text, theme.Size(name), segment.Style.TextStyle).Width
		}
		if whole := measure(segment.Text); whole <= left {
			left -= whole
			continue
		}
		letters := []rune(segment.Text)
		fitting := sort.Search(len(letters), func(n int) bool { return measure(string(letters[:n+1])+"…") > left })
		segment.Text = string(letters[:fitting]) + "…"
		return segments[:i+1]
	}
	return segments
}
