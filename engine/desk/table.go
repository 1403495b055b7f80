package desk

import (
	"context"
	"io"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/table"
)

// Tables returns all tables by name.
func (d *Desk) Tables(ctx context.Context) ([]engine.Table, error) { return d.Store.Tables(ctx) }

// FindTable returns a table by name or id.
func (d *Desk) FindTable(ctx context.Context, given string) (engine.Table, error) {
	all, err := d.Store.Tables(ctx)
	if err != nil {
		return engine.Table{}, err
	}
	return find(all, given, "table", func(t engine.Table) int64 { return t.ID }, func(t engine.Table) string { return t.Name })
}

// SaveTable adds a table, or gives the one with its ID another name or more columns; it sets the ID. A
// table that recipes use keeps its name, and so do its columns.
func (d *Desk) SaveTable(ctx context.Context, t *engine.Table) error {
	t.Name = strings.TrimSpace(t.Name)
	if err := d.checkTableNames(ctx, *t); err != nil {
		return err
	}
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		if t.ID == 0 {
			return tx.AddTable(t)
		}
		return tx.SaveTable(*t)
	})
	if err != nil {
		return err
	}
	return d.tablesChanged(ctx)
}

// DeleteTable removes a table with its rows. Conflict if a recipe that is on uses it.
func (d *Desk) DeleteTable(ctx context.Context, t engine.Table) error {
	user, err := d.tableUser(ctx, t.Name, true)
	if err != nil {
		return err
	}
	if user != "" {
		return engine.Errorf(engine.Conflict, "The recipe %q uses this table. Switch it off or choose another table for it first.", user)
	}
	if err := table.Delete(ctx, d.Store, t.Name); err != nil {
		return err
	}
	return d.tablesChanged(ctx)
}

// TableRows returns rows of a table in the order they were added.
func (d *Desk) TableRows(ctx context.Context, t engine.Table, filter engine.RowFilter) ([]engine.Row, error) {
	return d.Store.Rows(ctx, t.ID, filter)
}

// SaveTableRow adds a row to a table, or changes the one with its ID; it sets the ID.
func (d *Desk) SaveTableRow(ctx context.Context, t engine.Table, row *engine.Row) error {
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		if row.ID != 0 {
			return tx.SaveRow(t.ID, *row)
		}
		rows := []engine.Row{*row}
		err := tx.AddRows(t.ID, rows)
		*row = rows[0]
		return err
	})
	if err != nil {
		return err
	}
	return d.tablesChanged(ctx)
}

// DeleteTableRows removes rows of a table; those that are gone already are passed over.
func (d *Desk) DeleteTableRows(ctx context.Context, t engine.Table, ids ...int64) error {
	if err := d.Store.Update(ctx, func(tx engine.Tx) error { return tx.DeleteRows(t.ID, ids...) }); err != nil {
		return err
	}
	return d.tablesChanged(ctx)
}

// ImportTable brings the rows of a CSV file into the table of that name.
func (d *Desk) ImportTable(ctx context.Context, name string, file io.ReadSeeker, mode table.Mode) (engine.Table, error) {
	t, err := table.Import(ctx, d.Store, name, file, mode)
	if err != nil {
		return t, err
	}
	return t, d.tablesChanged(ctx)
}

// ExportTable writes a table as CSV, if asked made for Excel.
func (d *Desk) ExportTable(ctx context.Context, t engine.Table, to io.Writer, forExcel bool) error {
	return table.Export(ctx, d.Store, t, to, forExcel)
}

func (d *Desk) tablesChanged(ctx context.Context) error {
	return d.Changed(ctx, engine.Change{Kind: engine.TablesChanged})
}

// checkTableNames refuses to rename a table that recipes refer to, or one of its columns, since they do so
// by name.
func (d *Desk) checkTableNames(ctx context.Context, t engine.Table) error {
	if t.ID == 0 {
		return nil
	}
	all, err := d.Store.Tables(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(other engine.Table) bool { return other.ID == t.ID })
	if i < 0 {
		return nil // the store says so
	}
	was := all[i]
	same := strings.EqualFold(was.Name, t.Name) && len(t.Columns) >= len(was.Columns) &&
		slices.EqualFunc(was.Columns, t.Columns[:min(len(was.Columns), len(t.Columns))], strings.EqualFold)
	if same {
		return nil
	}
	user, err := d.tableUser(ctx, was.Name, false)
	if err == nil && user != "" {
		err = engine.Errorf(engine.Conflict, "The recipe %q uses the table %q by its name and those of its columns, so they must stay.", user, was.Name)
	}
	return err
}

// tableUser returns the name of a recipe that uses a table, or "". Only those that are on count if so asked.
func (d *Desk) tableUser(ctx context.Context, name string, on bool) (string, error) {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return "", err
	}
	for _, r := range recipes {
		if on && !r.On {
			continue
		}
		uses := !on && d.usesTable(r.Draft, name)
		if !uses && r.Published != 0 {
			live, err := d.Store.Version(ctx, r.ID, r.Published)
			if err != nil {
				return "", err
			}
			uses = d.usesTable(live, name)
		}
		if uses {
			return r.Name, nil
		}
	}
	return "", nil
}

// tableLogic is the logic whose field `table` names a table.
var tableLogic = []string{engine.LogicTableAdd, engine.LogicTableUpdate, engine.LogicTableFind, engine.LogicTableDelete}

func (d *Desk) usesTable(definition engine.Definition, name string) bool {
	return slices.ContainsFunc(definition.Walk(), func(s engine.Placed) bool {
		_, o, ok := d.Catalog.Operation(s.Use)
		return ok && slices.Contains(tableLogic, o.Logic) && strings.EqualFold(strings.TrimSpace(mapping.Text(s.With["table"])), name)
	})
}
