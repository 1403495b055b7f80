package sqlite_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

func ordered(t *testing.T, db *sqlite.DB, recipe int64, key string) engine.Run {
	t.Helper()
	r := engine.Run{RecipeID: recipe, State: engine.Queued, OrderKey: key}
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error { return tx.AddRun(&r) }))
	return r
}

func TestLinesInWhichNobodyHasTheTurnAreMended(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	well, stuck, blocker := ordered(t, db, recipe, "well"), ordered(t, db, recipe, "stuck"), ordered(t, db, recipe, "blocked")
	for _, key := range []string{"well", "stuck", "blocked"} {
		ordered(t, db, recipe, key)
	}
	blocker.State, blocker.BlocksUntil = engine.Failed, engine.Never
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveRun(blocker, engine.Queued) }))
	mended, err := db.MendOrder(t.Context())
	require.NoError(t, err)
	require.Zero(t, mended)

	require.NoError(t, db.Exec(t.Context(), `UPDATE run SET due_at = ? WHERE id = ?`, engine.Never.UnixMicro(), stuck.ID))
	mended, err = db.MendOrder(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, mended)
	jobs, _, err := db.DueRuns(t.Context(), time.Now(), recipe, 10)
	require.NoError(t, err)
	require.Len(t, jobs, 2)
	require.Equal(t, []int64{well.ID, stuck.ID}, []int64{jobs[0].RunID, jobs[1].RunID})
}

// A failed run that blocks others is removed when it is old: then the next has its turn.
func TestARunThatBlocksAndIsRemovedBlocksNoMore(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	first := engine.Run{RecipeID: recipe, State: engine.Queued, OrderKey: "a", CreatedAt: time.Now().Add(-100 * 24 * time.Hour)}
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error { return tx.AddRun(&first) }))
	second := ordered(t, db, recipe, "a")
	first.State, first.FinishedAt, first.BlocksUntil = engine.Failed, first.CreatedAt, engine.Never
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveRun(first, engine.Queued) }))
	removed, err := db.Prune(t.Context(), sqlite.Prune{Before: map[engine.State]time.Time{engine.Failed: time.Now().Add(-90 * 24 * time.Hour)}})
	require.NoError(t, err)
	require.Equal(t, 1, removed.Runs)
	jobs, _, err := db.DueRuns(t.Context(), time.Now(), recipe, 10)
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	require.Equal(t, second.ID, jobs[0].RunID)
}
