package folder_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/disk"
	"bellhop/engine/poll"
	"bellhop/engine/watch/folder"
)

// bench is a folder that is watched, and a clock.
type bench struct {
	*testing.T
	dir   string
	with  map[string]any
	now   time.Time
	state string
}

func watched(t *testing.T, with map[string]any) *bench {
	t.Helper()
	b := &bench{T: t, dir: t.TempDir(), with: with, now: time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC)}
	require.Empty(t, b.look())
	require.NotEmpty(t, b.state)
	return b
}

func (b *bench) source() poll.Source {
	b.Helper()
	s, err := folder.New(disk.Disk{Folders: func() []string { return []string{b.dir} }})(poll.Trigger{With: b.with})
	require.NoError(b, err)
	return s
}

// try looks once, each time as after a restart, and ten seconds after the last time.
func (b *bench) try(change func(*poll.Look)) (poll.Found, error) {
	b.now = b.now.Add(10 * time.Second)
	look := poll.Look{State: b.state, Quiet: b.state == "", Now: b.now}
	if change != nil {
		change(&look)
	}
	found, err := b.source().Look(context.Background(), look)
	if err == nil {
		b.state = found.State
	}
	return found, err
}

// look returns what is told, as "change name".
func (b *bench) look() []string {
	b.Helper()
	found, err := b.try(nil)
	require.NoError(b, err)
	return says(b.T, found)
}

func says(t *testing.T, found poll.Found) []string {
	t.Helper()
	var all []string
	for _, item := range found.Items {
		e := event(t, item)
		text := e["change"].(string) + " " + e["file"].(string)
		if before := e["before"].(string); before != "" {
			text += " from " + before
		}
		all = append(all, text)
	}
	return all
}

func event(t *testing.T, item poll.Item) map[string]any {
	t.Helper()
	e := map[string]any{}
	require.NoError(t, json.Unmarshal(item.Body, &e))
	require.Equal(t, "application/json", item.ContentType)
	return e
}

func (b *bench) write(name, text string) {
	b.Helper()
	path := filepath.Join(b.dir, name)
	require.NoError(b, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(b, os.WriteFile(path, []byte(text), 0o600))
}

func (b *bench) remove(name string) { require.NoError(b, os.Remove(filepath.Join(b.dir, name))) }

func (b *bench) rename(from, to string) {
	require.NoError(b, os.Rename(filepath.Join(b.dir, from), filepath.Join(b.dir, to)))
}

var everything = map[string]any{"changes": []any{"new", "changed", "renamed", "removed"}, "subfolders": true}

func TestANewFileIsToldOnceItStandsStill(t *testing.T) {
	b := watched(t, nil)
	b.write("a.txt", "1")
	found, err := b.try(nil)
	require.NoError(t, err)
	require.Empty(t, found.Items)
	require.Equal(t, engine.ShortestLook, found.Next, "it is looked at again soon")
	b.write("a.txt", "12") // still being written
	require.Empty(t, b.look())
	require.Equal(t, []string{"new a.txt"}, b.look())
	require.Empty(t, b.look())
}

func TestAnImmediateSecondLookIsNoProofOfStandingStill(t *testing.T) {
	b := watched(t, nil)
	b.write("a.txt", "1")
	require.Empty(t, b.look())
	found, err := b.try(func(l *poll.Look) { l.Now = l.Now.Add(-9 * time.Second) })
	require.NoError(t, err)
	require.Empty(t, found.Items)
	require.Equal(t, []string{"new a.txt"}, b.look())
}

func TestFirstLookOnlyNotes(t *testing.T) {
	b := &bench{T: t, dir: t.TempDir(), now: time.Unix(1.8e9, 0)}
	for i := range 5 {
		name := fmt.Sprintf("%d.txt", i)
		b.write(name, "x")
		at := time.Unix(int64(1.7e9)+int64(i), 0)
		require.NoError(t, os.Chtimes(filepath.Join(b.dir, name), at, at))
	}
	found, err := b.try(func(l *poll.Look) { l.Runs = 2 })
	require.NoError(t, err)
	require.Equal(t, []string{"new 3.txt", "new 4.txt"}, says(t, found), "the newest that were asked for")
	require.Empty(t, b.look())
}

func TestChanges(t *testing.T) {
	b := watched(t, everything)
	settle := func(want ...string) {
		t.Helper()
		require.Empty(t, b.look())
		require.Equal(t, want, b.look())
		require.Empty(t, b.look())
	}
	b.write("a.txt", "1")
	b.write("in/deep/b.txt", "22")
	settle("new a.txt", "new in/deep/b.txt")
	b.write("a.txt", "changed")
	settle("changed a.txt")
	b.rename("a.txt", "c.txt")
	settle("renamed c.txt from a.txt")
	b.rename("c.txt", "in/c.txt")
	settle("renamed in/c.txt from c.txt")
	b.remove("in/c.txt")
	settle("removed in/c.txt")
}

func TestOnlyWantedChangesAreTold(t *testing.T) {
	b := watched(t, map[string]any{"changes": []any{"changed"}})
	b.write("a.txt", "1")
	require.Empty(t, b.look())
	require.Empty(t, b.look())
	b.rename("a.txt", "b.txt")
	require.Empty(t, b.look())
	require.Empty(t, b.look())
	b.write("b.txt", "12")
	require.Empty(t, b.look())
	require.Equal(t, []string{"changed b.txt"}, b.look())
}

func TestAFileThatIsGoneForAMomentWasNotRemoved(t *testing.T) {
	b := watched(t, everything)
	b.write("a.txt", "1")
	b.look()
	require.Equal(t, []string{"new a.txt"}, b.look())
	b.rename("a.txt", ".a.saved")
	require.Empty(t, b.look())
	b.rename(".a.saved", "a.txt")
	require.Empty(t, b.look())
	require.Empty(t, b.look())
}

func TestAFileThatCameAndWentIsNotTold(t *testing.T) {
	b := watched(t, everything)
	b.write("a.txt", "1")
	require.Empty(t, b.look())
	b.remove("a.txt")
	require.Empty(t, b.look())
	require.Empty(t, b.look())
	require.Empty(t, b.look())
}

func TestSavingByRenamingIsAChange(t *testing.T) {
	b := watched(t, everything)
	b.write("a.txt", "1")
	b.look()
	b.look()
	b.write("a.txt.tmp", "new text")
	b.rename("a.txt.tmp", "a.txt")
	require.Empty(t, b.look())
	require.Equal(t, []string{"changed a.txt"}, b.look())
}

func TestWhatIsPassedOver(t *testing.T) {
	names := []string{".hidden", "~$letter.docx", "download.part", "film.crdownload", "Thumbs.db", "copy~", "x.tmp", ".git/config", "sub/in.txt", "report.PDF", "list.csv"}
	for what, tc := range map[string]struct {
		with map[string]any
		want []string
	}{
		"no pattern":        {nil, []string{"new list.csv", "new report.PDF"}},
		"with subfolders":   {map[string]any{"subfolders": true}, []string{"new list.csv", "new report.PDF", "new sub/in.txt"}},
		"patterns":          {map[string]any{"pattern": "*.pdf, *.xlsx"}, []string{"new report.PDF"}},
		"pattern of hidden": {map[string]any{"pattern": ".h*"}, []string{"new .hidden"}},
		"pattern of parts":  {map[string]any{"pattern": "*.part"}, []string{"new download.part"}},
		"star":              {map[string]any{"pattern": "*"}, []string{"new list.csv", "new report.PDF"}},
		"one file":          {map[string]any{"file": "list.csv", "subfolders": true}, []string{"new list.csv"}},
		"one file within":   {map[string]any{"file": "sub/in.txt"}, nil}, // the folder is not there yet
	} {
		t.Run(what, func(t *testing.T) {
			b := &bench{T: t, dir: t.TempDir(), with: tc.with, now: time.Unix(1.8e9, 0)}
			if what == "one file within" {
				_, err := b.try(nil)
				require.Equal(t, engine.NotFound, engine.ErrorCode(err))
				require.NoError(t, os.Mkdir(filepath.Join(b.dir, "sub"), 0o755))
				tc.want = []string{"new in.txt"}
			}
			require.Empty(t, b.look())
			for _, name := range names {
				b.write(name, "x")
				at := time.Unix(1.7e9, 0)
				require.NoError(t, os.Chtimes(filepath.Join(b.dir, name), at, at))
			}
			require.Empty(t, b.look())
			require.Equal(t, tc.want, b.look())
		})
	}
}

func TestAFolderThatGoesAwayStartsNothing(t *testing.T) {
	b := watched(t, everything)
	b.write("a.txt", "1")
	b.look()
	require.Equal(t, []string{"new a.txt"}, b.look())
	away := b.dir + "-away"
	require.NoError(t, os.Rename(b.dir, away))
	for range 3 {
		_, err := b.try(nil)
		require.Equal(t, engine.NotFound, engine.ErrorCode(err))
		require.ErrorContains(t, err, "drive that is not connected")
	}
	require.NoError(t, os.Rename(away, b.dir))
	b.write("b.txt", "2")
	require.Empty(t, b.look())
	require.Equal(t, []string{"new b.txt"}, b.look(), "what came meanwhile is told, and nothing else")
}

func TestAFolderThatCannotBeReadIsToldAndNotTakenForEmpty(t *testing.T) {
	b := watched(t, everything)
	b.write("in/a.txt", "1")
	b.look()
	require.Equal(t, []string{"new in/a.txt"}, b.look())
	in := filepath.Join(b.dir, "in")
	require.NoError(t, os.RemoveAll(in))
	require.NoError(t, os.WriteFile(in, []byte("x"), 0o600)) // a file now: it can be looked at
	require.Empty(t, b.look())
	require.ElementsMatch(t, []string{"new in", "removed in/a.txt"}, b.look())
}

func TestLinks(t *testing.T) {
	b := watched(t, everything)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret.txt"), []byte("secret"), 0o600))
	b.write("real.txt", "inside")
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(b.dir, "out.txt")))
	require.NoError(t, os.Symlink(outside, filepath.Join(b.dir, "folder")))
	require.NoError(t, os.Symlink(".", filepath.Join(b.dir, "ring")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(b.dir, "dangling.txt")))
	require.NoError(t, os.Symlink("real.txt", filepath.Join(b.dir, "near.txt")))
	require.Empty(t, b.look())
	require.ElementsMatch(t, []string{"new near.txt", "new real.txt"}, b.look(), "no link leads out of the folder")
}

func TestWhatIsTold(t *testing.T) {
	b := watched(t, map[string]any{"with_text": true, "subfolders": true})
	b.write("in/ü.txt", "\ufeffGrüße")
	b.write("binary.bin", "a\x00b")
	b.write("latin.txt", "Gr\xfc\xdfe")
	b.write("large.txt", strings.Repeat("x", 256<<10+1))
	require.Empty(t, b.look())
	found, err := b.try(nil)
	require.NoError(t, err)
	texts := map[string]any{}
	for _, item := range found.Items {
		e := event(t, item)
		texts[e["file"].(string)] = e["text"]
		if e["file"] == "in/ü.txt" {
			require.Equal(t, "ü.txt", e["name"])
			require.Equal(t, filepath.Join(b.dir, "in", "ü.txt"), e["path"])
			require.Equal(t, filepath.Join(b.dir, "in"), e["folder"])
			require.EqualValues(t, len("\ufeffGrüße"), e["size"])
			at, err := time.Parse(time.RFC3339, e["modified"].(string))
			require.NoError(t, err)
			require.WithinDuration(t, time.Now(), at, time.Hour)
		}
	}
	require.Equal(t, map[string]any{"in/ü.txt": "Grüße", "binary.bin": "", "latin.txt": "", "large.txt": ""}, texts)
}

func TestManyFilesComeInPieces(t *testing.T) {
	b := watched(t, nil)
	const many = 450
	for i := range many {
		b.write(fmt.Sprintf("%03d.txt", i), "x")
	}
	require.Empty(t, b.look())
	keys := map[string]bool{}
	b.now = b.now.Add(10 * time.Second)
	for piece := 1; ; piece++ {
		found, err := b.try(func(l *poll.Look) { l.Now = l.Now.Add(-10 * time.Second) }) // at once
		b.now = b.now.Add(-10 * time.Second)
		require.NoError(t, err)
		require.LessOrEqual(t, len(found.Items), 200)
		for _, item := range found.Items {
			require.False(t, keys[item.Key])
			keys[item.Key] = true
		}
		if !found.More {
			require.Equal(t, 3, piece)
			break
		}
	}
	require.Len(t, keys, many)
	require.Empty(t, b.look())
}

func TestWhatCameWhileTheRecipeWasOffIsLeftOut(t *testing.T) {
	b := watched(t, nil)
	b.write("a.txt", "1")
	_, err := b.try(func(l *poll.Look) { l.Quiet = true })
	require.NoError(t, err)
	require.Empty(t, b.look(), "also what had not settled at the first look")
	require.Empty(t, b.look())
}

func TestAnUnchangedFolderKeepsItsState(t *testing.T) {
	b := watched(t, nil)
	b.write("a.txt", "1")
	b.look()
	b.look()
	state := b.state
	b.look()
	require.Equal(t, state, b.state, "nothing is written to the database")
}

func TestAClockThatIsSet(t *testing.T) {
	for _, jump := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		b := watched(t, nil)
		b.write("a.txt", "1")
		require.Empty(t, b.look())
		b.now = b.now.Add(jump)
		require.Equal(t, []string{"new a.txt"}, b.look())
		b.now = b.now.Add(-jump)
		require.Empty(t, b.look())
	}
}

func TestTooManyFiles(t *testing.T) {
	b := watched(t, nil)
	folder.SetMostFiles(t, 3)
	for i := range 4 {
		b.write(fmt.Sprintf("%d.txt", i), "x")
	}
	_, err := b.try(nil)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	require.ErrorContains(t, err, "more than 3 files")
	b.remove("0.txt")
	require.Empty(t, b.look())
	require.Len(t, b.look(), 3)
}

func TestMistakesInFields(t *testing.T) {
	for what, with := range map[string]map[string]any{
		"pattern":        {"pattern": "[a"},
		"pattern's path": {"pattern": "../*.txt"},
		"change":         {"changes": []any{"eaten"}},
		"file":           {"file": "../a.txt"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := folder.New(disk.Disk{Folders: func() []string { return []string{t.TempDir()} }})(poll.Trigger{With: with})
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
		})
	}
	b := &bench{T: t, dir: t.TempDir(), with: map[string]any{"folder": "/etc"}}
	_, err := b.try(nil)
	require.ErrorContains(t, err, "bellhop folders add", "a folder that nobody chose is not looked at")
}
