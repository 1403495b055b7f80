package storetest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// table adds a table with rows, whose cells are in the order of the columns.
func (s store) table(t *testing.T, name string, columns []string, rows ...[]string) engine.Table {
	t.Helper()
	table := engine.Table{Name: name, Columns: columns}
	s.update(t, func(tx engine.Tx) error {
		if err := tx.AddTable(&table); err != nil {
			return err
		}
		all := make([]engine.Row, len(rows))
		for i, cells := range rows {
			all[i].Cells = table.Cells(cells)
		}
		return tx.AddRows(table.ID, all)
	})
	table, err := s.Table(t.Context(), name)
	require.NoError(t, err)
	return table
}

// rows returns the cells of the rows chosen, in the order of the columns.
func (s store) rows(t *testing.T, table engine.Table, filter engine.RowFilter) (cells [][]string, ids []int64) {
	t.Helper()
	rows, err := s.Rows(t.Context(), table.ID, filter)
	require.NoError(t, err)
	for _, row := range rows {
		texts, err := table.Texts(row.Cells)
		require.NoError(t, err)
		require.Len(t, row.Cells, len(table.Columns), "every column has a cell")
		require.False(t, row.UpdatedAt.IsZero())
		cells, ids = append(cells, texts), append(ids, row.ID)
	}
	return cells, ids
}

func tables(t *testing.T, s store) {
	all, err := s.Tables(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
	b, a := s.table(t, "bees", []string{"Name", "Größe"}), s.table(t, "Ärger", []string{"x"})
	all, err = s.Tables(t.Context())
	require.NoError(t, err)
	require.Equal(t, []engine.Table{b, a}, all)
	got, err := s.Table(t.Context(), "ärgeR")
	require.NoError(t, err)
	require.Equal(t, a, got)
	_, err = s.Table(t.Context(), "bes")
	requireCode(t, engine.NotFound, err)
	require.ErrorContains(t, err, `"bees"`)

	for code, clash := range map[engine.Code]engine.Table{
		engine.Conflict: {Name: "äRGER", Columns: []string{"x"}},
		engine.Invalid:  {Name: "new", Columns: []string{"x", "X"}},
	} {
		requireCode(t, code, s.Update(t.Context(), func(tx engine.Tx) error { return tx.AddTable(&clash) }))
		clash.ID = b.ID
		clash.Columns = append(clash.Columns, "y")
		requireCode(t, code, s.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveTable(clash) }))
	}

	// Columns keep their data when they are renamed, and more can follow.
	s.update(t, func(tx engine.Tx) error {
		return tx.AddRows(b.ID, []engine.Row{{Cells: map[string]string{"name": "Maja", "GRÖßE": ""}}})
	})
	b.Name, b.Columns = "Bees", []string{"Called", "Größe", "Note"}
	s.update(t, func(tx engine.Tx) error { return tx.SaveTable(b) })
	cells, _ := s.rows(t, b, engine.RowFilter{})
	require.Equal(t, [][]string{{"Maja", "", ""}}, cells)
	cells, _ = s.rows(t, b, engine.RowFilter{Column: "note", Value: ""})
	require.Len(t, cells, 1, "a row that is older than the column has an empty cell")
	fewer := b
	fewer.Columns = fewer.Columns[:2]
	requireCode(t, engine.Invalid, s.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveTable(fewer) }))

	s.update(t, func(tx engine.Tx) error { return tx.DeleteTable(b.ID) })
	_, err = s.Table(t.Context(), "Bees")
	requireCode(t, engine.NotFound, err)
	for _, err := range []error{
		s.Update(t.Context(), func(tx engine.Tx) error { return tx.DeleteTable(b.ID) }),
		s.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveTable(b) }),
		s.Update(t.Context(), func(tx engine.Tx) error { return tx.AddRows(b.ID, []engine.Row{{}}) }),
		s.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveRow(a.ID, engine.Row{ID: 77}) }),
	} {
		requireCode(t, engine.NotFound, err)
	}
}

func tableRows(t *testing.T, s store) {
	long := strings.Repeat("ü", 120)
	table := s.table(t, "stock", []string{"sku", "n"}, []string{"A", "1"}, []string{"B", ""}, []string{"A", "'3\n"}, []string{long + "x", ""}, []string{long + "y", ""})
	require.Equal(t, 5, table.Rows)
	all, ids := s.rows(t, table, engine.RowFilter{})
	require.Equal(t, []string{"A", "'3\n"}, all[2])
	for _, test := range []struct {
		filter engine.RowFilter
		want   []int
	}{
		{engine.RowFilter{Column: "SKU", Value: "A"}, []int{0, 2}},
		{engine.RowFilter{Column: "sku", Value: "a"}, nil},
		{engine.RowFilter{Column: "sku", Value: long + "y"}, []int{4}},
		{engine.RowFilter{Column: "n", Value: ""}, []int{1, 3, 4}},
		{engine.RowFilter{Column: "sku", Value: "A", Limit: 1}, []int{0}},
		{engine.RowFilter{Column: "sku", Value: "A", After: ids[0]}, []int{2}},
		{engine.RowFilter{After: ids[2], Limit: 1}, []int{3}},
	} {
		_, got := s.rows(t, table, test.filter)
		var want []int64
		for _, i := range test.want {
			want = append(want, ids[i])
		}
		require.Equal(t, want, got, "%+v", test.filter)
	}
	_, err := s.Rows(t.Context(), table.ID, engine.RowFilter{Column: "skv"})
	requireCode(t, engine.Invalid, err)
	require.ErrorContains(t, err, `"sku"`)

	// A changed row is found by its new values, and not by its old ones.
	s.update(t, func(tx engine.Tx) error {
		return tx.SaveRow(table.ID, engine.Row{ID: ids[0], Cells: map[string]string{"sku": "C"}})
	})
	cells, _ := s.rows(t, table, engine.RowFilter{Column: "sku", Value: "C"})
	require.Equal(t, [][]string{{"C", ""}}, cells)
	_, got := s.rows(t, table, engine.RowFilter{Column: "sku", Value: "A"})
	require.Equal(t, ids[2:3], got)

	other := s.table(t, "other", []string{"sku"}, []string{"B"})
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRows(other.ID, ids...) })
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRows(table.ID, ids[1], ids[1], 77) })
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRows(table.ID) })
	_, got = s.rows(t, table, engine.RowFilter{Column: "sku", Value: "B"})
	require.Empty(t, got)
	table, err = s.Table(t.Context(), "stock")
	require.NoError(t, err)
	require.Equal(t, 4, table.Rows, "rows of other tables are not theirs to delete")
}

func tableLimits(t *testing.T, s store) {
	columns := make([]string, engine.MaxColumns)
	for i := range columns {
		columns[i] = fmt.Sprint("column ", i)
	}
	values := make([]string, len(columns))
	for i := range values {
		values[i] = fmt.Sprint("value ", i)
	}
	wide := s.table(t, "wide", columns, make([]string, len(columns)), values)
	for i := range columns { // whether the store has an index for a column or not
		cells, _ := s.rows(t, wide, engine.RowFilter{Column: columns[i], Value: values[i]})
		require.Equal(t, [][]string{values}, cells)
		cells, _ = s.rows(t, wide, engine.RowFilter{Column: columns[i]})
		require.Equal(t, [][]string{make([]string, len(columns))}, cells)
	}
	table := s.table(t, "small", []string{"a"})
	for name, err := range map[string]error{
		"columns": s.Update(t.Context(), func(tx engine.Tx) error {
			return tx.AddTable(&engine.Table{Name: "wider", Columns: append(columns, "one more")})
		}),
		"cell": s.Update(t.Context(), func(tx engine.Tx) error {
			return tx.AddRows(table.ID, []engine.Row{{}, {Cells: map[string]string{"a": strings.Repeat("x", engine.MaxCell+1)}}})
		}),
		"text": s.Update(t.Context(), func(tx engine.Tx) error {
			return tx.AddRows(table.ID, []engine.Row{{Cells: map[string]string{"a": "\xff"}}})
		}),
		"column": s.Update(t.Context(), func(tx engine.Tx) error {
			return tx.AddRows(table.ID, []engine.Row{{Cells: map[string]string{"b": ""}}})
		}),
		"rows": s.Update(t.Context(), func(tx engine.Tx) error { return tx.AddRows(table.ID, make([]engine.Row, engine.MaxRows+1)) }),
		"tables": s.Update(t.Context(), func(tx engine.Tx) error {
			for i := range engine.MaxTables {
				if err := tx.AddTable(&engine.Table{Name: strconv.Itoa(i), Columns: []string{"a"}}); err != nil {
					return err
				}
			}
			return nil
		}),
	} {
		t.Log(name)
		requireCode(t, engine.Invalid, err)
	}
	cells, _ := s.rows(t, table, engine.RowFilter{})
	require.Empty(t, cells, "what is refused changes nothing")
}
