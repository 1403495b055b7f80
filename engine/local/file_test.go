package local_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/disk"
	"bellhop/engine/local"
)

// in is a client that may write in a folder.
func in(folders ...string) *local.Client {
	return local.New(local.Params{Disk: disk.Disk{Folders: func() []string { return folders }}})
}

func do(t *testing.T, c *local.Client, use string, with map[string]any) (map[string]any, error) {
	t.Helper()
	result, err := c.Do(t.Context(), call(t, use, with))
	if err != nil {
		return nil, err
	}
	return result.Output.(map[string]any), nil
}

func content(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(data)
}

func TestWritingAFile(t *testing.T) {
	dir := t.TempDir()
	output, err := do(t, in(dir), "folder.write", map[string]any{"file": "orders/1042.txt", "text": "first, and longer"})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"path": filepath.Join(dir, "orders", "1042.txt"), "folder": dir, "file": "orders/1042.txt", "size": json.Number("17"),
	}, output)
	require.NoError(t, os.Chmod(filepath.Join(dir, "orders", "1042.txt"), 0o600))
	_, err = do(t, in(dir), "folder.write", map[string]any{"file": "orders/1042.txt", "text": "second"})
	require.NoError(t, err)
	require.Equal(t, "second", content(t, dir, "orders", "1042.txt"))
	info, err := os.Stat(filepath.Join(dir, "orders", "1042.txt"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "who may read it stays")
	entries, err := os.ReadDir(filepath.Join(dir, "orders"))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it")
	_, err = do(t, in(dir), "folder.write", map[string]any{"file": "empty.txt"})
	require.NoError(t, err)
	require.Empty(t, content(t, dir, "empty.txt"))
}

func TestAppendingText(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"one", "two\n", "three"} {
		_, err := do(t, in(dir), "folder.append_text", map[string]any{"file": "log.txt", "text": text})
		require.NoError(t, err)
	}
	require.Equal(t, "one\ntwo\nthree\n", content(t, dir, "log.txt"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "log.txt"), []byte("by hand"), 0o600))
	output, err := do(t, in(dir), "folder.append_text", map[string]any{"file": "log.txt", "text": "four"})
	require.NoError(t, err)
	require.Equal(t, "by hand\nfour\n", content(t, dir, "log.txt"), "it begins a line of its own")
	require.Equal(t, json.Number("13"), output["size"])
	_, err = do(t, in(dir), "folder.append_text", map[string]any{"file": "log.txt", "text": "!", "new_line": false})
	require.NoError(t, err)
	require.Equal(t, "by hand\nfour\n!", content(t, dir, "log.txt"))
}

var writers = map[string]map[string]any{
	"folder.write":       {"text": "evil"},
	"folder.append_text": {"text": "evil"},
	"folder.append_rows": {"values": map[string]any{"a": "evil"}},
}

// Whatever the data says, nothing outside the folder is written.
func TestNothingIsWrittenOutside(t *testing.T) {
	for use, with := range writers {
		t.Run(use, func(t *testing.T) {
			base := t.TempDir()
			dir, outside := filepath.Join(base, "chosen"), filepath.Join(base, "outside")
			require.NoError(t, os.Mkdir(dir, 0o755))
			require.NoError(t, os.Mkdir(outside, 0o755))
			victim := filepath.Join(outside, "victim.txt")
			require.NoError(t, os.WriteFile(victim, []byte("untouched"), 0o600))
			require.NoError(t, os.Symlink(outside, filepath.Join(dir, "way")))
			require.NoError(t, os.Symlink("../outside", filepath.Join(dir, "relative")))
			require.NoError(t, os.Symlink(filepath.Join(outside, "new.txt"), filepath.Join(dir, "dangling.txt")))
			for _, attack := range []map[string]any{
				{"file": "../outside/victim.txt"},
				{"file": `..\outside\victim.txt`},
				{"file": "a/../../outside/victim.txt"},
				{"file": victim},
				{"file": "way/victim.txt"},
				{"file": "way/new.txt"},
				{"file": "relative/victim.txt"},
				{"file": "relative/deeper/new.txt"},
				{"file": "victim.txt", "folder": outside},
				{"file": "victim.txt", "folder": "../outside"},
				{"file": "victim.txt", "folder": "way"},
				{"file": "victim.txt", "folder": filepath.Join(dir, "way")},
				{"file": "victim.txt", "folder": filepath.Join(dir, "..", "outside")},
				{"file": "victim.txt\x00.csv", "folder": ""},
				{"file": ".bashrc"},
			} {
				attack = merge(with, attack)
				_, err := do(t, in(dir), use, attack)
				f := failure(t, err)
				require.Equal(t, action.Before, f.Phase, "%v", attack)
				require.False(t, f.Retry, "%v: %v", attack, f)
				require.Equal(t, engine.Invalid, f.Err.Code, "%v: %v", attack, f)
			}
			_, _ = do(t, in(dir), use, merge(with, map[string]any{"file": "dangling.txt"})) // may replace the link itself
			entries, err := os.ReadDir(outside)
			require.NoError(t, err)
			require.Len(t, entries, 1)
			require.Equal(t, "untouched", content(t, victim))
		})
	}
}

func merge(all ...map[string]any) map[string]any {
	merged := map[string]any{}
	for _, m := range all {
		for name, v := range m {
			merged[name] = v
		}
	}
	return merged
}

func TestADiskThatIsNotThereIsWaitedFor(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "usb")
	for use, with := range writers {
		_, err := do(t, in(gone), use, merge(with, map[string]any{"file": "a.txt"}))
		f := failure(t, err)
		require.True(t, f.Retry)
		require.Equal(t, action.Before, f.Phase)
		require.Contains(t, f.Error(), "not connected")
	}
	require.NoDirExists(t, gone)
	_, err := do(t, in(), "folder.write", map[string]any{"file": "a.txt"})
	require.Contains(t, failure(t, err).Error(), "bellhop folders add")
}

// A disk that is full takes a row whole or not at all.
func TestAFullDiskLeavesNoHalfRow(t *testing.T) {
	dir := t.TempDir()
	_, err := do(t, in(dir), "folder.append_text", map[string]any{"file": "log.txt", "text": "one"})
	require.NoError(t, err)
	local.FailWrites(t, syscall.ENOSPC)
	_, err = do(t, in(dir), "folder.append_text", map[string]any{"file": "log.txt", "text": "a longer line"})
	f := failure(t, err)
	require.Equal(t, action.Before, f.Phase)
	require.True(t, f.Retry)
	require.Contains(t, f.Error(), "Free some space")
	require.Equal(t, "one\n", content(t, dir, "log.txt"))
}

func TestManyAppendAtOnce(t *testing.T) {
	dir, client := t.TempDir(), (*local.Client)(nil)
	client = in(dir)
	var work sync.WaitGroup
	const many = 40
	errs := make([]error, many)
	for i := range many {
		work.Go(func() {
			_, errs[i] = client.Do(t.Context(), call(t, "folder.append_rows", map[string]any{"file": "a.csv", "values": map[string]any{"n": i, "text": strings.Repeat("x", 5000)}}))
		})
	}
	work.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	lines := strings.Split(strings.TrimSpace(content(t, dir, "a.csv")), "\r\n")
	require.Len(t, lines, many+1, "one row of names, and a row each")
	for _, line := range lines[1:] {
		require.Len(t, strings.TrimLeft(line, "0123456789,"), 5000)
	}
}

func TestRows(t *testing.T) {
	dir := t.TempDir()
	row := func(with map[string]any) string {
		t.Helper()
		_, err := do(t, in(dir), "folder.append_rows", merge(map[string]any{"file": "orders.csv"}, with))
		require.NoError(t, err)
		return content(t, dir, "orders.csv")
	}
	got := row(map[string]any{"columns": "Order, Customer,Total", "values": map[string]any{"Order": "#1042", "Total": json.Number("89.90"), "Customer": "Zoë, \"Z\""}})
	require.Equal(t, "\ufeffOrder,Customer,Total\r\n#1042,\"Zoë, \"\"Z\"\"\",89.90\r\n", got)
	got = row(map[string]any{"rows": []any{map[string]any{"total": "1"}, map[string]any{"Customer": "a\nb"}}})
	require.Equal(t, "\ufeffOrder,Customer,Total\r\n#1042,\"Zoë, \"\"Z\"\"\",89.90\r\n,,1\r\n,\"a\r\nb\",\r\n", got, "whatever order and case the names have")
	_, err := do(t, in(dir), "folder.append_rows", map[string]any{"file": "orders.csv", "values": map[string]any{"Custmer": "x"}})
	f := failure(t, err)
	require.Equal(t, engine.Invalid, f.Err.Code)
	require.Contains(t, f.Error(), `Did you mean "Customer"?`)
	require.Equal(t, got, content(t, dir, "orders.csv"))
}

func TestRowsOfFilesByOthers(t *testing.T) {
	for what, tc := range map[string]struct{ old, want string }{
		"semicolons":          {"Name;Total\nAna;1\n", "Name;Total\nAna;1\nBo;\"2;5\"\r\n"},
		"tabs":                {"Name\tTotal\n", "Name\tTotal\nBo\t2;5\r\n"},
		"no end of the line":  {"Name,Total\nAna,1", "Name,Total\nAna,1\r\nBo,2;5\r\n"},
		"a mark of the order": {"\ufeffName,Total\n", "\ufeffName,Total\nBo,2;5\r\n"},
		"quoted names":        {"\"Name\",\"Total\"\r\n", "\"Name\",\"Total\"\r\nBo,2;5\r\n"},
		"one more column":     {"Total,More,Name\n", "Total,More,Name\n2;5,,Bo\r\n"},
		"empty":               {"", "\ufeffName,Total\r\nBo,2;5\r\n"},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "a.csv"), []byte(tc.old), 0o600))
			_, err := do(t, in(dir), "folder.append_rows", map[string]any{"file": "a.csv", "values": map[string]any{"Name": "Bo", "Total": "2;5"}})
			require.NoError(t, err)
			require.Equal(t, tc.want, content(t, dir, "a.csv"))
		})
	}
}

func TestRowsFromOutsideAreNoFormulas(t *testing.T) {
	for value, want := range map[string]string{
		`=HYPERLINK("http://evil")`: `"'=HYPERLINK(""http://evil"")"`,
		"@SUM(1)":                   "'@SUM(1)",
		"+351 912":                  "'+351 912",
		"-1+cmd|' /C calc'!A0":      "'-1+cmd|' /C calc'!A0",
		"-12.50":                    "-12.50",
		"Ana":                       "Ana",
		"a\x00b":                    "ab",
		"":                          `""`,
	} {
		dir := t.TempDir()
		_, err := do(t, in(dir), "folder.append_rows", map[string]any{"file": "a.csv", "values": map[string]any{"v": value}})
		require.NoError(t, err)
		require.Equal(t, "\ufeffv\r\n"+want+"\r\n", content(t, dir, "a.csv"))
	}
	dir := t.TempDir()
	_, err := do(t, in(dir), "folder.append_rows", map[string]any{"file": "a.csv", "values": map[string]any{"v": "=1+1"}, "for_excel": false})
	require.NoError(t, err)
	require.Equal(t, "v\r\n=1+1\r\n", content(t, dir, "a.csv"))
}

func TestRowsThatAreNone(t *testing.T) {
	dir := t.TempDir()
	output, err := do(t, in(dir), "folder.append_rows", map[string]any{"file": "a.csv", "rows": []any{}})
	require.NoError(t, err)
	require.Equal(t, json.Number("0"), output["rows"])
	require.NoFileExists(t, filepath.Join(dir, "a.csv"))
	for what, with := range map[string]map[string]any{
		"nothing":  {},
		"texts":    {"rows": []any{"a"}},
		"too many": {"rows": make([]any, 10_001)},
	} {
		_, err := do(t, in(dir), "folder.append_rows", merge(map[string]any{"file": "a.csv"}, with))
		require.Equal(t, engine.Invalid, failure(t, err).Err.Code, what)
	}
}

func TestATrialWritesNothing(t *testing.T) {
	dir := t.TempDir()
	for use, with := range writers {
		request, err := in(dir).Preview(t.Context(), call(t, use, merge(with, map[string]any{"file": "a.csv"})))
		require.NoError(t, err)
		require.Equal(t, filepath.Join(dir, "a.csv"), request.URL)
		require.Contains(t, request.Body, "evil")
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// What may be repeated by itself after a crash, and what is in doubt.
func TestWhatIsSafeToDoTwice(t *testing.T) {
	for use, want := range map[string]bool{
		"folder.write": true, "folder.append_text": false, "folder.append_rows": false, "email.send": false, "computer.notify": true,
	} {
		_, o := operation(t, use)
		require.Equal(t, want, action.Repeatable(o, nil), use)
	}
}
