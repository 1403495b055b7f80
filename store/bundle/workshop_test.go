package bundle

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// TestWhatAKilledBundleLeavesIsTidiedUp: that of the same name, also as it was done before, and that of others. What
// somebody works on, and what is none of ours, stays.
func TestWhatAKilledBundleLeavesIsTidiedUp(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), t.TempDir()
	house(t, dir, "monday")
	at := func(name string) string { return filepath.Join(out, name) }
	for _, left := range []string{
		"all.bellhop.part/data.db", "all.bellhop.part/data.db-wal", "all.bellhop.part/data.db.part", "all.bellhop.part/bundle", "all.bellhop.part/lock",
		"other.bellhop.part/data.db.part", "other.bellhop.part/lock",
		"all.bellhop.db.part.part", "all.bellhop.db.part", "all.bellhop.db.part-journal",
	} {
		write(t, at(left), "left behind")
	}
	stays := []string{"busy.bellhop.part/data.db", "mine.bellhop.part/letter.txt", "odd.bellhop.part/letter.txt", "letter.part"}
	for _, name := range append(stays, "odd.bellhop.part/lock") {
		write(t, at(name), "not to be removed")
	}
	busy := &workshop{dir: at("busy.bellhop.part")}
	require.NoError(t, busy.take())
	path := bundled(t, dir, func(p *Params) { p.Path = at("all.bellhop") })
	_, err := Inspect(t.Context(), path, passphrase)
	require.NoError(t, err)
	require.ElementsMatch(t, append(stays, "all.bellhop", "busy.bellhop.part/lock"), names(t, out))

	db := openData(t, dir)
	_, err = Make(t.Context(), Params{DB: db, Dir: dir, Path: at("busy.bellhop")})
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	require.ErrorContains(t, err, "just being made")
	busy.close()
	_, err = Make(t.Context(), Params{DB: db, Dir: dir, Path: at("busy.bellhop")})
	require.NoError(t, err)
	require.NoDirExists(t, at("busy.bellhop.part"))
}

// names are those of all files in a folder.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(name))
		}
		return err
	}))
	return all
}
