package tables

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	fynewidget "fyne.io/fyne/v2/widget"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

const (
	// readAhead is how many rows before the end the next are read.
	readAhead = 50
	// mostLetters is how much of a cell is shown.
	mostLetters = 200
	// Widths of columns in pixels before scaling.
	leastColumn, mostColumn float32 = 90, 280
	letterWidth             float32 = 8
	cellHeight              float32 = 30
)

// grid shows the rows of a table as a sheet. Enter, or a press, opens the row of a cell.
type grid struct {
	fynewidget.Table
	page    *Page
	columns []string
	// at is the cell that the keys have come to.
	at fynewidget.TableCellID
}

var (
	_ fyne.Focusable  = (*grid)(nil)
	_ fyne.Accessible = (*grid)(nil)
)

func newGrid(p *Page) *grid {
	g := &grid{page: p}
	g.Length = func() (int, int) { return len(p.sheet), len(g.columns) }
	g.CreateCell = func() fyne.CanvasObject { return newCell() }
	g.UpdateCell = func(id fynewidget.TableCellID, o fyne.CanvasObject) {
		if id.Row >= len(p.sheet) || id.Col >= len(g.columns) {
			return // the table may ask for what is gone already
		}
		o.(*cell).show(p.sheet[id.Row].Cells[g.columns[id.Col]], false)
		if id.Row >= len(p.sheet)-readAhead {
			p.further()
		}
	}
	g.ShowHeaderRow, g.ShowHeaderColumn = true, true
	g.CreateHeader = func() fyne.CanvasObject { return newCell() }
	g.UpdateHeader = func(id fynewidget.TableCellID, o fyne.CanvasObject) {
		text := ""
		switch {
		case id.Row < 0 && id.Col >= 0 && id.Col < len(g.columns):
			text = g.columns[id.Col]
		case id.Row >= 0 && id.Col < 0:
			text = rowName(id.Row)
		}
		o.(*cell).show(text, true)
	}
	g.OnHighlighted = func(id fynewidget.TableCellID) { g.at = id }
	g.OnSelected = func(id fynewidget.TableCellID) {
		g.at = id
		g.UnselectAll()
		g.press()
	}
	g.ExtendBaseWidget(g)
	return g
}

// AccessibilityLabel says what it shows.
func (g *grid) AccessibilityLabel() string { return lang.L("Rows of the table") }

// AccessibilityRole says that it holds more.
func (g *grid) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// TypedKey opens the row that the keys have come to on Enter.
func (g *grid) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		g.press()
	case fyne.KeyEscape:
		if c := fyne.CurrentApp().Driver().CanvasForObject(g); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(key)
		}
	default:
		g.Table.TypedKey(key)
	}
}

func (g *grid) press() {
	if g.at.Row >= 0 && g.at.Row < len(g.page.sheet) {
		g.page.edit(g.page.sheet[g.at.Row])
	}
}

// top goes back to the first row.
func (g *grid) top() {
	g.at = fynewidget.TableCellID{}
	g.MinSize() // a table that was never drawn cannot scroll
	g.ScrollToTop()
}

// fill shows a table's rows. A column is as wide as its name and first rows need, within bounds.
func (g *grid) fill(t engine.Table) {
	g.columns = t.Columns
	for i, column := range t.Columns {
		letters := len([]rune(column)) + 2
		for _, row := range g.page.sheet[:min(len(g.page.sheet), readAhead)] {
			letters = max(letters, len([]rune(row.Cells[column])))
		}
		g.SetColumnWidth(i, min(max(float32(letters)*letterWidth, leastColumn), mostColumn))
	}
	g.SetColumnWidth(-1, 56)
	g.Refresh()
}

// cell is one text of the sheet.
type cell struct {
	fynewidget.BaseWidget
	text *widget.Text
	box  *fyne.Container
}

func newCell() *cell {
	c := &cell{}
	c.ExtendBaseWidget(c)
	return c
}

// MinSize is the same for all cells.
func (c *cell) MinSize() fyne.Size { return fyne.NewSize(leastColumn, cellHeight) }

func (c *cell) parts() {
	if c.box == nil {
		c.text = widget.NewLine("")
		c.text.SizeName = theme.SizeSmall
		c.box = widget.Inset(widget.Row(0, widget.Grow(c.text)), theme.Space1, theme.Space2)
	}
}

func (c *cell) show(text string, head bool) {
	c.parts()
	letters := []rune(text)
	if len(letters) > mostLetters {
		text = string(letters[:mostLetters]) + "…"
	}
	color := theme.ColorText
	if head {
		color = theme.ColorMuted
	}
	c.text.SetText(text)
	c.text.SetColor(color)
}

// CreateRenderer is for Fyne.
func (c *cell) CreateRenderer() fyne.WidgetRenderer {
	c.parts()
	return fynewidget.NewSimpleRenderer(c.box)
}

// name is one table in the list at the left.
type name struct {
	fynewidget.BaseWidget
	title, rows *widget.Text
	label       string
	box         *fyne.Container
}

var _ fyne.Accessible = (*name)(nil)

func newName() *name {
	n := &name{}
	n.ExtendBaseWidget(n)
	return n
}

// MinSize is the same for all.
func (n *name) MinSize() fyne.Size { return fyne.NewSize(160, 40) }

// AccessibilityLabel is the table's name.
func (n *name) AccessibilityLabel() string { return n.label }

// AccessibilityRole says that it can be pressed.
func (n *name) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (n *name) parts() {
	if n.box == nil {
		n.title, n.rows = widget.NewLine(""), widget.NewCaption("")
		n.rows.Flow = widget.Whole
		n.box = widget.Inset(widget.Row(theme.Space2, widget.Grow(n.title), n.rows), theme.Space1, theme.Space2)
	}
}

func (n *name) show(t engine.Table, open bool) {
	n.parts()
	n.label = t.Name
	color := theme.ColorText
	if open {
		color = theme.ColorPrimary
	}
	n.title.Parts = []widget.Part{{Text: t.Name, Bold: open, Color: color}}
	n.title.Refresh()
	n.rows.SetText(rowName(t.Rows - 1))
	n.box.Refresh()
}

// CreateRenderer is for Fyne.
func (n *name) CreateRenderer() fyne.WidgetRenderer {
	n.parts()
	return fynewidget.NewSimpleRenderer(n.box)
}
