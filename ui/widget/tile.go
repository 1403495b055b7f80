package widget

import (
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
)

// Tile stands for a connector: a rounded square in its colour with a letter or a glyph, no logo.
type Tile struct {
	fynewidget.BaseWidget
	Look TileLook
	// Side is its width and height in pixels before scaling: 30 in lists, 20 in pills.
	Side float32

	square *canvas.Rectangle
	letter *canvas.Text
	icon   *canvas.Image
}

// TileLook says how a tile looks.
type TileLook struct {
	// Color is #RRGGBB; anything else is the grey of logic.
	Color string
	// Letter is one letter or sign, shown when there is no Icon.
	Letter string
	Icon   theme.IconName
	// Name is what it stands for, for screen readers.
	Name string
}

var (
	_ fyne.Widget     = (*Tile)(nil)
	_ fyne.Accessible = (*Tile)(nil)
)

// TileSide is the usual size of a tile.
const TileSide float32 = 30

// NewTile makes a tile of the usual size.
func NewTile(look TileLook) *Tile {
	t := &Tile{Look: look, Side: TileSide}
	t.square = &canvas.Rectangle{}
	t.letter = &canvas.Text{Alignment: fyne.TextAlignCenter, TextStyle: fyne.TextStyle{Bold: true}}
	t.icon = &canvas.Image{FillMode: canvas.ImageFillContain}
	t.ExtendBaseWidget(t)
	return t
}

// SetLook changes what it stands for.
func (t *Tile) SetLook(look TileLook) {
	if t.Look != look {
		t.Look = look
		t.Refresh()
	}
}

// AccessibilityLabel is the name.
func (t *Tile) AccessibilityLabel() string { return t.Look.Name }

// AccessibilityRole says that it is text.
func (t *Tile) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(container.NewStack(t.square, t.letter, container.NewCenter(t.icon)), t.paint)
}

func (t *Tile) paint() {
	fill := tileColor(t.Look.Color)
	t.square.FillColor = fill
	t.square.CornerRadius = t.Side / 4
	t.square.SetMinSize(fyne.NewSquareSize(t.Side))
	// The tile's colour is the connector's own and the same in light and dark, and so is what stands on it.
	on := theme.TileInk(fill)
	t.letter.Text, t.letter.Color, t.letter.TextSize = t.Look.Letter, on, t.Side*0.47
	SetVisible(t.letter, t.Look.Icon == "")
	t.icon.Resource = nil
	if t.Look.Icon != "" {
		t.icon.Resource = theme.IconIn(t.Look.Icon, on)
	}
	t.icon.SetMinSize(fyne.NewSquareSize(t.Side * 0.54))
	SetVisible(t.icon, t.Look.Icon != "")
	t.square.Refresh()
	t.letter.Refresh()
	t.icon.Refresh()
}

func tileColor(hex string) color.Color {
	v, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		return theme.LogicColor
	}
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// MaxTiles is how many tiles a TileRow shows; more are told as a number.
const MaxTiles = 4

// TileRow shows what a recipe uses: tile › tile › tile.
type TileRow struct {
	fynewidget.BaseWidget
	Looks []TileLook

	box *fyne.Container
}

var _ fyne.Widget = (*TileRow)(nil)

// NewTileRow makes a row of tiles.
func NewTileRow(looks ...TileLook) *TileRow {
	t := &TileRow{Looks: looks, box: Row(2)}
	t.ExtendBaseWidget(t)
	t.update()
	return t
}

// SetLooks changes the tiles.
func (t *TileRow) SetLooks(looks ...TileLook) {
	t.Looks = looks
	t.Refresh()
}

// Refresh shows changed fields.
func (t *TileRow) Refresh() {
	t.update()
	t.BaseWidget.Refresh()
}

// CreateRenderer is for Fyne.
func (t *TileRow) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(t.box) }

func (t *TileRow) update() {
	t.box.Objects = nil
	shown := t.Looks
	if len(shown) > MaxTiles {
		shown = shown[:MaxTiles-1]
	}
	for i, look := range shown {
		if i > 0 {
			t.box.Add(NewIcon(theme.IconNext, theme.ColorMuted, 9))
		}
		t.box.Add(NewTile(look))
	}
	if more := len(t.Looks) - len(shown); more > 0 {
		t.box.Add(newText("+"+strconv.Itoa(more), theme.SizeCaption, theme.ColorMuted, Whole, false))
	}
}
