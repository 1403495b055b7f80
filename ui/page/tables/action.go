package tables

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/table"
	"bellhop/ui/form"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// do works off the UI goroutine, and shows the error or goes on.
func (p *Page) do(failed string, work func(ctx context.Context) error, then func()) {
	p.Loop.Go(func() {
		err := work(context.Background()) // what was begun is finished, also when the page is left meanwhile
		p.Loop.Post(func() {
			if err != nil {
				p.tell(failed, err)
				return
			}
			then()
		})
	})
}

func (p *Page) tell(title string, err error) {
	widget.NewMessage(p.Navigator.Dialogs(), title, phrase.Error(err)).Show()
}

// menu is what can be done with the open table.
func (p *Page) menu() []*fyne.MenuItem {
	t := p.open
	return []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Export as CSV…"), func() { p.export(t, false) }),
		fyne.NewMenuItem(lang.L("Export for Excel…"), func() { p.export(t, true) }),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Delete…"), func() { p.remove(t) }),
	}
}

// bringIn lets the user choose a CSV file, which becomes a table of its name.
func (p *Page) bringIn() {
	p.Files.Open([]string{".csv", ".tsv", ".txt"}, func(name string, data []byte, err error) {
		if err != nil {
			p.tell(lang.L("The file cannot be read."), err)
			return
		}
		p.importAs(strings.TrimSuffix(name, filepath.Ext(name)), data, table.New)
	})
}

// importAs brings a file in, and asks what is meant where there is a table of that name already.
func (p *Page) importAs(name string, data []byte, mode table.Mode) {
	var t engine.Table
	p.Loop.Go(func() {
		var err error
		t, err = p.Desk.ImportTable(context.Background(), name, bytes.NewReader(data), mode)
		p.Loop.Post(func() {
			switch {
			case mode == table.New && engine.ErrorCode(err) == engine.Conflict:
				p.askMode(name, data)
			case err != nil:
				p.tell(lang.L("The table cannot be brought in."), err)
			default:
				p.open = engine.Table{ID: t.ID}
				p.sheet = nil
				p.Navigator.Toast(lang.L("“{{.Table}}” is there.", map[string]any{"Table": t.Name}))
				p.tables.Load()
			}
		})
	})
}

func (p *Page) askMode(name string, data []byte) {
	var d *widget.Dialog
	as := func(mode table.Mode) func() {
		return func() {
			d.Hide()
			p.importAs(name, data, mode)
		}
	}
	d = widget.NewDialog(p.Navigator.Dialogs(), lang.L("There is a table “{{.Table}}” already", map[string]any{"Table": name}),
		widget.NewText(lang.L("The rows of the file can follow those that are there, or take their place, with the columns of the file.")),
		widget.NewButton(lang.L("Cancel"), func() { d.Hide() }), widget.NewButton(lang.L("Replace the rows"), as(table.Replace)),
		widget.NewFilledButton("", lang.L("Add the rows"), as(table.Append)))
	d.Show()
}

func (p *Page) export(t engine.Table, forExcel bool) {
	var data bytes.Buffer
	failed := lang.L("“{{.Table}}” cannot be exported.", map[string]any{"Table": t.Name})
	p.do(failed, func(ctx context.Context) error { return p.Desk.ExportTable(ctx, t, &data, forExcel) }, func() {
		p.Files.Save(t.Name+".csv", data.Bytes(), func(err error) {
			if err != nil {
				p.tell(failed, err)
				return
			}
			p.Navigator.Toast(lang.L("“{{.Table}}” is exported.", map[string]any{"Table": t.Name}))
		})
	})
}

func (p *Page) remove(t engine.Table) {
	named := map[string]any{"Table": t.Name}
	widget.NewConfirm(p.Navigator.Dialogs(), lang.L("Delete the table “{{.Table}}”?", named),
		lang.L("All its rows go with it. This cannot be undone; export it first if you may need them."), lang.L("Delete"), true, func() {
			p.do(lang.L("“{{.Table}}” is not deleted.", named), func(ctx context.Context) error { return p.Desk.DeleteTable(ctx, t) }, func() {
				p.Navigator.Toast(lang.L("“{{.Table}}” is deleted.", named))
				p.tables.Load()
			})
		}).Show()
}

// The fields of the form for a new table.
const (
	fieldName    = "name"
	fieldColumns = "columns"
)

// add makes a table without rows.
func (p *Page) add() {
	f := form.New([]engine.Field{
		{Name: fieldName, Type: engine.FieldText, Label: lang.L("Name"), Required: true},
		{Name: fieldColumns, Type: engine.FieldText, Label: lang.L("Columns"), Required: true, Placeholder: lang.L("sku, title, stock"), Help: lang.L("Their names, parted by commas.")},
	}, nil, form.Options{})
	p.ask(lang.L("New table"), f, lang.L("Make"), nil, func(hide func()) {
		t := engine.Table{Name: mapping.Text(f.Values()[fieldName])}
		for column := range strings.SplitSeq(mapping.Text(f.Values()[fieldColumns]), ",") {
			if column = strings.TrimSpace(column); column != "" {
				t.Columns = append(t.Columns, column)
			}
		}
		p.do(lang.L("The table cannot be made."), func(ctx context.Context) error { return p.Desk.SaveTable(ctx, &t) }, func() {
			hide()
			p.open = engine.Table{ID: t.ID}
			p.sheet = nil
			p.tables.Load()
		})
	})
}

// edit shows a row as a form; one without an ID is added.
func (p *Page) edit(row engine.Row) {
	t := p.open
	fields := make([]engine.Field, len(t.Columns))
	values := map[string]any{}
	for i, column := range t.Columns {
		// A column's name may be anything, so the fields are called by their place.
		fields[i] = engine.Field{Name: fmt.Sprint(i), Type: engine.FieldText, Label: column}
		if text := row.Cells[column]; text != "" {
			if strings.Contains(text, "\n") {
				fields[i].Type = engine.FieldLong
			}
			values[fields[i].Name] = text
		}
	}
	f := form.New(fields, values, form.Options{})
	title, yes := lang.L("Row of “{{.Table}}”", map[string]any{"Table": t.Name}), lang.L("Save")
	var remove func(hide func())
	if row.ID == 0 {
		title, yes = lang.L("New row of “{{.Table}}”", map[string]any{"Table": t.Name}), lang.L("Add")
	} else {
		remove = func(hide func()) {
			p.do(lang.L("The row is not deleted."), func(ctx context.Context) error { return p.Desk.DeleteTableRows(ctx, t, row.ID) }, func() {
				hide()
				p.tables.Load()
			})
		}
	}
	p.ask(title, f, yes, remove, func(hide func()) {
		changed := engine.Row{ID: row.ID, Cells: map[string]string{}}
		for i, column := range t.Columns {
			changed.Cells[column] = mapping.Text(f.Values()[fmt.Sprint(i)])
		}
		p.do(lang.L("The row is not saved."), func(ctx context.Context) error { return p.Desk.SaveTableRow(ctx, t, &changed) }, func() {
			hide()
			p.tables.Load()
		})
	})
}

// tallForm is how many fields are asked for without scrolling.
const tallForm = 5

// ask shows a form in a dialog, which stays until what it is for has worked.
func (p *Page) ask(title string, f *form.Form, yes string, remove, do func(hide func())) {
	var d *widget.Dialog
	hide := func() { d.Hide() }
	var body fyne.CanvasObject = f
	if len(f.Fields()) > tallForm {
		body = widget.Sized(container.NewVScroll(f), 0, 340)
	}
	buttons := []fyne.CanvasObject{widget.NewButton(lang.L("Cancel"), hide), widget.NewFilledButton("", yes, func() {
		if f.Check() {
			do(hide)
		}
	})}
	if remove != nil {
		gone := widget.NewButton(lang.L("Delete this row"), func() { remove(hide) })
		gone.Icon = theme.IconTrash
		buttons = append([]fyne.CanvasObject{gone}, buttons...)
	}
	d = widget.NewDialog(p.Navigator.Dialogs(), title, body, buttons...)
	d.Show()
}
