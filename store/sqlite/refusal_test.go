package sqlite_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// TestPruneLetsGoOfBodies: a body's file is nobody's any more once its event is removed, also where the
// event's key is remembered.
func TestPruneLetsGoOfBodies(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	add := func(name string, at time.Time) {
		require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
			e := engine.Event{RecipeID: recipe, Key: name, File: name, FileSize: 1 << 20, ReceivedAt: at}
			if err := tx.AddEvent(&e); err != nil {
				return err
			}
			return tx.AddRun(&engine.Run{RecipeID: recipe, Version: 1, EventID: e.ID, State: engine.Succeeded, CreatedAt: at, FinishedAt: at})
		}))
	}
	add("old", daysAgo(40))
	add("key kept", daysAgo(31))
	add("young", daysAgo(2))
	add("newest", daysAgo(1))
	prune := monthly()
	prune.Forget = daysAgo(35)
	_, err := db.Prune(t.Context(), prune)
	require.NoError(t, err)
	files, err := db.BodyFiles(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"young": true, "newest": true}, files)
}
