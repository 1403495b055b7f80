package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The colours of Bellhop. Those that Fyne knows too bear Fyne's names, so that Fyne's own widgets
// fit in.
const (
	ColorBackground  = theme.ColorNameBackground          // the window
	ColorSurface     = fyne.ThemeColorName("surface")     // cards, panels, the rail
	ColorSunken      = fyne.ThemeColorName("sunken")      // lanes, grey chips, code
	ColorText        = theme.ColorNameForeground          // what is read first
	ColorMuted       = fyne.ThemeColorName("muted")       // what is read second
	ColorLine        = theme.ColorNameSeparator           // borders, separators
	ColorPrimary     = theme.ColorNamePrimary             // one action per screen, selection
	ColorPrimaryTint = fyne.ThemeColorName("primaryTint") // selected rows, pills
	ColorOnPrimary   = theme.ColorNameForegroundOnPrimary // text on ColorPrimary
	ColorBrass       = fyne.ThemeColorName("brass")       // the bell, recovered runs
	ColorBrassTint   = fyne.ThemeColorName("brassTint")
	ColorOK          = theme.ColorNameSuccess // succeeded, on
	ColorOKTint      = fyne.ThemeColorName("okTint")
	ColorWarn        = theme.ColorNameWarning // incomplete, waiting
	ColorWarnTint    = fyne.ThemeColorName("warnTint")
	ColorError       = theme.ColorNameError // failed, invalid
	ColorErrorTint   = fyne.ThemeColorName("errorTint")
	ColorOnError     = theme.ColorNameForegroundOnError
	ColorHover       = theme.ColorNameHover             // laid over what the pointer is on
	ColorFocus       = theme.ColorNameFocus             // ring around what has the keyboard
	ColorDisabled    = theme.ColorNameDisabled          // what cannot be used now
	ColorShadow      = theme.ColorNameShadow            // below cards
	ColorBar         = fyne.ThemeColorName("bar")       // small charts
	ColorTrack       = fyne.ThemeColorName("track")     // a toggle that is off
	ColorKnob        = fyne.ThemeColorName("knob")      // what moves in a toggle
	ColorBrassText   = fyne.ThemeColorName("brassText") // words on ColorBrassTint
)

// rgb makes an opaque colour from 0xRRGGBB.
func rgb(v uint32) color.NRGBA { return rgba(v<<8 | 0xFF) }

// rgba makes a colour from 0xRRGGBBAA.
func rgba(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 24), G: uint8(v >> 16), B: uint8(v >> 8), A: uint8(v)}
}

type palette map[fyne.ThemeColorName]color.Color

var light = palette{
	ColorBackground:  rgb(0xF7F5F1),
	ColorSurface:     rgb(0xFFFFFF),
	ColorSunken:      rgb(0xF1EEE8),
	ColorText:        rgb(0x1E2128),
	ColorMuted:       rgb(0x6B7280),
	ColorLine:        rgb(0xE4E0D8),
	ColorPrimary:     rgb(0x2F4F8F),
	ColorPrimaryTint: rgb(0xE8EEF9),
	ColorOnPrimary:   rgb(0xFFFFFF),
	ColorBrass:       rgb(0xC8912B),
	ColorBrassTint:   rgb(0xFBF1DC),
	ColorBrassText:   rgb(0x85590C),
	ColorOK:          rgb(0x2C8457),
	ColorOKTint:      rgb(0xE3F3EA),
	ColorWarn:        rgb(0xB7690A),
	ColorWarnTint:    rgb(0xFDF0DD),
	ColorError:       rgb(0xC23A2B),
	ColorErrorTint:   rgb(0xFBE7E4),
	ColorOnError:     rgb(0xFFFFFF),
	ColorHover:       rgba(0x1E21280D),
	ColorFocus:       rgba(0x2F4F8F66),
	ColorDisabled:    rgb(0xA6A9B0),
	ColorShadow:      rgba(0x1E21281F),
	ColorBar:         rgb(0x9DB0D8),
	ColorTrack:       rgb(0xD3CEC4),
	ColorKnob:        rgb(0xFFFFFF),

	theme.ColorNameButton:                    rgb(0xFFFFFF),
	theme.ColorNameDisabledButton:            rgb(0xF1EEE8),
	theme.ColorNameForegroundOnSuccess:       rgb(0xFFFFFF),
	theme.ColorNameForegroundOnWarning:       rgb(0xFFFFFF),
	theme.ColorNameHeaderBackground:          rgb(0xF1EEE8),
	theme.ColorNameHyperlink:                 rgb(0x2F4F8F),
	theme.ColorNameInnerWindowBorder:         rgb(0xE4E0D8),
	theme.ColorNameInnerWindowBorderInactive: rgb(0xE4E0D8),
	theme.ColorNameInputBackground:           rgb(0xFFFFFF),
	theme.ColorNameInputBorder:               rgb(0xD3CEC4),
	theme.ColorNameMenuBackground:            rgb(0xFFFFFF),
	theme.ColorNameOverlayBackground:         rgb(0xFFFFFF),
	theme.ColorNamePlaceHolder:               rgb(0x6B7280),
	theme.ColorNamePressed:                   rgba(0x1E21281F),
	theme.ColorNameScrollBar:                 rgba(0x1E212859),
	theme.ColorNameScrollBarBackground:       rgba(0x1E21280A),
	theme.ColorNameSelection:                 rgb(0xE8EEF9),
}

var dark = palette{
	ColorBackground:  rgb(0x14171C),
	ColorSurface:     rgb(0x1C2027),
	ColorSunken:      rgb(0x171B21),
	ColorText:        rgb(0xECEFF4),
	ColorMuted:       rgb(0x98A2B3),
	ColorLine:        rgb(0x2B323C),
	ColorPrimary:     rgb(0x8FB0F5),
	ColorPrimaryTint: rgb(0x22304B),
	ColorOnPrimary:   rgb(0x14171C),
	ColorBrass:       rgb(0xE3B860),
	ColorBrassTint:   rgb(0x3A3120),
	ColorBrassText:   rgb(0xE3B860),
	ColorOK:          rgb(0x6CC796),
	ColorOKTint:      rgb(0x1D3328),
	ColorWarn:        rgb(0xE5A54B),
	ColorWarnTint:    rgb(0x3A2D18),
	ColorError:       rgb(0xF08A7C),
	ColorErrorTint:   rgb(0x3C2320),
	ColorOnError:     rgb(0x14171C),
	ColorHover:       rgba(0xECEFF412),
	ColorFocus:       rgba(0x8FB0F580),
	ColorDisabled:    rgb(0x5B6472),
	ColorShadow:      rgba(0x00000059),
	ColorBar:         rgb(0x5C74A8),
	ColorTrack:       rgb(0x3A424E),
	ColorKnob:        rgb(0xF4F6FA),

	theme.ColorNameButton:                    rgb(0x1C2027),
	theme.ColorNameDisabledButton:            rgb(0x171B21),
	theme.ColorNameForegroundOnSuccess:       rgb(0x14171C),
	theme.ColorNameForegroundOnWarning:       rgb(0x14171C),
	theme.ColorNameHeaderBackground:          rgb(0x171B21),
	theme.ColorNameHyperlink:                 rgb(0x8FB0F5),
	theme.ColorNameInnerWindowBorder:         rgb(0x2B323C),
	theme.ColorNameInnerWindowBorderInactive: rgb(0x2B323C),
	theme.ColorNameInputBackground:           rgb(0x1C2027),
	theme.ColorNameInputBorder:               rgb(0x3A424E),
	theme.ColorNameMenuBackground:            rgb(0x232932),
	theme.ColorNameOverlayBackground:         rgb(0x1C2027),
	theme.ColorNamePlaceHolder:               rgb(0x98A2B3),
	theme.ColorNamePressed:                   rgba(0xECEFF424),
	theme.ColorNameScrollBar:                 rgba(0xECEFF459),
	theme.ColorNameScrollBarBackground:       rgba(0xECEFF40A),
	theme.ColorNameSelection:                 rgb(0x22304B),
}

// LogicColor is the tile colour of what belongs to no connector: logic, schedules.
var LogicColor = rgb(0x5B6472)

// TileInk returns what can be read on a tile of that colour: white, or dark on light colours.
func TileInk(tile color.Color) color.NRGBA {
	r, g, b, _ := tile.RGBA()
	// Perceived brightness by the weights of ITU-R BT.601, of 0xFFFF.
	if (299*r+587*g+114*b)/1000 > 0xC000 {
		return rgb(0x1E2128)
	}
	return rgb(0xFFFFFF)
}

// Tone is the mood of a chip, banner or text.
type Tone int

// The tones. A tone never stands alone: a glyph and a word go with it.
const (
	Neutral Tone = iota // grey: filtered, off, nothing to say
	Primary             // selected, live
	Brass               // recovered, while you were away
	OK                  // succeeded, on
	Warn                // incomplete, waiting, unsure
	Bad                 // failed, invalid
)

// Foreground names the colour for words and glyphs of the tone.
func (t Tone) Foreground() fyne.ThemeColorName {
	return [...]fyne.ThemeColorName{ColorMuted, ColorPrimary, ColorBrassText, ColorOK, ColorWarn, ColorError}[t]
}

// Tint names the colour behind them.
func (t Tone) Tint() fyne.ThemeColorName {
	return [...]fyne.ThemeColorName{ColorSunken, ColorPrimaryTint, ColorBrassTint, ColorOKTint, ColorWarnTint, ColorErrorTint}[t]
}
