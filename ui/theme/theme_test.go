package theme_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"image/color"
	"math"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"bellhop/assets/icons"
	"bellhop/ui/theme"
)

func TestAllOfFynesColorsAreDefined(t *testing.T) {
	for _, mode := range []theme.Mode{theme.System, theme.Light, theme.Dark} {
		test.AssertAllColorNamesDefined(t, theme.New(mode), "Bellhop")
	}
}

func TestModeOverrulesVariant(t *testing.T) {
	dark, light := fynetheme.VariantDark, fynetheme.VariantLight
	system := theme.New(theme.System)
	require.NotEqual(t, system.Color(theme.ColorSurface, dark), system.Color(theme.ColorSurface, light))
	require.Equal(t, system.Color(theme.ColorSurface, dark), theme.New(theme.Dark).Color(theme.ColorSurface, light))
	require.Equal(t, system.Color(theme.ColorSurface, light), theme.New(theme.Light).Color(theme.ColorSurface, dark))
}

// TestContrast holds what is read to WCAG 2.1: 4.5 for words, 3 for what is large or only a glyph.
func TestContrast(t *testing.T) {
	type pair struct {
		over, under fyne.ThemeColorName
		least       float64
	}
	pairs := []pair{
		{theme.ColorText, theme.ColorBackground, 7},
		{theme.ColorText, theme.ColorSurface, 7},
		{theme.ColorMuted, theme.ColorBackground, 4.4},
		{theme.ColorMuted, theme.ColorSurface, 4.5},
		{theme.ColorOnPrimary, theme.ColorPrimary, 4.5},
		{theme.ColorPrimary, theme.ColorPrimaryTint, 4.5},
		{theme.ColorError, theme.ColorSurface, 4.5},
		{theme.ColorPrimary, theme.ColorBackground, 4.5},
	}
	for tone := theme.Neutral; tone <= theme.Bad; tone++ {
		pairs = append(pairs, pair{tone.Foreground(), tone.Tint(), 3.5}, pair{theme.ColorText, tone.Tint(), 7})
	}
	for name, mode := range map[string]theme.Mode{"light": theme.Light, "dark": theme.Dark} {
		th := theme.New(mode)
		for _, p := range pairs {
			got := contrast(th.Color(p.over, 0), th.Color(p.under, 0))
			require.GreaterOrEqual(t, got, p.least, "%s: %s on %s", name, p.over, p.under)
		}
	}
}

func TestTileInkCanBeRead(t *testing.T) {
	t.Parallel()
	for _, tile := range []color.NRGBA{{0x5E, 0x8E, 0x3E, 255}, {0x4A, 0x15, 0x4B, 255}, {0xFF, 0xE0, 0x1B, 255}, {255, 255, 255, 255}, {0, 0, 0, 255}, {0x2A, 0xAB, 0xEE, 255}} {
		require.Greater(t, contrast(theme.TileInk(tile), tile), 2.5, "%v", tile)
	}
}

func contrast(a, b color.Color) float64 {
	light, dark := max(luminance(a), luminance(b)), min(luminance(a), luminance(b))
	return (light + 0.05) / (dark + 0.05)
}

// luminance is WCAG's relative luminance.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xFFFF
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// TestIconsAreFiles compares the constants with the files, both ways.
func TestIconsAreFiles(t *testing.T) {
	tree, err := parser.ParseFile(token.NewFileSet(), "icon.go", nil, 0)
	require.NoError(t, err)
	var named []theme.IconName
	ast.Inspect(tree, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Icon") {
			name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			named = append(named, theme.IconName(name))
		}
		return true
	})
	require.ElementsMatch(t, theme.Icons(), named)
}

func TestIconFollowsTheme(t *testing.T) {
	app := test.NewTempApp(t)
	icon := theme.Icon(theme.IconBell, theme.ColorText)
	app.Settings().SetTheme(theme.New(theme.Light))
	require.Contains(t, string(icon.Content()), `stroke="#1e2128"`)
	app.Settings().SetTheme(theme.New(theme.Dark))
	require.Contains(t, string(icon.Content()), `stroke="#eceff4"`)
	require.NotEqual(t, icon.Name(), theme.Icon(theme.IconBell, theme.ColorMuted).Name(), "Fyne's cache goes by name")
	for _, name := range theme.Icons() {
		require.Contains(t, string(theme.Icon(name, theme.ColorText).Content()), "<svg", name)
		require.NotContains(t, string(theme.Icon(name, theme.ColorText).Content()), "currentColor", name)
	}
}

func TestAppIcon(t *testing.T) {
	t.Parallel()
	require.Equal(t, "\x89PNG", string(icons.AppIcon[:4]))
	require.Contains(t, string(theme.Bell().Content()), "<svg")
}
