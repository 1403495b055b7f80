package table

import (
	"bufio"
	"context"
	"io"
	"strings"

	"bellhop/engine"
)

// Export writes a table as CSV: RFC 4180, UTF-8, the columns' names in the first row. With forExcel it
// begins with a byte order mark, which Excel needs to read the letters right, and cells that a spreadsheet
// would take for a formula get an apostrophe before them; such a file does not come back as it was.
func Export(ctx context.Context, store engine.TableReader, table engine.Table, to io.Writer, forExcel bool) error {
	w := bufio.NewWriter(to)
	if forExcel {
		_, _ = w.WriteString("\ufeff")
	}
	writeRow(w, table.Columns, forExcel)
	for after := int64(0); ; {
		rows, err := store.Rows(ctx, table.ID, engine.RowFilter{After: after, Limit: 500})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for _, row := range rows {
			texts := make([]string, len(table.Columns))
			for i, column := range table.Columns {
				texts[i] = row.Cells[column]
			}
			writeRow(w, texts, forExcel)
			after = row.ID
		}
	}
	if err := w.Flush(); err != nil { // a writer keeps its first error
		return engine.Wrap(err, engine.Unavailable, "The table cannot be written: %s.", engine.Cause(err))
	}
	return nil
}

func writeRow(w *bufio.Writer, cells []string, harmless bool) {
	for i, text := range cells {
		if i > 0 {
			_ = w.WriteByte(',')
		}
		// What OWASP lists as the begin of a formula.
		if harmless && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
			text = "'" + text
		}
		// A row of one empty cell would be an empty line, which is no row.
		if strings.ContainsAny(text, ",;|\t\"\r\n\ufeff") || text == "" && len(cells) == 1 || text != strings.TrimSpace(text) {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		_, _ = w.WriteString(text)
	}
	_, _ = w.WriteString("\r\n")
}
