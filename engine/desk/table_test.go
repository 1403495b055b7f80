package desk_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/desk"
	"bellhop/engine/table"
)

// drawer is a store with tables, and a recipe that uses one in a step within a step.
type drawer struct {
	engine.Store
	tables []engine.Table
	recipe engine.Recipe
	live   engine.Definition
	saved  []engine.Table
	rows   []engine.Row
}

func (s *drawer) Tables(context.Context) ([]engine.Table, error) { return s.tables, nil }

func (s *drawer) Table(_ context.Context, name string) (engine.Table, error) {
	return engine.FindTable(s.tables, name)
}

func (s *drawer) Rows(context.Context, int64, engine.RowFilter) ([]engine.Row, error) {
	return s.rows, nil
}

func (s *drawer) Recipes(context.Context) ([]engine.Recipe, error) {
	return []engine.Recipe{s.recipe}, nil
}

func (s *drawer) Version(context.Context, int64, int) (engine.Definition, error) { return s.live, nil }

func (s *drawer) Update(_ context.Context, fn func(engine.Tx) error) error {
	return fn(drawerTx{drawer: s})
}

type drawerTx struct {
	engine.Tx
	drawer *drawer
}

func (t drawerTx) AddTable(table *engine.Table) error {
	table.ID = 9
	return nil
}

func (t drawerTx) SaveTable(table engine.Table) error {
	t.drawer.saved = append(t.drawer.saved, table)
	return nil
}

func (t drawerTx) DeleteTable(int64) error {
	t.drawer.tables = nil
	return nil
}

func (t drawerTx) AddRows(_ int64, rows []engine.Row) error {
	rows[0].ID = 5
	return nil
}

// TestTablesInUse: what recipes know by its name keeps it, and a table of one that is on stays.
func TestTablesInUse(t *testing.T) {
	catalog, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	uses := engine.Definition{Steps: []engine.Step{{ID: "each", Use: "logic.loop", Steps: []engine.Step{
		{ID: "row", Use: "logic.table_add", With: map[string]any{"table": " customers "}},
	}}}}
	customers := engine.Table{ID: 1, Name: "Customers", Columns: []string{"Name", "Email"}}
	renamed, column, more := customers, customers, customers
	renamed.Name = "People"
	column.Columns = []string{"Name", "Mail"}
	more.Name, more.Columns = " CUSTOMERS", []string{"name", "Email", "Note"}
	for name, test := range map[string]struct {
		recipe engine.Recipe
		live   engine.Definition
		// refused are a new name, another column and removing it.
		refused [3]bool
	}{
		"a recipe that is on":      {engine.Recipe{Name: "Greet", On: true, Published: 1, Draft: uses}, uses, [3]bool{true, true, true}},
		"a draft":                  {engine.Recipe{Name: "Greet", Draft: uses}, engine.Definition{}, [3]bool{true, true, false}},
		"a version, not its draft": {engine.Recipe{Name: "Greet", On: true, Published: 1}, uses, [3]bool{true, true, true}},
		"a recipe that is off":     {engine.Recipe{Name: "Greet", Published: 1}, uses, [3]bool{true, true, false}},
		"none":                     {engine.Recipe{Name: "Greet", On: true, Published: 1}, engine.Definition{}, [3]bool{}},
	} {
		t.Run(name, func(t *testing.T) {
			store := &drawer{tables: []engine.Table{customers}, recipe: test.recipe, live: test.live}
			var changes []engine.Change
			d := desk.New(desk.Params{Store: store, Catalog: catalog, Changed: func(_ context.Context, all ...engine.Change) error {
				changes = append(changes, all...)
				return nil
			}})
			for i, change := range []func() error{
				func() error { t := renamed; return d.SaveTable(context.Background(), &t) },
				func() error { t := column; return d.SaveTable(context.Background(), &t) },
				func() error { return d.DeleteTable(context.Background(), customers) },
			} {
				changes = nil
				err := change()
				if !test.refused[i] {
					require.NoError(t, err)
					require.Equal(t, []engine.Change{{Kind: engine.TablesChanged}}, changes)
					continue
				}
				require.Equal(t, engine.Conflict, engine.ErrorCode(err))
				require.ErrorContains(t, err, `"Greet"`)
				require.Empty(t, changes)
			}
			store.tables = []engine.Table{customers}
			grown := more
			require.NoError(t, d.SaveTable(t.Context(), &grown), "its name in other letters, and more columns, are no other name")
			require.Equal(t, grown, store.saved[len(store.saved)-1])
			require.Equal(t, "CUSTOMERS", grown.Name)
		})
	}
}

func TestDeskTables(t *testing.T) {
	store := &drawer{tables: []engine.Table{{ID: 7, Name: "Customers", Columns: []string{"Name"}}}}
	d := desk.New(desk.Params{Store: store, Changed: func(context.Context, ...engine.Change) error { return nil }})
	for given, want := range map[string]string{"customers": "Customers", "7": "Customers"} {
		found, err := d.FindTable(t.Context(), given)
		require.NoError(t, err)
		require.Equal(t, want, found.Name)
	}
	_, err := d.FindTable(t.Context(), "custmers")
	require.ErrorContains(t, err, `Did you mean "Customers"`)
	added := engine.Table{Name: " New ", Columns: []string{"a"}}
	require.NoError(t, d.SaveTable(t.Context(), &added))
	require.Equal(t, engine.Table{ID: 9, Name: "New", Columns: []string{"a"}}, added)
	row := engine.Row{Cells: map[string]string{"Name": "Ana"}}
	require.NoError(t, d.SaveTableRow(t.Context(), store.tables[0], &row))
	require.Equal(t, int64(5), row.ID)
	_, err = d.ImportTable(t.Context(), "Customers", strings.NewReader("a\n"), table.New)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	var out strings.Builder
	require.NoError(t, d.ExportTable(t.Context(), store.tables[0], &out, false))
	require.Equal(t, "Name\r\n", out.String())
}
