package recipes

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// card is a row of the list. It is used for one recipe after another.
type card struct {
	fynewidget.BaseWidget
	tap           *widget.TapCard
	tiles         *widget.TileRow
	name, summary *widget.Text
	bars          *widget.Bars
	chip          *widget.Chip
	note          *widget.Text
	toggle        *widget.Toggle
	menu          *widget.Button
	columns       *columns
	inside, box   *fyne.Container
}

// shadow is the room that a card's shadow needs around it.
const shadow = 3

// Widths of the card's columns, in pixels before scaling.
const (
	tileWidth  = 43 // with what is between two
	barsWidth  = 82
	stateWidth = 164
	// wordsWidth is the least for name and summary; where there is less, the chart gives way and then the tiles.
	wordsWidth = 220
)

// columns puts tiles, words, chart, state and controls side by side.
type columns struct {
	tiles, words, bars, state, controls fyne.CanvasObject
	// most is how many tiles there is room for, the same in all cards.
	most int
}

var _ fyne.Layout = (*columns)(nil)

// MinSize is without chart and tiles.
func (c *columns) MinSize([]fyne.CanvasObject) fyne.Size {
	words, state, controls := c.words.MinSize(), c.state.MinSize(), c.controls.MinSize()
	return fyne.NewSize(words.Width+stateWidth+controls.Width+2*theme.Space4,
		max(words.Height, state.Height, controls.Height, c.tiles.MinSize().Height, c.bars.MinSize().Height))
}

// Layout is for Fyne.
func (c *columns) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	tilesWidth := float32(c.most * tileWidth)
	words := size.Width - tilesWidth - barsWidth - stateWidth - c.controls.MinSize().Width - 4*theme.Space4
	bars, tiles := words >= wordsWidth, true
	if !bars {
		words += barsWidth + theme.Space4
		if tiles = words >= wordsWidth; !tiles {
			words += tilesWidth + theme.Space4
		}
	}
	widget.SetVisible(c.bars, bars)
	widget.SetVisible(c.tiles, tiles)
	x := float32(0)
	put := func(o fyne.CanvasObject, width float32) {
		if o.Visible() {
			height := o.MinSize().Height
			o.Move(fyne.NewPos(x, (size.Height-height)/2))
			o.Resize(fyne.NewSize(width, height))
			x += width + theme.Space4
		}
	}
	put(c.tiles, tilesWidth)
	put(c.words, words)
	put(c.bars, barsWidth)
	put(c.state, stateWidth)
	put(c.controls, c.controls.MinSize().Width)
}

func newCard() *card {
	c := &card{
		tiles: widget.NewTileRow(), name: widget.NewCardTitle(""), summary: widget.NewMuted(""),
		bars: widget.NewBars(""), chip: widget.NewChip("", "", theme.Neutral), note: widget.NewCaption(""),
		toggle: widget.NewToggle("", false, nil), menu: widget.NewIconButton(theme.IconMore, "", nil),
	}
	words := widget.Column(2, c.name, c.summary)
	state := widget.Column(theme.Space1, widget.Row(0, c.chip), c.note)
	controls := widget.Row(theme.Space1, c.toggle, c.menu)
	c.columns = &columns{c.tiles, words, c.bars, state, controls, widget.MaxTiles}
	c.inside = container.New(c.columns, c.tiles, words, c.bars, state, controls)
	c.tap = widget.NewTapCard("", c.inside, nil)
	c.box = widget.Inset(c.tap, shadow, shadow)
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer is for Fyne.
func (c *card) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(c.box) }

// bind makes a card show a row and act on its recipe.
func (p *Page) bind(c *card, r row) {
	c.tap.Name = r.spoken()
	c.tap.OnTapped = func() { p.OnOpen(r.id) }
	c.tiles.SetLooks(r.looks...)
	if c.columns.most != r.mostTiles {
		c.columns.most = r.mostTiles
		c.inside.Refresh()
	}
	c.name.SetText(r.name)
	c.summary.SetText(r.summary)
	c.bars.Set(r.barsName(), r.bars...)
	c.chip.Set(r.icon, r.word, r.tone)
	c.note.SetText(r.note)
	c.toggle.Name = r.name
	c.toggle.OnChanged = func(on bool) { p.switchTo(r, on) }
	c.toggle.Set(r.on)
	c.menu.Name = lang.L("More about {{.Recipe}}", map[string]any{"Recipe": r.name})
	c.menu.OnTapped = func() { widget.ShowMenuBelow(c.menu, p.menu(r)...) }
}
