package sqlite_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/table"
	"bellhop/store/sqlite"
)

func TestTableImport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bring := func(name, file string, mode table.Mode) (engine.Table, error) {
		return table.Import(t.Context(), h, name, strings.NewReader(file), mode)
	}
	got, err := bring(" Stock ", "\"Sku\";sku; ;\"Two\nlines\"\nA\n;;;x;\n", table.New)
	require.NoError(t, err)
	require.Equal(t, []string{"Sku", "sku 2", "Column 3", "Two lines"}, got.Columns)
	require.Equal(t, 2, got.Rows)
	require.Equal(t, "Sku,sku 2,Column 3,Two lines\nA,,,\n,,,x\n", h.content(t, "stock"))

	_, err = bring("STOCK", "Sku\nB\n", table.New)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	_, err = bring("STOCK", "sku,price\nB,1\n", table.Append)
	require.ErrorContains(t, err, `no column "price"`)
	got, err = bring("STOCK", "two lines,SKU\n5,B\n", table.Append)
	require.NoError(t, err)
	require.Equal(t, 3, got.Rows)
	require.Equal(t, "Sku,sku 2,Column 3,Two lines\nA,,,\n,,,x\nB,,,5\n", h.content(t, "stock"))
	got, err = bring("STOCK", "price\n1\n", table.Replace)
	require.NoError(t, err)
	require.Equal(t, "Stock", got.Name, "it keeps its name as it was written")
	require.Equal(t, "price\n1\n", h.content(t, "stock"))

	for name, test := range map[string]struct {
		file string
		mode table.Mode
		code engine.Code
	}{
		"New":     {"", table.New, engine.Invalid},
		"Unknown": {"a\n", table.Append, engine.NotFound},
		"Binary":  {"a\n\x00\n", table.New, engine.Invalid},
		"Wide":    {strings.Repeat("x", 101) + "\n", table.New, engine.Invalid},
		"\n":      {"a\n", table.New, engine.Invalid},
		"Long":    {csv(engine.MaxRows + 1), table.New, engine.Invalid},
	} {
		_, err = bring(name, test.file, test.mode)
		require.Equal(t, test.code, engine.ErrorCode(err), "%s: %v", name, err)
	}
	_, err = bring("Stock", "price\n"+strings.Repeat("1\n", engine.MaxRows), table.Append)
	require.ErrorContains(t, err, "has 1 already")
	all, err := h.Tables(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1, "what was refused leaves no table")
}

// failing is a store whose n-th write from now fails.
type failing struct {
	*sqlite.DB
	in int
}

func (f *failing) Update(ctx context.Context, fn func(engine.Tx) error) error {
	return f.DB.Update(ctx, func(tx engine.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if f.in--; f.in == 0 {
			return errors.New("cut off")
		}
		return nil
	})
}

// TestTableImportCutOff: whichever write of an import fails, the tables are as they were before.
func TestTableImportCutOff(t *testing.T) {
	t.Parallel()
	for _, mode := range []table.Mode{table.New, table.Append, table.Replace} {
		h := newHouse(t)
		const before = "no,kind\nold,1\n"
		name := "Old"
		if mode == table.New {
			name = "New"
		}
		_, err := table.Import(t.Context(), h, "Old", strings.NewReader(before), table.New)
		require.NoError(t, err)
		writes := 1
		for ; ; writes++ {
			store := &failing{h.DB, writes}
			_, err := table.Import(t.Context(), store, name, strings.NewReader(csv(250)), mode)
			if store.in > 0 { // it took fewer
				require.NoError(t, err)
				break
			}
			if err == nil {
				continue
			}
			all, readErr := h.Tables(t.Context())
			require.NoError(t, readErr)
			if mode == table.Replace && all[0].Rows == 250 {
				// The old rows could not be cleared away: then they are there under another name.
				require.Equal(t, "Old", all[0].Name)
				for _, left := range all[1:] {
					require.NoError(t, table.Delete(t.Context(), h, left.Name))
				}
				_, err = table.Import(t.Context(), h, "Old", strings.NewReader(before), table.Replace)
				require.NoError(t, err)
				continue
			}
			require.Len(t, all, 1, "%s, write %d", mode, writes)
			require.Equal(t, before, h.content(t, "Old"))
		}
		require.Greater(t, writes, 3)
		all, err := h.Table(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, map[table.Mode]int{table.New: 250, table.Append: 251, table.Replace: 250}[mode], all.Rows)
	}
}

// TestTableComesBack: what is written to a file and brought in again is the same.
func TestTableComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	odd := engine.Table{Name: "Odd", Columns: []string{"sep=;", "\ufeffa b", "=x\"y\"", "日本"}}
	rows := []engine.Row{
		{Cells: odd.Cells([]string{"", "", "", ""})},
		{Cells: odd.Cells([]string{"a\r\nb", "\rc", "\n", `"`})},
		{Cells: odd.Cells([]string{"=1+1", "'", " x\t", "\ufeff"})},
		{Cells: odd.Cells([]string{strings.Repeat("€", engine.MaxCell/3), "\x01", "a,b;c", "007"})},
	}
	require.NoError(t, h.Update(t.Context(), func(tx engine.Tx) error {
		if err := tx.AddTable(&odd); err != nil {
			return err
		}
		return tx.AddRows(odd.ID, rows)
	}))
	var first, second strings.Builder
	require.NoError(t, table.Export(t.Context(), h, odd, &first, false))
	back, err := table.Import(t.Context(), h, "Back", strings.NewReader(first.String()), table.New)
	require.NoError(t, err)
	require.Equal(t, odd.Columns, back.Columns)
	require.NoError(t, table.Export(t.Context(), h, back, &second, false))
	require.Equal(t, first.String(), second.String())
	got, err := h.Rows(t.Context(), back.ID, engine.RowFilter{})
	require.NoError(t, err)
	for i, row := range got {
		require.Equal(t, rows[i].Cells, row.Cells)
	}
}

// TestSeenIsForgotten: a key that has not come for long is forgotten; one that still comes is not, however
// old it is.
func TestSeenIsForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	begun := h.now
	mark := func(key string) (first bool) {
		require.NoError(t, h.Update(t.Context(), func(tx engine.Tx) (err error) {
			first, _, err = tx.MarkSeen(h.recipe.ID, "items", key)
			return err
		}))
		return first
	}
	mark("gone")
	mark("stays")
	for day := 30; day <= 390; day += 30 {
		h.now = begun.AddDate(0, 0, day)
		require.False(t, mark("stays"))
	}
	prune := func(days int) int {
		h.now = begun.AddDate(0, 0, days)
		pruned, err := h.Prune(t.Context(), sqlite.Prune{Forget: begun})
		require.NoError(t, err)
		return pruned.Keys
	}
	require.Equal(t, 0, prune(400))
	require.Equal(t, 1, prune(401))
	require.False(t, mark("stays"))
	require.True(t, mark("gone"))
}
