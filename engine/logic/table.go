package logic

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Steps look rows up and change them while others wait to save, so they do so in bounds.
const (
	// mostRead is how many rows rules are tried on; it takes 20 ms with many columns.
	mostRead = 2000
	// mostRows is how many rows a step gives or deletes, and mostChanged how many it changes.
	mostRows    = 1000
	mostChanged = 200
)

// table returns the table that the field `table` names.
func (c Call) table(ctx context.Context, tx engine.Tx) (engine.Table, error) {
	name := c.text("table")
	if name == "" {
		return engine.Table{}, mistake("The step does not say which table. Write its name.")
	}
	return tx.Table(ctx, name)
}

// cells returns a field of names and values as cells of a table.
func (c Call) cells(field string, table engine.Table) (map[string]string, error) {
	values, ok := c.With[field].(map[string]any)
	if !ok || len(values) == 0 {
		return nil, mistake("The step does not say what goes to which column of the table %q.", table.Name)
	}
	cells := make(map[string]string, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		place, err := table.Column(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		column := table.Columns[place]
		if _, twice := cells[column]; twice {
			return nil, mistake("The step says twice what goes to the column %q.", column)
		}
		cells[column] = mapping.Text(values[name])
	}
	_, err := table.Texts(cells)
	return cells, err
}

// rowData is a row as pills see it.
func rowData(row engine.Row) map[string]any {
	data := make(map[string]any, len(row.Cells))
	for column, text := range row.Cells {
		data[column] = text
	}
	return data
}

// tableAdd adds a row with the cells of the field `row`; the result is that `row` and the table's `count`.
func tableAdd(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
	table, err := c.table(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	cells, err := c.cells("row", table)
	if err != nil {
		return Outcome{}, err
	}
	return added(tx, table, cells)
}

func added(tx engine.Tx, table engine.Table, cells map[string]string) (Outcome, error) {
	texts, err := table.Texts(cells)
	if err != nil {
		return Outcome{}, err
	}
	row := engine.Row{Cells: table.Cells(texts)}
	if err := tx.AddRows(table.ID, []engine.Row{row}); err != nil {
		return Outcome{}, err
	}
	return Outcome{
		Output: map[string]any{"row": rowData(row), "count": number(table.Rows + 1), "added": true, "changed": number(0)},
		Note:   fmt.Sprintf("row %d of %s", table.Rows+1, table.Name),
	}, nil
}

// tableUpdate gives the cells of the field `change` to all rows whose `column` is `value`; with `add`, a row
// is added if there is none. The result is how many rows were `changed`, whether one was `added`, and the first
// `row` as it is now.
func tableUpdate(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
	table, err := c.table(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	change, err := c.cells("change", table)
	if err != nil {
		return Outcome{}, err
	}
	column, rows, err := c.rowsOf(ctx, tx, table, mostChanged)
	if err != nil {
		return Outcome{}, err
	}
	if len(rows) == 0 && c.yes("add") {
		cells := maps.Clone(change)
		if _, given := cells[column]; !given {
			cells[column] = c.text("value")
		}
		return added(tx, table, cells)
	}
	output := map[string]any{"changed": number(len(rows)), "added": false, "row": nil, "count": number(table.Rows)}
	for i, row := range rows {
		maps.Copy(row.Cells, change)
		if err := tx.SaveRow(table.ID, row); err != nil {
			return Outcome{}, err
		}
		if i == 0 {
			output["row"] = rowData(row)
		}
	}
	return Outcome{Output: output, Note: counted(len(rows), "row", "rows") + " changed"}, nil
}

// tableDelete deletes all rows whose `column` is `value`; the result is how many were `deleted`.
func tableDelete(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
	table, err := c.table(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	_, rows, err := c.rowsOf(ctx, tx, table, mostRows)
	if err != nil {
		return Outcome{}, err
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return Outcome{
		Output: map[string]any{"deleted": number(len(rows)), "count": number(table.Rows - len(rows))},
		Note:   counted(len(rows), "row", "rows") + " deleted",
	}, tx.DeleteRows(table.ID, ids...)
}

// rowsOf returns the rows whose `column` is `value`, so many at most. An empty value is refused: it is far more
// often data that is missing than meant.
func (c Call) rowsOf(ctx context.Context, tx engine.Tx, table engine.Table, most int) (column string, rows []engine.Row, err error) {
	place, err := table.Column(c.text("column"))
	if err != nil {
		return "", nil, err
	}
	column = table.Columns[place]
	value := c.text("value")
	if value == "" {
		return "", nil, mistake("The value to look for in the column %q is empty, and that would be every row without one.", column)
	}
	rows, err = tx.Rows(ctx, table.ID, engine.RowFilter{Column: column, Value: value, Limit: most + 1})
	if err == nil && len(rows) > most {
		err = mistake("More than %d rows of %q have %s as %s, and that is the most for one step.", most, table.Name, show(value), column)
	}
	return column, rows, err
}

// tableFind finds the rows whose `column` is `value`, and that fit `rules` if there are any; at least one of
// the two is given. The result is whether any was `found`, the first `row`, all `rows` up to `limit`, and their
// `count`.
func tableFind(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
	table, err := c.table(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	limit, err := c.whole("limit", 100, 1, mostRows)
	if err != nil {
		return Outcome{}, err
	}
	filter := engine.RowFilter{Limit: limit}
	if column := c.text("column"); column != "" {
		place, err := table.Column(column)
		if err != nil {
			return Outcome{}, err
		}
		filter.Column, filter.Value = table.Columns[place], c.text("value")
	}
	var rules *matcher
	if list, _ := c.With["rules"].([]any); len(list) > 0 {
		if rules, err = c.rowRules(table); err != nil {
			return Outcome{}, err
		}
		filter.Limit = mostRead + 1
	} else if filter.Column == "" {
		return Outcome{}, mistake("The step does not say which rows of %q to find. Give a column and its value, or rules.", table.Name)
	}
	rows, err := tx.Rows(ctx, table.ID, filter)
	if err != nil {
		return Outcome{}, err
	}
	if len(rows) > mostRead {
		return Outcome{}, mistake("Rules are tried on %d rows at most, and %q has more. Give a column and a value as well, or delete rows that you do not need.",
			mostRead, table.Name)
	}
	found := []any{}
	for _, row := range rows {
		data := rowData(row)
		if rules != nil {
			fits, err := rules.fits(data, c.Env)
			if err != nil {
				return Outcome{}, mistake("A row of %q: %s", table.Name, err)
			}
			if !fits {
				continue
			}
		}
		if found = append(found, data); len(found) == limit {
			break
		}
	}
	output := map[string]any{"found": len(found) > 0, "row": nil, "rows": found, "count": number(len(found))}
	if len(found) == 0 {
		return Outcome{Output: output, Note: "no row found"}, nil
	}
	output["row"] = found[0]
	return Outcome{Output: output, Note: counted(len(found), "row", "rows") + " found"}, nil
}

// rowRules reads rules on columns.
func (c Call) rowRules(table engine.Table) (*matcher, error) {
	rules, _ := c.With["rules"].([]any)
	named := make([]any, len(rules))
	for i, one := range rules {
		rule, _ := one.(map[string]any)
		place, err := table.Column(mapping.Text(rule["value"]))
		if err != nil {
			return nil, err
		}
		rule = maps.Clone(rule)
		rule["value"] = mapping.Path{{Name: table.Columns[place]}}.String() // quoted where it is no plain word
		named[i] = rule
	}
	c.With = map[string]any{"match": c.With["match"], "rules": named}
	return c.matcher()
}
