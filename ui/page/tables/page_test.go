package tables_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/table"
	"bellhop/ui/page/tables"
	"bellhop/ui/theme"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

// fakeDesk keeps one table's rows in memory.
type fakeDesk struct {
	tables []engine.Table
	rows   []engine.Row
	err    error
	asked  []engine.RowFilter
	did    []string
	modes  []table.Mode
}

func (f *fakeDesk) Tables(context.Context) ([]engine.Table, error) {
	return slices.Clone(f.tables), f.err
}

func (f *fakeDesk) TableRows(_ context.Context, _ engine.Table, filter engine.RowFilter) ([]engine.Row, error) {
	f.asked = append(f.asked, filter)
	rows := []engine.Row{}
	for _, r := range f.rows {
		if r.ID > filter.After && len(rows) < filter.Limit {
			rows = append(rows, r)
		}
	}
	return rows, f.err
}

func (f *fakeDesk) SaveTable(_ context.Context, t *engine.Table) error {
	f.did = append(f.did, fmt.Sprintf("make %s %v", t.Name, t.Columns))
	if f.err == nil {
		t.ID = 9
		f.tables = append(f.tables, *t)
	}
	return f.err
}

func (f *fakeDesk) DeleteTable(_ context.Context, t engine.Table) error {
	f.did = append(f.did, "delete "+t.Name)
	if f.err == nil {
		f.tables = nil
	}
	return f.err
}

func (f *fakeDesk) SaveTableRow(_ context.Context, _ engine.Table, row *engine.Row) error {
	f.did = append(f.did, fmt.Sprintf("save row %d %v", row.ID, row.Cells))
	return f.err
}

func (f *fakeDesk) DeleteTableRows(_ context.Context, _ engine.Table, ids ...int64) error {
	f.did = append(f.did, fmt.Sprintf("delete rows %v", ids))
	return f.err
}

func (f *fakeDesk) ImportTable(_ context.Context, name string, file io.ReadSeeker, mode table.Mode) (engine.Table, error) {
	data, _ := io.ReadAll(file)
	f.did, f.modes = append(f.did, "import "+name+": "+string(data)), append(f.modes, mode)
	if mode == table.New && slices.ContainsFunc(f.tables, func(t engine.Table) bool { return t.Name == name }) {
		return engine.Table{}, engine.Errorf(engine.Conflict, "There is already a table named %q.", name)
	}
	t := engine.Table{ID: 7, Name: name, Columns: []string{"a"}}
	if mode == table.New {
		f.tables = append(f.tables, t)
	}
	return t, f.err
}

func (f *fakeDesk) ExportTable(_ context.Context, t engine.Table, to io.Writer, forExcel bool) error {
	_, _ = fmt.Fprintf(to, "%s, for Excel %t", t.Name, forExcel)
	return f.err
}

// fakeFiles chooses what it is told.
type fakeFiles struct {
	name  string
	saved map[string]string
}

func (f *fakeFiles) Open(_ []string, done func(string, []byte, error)) {
	done(f.name, []byte("a,b"), nil)
}

func (f *fakeFiles) Save(name string, data []byte, done func(error)) {
	f.saved[name] = string(data)
	done(nil)
}

type world struct {
	*tables.Page
	desk  *fakeDesk
	files *fakeFiles
	loop  *uitest.Loop
	nav   *uitest.Navigator
}

func newWorld(f *fakeDesk) *world {
	w := &world{desk: f, files: &fakeFiles{saved: map[string]string{}}, loop: uitest.NewLoop(), nav: &uitest.Navigator{}}
	w.Page = tables.New(tables.Params{Loop: w.loop.UI(), Navigator: w.nav, Desk: f, Files: w.files})
	return w
}

func (w *world) open(t testing.TB) *world {
	w.nav.Window = uitest.Window(t, w.Content(), 1000, 600)
	w.Show()
	w.loop.Turn()
	return w
}

func (w *world) words() string { return uitest.Words(w.Content()) }

func (w *world) dialog() fyne.CanvasObject { return w.nav.Window.Canvas().Overlays().Top() }

func (w *world) tap(t *testing.T, in fyne.CanvasObject, name string) {
	t.Helper()
	uitest.Tap(t, in, name)
	w.loop.Turn()
}

func (w *world) pick(t *testing.T, button, item string) {
	t.Helper()
	uitest.Tap(t, w.Content(), button)
	uitest.Pick(t, w.nav.Window, item)
	w.loop.Turn()
}

// stock is a desk with a table of n rows.
func stock(n int) *fakeDesk {
	f := &fakeDesk{tables: []engine.Table{{ID: 1, Name: "Stock", Columns: []string{"sku", "title", "left"}, Rows: n}, {ID: 2, Name: "Suppliers", Columns: []string{"name"}}}}
	for i := range n {
		f.rows = append(f.rows, engine.Row{ID: int64(i + 1), Cells: map[string]string{"sku": fmt.Sprintf("SH-%d", i+1), "title": "Linen shirt, light blue", "left": fmt.Sprint(i % 40)}})
	}
	return f
}

// grid is what shows the rows.
func (w *world) grid(t *testing.T) fyne.Focusable {
	t.Helper()
	for o := range uitest.Visible(w.Content()) {
		if a, ok := o.(fyne.Accessible); ok && a.AccessibilityLabel() == "Rows of the table" {
			return o.(fyne.Focusable)
		}
	}
	require.Fail(t, "there is no sheet")
	return nil
}

func TestRowsAreSeenAndChanged(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(stock(3)).open(t)
	for _, says := range []string{"Stock", "Suppliers", "3 rows", "sku", "SH-1", "Linen shirt, light blue", "SH-3"} {
		require.Contains(t, w.words(), says)
	}
	g := w.grid(t)
	w.nav.Window.Canvas().Focus(g)
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	dialog := w.dialog()
	require.Contains(t, uitest.Words(dialog), "Row of “Stock”")
	uitest.Find(t, dialog, func(e *widget.Entry) bool { return e.Name == "left" }).SetText("7")
	w.tap(t, dialog, "Save")
	require.Equal(t, []string{"save row 2 map[left:7 sku:SH-2 title:Linen shirt, light blue]"}, w.desk.did)
	require.Nil(t, w.dialog())

	w.tap(t, w.Content(), "Add a row")
	uitest.Find(t, w.dialog(), func(e *widget.Entry) bool { return e.Name == "sku" }).SetText("NEW")
	w.desk.err = engine.Errorf(engine.Invalid, "The table is full.")
	form := w.dialog()
	w.tap(t, form, "Add")
	require.Contains(t, uitest.Words(w.dialog()), "The table is full.")
	w.tap(t, w.dialog(), "OK")
	w.desk.err = nil
	w.tap(t, form, "Add")
	require.Equal(t, "save row 0 map[left: sku:NEW title:]", w.desk.did[2], "what was typed was not lost")

	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	w.tap(t, w.dialog(), "Delete this row")
	require.Equal(t, "delete rows [2]", w.desk.did[3])
}

func TestManyRowsAreReadAsOneScrolls(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(stock(5000)).open(t)
	require.Equal(t, []engine.RowFilter{{Limit: 200}}, w.desk.asked)
	require.Less(t, strings.Count(w.words(), "SH-"), 40, "only what can be seen is made")
	g := w.grid(t)
	for range 170 {
		g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	w.loop.Turn()
	require.Equal(t, engine.RowFilter{After: 200, Limit: 200}, w.desk.asked[1])
	asked := len(w.desk.asked)
	for range 50 {
		w.Apply([]engine.Change{{Kind: engine.RunChanged, State: engine.Succeeded}})
		w.loop.Turn()
	}
	require.Len(t, w.desk.asked, asked+1, "many runs at a time read it once")
	w.Apply([]engine.Change{{Kind: engine.TablesChanged}})
	w.loop.Turn()
	require.Equal(t, engine.RowFilter{Limit: 400}, w.desk.asked[len(w.desk.asked)-1], "as many as there were, so that one's place is kept")
}

func TestFilesComeInAndGoOut(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(&fakeDesk{}).open(t)
	require.Contains(t, w.words(), "No tables yet")
	w.files.name = "Prices.csv"
	w.tap(t, w.Content(), "Bring in a CSV file…")
	require.Equal(t, []string{"import Prices: a,b"}, w.desk.did)
	require.Contains(t, w.words(), "Prices")
	require.NotContains(t, w.words(), "No tables yet")

	w.pick(t, "New table", "Bring in a CSV file…")
	require.Contains(t, uitest.Words(w.dialog()), "There is a table “Prices” already")
	w.tap(t, w.dialog(), "Add the rows")
	require.Equal(t, []table.Mode{table.New, table.New, table.Append}, w.desk.modes)

	w.pick(t, "What can be done with this table", "Export for Excel…")
	require.Equal(t, map[string]string{"Prices.csv": "Prices, for Excel true"}, w.files.saved)

	w.pick(t, "What can be done with this table", "Delete…")
	require.NotContains(t, w.desk.did, "delete Prices", "asked first")
	w.desk.err = engine.Errorf(engine.Conflict, "The recipe %q uses this table.", "Orders")
	w.tap(t, w.dialog(), "Delete")
	require.Contains(t, uitest.Words(w.dialog()), "The recipe \"Orders\" uses this table.")
	w.tap(t, w.dialog(), "OK")
	w.desk.err = nil
	w.pick(t, "What can be done with this table", "Delete…")
	w.tap(t, w.dialog(), "Delete")
	require.Contains(t, w.words(), "No tables yet")
}

func TestAnEmptyTableIsMade(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(&fakeDesk{}).open(t)
	w.tap(t, w.Content(), "Make an empty one…")
	dialog := w.dialog()
	w.tap(t, dialog, "Make")
	require.Empty(t, w.desk.did)
	uitest.Find(t, dialog, func(e *widget.Entry) bool { return e.Name == "Name" }).SetText("Stock")
	uitest.Find(t, dialog, func(e *widget.Entry) bool { return e.Name == "Columns" }).SetText("sku, title,,left ")
	w.tap(t, dialog, "Make")
	require.Equal(t, []string{"make Stock [sku title left]"}, w.desk.did)
	require.Contains(t, w.words(), "0 rows")
}

func TestTroubleIsTold(t *testing.T) {
	uitest.NewApp(t)
	f := stock(1)
	f.err = engine.Errorf(engine.Unavailable, "The database cannot be read.")
	w := newWorld(f).open(t)
	require.Contains(t, w.words(), "The tables cannot be read. The database cannot be read.")
	f.err = nil
	w.tap(t, w.Content(), "Try again")
	require.Contains(t, w.words(), "SH-1")
}

func TestMarkup(t *testing.T) {
	for name, f := range map[string]*fakeDesk{"filled": stock(3), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(f)
			w.Show()
			w.loop.Turn()
			uitest.Markup(t, name, w.Content(), 1000, 600)
		})
	}
}

func TestLook(t *testing.T) {
	uitest.Render(t, "tables", 1072, 600, func(fyne.App) fyne.CanvasObject {
		return widget.NewSurface(theme.ColorBackground, newWorld(stock(300)).open(t).Content())
	})
}
