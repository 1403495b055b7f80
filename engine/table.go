package engine

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Tables are for small data: these are their limits.
const (
	MaxTables  = 200
	MaxColumns = 100
	MaxRows    = 100_000
	MaxCell    = 64 << 10 // bytes
	// maxTableName is the longest name of a table or a column, in characters.
	maxTableName = 100
)

// Table is small local data: rows of texts under named columns.
type Table struct {
	ID   int64
	Name string
	// Columns are the names of the columns in order. Names of tables and columns are unique in any case.
	Columns []string
	// Rows is the number of rows, filled in when a table is read.
	Rows                 int
	CreatedAt, UpdatedAt time.Time
}

// Row is one row of a table.
type Row struct {
	ID int64
	// Cells are texts by column. A column that is not there is an empty text.
	Cells     map[string]string
	UpdatedAt time.Time
}

// RowFilter chooses rows. Zero fields do not restrict.
type RowFilter struct {
	// Column and Value choose rows whose cell is exactly that text.
	Column, Value string
	// After returns only rows with a larger id: the next page.
	After int64
	// Limit is the largest number of rows returned; 0 means 100.
	Limit int
}

// TableReader reads tables.
type TableReader interface {
	Tables(ctx context.Context) ([]Table, error) // by name
	// Table returns the table of that name, in any case; NotFound, with the name probably meant.
	Table(ctx context.Context, name string) (Table, error)
	// Rows returns rows of a table in the order they were added. NotFound if there is no such table;
	// Invalid if it has no such column.
	Rows(ctx context.Context, tableID int64, filter RowFilter) ([]Row, error)
}

// TableTx changes tables. What goes beyond the limits, or names a column that is not there, is
// Invalid, and changes nothing.
type TableTx interface {
	// AddTable stores a new table without rows and sets its ID and times. Conflict if the name is taken.
	AddTable(t *Table) error
	// SaveTable stores name and columns of an existing table: columns can be renamed in their place, and
	// more can follow, but not fewer. Conflict if the name is taken.
	SaveTable(t Table) error
	// DeleteTable removes a table with its rows.
	DeleteTable(id int64) error
	// AddRows adds rows to a table and sets their IDs.
	AddRows(tableID int64, rows []Row) error
	// SaveRow replaces all cells of an existing row.
	SaveRow(tableID int64, row Row) error
	// DeleteRows removes rows of a table; those that are gone already are passed over.
	DeleteRows(tableID int64, ids ...int64) error
}

// Check says what is wrong with the table's name or columns: an *Error with the code Invalid, or nil.
func (t Table) Check() error {
	if err := checkTableName("table", t.Name); err != nil {
		return err
	}
	if len(t.Columns) == 0 || len(t.Columns) > MaxColumns {
		return Errorf(Invalid, "A table has 1 to %d columns; %q has %d.", MaxColumns, t.Name, len(t.Columns))
	}
	for i, column := range t.Columns {
		if err := checkTableName("column", column); err != nil {
			return err
		}
		if slices.ContainsFunc(t.Columns[:i], func(other string) bool { return strings.EqualFold(other, column) }) {
			return Errorf(Invalid, "The table %q has two columns named %q. Give each another name.", t.Name, column)
		}
	}
	return nil
}

func checkTableName(what, name string) error {
	switch {
	case name == "" || strings.TrimSpace(name) != name:
		return Errorf(Invalid, "The name of a %s is not empty and has no space around it; %q is not like that.", what, name)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return Errorf(Invalid, "The name of a %s is one line of text; %q is not.", what, name)
	case utf8.RuneCountInString(name) > maxTableName:
		return Errorf(Invalid, "The name of a %s has at most %d characters.", what, maxTableName)
	}
	return nil
}

// Column returns the place of a column, counted from 0, by its name in any case; Invalid, with the name
// probably meant, if there is none.
func (t Table) Column(name string) (int, error) {
	i := slices.IndexFunc(t.Columns, func(column string) bool { return strings.EqualFold(column, name) })
	if i >= 0 {
		return i, nil
	}
	if meant := Suggest(name, t.Columns); meant != "" {
		return 0, Errorf(Invalid, "The table %q has no column %q. Did you mean %q?", t.Name, name, meant)
	}
	return 0, Errorf(Invalid, "The table %q has no column %q. It has %s.", t.Name, name, strings.Join(t.Columns[:min(len(t.Columns), 10)], ", "))
}

// Texts returns a row's cells in the order of the table's columns; Invalid if one has no column, is
// longer than MaxCell or is no text.
func (t Table) Texts(cells map[string]string) ([]string, error) {
	texts := make([]string, len(t.Columns))
	for name, text := range cells {
		i, err := t.Column(name)
		if err != nil {
			return nil, err
		}
		if len(text) > MaxCell {
			return nil, Errorf(Invalid, "A cell can hold %d bytes; what is to go to %q has %d.", MaxCell, name, len(text))
		}
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return nil, Errorf(Invalid, "What is to go to %q is no text: it holds signs that no text has.", name)
		}
		texts[i] = text
	}
	return texts, nil
}

// Cells is the opposite of Texts: cells by column. Texts may be fewer than columns.
func (t Table) Cells(texts []string) map[string]string {
	cells := make(map[string]string, len(t.Columns))
	for i, column := range t.Columns {
		if cells[column] = ""; i < len(texts) {
			cells[column] = texts[i]
		}
	}
	return cells
}

// FindTable returns the table of that name, in any case; NotFound, with the name probably meant.
func FindTable(all []Table, name string) (Table, error) {
	names := make([]string, len(all))
	for i, t := range all {
		if names[i] = t.Name; strings.EqualFold(t.Name, name) {
			return t, nil
		}
	}
	if meant := Suggest(name, names); meant != "" {
		return Table{}, Errorf(NotFound, "There is no table %q. Did you mean %q?", name, meant)
	}
	return Table{}, Errorf(NotFound, "There is no table %q. Make it first, or bring it in from a CSV file.", name)
}
