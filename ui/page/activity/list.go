package activity

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/ui/fact"
	"bellhop/ui/status"
	"bellhop/ui/theme"
	"bellhop/ui/tile"
	"bellhop/ui/when"
	"bellhop/ui/widget"
)

// readAhead is how many rows before the end the next page is read.
const readAhead = 10

// runList is the list of runs with its keys: up and down open the run above or below, Enter goes to
// what can be done about it, and R retries.
type runList struct {
	fynewidget.List
	page *Page
	runs []engine.Run
	// quiet is true while the selection follows a run to another row, which opens nothing.
	quiet bool
}

var (
	_ fyne.Focusable  = (*runList)(nil)
	_ fyne.Accessible = (*runList)(nil)
)

func newRunList(p *Page) *runList {
	l := &runList{page: p}
	l.Length = func() int { return len(l.runs) }
	l.CreateItem = func() fyne.CanvasObject { return newRow() }
	l.UpdateItem = func(id fynewidget.ListItemID, o fyne.CanvasObject) {
		if id >= len(l.runs) {
			return // the list may ask for what is gone already
		}
		o.(*row).show(p.rowOf(l.runs[id]))
		if id >= len(l.runs)-readAhead && p.shelf.query == "" {
			p.older()
		}
	}
	l.OnSelected = func(id fynewidget.ListItemID) {
		if !l.quiet && id < len(l.runs) {
			p.Open(l.runs[id].ID)
		}
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// AccessibilityLabel says what is listed.
func (l *runList) AccessibilityLabel() string { return lang.L("Runs") }

// AccessibilityRole says that it holds more.
func (l *runList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// fill shows these runs. What is seen stays where it is when new ones come in above.
func (l *runList) fill(runs []engine.Run) {
	offset, before := l.GetScrollOffset(), l.runs
	l.runs = runs
	l.Refresh()
	l.mark(l.page.selected)
	if offset <= 0 || len(before) == 0 || len(runs) == 0 {
		l.ScrollToOffset(offset)
		return
	}
	height := rowHeight + theme.Size(fynetheme.SizeNamePadding)
	seen := min(int(offset/height), len(before)-1)
	if i := index(runs, before[seen].ID); i >= 0 {
		offset += float32(i-seen) * height
	}
	l.ScrollToOffset(offset)
}

// mark selects the row of a run, or none, without opening it.
func (l *runList) mark(id int64) {
	l.quiet = true
	defer func() { l.quiet = false }()
	if i := index(l.runs, id); i >= 0 {
		l.Highlight(i) // where the keys go on from
		l.Select(i)
		return
	}
	l.UnselectAll()
}

// TypedKey opens the run above or below, or goes to the run that is open.
func (l *runList) TypedKey(key *fyne.KeyEvent) {
	i := index(l.runs, l.page.selected)
	switch key.Name {
	case fyne.KeyUp:
		l.open(i - 1)
	case fyne.KeyDown:
		l.open(i + 1)
	case fyne.KeyHome:
		l.open(0)
	case fyne.KeyEnd:
		l.open(len(l.runs) - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.page.right.focus()
	default:
		if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(key)
		}
	}
}

// TypedRune retries the run on R.
func (l *runList) TypedRune(r rune) {
	if unicode.ToLower(r) == 'r' {
		l.page.retryOpen()
	}
}

// focus gives the keyboard to the list.
func (l *runList) focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
}

func (l *runList) open(i int) {
	if i < 0 || i >= len(l.runs) {
		return
	}
	l.Select(i)
}

// rowHeight is a row's height in pixels before scaling.
const rowHeight float32 = 54

// rowData is what a row shows.
type rowData struct {
	tile                widget.TileLook
	title, recipe, time string
	state               engine.State
	recovered           bool
}

func (p *Page) rowOf(r engine.Run) rowData {
	return rowData{tile: tile.Operation(p.Catalog, p.uses[r.RecipeID]), title: fact.Run(r), recipe: r.RecipeName,
		time: "· " + when.Clock(r.CreatedAt, p.Now()), state: r.State, recovered: r.Recovered}
}

// row shows one run. Its parts are made when it is first shown: the list makes rows only to measure
// them, again and again, and Fyne would keep their parts in memory.
type row struct {
	fynewidget.BaseWidget
	data                rowData
	tile                *widget.Tile
	title, recipe, time *widget.Text
	chip                *widget.Chip
	box                 *fyne.Container
}

var _ fyne.Widget = (*row)(nil)

func newRow() *row {
	r := &row{}
	r.ExtendBaseWidget(r)
	return r
}

// MinSize is the same for all rows.
func (r *row) MinSize() fyne.Size { return fyne.NewSize(200, rowHeight) }

func (r *row) show(data rowData) {
	r.parts()
	if r.data == data {
		return
	}
	r.data = data
	r.tile.SetLook(data.tile)
	r.title.SetText(data.title)
	r.recipe.SetText(data.recipe)
	r.time.SetText(data.time)
	status.Set(r.chip, data.state, "")
	if data.recovered && data.state == engine.Succeeded {
		r.chip.Set(theme.IconMoon, lang.L("Recovered"), theme.Brass)
	}
	r.box.Refresh()
}

func (r *row) parts() {
	if r.box != nil {
		return
	}
	r.tile = widget.NewTile(widget.TileLook{})
	r.title, r.recipe, r.time = widget.NewStrong(""), widget.NewCaption(""), widget.NewCaption("")
	r.time.Flow = widget.Whole
	r.chip = widget.NewChip("", "", theme.Neutral)
	words := widget.Column(1, r.title, newHeading(theme.Space1, r.recipe, r.time))
	r.box = widget.Inset(widget.Row(10, r.tile, widget.Grow(words), r.chip), theme.Space2, 10)
}

// CreateRenderer is for Fyne.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	r.parts()
	return fynewidget.NewSimpleRenderer(r.box)
}
