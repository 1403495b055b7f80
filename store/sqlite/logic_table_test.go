package sqlite_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/table"
)

// stock is a house with a table.
func stock(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	_, err := table.Import(t.Context(), h, "Stock", strings.NewReader("Sku,Unit price,Größe\nA,12.50,S\nB,7,M\nA,1,L\n"), table.New)
	require.NoError(t, err)
	return h
}

// content is a table as CSV.
func (h *house) content(t *testing.T, name string) string {
	t.Helper()
	all, err := h.Table(t.Context(), name)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, table.Export(t.Context(), h, all, &b, false))
	return strings.ReplaceAll(b.String(), "\r\n", "\n")
}

func TestTableFind(t *testing.T) {
	t.Parallel()
	h := stock(t)
	const first, second = `{"Sku": "A", "Unit price": "12.50", "Größe": "S"}`, `{"Sku": "A", "Unit price": "1", "Größe": "L"}`
	for with, want := range map[string]string{
		`{"table": "stock", "column": "sku", "value": "A"}`:                                                                                               `{"found": true, "row": ` + first + `, "rows": [` + first + `, ` + second + `], "count": 2}`,
		`{"table": "stock", "column": "sku", "value": "A", "limit": "1"}`:                                                                                 `{"found": true, "row": ` + first + `, "rows": [` + first + `], "count": 1}`,
		`{"table": "Stock", "column": "Sku", "value": "C"}`:                                                                                               `{"found": false, "row": null, "rows": [], "count": 0}`,
		`{"table": "Stock", "rules": [{"value": "unit price", "is": "greater_than", "than": "7"}]}`:                                                       `{"found": true, "row": ` + first + `, "rows": [` + first + `], "count": 1}`,
		`{"table": "Stock", "match": "any", "rules": [{"value": "GRÖßE", "is": "equals", "than": "S"}, {"value": "Größe", "is": "equals", "than": "L"}]}`: `{"found": true, "row": ` + first + `, "rows": [` + first + `, ` + second + `], "count": 2}`,
		`{"table": "Stock", "column": "Sku", "value": "A", "rules": [{"value": "Unit price", "is": "less_than", "than": 5}]}`:                             `{"found": true, "row": ` + second + `, "rows": [` + second + `], "count": 1}`,
	} {
		requireJSON(t, want, h.do(t, h.run(t), engine.LogicTableFind, with).Output)
	}
	for with, says := range map[string]string{
		`{"table": "Stok", "column": "Sku", "value": "A"}`:                                  `Did you mean "Stock"`,
		`{"table": "", "column": "Sku", "value": "A"}`:                                      "which table",
		`{"table": "Stock"}`:                                                                "which rows",
		`{"table": "Stock", "column": "Skuu", "value": "A"}`:                                `Did you mean "Sku"`,
		`{"table": "Stock", "rules": [{"value": "Unit prise", "is": "equals", "than": 1}]}`: `Did you mean "Unit price"`,
		`{"table": "Stock", "rules": [{"value": "Größe", "is": "less_than", "than": 1}]}`:   "A row of",
		`{"table": "Stock", "column": "Sku", "value": "A", "limit": 1001}`:                  "from 1 to 1000",
	} {
		_, err := h.try(t.Context(), h.call(t, h.run(t), engine.LogicTableFind, with), nil)
		require.ErrorContains(t, err, says, with)
		require.Contains(t, []engine.Code{engine.Invalid, engine.NotFound}, engine.ErrorCode(err))
	}
}

func TestTableChanges(t *testing.T) {
	t.Parallel()
	h := stock(t)
	run := h.run(t)
	const add = `{"table": "Stock", "row": {"sku": "C", "Größe": 3}}`
	_, err := h.try(t.Context(), h.call(t, run, engine.LogicTableAdd, add), errors.New("cut off"))
	require.Error(t, err)
	for range 2 { // a retry adds it no second time
		o := h.do(t, run, engine.LogicTableAdd, add)
		requireJSON(t, `{"row": {"Sku": "C", "Unit price": "", "Größe": "3"}, "count": 4, "added": true, "changed": 0}`, o.Output)
	}
	requireJSON(t, `{"changed": 2, "added": false, "count": 4, "row": {"Sku": "A", "Unit price": "2", "Größe": "S"}}`,
		h.do(t, run, engine.LogicTableUpdate, `{"table": "Stock", "column": "Sku", "value": "A", "change": {"unit price": 2}}`).Output)
	requireJSON(t, `{"changed": 0, "added": false, "count": 4, "row": null}`,
		h.do(t, run, engine.LogicTableUpdate, `{"table": "Stock", "column": "Sku", "value": "D", "change": {"unit price": 2}}`).Output)
	requireJSON(t, `{"changed": 0, "added": true, "count": 5, "row": {"Sku": "D", "Unit price": "2", "Größe": ""}}`,
		h.do(t, run, engine.LogicTableUpdate, `{"table": "Stock", "column": "Sku", "value": "D", "change": {"unit price": 2}, "add": true}`).Output)
	requireJSON(t, `{"deleted": 1, "count": 4}`, h.do(t, run, engine.LogicTableDelete, `{"table": "Stock", "column": "Größe", "value": "M"}`).Output)
	require.Equal(t, "Sku,Unit price,Größe\nA,2,S\nA,2,L\nC,,3\nD,2,\n", h.content(t, "Stock"))

	for name, test := range map[string]struct{ logic, with, says string }{
		"a column":      {engine.LogicTableAdd, `{"table": "Stock", "row": {"Skv": 1}}`, `Did you mean "Sku"`},
		"twice":         {engine.LogicTableAdd, `{"table": "Stock", "row": {"Sku": 1, "SKU": 2}}`, "twice"},
		"nothing":       {engine.LogicTableAdd, `{"table": "Stock", "row": {}}`, "what goes to which column"},
		"a cell":        {engine.LogicTableAdd, `{"table": "Stock", "row": {"Sku": "` + strings.Repeat("x", engine.MaxCell+1) + `"}}`, "A cell can hold"},
		"no value":      {engine.LogicTableUpdate, `{"table": "Stock", "column": "Sku", "value": "", "change": {"Sku": 1}}`, "is empty"},
		"all is no way": {engine.LogicTableDelete, `{"table": "Stock", "column": "Größe", "value": " "}`, "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.try(t.Context(), h.call(t, run, test.logic, test.with), nil)
			require.ErrorContains(t, err, test.says)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
		})
	}
	require.Equal(t, "Sku,Unit price,Größe\nA,2,S\nA,2,L\nC,,3\nD,2,\n", h.content(t, "Stock"))
}

// csv is a file of n rows.
func csv(n int) string {
	var b strings.Builder
	b.WriteString("no,kind\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d\n", i, i%2)
	}
	return b.String()
}

func TestTableStepsAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := table.Import(t.Context(), h, "Large", strings.NewReader(csv(2003)), table.New)
	require.NoError(t, err)
	run := h.run(t)
	for name, test := range map[string]struct{ logic, with, says string }{
		"rules":  {engine.LogicTableFind, `{"table": "Large", "rules": [{"value": "no", "is": "equals", "than": 5}]}`, "2000 rows at most"},
		"change": {engine.LogicTableUpdate, `{"table": "Large", "column": "kind", "value": "1", "change": {"no": 1}}`, "More than 200 rows"},
		"delete": {engine.LogicTableDelete, `{"table": "Large", "column": "kind", "value": "1"}`, "More than 1000 rows"},
	} {
		_, err := h.try(t.Context(), h.call(t, run, test.logic, test.with), nil)
		require.ErrorContains(t, err, test.says, name)
	}
	requireJSON(t, `{"found": true, "row": {"no": "1999", "kind": "1"}, "rows": [{"no": "1999", "kind": "1"}], "count": 1}`,
		h.do(t, run, engine.LogicTableFind, `{"table": "Large", "column": "no", "value": "1999"}`).Output)
	require.NoError(t, table.Delete(t.Context(), h, "large"))
	all, err := h.Tables(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
}
