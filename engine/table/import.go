package table

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"bellhop/engine"
)

// Store is what bringing tables in and out needs of the store.
type Store interface {
	engine.TableReader
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
}

// Mode says what becomes of a table that is there already.
type Mode string

// The modes.
const (
	New     Mode = ""        // there must be none of that name
	Append  Mode = "append"  // the rows follow those that are there
	Replace Mode = "replace" // the table has the file's columns and rows instead
)

// portion is how many rows are written at once: others who write wait no longer than these take.
const portion = 100

// Import brings the rows of a CSV file into the table of that name. The whole file is looked at before
// anything is written; what it holds is then there all at once, except for Append, whose rows come one
// after another and are taken back if that fails.
func Import(ctx context.Context, store Store, name string, file io.ReadSeeker, mode Mode) (engine.Table, error) {
	name = strings.TrimSpace(name)
	was, err := store.Table(ctx, name)
	exists := err == nil
	switch {
	case err != nil && engine.ErrorCode(err) != engine.NotFound, err != nil && mode == Append:
		return engine.Table{}, err
	case exists && mode == New:
		return engine.Table{}, engine.Errorf(engine.Conflict,
			"There is already a table named %q. Choose another name, or say whether its rows are kept or replaced.", was.Name)
	}
	if exists {
		name = was.Name
	}
	table := engine.Table{Name: name}
	rows, err := look(file, &table)
	if err != nil {
		return engine.Table{}, err
	}
	if mode == Append {
		return appended(ctx, store, was, table.Columns, rows, file)
	}
	if err := table.Check(); err != nil {
		return engine.Table{}, err
	}
	if rows > engine.MaxRows {
		return engine.Table{}, tooMany(rows, 0)
	}
	table.Name = beside(name, "being brought in")
	if err := store.Update(ctx, func(tx engine.Tx) error { return tx.AddTable(&table) }); err != nil {
		return engine.Table{}, err
	}
	err = write(ctx, store, table, table.Columns, file, nil)
	if err == nil {
		table.Name = name
		err = store.Update(ctx, func(tx engine.Tx) error { return stepIn(tx, table, was, exists) })
	}
	if err != nil {
		return engine.Table{}, errors.Join(err, empty(context.WithoutCancel(ctx), store, table.ID))
	}
	if exists {
		if err := empty(ctx, store, was.ID); err != nil {
			return engine.Table{}, err
		}
	}
	return store.Table(ctx, name)
}

func tooMany(rows, there int) error {
	if there > 0 {
		return mistake("The file has %d rows, and the table has %d already. A table can have %d.", rows, there, engine.MaxRows)
	}
	return mistake("The file has %d rows. A table can have %d.", rows, engine.MaxRows)
}

// stepIn gives the table that was brought in its name, and takes it from the one that had it.
func stepIn(tx engine.Tx, table, was engine.Table, replaces bool) error {
	if replaces {
		was.Name = beside(table.Name, "replaced")
		if err := tx.SaveTable(was); err != nil {
			return err
		}
	}
	return tx.SaveTable(table)
}

// beside returns the name of a table that is there only for a moment. It is nobody else's: were Bellhop
// cut off now, a person would find the table and decide.
func beside(name, what string) string {
	if letters := []rune(name); len(letters) > 70 {
		name = strings.TrimSpace(string(letters[:70]))
	}
	return fmt.Sprintf("%s (%s %s)", name, what, strings.ToLower(rand.Text()[:6]))
}

// look reads the whole file, gives the table its columns, and counts the rows.
func look(file io.ReadSeeker, table *engine.Table) (rows int, err error) {
	r, err := NewReader(file)
	if err != nil {
		return 0, err
	}
	if table.Columns, err = header(r); err != nil {
		return 0, err
	}
	for {
		_, err := r.cells(len(table.Columns))
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return 0, err
		}
		rows++
	}
}

// header reads the names of the columns. One without a name, or with one that is there already, gets one.
func header(r *Reader) ([]string, error) {
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, mistake("The file is empty. Its first row names the columns.")
	}
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for i, name := range names {
		name = strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) { // such as a line break
				return ' '
			}
			return r
		}, name))
		if name == "" {
			name = fmt.Sprint("Column ", i+1)
		}
		unique := name
		for n := 2; taken[strings.ToLower(unique)]; n++ {
			unique = fmt.Sprint(name, " ", n)
		}
		taken[strings.ToLower(unique)] = true
		names[i] = unique
	}
	return names, nil
}

// cells reads a row of that many cells. Fewer are filled up; more must be empty, for there is no column
// that they could go to.
func (r *Reader) cells(n int) ([]string, error) {
	cells, err := r.Read()
	if err != nil {
		return nil, err
	}
	for i, text := range cells {
		if i >= n && text != "" {
			return nil, mistake("Line %d has %d cells, but there are only %d columns.", r.line, len(cells), n)
		}
		if strings.ContainsRune(text, 0) {
			return nil, mistake("Line %d has a sign that no text has. Perhaps this is no CSV file.", r.line)
		}
	}
	if len(cells) > n {
		return cells[:n], nil
	}
	return append(cells, make([]string, n-len(cells))...), nil
}

// write adds the rows of the file to a table, a portion at a time; columns are the file's. added, if not
// nil, is told each portion's rows.
func write(ctx context.Context, store Store, table engine.Table, columns []string, file io.ReadSeeker, added func([]engine.Row)) error {
	r, err := NewReader(file)
	if err != nil {
		return err
	}
	if _, err := header(r); err != nil {
		return err
	}
	for more := true; more; {
		var rows []engine.Row
		for len(rows) < portion {
			cells, err := r.cells(len(columns))
			if more = !errors.Is(err, io.EOF); !more {
				break
			}
			if err != nil {
				return err
			}
			row := engine.Row{Cells: make(map[string]string, len(cells))}
			for i, text := range cells {
				row.Cells[columns[i]] = text
			}
			rows = append(rows, row)
		}
		if len(rows) == 0 {
			return nil
		}
		if err := store.Update(ctx, func(tx engine.Tx) error { return tx.AddRows(table.ID, rows) }); err != nil {
			return err
		}
		if added != nil {
			added(rows)
		}
	}
	return nil
}

// appended adds the file's rows to a table that has all its columns.
func appended(ctx context.Context, store Store, table engine.Table, columns []string, rows int, file io.ReadSeeker) (engine.Table, error) {
	for _, column := range columns {
		if _, err := table.Column(column); err != nil {
			return engine.Table{}, err
		}
	}
	if table.Rows+rows > engine.MaxRows {
		return engine.Table{}, tooMany(rows, table.Rows)
	}
	var ids []int64
	err := write(ctx, store, table, columns, file, func(rows []engine.Row) {
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
	})
	if err != nil {
		return engine.Table{}, errors.Join(err, remove(context.WithoutCancel(ctx), store, table.ID, ids))
	}
	return store.Table(ctx, table.Name)
}

func remove(ctx context.Context, store Store, tableID int64, ids []int64) error {
	for len(ids) > 0 {
		n := min(portion, len(ids))
		if err := store.Update(ctx, func(tx engine.Tx) error { return tx.DeleteRows(tableID, ids[:n]...) }); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// Delete removes a table and its rows, a portion at a time. NotFound if there is none of that name.
func Delete(ctx context.Context, store Store, name string) error {
	table, err := store.Table(ctx, name)
	if err != nil {
		return err
	}
	// Nothing more is added under its name while its rows go.
	table.Name = beside(table.Name, "deleted")
	err = store.Update(ctx, func(tx engine.Tx) error { return tx.SaveTable(table) })
	if err != nil {
		return err
	}
	return empty(ctx, store, table.ID)
}

// empty removes the rows of a table, and then the table.
func empty(ctx context.Context, store Store, id int64) error {
	for {
		rows, err := store.Rows(ctx, id, engine.RowFilter{Limit: portion})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return store.Update(ctx, func(tx engine.Tx) error { return tx.DeleteTable(id) })
		}
		ids := make([]int64, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		if err := remove(ctx, store, id, ids); err != nil {
			return err
		}
	}
}
