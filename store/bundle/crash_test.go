package bundle

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/store/sqlite"
)

var errCrash = errors.New("the power is gone")

// TestACrashWhileDataIsReplaced: before or after any of the renamings, the next start goes on, and all of the
// new data is in place and all of the old kept.
func TestACrashWhileDataIsReplaced(t *testing.T) {
	t.Parallel()
	monday := t.TempDir()
	house(t, monday, "monday")
	path := bundled(t, monday, nil)
	// Each try begins with the same data, made ready.
	before := t.TempDir()
	house(t, before, "tuesday")
	write(t, filepath.Join(before, "backups", "bellhop-20261120-000000.db"), "a backup")
	write(t, filepath.Join(before, "bellhop.log"), "a log stays where it is")
	_, err := Prepare(t.Context(), restoring(before, path))
	require.NoError(t, err)
	for _, done := range []bool{false, true} {
		steps := 0
		for crashed := true; crashed; steps++ {
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(before)))
			old := files(t, dir)
			calls := 0
			m := &mover{dir: dir, log: slog.New(slog.DiscardHandler), rename: func(from, to string) error {
				calls++
				if calls-1 != steps {
					return os.Rename(from, to)
				}
				if done {
					require.NoError(t, os.Rename(from, to))
				}
				return errCrash
			}}
			_, err := m.replace(t.Context())
			crashed = err != nil
			if steps == 0 && !done {
				require.NoError(t, Busy(dir))
				requireDay(t, dir, "tuesday") // nothing was moved
			} else if crashed {
				require.Error(t, Busy(dir), "nobody opens what is half replaced")
				_, err := Prepare(t.Context(), restoring(dir, path))
				require.ErrorContains(t, err, "just being put in place")
			}
			if crashed {
				require.True(t, Pending(dir))
				require.NotNil(t, replace(t, dir))
			}
			require.False(t, Pending(dir))
			requireDay(t, dir, "monday")
			requireSecret(t, dir, "shpat_secret")
			aside := SetAside(dir)
			require.Len(t, aside, 1)
			requireDay(t, aside[0], "tuesday")
			requireSecret(t, aside[0], "shpat_secret")
			now, kept := files(t, dir), files(t, aside[0])
			require.Contains(t, now, "bellhop.log")
			require.NotContains(t, now, "backups/bellhop-20261120-000000.db", "it would be taken for one of the new data")
			for _, name := range []string{"backups/bellhop-20261120-000000.db", "bodies/abc234", "connectors/own.yaml", "secrets.age"} {
				require.Equal(t, old[name], kept[name])
			}
		}
		require.Greater(t, steps, 8)
	}
}

// TestARestorationThatFailsChangesNothing: whatever stops it before all is ready.
func TestARestorationThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "tuesday")
	monday := t.TempDir()
	house(t, monday, "monday")
	path := bundled(t, monday, nil)
	before := files(t, dir)

	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err := Prepare(stopped, restoring(dir, path))
	require.Error(t, err)
	require.Equal(t, before, files(t, dir))

	// A database that is damaged, in a bundle that is whole.
	broken := bundled(t, monday, func(p *Params) {
		part := filepath.Join(monday, "broken.db")
		write(t, part, "This is no database, and long enough to be taken for one with something in it.")
		contents := &Contents{Format: format, Form: sqlite.Form(), MadeAt: saturday, Secrets: true}
		sealed, err := seal(p.Secrets, passphrase, littleWork)
		require.NoError(t, err)
		broken := *p
		broken.Path = filepath.Join(filepath.Dir(p.Path), "broken.bellhop")
		require.NoError(t, writeFile(t.Context(), broken.Path, contents, broken, part, sealed))
	})
	_, err = Prepare(t.Context(), restoring(dir, filepath.Join(filepath.Dir(broken), "broken.bellhop")))
	require.ErrorIs(t, err, sqlite.ErrDamaged)
	require.Equal(t, before, files(t, dir))

	// What a Bellhop that was killed left half prepared is of no use, and is not put in place.
	write(t, filepath.Join(dir, preparing, databaseFile), "half")
	require.Nil(t, replace(t, dir))
	requireDay(t, dir, "tuesday")
	before = files(t, dir)
	delete(before, filepath.Join(preparing, databaseFile))
	_, err = Prepare(t.Context(), restoring(dir, path))
	require.NoError(t, err)
	// Another one takes the place of what waits.
	wednesday := bundled(t, monday, func(p *Params) { p.Version = "9" })
	_, err = Prepare(t.Context(), restoring(dir, wednesday))
	require.NoError(t, err)
	require.NoError(t, Abandon(t.Context(), dir, slog.New(slog.DiscardHandler)))
	require.Equal(t, before, files(t, dir))
}

// TestDamagedDataCanBeReplaced: that may be why it is.
func TestDamagedDataCanBeReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	path := bundled(t, dir, nil)
	write(t, filepath.Join(dir, databaseFile), "This is no database, and long enough to be taken for one with something in it.")
	_, err := Prepare(t.Context(), restoring(dir, path))
	require.NoError(t, err)
	r := replace(t, dir)
	requireDay(t, dir, "monday")
	require.FileExists(t, filepath.Join(r.Aside, databaseFile))
}
