package local

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
)

const (
	// mostRows is how many rows one step appends.
	mostRows = 10_000
	// mostColumns is what the common spreadsheets open.
	mostColumns = 1000
	// longestHeader is how far the first row of a file is read, in bytes.
	longestHeader = 256 << 10

	byteOrderMark = "\ufeff"
)

// rows is what is appended to a CSV file.
type rows struct {
	target
	columns   []string // of a new file
	values    []map[string]any
	separator rune // 0: as the file has it
	// forExcel begins a new file with a byte order mark, and puts an apostrophe before what a spreadsheet
	// would take for a formula.
	forExcel bool
}

func (f *files) appendRows(call action.Call, fields map[string]any) (task, error) {
	t, err := f.target(call, fields)
	if err != nil {
		return nil, err
	}
	r := rows{target: t, forExcel: fields["for_excel"] == true}
	switch mapping.Text(fields["separator"]) {
	case "comma":
		r.separator = ','
	case "semicolon":
		r.separator = ';'
	case "tab":
		r.separator = '\t'
	}
	if r.values, err = rowsOf(fields); err != nil {
		return nil, err
	}
	if r.columns, err = r.newColumns(mapping.Text(fields["columns"])); err != nil {
		return nil, err
	}
	shown, err := r.fresh()
	if err != nil {
		return nil, err
	}
	if len(shown) > largestFile {
		return nil, tooLarge(t)
	}
	return adding{target: t, shown: shown, content: r.after, line: "\r\n", result: map[string]any{"rows": number(int64(len(r.values)))}}, nil
}

// rowsOf reads what the rows are: one of values, or a list.
func rowsOf(fields map[string]any) ([]map[string]any, error) {
	if row, ok := fields["values"].(map[string]any); ok {
		return []map[string]any{row}, nil
	}
	list := fields["rows"]
	if text, ok := list.(string); ok {
		if v, err := mapping.Decode([]byte(text)); err == nil {
			list = v
		}
	}
	if one, ok := list.(map[string]any); ok {
		list = []any{one}
	}
	all, ok := list.([]any)
	switch {
	case !ok:
		return nil, engine.Errorf(engine.Invalid, "There is no row to append. Fill in the columns' values, or choose a list of rows.")
	case len(all) > mostRows:
		return nil, engine.Errorf(engine.Invalid, "These are %d rows. A step appends at most %d; use a loop.", len(all), mostRows)
	}
	values := make([]map[string]any, len(all))
	for i, one := range all {
		if values[i], ok = one.(map[string]any); !ok {
			return nil, engine.Errorf(engine.Invalid, "Row %d of the list has no columns: it is %q. Each row needs names with values.", i+1, shortened(mapping.Text(one), 60))
		}
	}
	return values, nil
}

// newColumns are the columns of a file that is not there yet: those named, else those of the rows by name.
func (r rows) newColumns(named string) ([]string, error) {
	var columns []string
	for _, name := range strings.FieldsFunc(named, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if name = strings.TrimSpace(name); name != "" {
			columns = append(columns, name)
		}
	}
	if columns == nil {
		all := map[string]bool{}
		for _, row := range r.values {
			for name := range row {
				all[name] = true
			}
		}
		columns = slices.Sorted(maps.Keys(all))
	}
	if len(columns) > mostColumns {
		return nil, engine.Errorf(engine.Invalid, "These are %d columns. A file has at most %d.", len(columns), mostColumns)
	}
	return columns, nil
}

// fresh is what a new file gets: its first row has the columns' names.
func (r rows) fresh() ([]byte, error) {
	if len(r.values) == 0 {
		return nil, nil
	}
	if r.separator == 0 {
		r.separator = ','
	}
	cells, err := r.cells(r.columns)
	if err != nil {
		return nil, err
	}
	content := r.encode(append([][]string{r.columns}, cells...))
	if r.forExcel {
		content = append([]byte(byteOrderMark), content...)
	}
	return content, nil
}

// after is what a file gets that has rows already: values below its own columns.
func (r rows) after(file io.Reader) ([]byte, error) {
	head, err := io.ReadAll(io.LimitReader(file, longestHeader))
	if err != nil {
		return nil, err
	}
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	if r.separator == 0 {
		r.separator = separatorOf(head)
	}
	reader := csv.NewReader(bytes.NewReader(head))
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = r.separator, true, -1
	columns, err := reader.Read()
	if err != nil {
		return nil, action.NotBegun(engine.Wrap(err, engine.Invalid, "The first row of %s, with the names of its columns, cannot be read. Write to another file, or mend it.", r.path()))
	}
	for i := range columns {
		columns[i] = strings.TrimSpace(columns[i])
	}
	cells, err := r.cells(columns)
	if err != nil {
		return nil, action.NotBegun(err)
	}
	return r.encode(cells), nil
}

// separatorOf is the sign that parts the columns' names.
func separatorOf(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	separator, most := ',', 0
	for _, sign := range ",;\t" {
		if n := bytes.Count(line, []byte(string(sign))); n > most {
			separator, most = sign, n
		}
	}
	return separator
}

// cells puts the rows' values below columns. A value without a column is an error: it would be lost.
func (r rows) cells(columns []string) ([][]string, error) {
	at := map[string]int{}
	for i, name := range slices.Backward(columns) {
		at[strings.ToLower(name)] = i
	}
	all := make([][]string, len(r.values))
	for i, row := range r.values {
		all[i] = make([]string, len(columns))
		for name, v := range row {
			column, ok := at[strings.ToLower(strings.TrimSpace(name))]
			if !ok {
				problem := engine.Problem{
					Message:    fmt.Sprintf("%s has no column %q. Its columns are: %s.", r.name, name, strings.Join(columns, ", ")),
					Suggestion: engine.Suggest(name, columns),
				}
				return nil, engine.Errorf(engine.Invalid, "%s", problem)
			}
			all[i][column] = r.cell(v)
		}
	}
	return all, nil
}

// cell is a value as it is written.
func (r rows) cell(v any) string {
	text := strings.ReplaceAll(strings.ToValidUTF8(mapping.Text(v), "\uFFFD"), "\x00", "")
	// What OWASP lists as the begin of a formula; a number is none.
	if r.forExcel && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		if _, number := mapping.ParseDecimal(text); !number {
			return "'" + text
		}
	}
	return text
}

// encode writes rows as RFC 4180 has them.
func (r rows) encode(all [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = r.separator, true
	for _, row := range all {
		if len(row) == 1 && row[0] == "" {
			w.Flush()
			b.WriteString("\"\"\r\n") // an empty line would be no row
			continue
		}
		_ = w.Write(row) // a buffer takes all
	}
	w.Flush()
	return b.Bytes()
}
