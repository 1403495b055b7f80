package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// TestTrialsGoWithTheirRuns: a draft that was tried is kept while a run of it is.
func TestTrialsGoWithTheirRuns(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "bellhop.db"))
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	r := engine.Recipe{Name: "Orders", Token: "t"}
	var used, unused int
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) (err error) {
		if err := tx.AddRecipe(&r); err != nil {
			return err
		}
		if used, err = tx.AddTrial(r.ID, engine.Definition{Name: "Orders", Note: "used"}); err != nil {
			return err
		}
		if unused, err = tx.AddTrial(r.ID, engine.Definition{Name: "Orders", Note: "unused"}); err != nil {
			return err
		}
		e := engine.Event{RecipeID: r.ID, Key: "1", ReceivedAt: now}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		for _, version := range []int{used, 1} { // each recipe's newest run stays
			run := engine.Run{RecipeID: r.ID, Version: version, EventID: e.ID, State: engine.Succeeded, CreatedAt: now}
			if err := tx.AddRun(&run); err != nil {
				return err
			}
		}
		return nil
	}))
	has := func(number int) bool {
		t.Helper()
		_, err := db.Version(t.Context(), r.ID, number)
		if engine.ErrorCode(err) == engine.NotFound {
			return false
		}
		require.NoError(t, err)
		return true
	}
	prune := func(before time.Time) {
		t.Helper()
		_, err := db.Prune(t.Context(), sqlite.Prune{Before: map[engine.State]time.Time{engine.Succeeded: before}})
		require.NoError(t, err)
	}
	prune(now)
	require.True(t, has(used))
	require.False(t, has(unused))
	prune(now.Add(time.Hour))
	require.False(t, has(used))
}
