package table_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"bellhop/engine"
	"bellhop/engine/table"
)

// readAll reads all rows of a CSV file.
func readAll(t testing.TB, file io.ReadSeeker) (rows [][]string, err error) {
	t.Helper()
	r, err := table.NewReader(file)
	for err == nil {
		var row []string
		if row, err = r.Read(); err == nil {
			rows = append(rows, row)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return rows, err
}

func TestRead(t *testing.T) {
	for name, test := range map[string]struct {
		file string
		rows [][]string
	}{
		"nothing":                {"", nil},
		"commas":                 {"a,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}},
		"no line end":            {"a,b\r\n1,", [][]string{{"a", "b"}, {"1", ""}}},
		"semicolons":             {"a;b,c;d\n1,5;2\n", [][]string{{"a", "b,c", "d"}, {"1,5", "2"}}},
		"tabs":                   {"a\tb c\n", [][]string{{"a", "b c"}}},
		"bars":                   {"a|b|c,d\n", [][]string{{"a", "b", "c,d"}}},
		"separators in quotes":   {`"a;;;",b` + "\n", [][]string{{"a;;;", "b"}}},
		"as Excel says it":       {"SEP=;\r\na,b;c\r\n", [][]string{{"a,b", "c"}}},
		"old Macs":               {"a,b\r1,2\r", [][]string{{"a", "b"}, {"1", "2"}}},
		"quotes":                 {"\"a\"\"b\",\"x\r\ny\"\n", [][]string{{`a"b`, "x\r\ny"}}},
		"a quote within a cell":  {"5\" pipe,b\n", [][]string{{`5" pipe`, "b"}}},
		"empty lines":            {"\n\na\n\r\n\nb\n\n", [][]string{{"a"}, {"b"}}},
		"an empty cell alone":    {"a\n\"\"\n", [][]string{{"a"}, {""}}},
		"spaces":                 {" a , b\n", [][]string{{" a ", " b"}}},
		"a mark":                 {"\ufeffa,b\n", [][]string{{"a", "b"}}},
		"a mark and quotes":      {"\ufeff\"a\",b\n", [][]string{{"a", "b"}}},
		"letters":                {"Größe,日本\n", [][]string{{"Größe", "日本"}}},
		"Windows":                {windows(t, "Größe;€\n"), [][]string{{"Größe", "€"}}},
		"Excel's Unicode text":   {utf16(t, "Größe\t日本\r\n"), [][]string{{"Größe", "日本"}}},
		"nothing but separators": {",\n", [][]string{{"", ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := readAll(t, strings.NewReader(test.file))
			require.NoError(t, err)
			require.Equal(t, test.rows, rows)
		})
	}
}

func windows(t *testing.T, text string) string {
	t.Helper()
	out, err := charmap.Windows1252.NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

func utf16(t *testing.T, text string) string {
	t.Helper()
	out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

func TestReadMistakes(t *testing.T) {
	for name, test := range map[string]struct{ file, says string }{
		"a quote that does not end": {"a\nb\n\"c\n", "begins in line 3 does not end"},
		"something after a quote":   {"\"x\ny\"z\n", "ends in line 2"},
		"a long cell":               {"a\n" + strings.Repeat("x", engine.MaxCell+1), "Line 2"},
		"an endless quote":          {"a\n\"" + strings.Repeat("x\n", engine.MaxCell), "Perhaps a quote does not end"},
		"other letters":             {"a,\x81\xff\n", "neither UTF-8 nor Windows-1252"},
		"many columns":              {strings.Repeat(",", engine.MaxColumns), "100 columns"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readAll(t, strings.NewReader(test.file))
			require.ErrorContains(t, err, test.says)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
		})
	}
	_, err := readAll(t, large{strings.NewReader("a")})
	require.ErrorContains(t, err, "64 MiB")
	_, err = readAll(t, struct {
		io.Reader
		io.Seeker
	}{iotest.ErrReader(errors.New("the disk is gone")), strings.NewReader("")})
	require.ErrorContains(t, err, "the disk is gone")
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
}

// large says it is larger than it is.
type large struct{ *strings.Reader }

func (large) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		return table.MaxFile + 1, nil
	}
	return 0, nil
}

// rows is a reader of one table.
type rows struct {
	engine.TableReader
	table engine.Table
	all   []engine.Row
}

func (r rows) Rows(_ context.Context, _ int64, filter engine.RowFilter) ([]engine.Row, error) {
	i := slices.IndexFunc(r.all, func(row engine.Row) bool { return row.ID > filter.After })
	if i < 0 {
		return nil, nil
	}
	return r.all[i:min(i+filter.Limit, len(r.all))], nil
}

func TestExport(t *testing.T) {
	table1 := engine.Table{Columns: []string{"a", "b;c"}}
	data := rows{table: table1}
	for i, cells := range [][]string{{"=1+1", "-5"}, {"@x", "+3"}, {`"q"`, "x,y\r\nz"}, {" ", ""}} {
		data.all = append(data.all, engine.Row{ID: int64(i + 1), Cells: table1.Cells(cells)})
	}
	var plain, excel strings.Builder
	require.NoError(t, table.Export(t.Context(), data, table1, &plain, false))
	require.Equal(t, "a,\"b;c\"\r\n=1+1,-5\r\n@x,+3\r\n\"\"\"q\"\"\",\"x,y\r\nz\"\r\n\" \",\r\n", plain.String())
	require.NoError(t, table.Export(t.Context(), data, table1, &excel, true))
	require.Equal(t, "\ufeffa,\"b;c\"\r\n'=1+1,'-5\r\n'@x,'+3\r\n\"\"\"q\"\"\",\"x,y\r\nz\"\r\n\" \",\r\n", excel.String())

	err := table.Export(t.Context(), data, table1, broken{}, false)
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// FuzzRead: whatever the file, reading ends without a fault, and what was read and is written comes back
// as it was.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a;b\r\n\"x\r\ny\";\"\"\"\"\r\n", "\ufeffa\tb\n", "sep=|\na|b\n", "a\n\"\"\n", "\"a\nb", "a,\xff\n", "\xff\xfea\x00", "\"\ufeffx\",y",
		"\"sep=;\"\n1\n", "a\rb\r", ",\n,,\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := readAll(t, strings.NewReader(string(file)))
		if err != nil {
			require.Contains(t, []engine.Code{engine.Invalid, engine.Unavailable}, engine.ErrorCode(err))
			return
		}
		if len(read) == 0 {
			return
		}
		// The widest row stands for the head, under names of its own.
		width := 0
		for _, row := range read {
			width = max(width, len(row))
		}
		t1 := engine.Table{Columns: make([]string, width)}
		for i := range t1.Columns {
			t1.Columns[i] = strings.Repeat("c", i+1)
		}
		data := rows{table: t1}
		var want [][]string
		for i, row := range read {
			full := append(slices.Clone(row), make([]string, width-len(row))...)
			want = append(want, full)
			data.all = append(data.all, engine.Row{ID: int64(i + 1), Cells: t1.Cells(full)})
		}
		var out strings.Builder
		require.NoError(t, table.Export(t.Context(), data, t1, &out, false))
		again, err := readAll(t, strings.NewReader(out.String()))
		require.NoError(t, err)
		require.Equal(t, append([][]string{t1.Columns}, want...), again)
	})
}
