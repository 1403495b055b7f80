package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// janitorName makes the other process remove, shrink, move the log and back up until it is killed.
const janitorName = "janitor"

func lookAfter(ctx context.Context, db *sqlite.DB, path string) error {
	for day := 100; ; day-- {
		_, err := db.Prune(ctx, sqlite.Prune{
			Forget: daysAgo(7), Before: map[engine.State]time.Time{engine.Succeeded: daysAgo(day), engine.Filtered: daysAgo(day)},
		})
		if err != nil {
			return err
		}
		fmt.Println("removed") //nolint:forbidigo // the parent reads it
		if _, err := db.Shrink(ctx, 0); err != nil {
			return err
		}
		fmt.Println("shrunk") //nolint:forbidigo // the parent reads it
		for range 2 {
			if _, err := db.Checkpoint(ctx); err != nil {
				return err
			}
		}
		fmt.Println("moved") //nolint:forbidigo // the parent reads it
		if err := db.Backup(ctx, backupOf(path)); err != nil {
			return err
		}
		fmt.Println("backed up") //nolint:forbidigo // the parent reads it
	}
}

func backupOf(path string) string { return filepath.Join(filepath.Dir(path), "copy.db") }

// TestKillTheJanitor: wherever it is killed, the data is whole, no young run and no run that waits is
// gone, no event is without its run, and whatever backup there is can be used.
func TestKillTheJanitor(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	recipe, err := recipeNamed(t.Context(), db, "busy")
	require.NoError(t, err)
	fill(t, db, recipe, 20_000, 200)
	for i := range 50 {
		ran(t, db, recipe, fmt.Sprint("waits ", i), engine.Waiting, daysAgo(300), time.Time{})
	}
	backedUp := false
	for round := range 10 {
		cmd, says := process(t, path, janitorName, "")
		left := round
		time.AfterFunc(time.Duration(20+37*round)*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for says.Scan() {
			backedUp = backedUp || says.Text() == "backed up"
			left--
		}
		require.Error(t, cmd.Wait())
		require.Equal(t, []string{"ok"}, db.Texts(t, "PRAGMA integrity_check"))
		require.Equal(t, []string{"50"}, db.Texts(t, "SELECT count(*) FROM run WHERE state = 'waiting'"))
		require.Equal(t, []string{"400"}, db.Texts(t, "SELECT count(*) FROM run WHERE state = 'failed'"))
		require.Equal(t, []string{"0"}, db.Texts(t, "SELECT count(*) FROM run LEFT JOIN event ON event.id = event_id WHERE request IS NULL"))
		require.Equal(t, []string{"0"}, db.Texts(t, "SELECT count(*) FROM event WHERE request IS NOT NULL AND id NOT IN (SELECT event_id FROM run)"))
		if backedUp {
			require.NoError(t, sqlite.Verify(t.Context(), backupOf(path)))
		}
		counts, err := db.StateCounts(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{fmt.Sprint(counts[engine.Succeeded])}, db.Texts(t, "SELECT count(*) FROM run WHERE state = 'succeeded'"))
	}
	// What was left half done is in nobody's way.
	require.NoError(t, db.Backup(t.Context(), backupOf(path)))
	require.NoFileExists(t, backupOf(path)+sqlite.PartSuffix)
}

// TestBackupWhileOthersWrite: a backup holds what one moment held: all that was acknowledged before
// it began, each event with its run.
func TestBackupWhileOthersWrite(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	recipe, err := recipeNamed(t.Context(), db, "shared")
	require.NoError(t, err)
	fill(t, db, recipe, 10_000, 1000)
	ctx, stop := context.WithCancel(t.Context())
	var acknowledged []string
	var mu sync.Mutex
	var wg sync.WaitGroup
	for caller := range 4 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				key := fmt.Sprintf("%d.%d", caller, i)
				if err := add(t.Context(), db, recipe, key); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, key)
				mu.Unlock()
			}
		})
	}
	// Another process writes, too: SQLite would begin a backup again for each of its commits.
	cmd, other := process(t, path, "other", "")
	require.True(t, other.Scan())
	go func() {
		for more := true; more; more = other.Scan() {
			continue // it must not be held up
		}
	}()
	for range 3 {
		mu.Lock()
		before := append([]string(nil), acknowledged...)
		mu.Unlock()
		require.NoError(t, db.Backup(t.Context(), backupOf(path)))
		copied := open(t, backupOf(path))
		there := map[string]bool{}
		for _, key := range copied.Texts(t, "SELECT key FROM event JOIN run ON run.event_id = event.id") {
			there[key] = true
		}
		for _, key := range before {
			require.True(t, there[key], "lost: %s", key)
		}
		require.Equal(t, []string{"0"}, copied.Texts(t, "SELECT count(*) FROM run WHERE event_id NOT IN (SELECT id FROM event)"))
		require.Equal(t, []string{"ok"}, copied.Texts(t, "PRAGMA integrity_check"))
		require.Equal(t, []string{"2"}, copied.Texts(t, "PRAGMA auto_vacuum"))
		require.NoError(t, copied.Close())
	}
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
	stop()
	wg.Wait()
}
