package recipes

import (
	"fyne.io/fyne/v2"
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
	box           *fyne.Container
}

// shadow is the room that a card's shadow needs around it.
const shadow = 3

// Widths of the card's columns, in pixels before scaling.
const (
	tilesWidth = 160 // four tiles and what is between them
	barsWidth  = 82
	stateWidth = 164
)

func newCard() *card {
	c := &card{
		tiles: widget.NewTileRow(), name: widget.NewCardTitle(""), summary: widget.NewMuted(""),
		bars: widget.NewBars(""), chip: widget.NewChip("", "", theme.Neutral), note: widget.NewCaption(""),
		toggle: widget.NewToggle("", false, nil), menu: widget.NewIconButton(theme.IconMore, "", nil),
	}
	words := widget.Column(2, c.name, c.summary)
	state := widget.Column(theme.Space1, widget.Row(0, c.chip), c.note)
	inside := widget.Row(theme.Space4, widget.Width(c.tiles, tilesWidth), widget.Grow(words), widget.Width(c.bars, barsWidth),
		widget.Width(state, stateWidth), widget.Row(theme.Space1, c.toggle, c.menu))
	c.tap = widget.NewTapCard("", inside, nil)
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
