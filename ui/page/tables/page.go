// Package tables is the page of the small tables that recipes read and write: their rows, as a sheet,
// and what comes in from and goes out to CSV files.
package tables

import (
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/table"
	"bellhop/ui"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Desk is what the page asks for; *desk.Desk is one. It is called off the UI goroutine.
type Desk interface {
	Tables(ctx context.Context) ([]engine.Table, error)
	TableRows(ctx context.Context, t engine.Table, filter engine.RowFilter) ([]engine.Row, error)
	SaveTable(ctx context.Context, t *engine.Table) error
	DeleteTable(ctx context.Context, t engine.Table) error
	SaveTableRow(ctx context.Context, t engine.Table, row *engine.Row) error
	DeleteTableRows(ctx context.Context, t engine.Table, ids ...int64) error
	ImportTable(ctx context.Context, name string, file io.ReadSeeker, mode table.Mode) (engine.Table, error)
	ExportTable(ctx context.Context, t engine.Table, to io.Writer, forExcel bool) error
}

var _ Desk = (*desk.Desk)(nil)

// Files lets the user choose files. done is called on the UI goroutine, and not at all if the user
// chooses none.
type Files interface {
	// Open reads a file that the user chooses among those with such an ending.
	Open(endings []string, done func(name string, data []byte, err error))
	// Save writes data where the user says; name is what is proposed.
	Save(name string, data []byte, done func(err error))
}

// Params are what the page needs; all are required.
type Params struct {
	Loop      ui.Loop
	Navigator ui.Navigator
	Desk      Desk
	Files     Files
}

// pageSize is how many rows are read at once.
const pageSize = 200

// writtenEvery is how often what runs may have written is read at most.
const writtenEvery = time.Second

// Page is the page of tables.
type Page struct {
	Params
	tables *ui.Loader[[]engine.Table]
	// written reads what runs may have written.
	written *ui.Loader[[]engine.Table]
	rows    *ui.Loader[[]engine.Row]

	all  []engine.Table
	read bool
	// open is the table that is shown; its ID is 0 for none.
	open engine.Table
	// sheet holds the rows that were read, of which there may be more.
	sheet         []engine.Row
	more, reading bool

	names   *widget.List
	title   *widget.Text
	count   *widget.Text
	grid    *grid
	right   *fyne.Container
	filled  fyne.CanvasObject
	empty   fyne.CanvasObject
	failed  *widget.Banner
	content fyne.CanvasObject
}

var _ ui.Page = (*Page)(nil)

// New makes the page.
func New(params Params) *Page {
	p := &Page{Params: params}
	p.tables = ui.NewLoader(p.Loop, p.Desk.Tables, p.show)
	p.written = ui.NewLoader(p.Loop, p.Desk.Tables, p.show)
	p.written.Every = writtenEvery
	p.build()
	return p
}

// Title is the page's name.
func (p *Page) Title() string { return lang.L("Tables") }

// Content is the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show reads everything.
func (p *Page) Show() { p.tables.Load() }

// Hide stops reading.
func (p *Page) Hide() {
	p.tables.Stop()
	p.written.Stop()
	if p.rows != nil {
		p.rows.Stop()
		p.reading = false
	}
}

// Apply reads anew if tables changed; a little later if runs did, which may have written to them.
func (p *Page) Apply(changes []engine.Change) {
	for _, c := range changes {
		switch {
		case c.Kind == engine.TablesChanged:
			p.tables.Load()
			return
		case c.Kind == engine.RunChanged && !c.State.Active():
			p.written.Load()
		}
	}
}

func (p *Page) build() {
	p.names = widget.NewList(lang.L("Tables"), func() int { return len(p.all) },
		func() fyne.CanvasObject { return newName() },
		func(i int, o fyne.CanvasObject) {
			if i < len(p.all) { // the list may ask for what is gone already
				o.(*name).show(p.all[i], p.all[i].ID == p.open.ID)
			}
		}, func(i int) { p.choose(p.all[i]) })
	p.title, p.count = widget.NewSubtitle(""), widget.NewMuted("")
	p.count.Flow = widget.Whole
	p.grid = newGrid(p)
	addRow := widget.NewButton(lang.L("Add a row"), func() { p.edit(engine.Row{}) })
	addRow.Icon = theme.IconPlus
	more := widget.NewMenuButton(lang.L("What can be done with this table"), p.menu)
	head := widget.Row(theme.Space3, widget.Grow(p.title), p.count, addRow, more)
	p.right = widget.Border(widget.Inset(head, theme.Space2, 0), nil, nil, nil, p.grid)
	p.right.Hide()
	list := widget.Border(nil, nil, nil, widget.NewLineV(), widget.Inset(p.names, 0, theme.Space2))
	p.filled = widget.Border(nil, nil, widget.Width(list, 230), nil, widget.Inset(p.right, 0, theme.Space4))
	p.empty = widget.NewEmptyState(theme.IconTable, lang.L("No tables yet"),
		lang.L("Recipes look things up in tables, and keep lists in them. Bring one in from a CSV file, as any spreadsheet program writes it."),
		widget.NewFilledButton(theme.IconPlus, lang.L("Bring in a CSV file…"), p.bringIn),
		widget.NewButton(lang.L("Make an empty one…"), p.add))
	p.empty.Hide()
	p.filled.Hide()
	p.failed = widget.NewBanner(theme.Bad, "", "", widget.NewButton(lang.L("Try again"), func() { p.tables.Load() }))
	p.failed.Hide()
	make := widget.NewFilledButton(theme.IconPlus, lang.L("New table"), nil)
	make.OnTapped = func() {
		widget.ShowMenuBelow(make, fyne.NewMenuItem(lang.L("Bring in a CSV file…"), p.bringIn), fyne.NewMenuItem(lang.L("Make an empty one…"), p.add))
	}
	p.content = widget.NewPage(widget.NewPageHeader(p.Title(), make),
		widget.Border(p.failed, nil, nil, nil, container.NewStack(p.filled, p.empty)))
}

// show takes the tables that were read.
func (p *Page) show(all []engine.Table, err error) {
	if err != nil {
		p.failed.Set(theme.Bad, lang.L("The tables cannot be read."), phrase.Error(err))
		p.failed.Show()
		p.content.Refresh()
		return
	}
	p.failed.Hide()
	p.all, p.read = all, true
	widget.SetVisible(p.empty, len(all) == 0)
	widget.SetVisible(p.filled, len(all) > 0)
	i := slices.IndexFunc(all, func(t engine.Table) bool { return t.ID == p.open.ID })
	switch {
	case i >= 0:
		p.reopen(all[i])
	case len(all) > 0:
		p.choose(all[0])
	default:
		p.open = engine.Table{}
		p.right.Hide()
	}
	p.names.Refresh()
	p.content.Refresh()
}

// choose shows a table from its first row.
func (p *Page) choose(t engine.Table) {
	p.sheet = nil
	p.grid.top()
	p.reopen(t)
}

// reopen reads a table's rows anew, as many as there were.
func (p *Page) reopen(t engine.Table) {
	p.open = t
	p.title.SetText(t.Name)
	p.count.SetText(lang.N("{{.Count}} rows", t.Rows, map[string]any{"Count": t.Rows}))
	p.right.Show()
	p.right.Refresh()
	p.names.Refresh()
	limit := max(len(p.sheet), pageSize)
	p.readRows(0, limit, func(rows []engine.Row) { p.sheet, p.more = rows, len(rows) == limit })
}

// further reads the next page.
func (p *Page) further() {
	if p.reading || !p.more || len(p.sheet) == 0 {
		return
	}
	p.readRows(p.sheet[len(p.sheet)-1].ID, pageSize, func(rows []engine.Row) {
		p.sheet, p.more = append(p.sheet, rows...), len(rows) == pageSize
	})
}

// readRows reads rows after one and gives them to take.
func (p *Page) readRows(after int64, limit int, take func([]engine.Row)) {
	t := p.open
	if p.rows != nil {
		p.rows.Stop()
	}
	p.reading = true
	p.rows = ui.NewLoader(p.Loop, func(ctx context.Context) ([]engine.Row, error) {
		return p.Desk.TableRows(ctx, t, engine.RowFilter{After: after, Limit: limit})
	}, func(rows []engine.Row, err error) {
		p.reading = false
		if err != nil {
			p.failed.Set(theme.Bad, lang.L("The rows cannot be read."), phrase.Error(err))
			p.failed.Show()
			p.content.Refresh()
			return
		}
		take(rows)
		p.grid.fill(t)
	})
	p.rows.Load()
}

// rowName says which row it is, counted from 1.
func rowName(i int) string { return strconv.Itoa(i + 1) }
