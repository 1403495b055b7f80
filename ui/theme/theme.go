// Package theme is how Bellhop looks: colours in light and dark, sizes, spacing and icons.
//
// Pages and widgets name colours (ColorMuted), never write them. What is drawn by hand asks Color in
// its Refresh, since the variant may change while the window is open.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Mode says which variant is shown.
type Mode int

// The modes.
const (
	System Mode = iota // as the desktop has it
	Light
	Dark
)

// Theme is Bellhop's fyne.Theme.
type Theme struct{ mode Mode }

var _ fyne.Theme = (*Theme)(nil)

// New returns the theme in a mode.
func New(mode Mode) *Theme { return &Theme{mode: mode} }

// Color returns a colour by its name: Bellhop's, or else Fyne's own.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch t.mode {
	case Light:
		variant = theme.VariantLight
	case Dark:
		variant = theme.VariantDark
	}
	colors := light
	if variant == theme.VariantDark {
		colors = dark
	}
	if c, ok := colors[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, variant)
}

// Font returns Fyne's built-in Noto Sans.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

// Icon returns the icon of Fyne's own widgets: Fyne's, but for the arrows of a tree. Bellhop's come from
// the function Icon.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	switch name {
	case theme.IconNameMoveDown:
		return Icon(IconDown, ColorMuted)
	case theme.IconNameNavigateNext:
		return Icon(IconNext, ColorMuted)
	}
	return theme.DefaultTheme().Icon(name)
}

// Sizes of text. Fyne's names are used where Fyne's widgets should follow.
const (
	SizeHeadline  = fyne.ThemeSizeName("headline")  // 26: the welcome
	SizeTitle     = theme.SizeNameHeadingText       // 22: a page's title
	SizeSubtitle  = theme.SizeNameSubHeadingText    // 17: a panel's title
	SizeCardTitle = fyne.ThemeSizeName("cardTitle") // 15: bold in cards
	SizeText      = theme.SizeNameText              // 14
	SizeSmall     = fyne.ThemeSizeName("small")     // 13: second lines
	SizeCaption   = theme.SizeNameCaptionText       // 12: chips, captions
)

// Radii of corners, in pixels before scaling.
const (
	RadiusCard  float32 = 12 // cards, banners, panels
	RadiusField float32 = 8  // buttons, fields, rows
)

// Steps of space, in pixels before scaling.
const (
	Space1 float32 = 4
	Space2 float32 = 8
	Space3 float32 = 12
	Space4 float32 = 16
	Space5 float32 = 20
	Space6 float32 = 24
	Space7 float32 = 28 // around a page
)

var sizes = map[fyne.ThemeSizeName]float32{
	SizeHeadline:                  26,
	SizeTitle:                     22,
	SizeSubtitle:                  17,
	SizeCardTitle:                 15,
	SizeText:                      14,
	SizeSmall:                     13,
	SizeCaption:                   12,
	theme.SizeNameButtonRadius:    RadiusField,
	theme.SizeNameInputRadius:     RadiusField,
	theme.SizeNameCardRadius:      RadiusCard,
	theme.SizeNameDialogRadius:    RadiusCard,
	theme.SizeNamePopupRadius:     RadiusField,
	theme.SizeNameMenuRadius:      RadiusField,
	theme.SizeNameSelectionRadius: RadiusField,
	theme.SizeNameInlineIcon:      18,
	theme.SizeNameScrollBar:       10,
	theme.SizeNameScrollBarSmall:  4,
}

// Size returns a size by its name: Bellhop's, or else Fyne's own.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}

// Color returns a colour of the app's theme as it is now.
func Color(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

// Size returns a size of the app's theme.
func Size(name fyne.ThemeSizeName) float32 { return theme.Size(name) }
