package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"bellhop/engine"
)

const selectTable = `SELECT id, name, columns, n, created_at, updated_at FROM data_table `

func scanTable(rows *sql.Rows) (t engine.Table, err error) {
	return t, rows.Scan(&t.ID, &t.Name, jsonColumn{&t.Columns}, &t.Rows, timeColumn{&t.CreatedAt}, timeColumn{&t.UpdatedAt})
}

func (r reads) Tables(ctx context.Context) ([]engine.Table, error) {
	return list(ctx, r.source, scanTable, selectTable+`ORDER BY name COLLATE NOCASE, name`)
}

func (r reads) Table(ctx context.Context, name string) (engine.Table, error) {
	// Steps mostly write the name as it is, and then the others need not be read.
	exact, err := list(ctx, r.source, scanTable, selectTable+`WHERE name = ?`, name)
	if err != nil {
		return engine.Table{}, err
	}
	if len(exact) == 1 {
		return exact[0], nil
	}
	all, err := r.Tables(ctx)
	if err != nil {
		return engine.Table{}, err
	}
	return engine.FindTable(all, name)
}

func (r reads) tableByID(ctx context.Context, id int64) (engine.Table, error) {
	return find(ctx, r.source, engine.Errorf(engine.NotFound, "There is no table %d. It may have been removed meanwhile.", id),
		scanTable, selectTable+`WHERE id = ?`, id)
}

func (t *tx) AddTable(table *engine.Table) error {
	if err := table.Check(); err != nil {
		return err
	}
	all, err := t.Tables(context.Background())
	if err != nil {
		return err
	}
	if len(all) >= engine.MaxTables {
		return engine.Errorf(engine.Invalid, "There can be %d tables, and there are as many. Delete one that you do not need.", engine.MaxTables)
	}
	if err := nameTaken(all, *table); err != nil {
		return err
	}
	columns, err := text(table.Columns)
	if err != nil {
		return err
	}
	now := t.stamp()
	id, err := t.insert(`INSERT INTO data_table (name, columns, n, created_at, updated_at) VALUES (?, ?, 0, ?, ?)`,
		table.Name, columns, micros(now), micros(now))
	if err != nil {
		return t.note(err)
	}
	table.ID, table.Rows, table.CreatedAt, table.UpdatedAt = id, 0, now, now
	return nil
}

// nameTaken compares names as people do, which the database does only for the letters of English.
func nameTaken(all []engine.Table, table engine.Table) error {
	if other, err := engine.FindTable(all, table.Name); err == nil && other.ID != table.ID {
		return engine.Errorf(engine.Conflict, "There is already a table named %q. Choose another name.", other.Name)
	}
	return nil
}

func (t *tx) SaveTable(table engine.Table) error {
	if err := table.Check(); err != nil {
		return err
	}
	was, err := t.tableByID(context.Background(), table.ID)
	if err != nil {
		return err
	}
	if len(table.Columns) < len(was.Columns) {
		return engine.Errorf(engine.Invalid, "The table %q has %d columns, and none of them can be removed: their data would be lost.", was.Name, len(was.Columns))
	}
	all, err := t.Tables(context.Background())
	if err != nil {
		return err
	}
	if err := nameTaken(all, table); err != nil {
		return err
	}
	columns, err := text(table.Columns)
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE data_table SET name = ?, columns = ?, updated_at = ? WHERE id = ?`, table.Name, columns, micros(t.stamp()), table.ID)
	return t.note(err)
}

func (t *tx) DeleteTable(id int64) error {
	if _, err := t.tableByID(context.Background(), id); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM data_table WHERE id = ?`, id)
	return t.note(err)
}

// indexedColumns is how many columns have an index; the migration has one for each.
const indexedColumns = 16

func (r reads) Rows(ctx context.Context, tableID int64, filter engine.RowFilter) ([]engine.Row, error) {
	table, err := r.tableByID(ctx, tableID)
	if err != nil {
		return nil, err
	}
	query, args := `SELECT id, cells, updated_at FROM data_row WHERE table_id = ? AND id > ?`, []any{tableID, filter.After}
	if filter.Column != "" {
		place, err := table.Column(filter.Column)
		if err != nil {
			return nil, err
		}
		cell := fmt.Sprintf(`json_extract(cells, '$[%d]')`, place)
		switch {
		case filter.Value == "": // a row that is older than the column has no cell for it
			query += ` AND coalesce(` + cell + `, '') = ''`
		case place < indexedColumns:
			query = strings.Replace(query, `FROM data_row`, `FROM data_row INDEXED BY data_row_`+strconv.Itoa(place), 1) +
				` AND ` + cell + ` <> '' AND substr(` + cell + `, 1, 100) = substr(?, 1, 100)`
			args = append(args, filter.Value)
			fallthrough
		default:
			query += ` AND ` + cell + ` = ?`
			args = append(args, filter.Value)
		}
	}
	limit := filter.Limit
	if limit == 0 {
		limit = 100
	}
	return list(ctx, r.source, func(rows *sql.Rows) (row engine.Row, err error) {
		var texts []string
		err = rows.Scan(&row.ID, jsonColumn{&texts}, timeColumn{&row.UpdatedAt})
		row.Cells = table.Cells(texts)
		return row, err
	}, query+` ORDER BY id LIMIT ?`, append(args, limit)...)
}

func (t *tx) AddRows(tableID int64, rows []engine.Row) error {
	table, err := t.tableByID(context.Background(), tableID)
	if err != nil {
		return err
	}
	if table.Rows+len(rows) > engine.MaxRows {
		return engine.Errorf(engine.Invalid, "The table %q has %d rows, and %d is the most that a table can have. Delete rows that you do not need.",
			table.Name, table.Rows, engine.MaxRows)
	}
	cells, err := cellsOf(table, rows)
	if err != nil {
		return err
	}
	now := t.stamp()
	for i := range rows {
		id, err := t.insert(`INSERT INTO data_row (table_id, cells, updated_at) VALUES (?, ?, ?)`, tableID, cells[i], micros(now))
		if err != nil {
			return t.note(err)
		}
		rows[i].ID, rows[i].UpdatedAt = id, now
	}
	return nil
}

// cellsOf returns the rows' cells as they are kept, after all have been looked at.
func cellsOf(table engine.Table, rows []engine.Row) ([]any, error) {
	all := make([]any, len(rows))
	for i, row := range rows {
		texts, err := table.Texts(row.Cells)
		if err != nil {
			return nil, err
		}
		if all[i], err = text(texts); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (t *tx) SaveRow(tableID int64, row engine.Row) error {
	table, err := t.tableByID(context.Background(), tableID)
	if err != nil {
		return err
	}
	cells, err := cellsOf(table, []engine.Row{row})
	if err != nil {
		return err
	}
	return t.note(t.change(engine.Errorf(engine.NotFound, "The table %q has no row %d. It may have been deleted meanwhile.", table.Name, row.ID),
		`UPDATE data_row SET cells = ?, updated_at = ? WHERE id = ? AND table_id = ?`, cells[0], micros(t.stamp()), row.ID, tableID))
}

func (t *tx) DeleteRows(tableID int64, ids ...int64) error {
	these, err := text(ids)
	if err != nil || these == nil {
		return err
	}
	_, err = t.exec(`DELETE FROM data_row WHERE id IN (SELECT value FROM json_each(?)) AND table_id = ?`, these, tableID)
	return t.note(err)
}
