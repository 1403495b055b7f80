package boot

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

func TestTwoDataFoldersHaveRequestsOfTheirOwn(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for range 2 {
		store := openStore(t)
		name, err := installation(t.Context(), store)
		require.NoError(t, err)
		require.Regexp(t, "^[a-z2-7]{10}-$", name)
		again, err := installation(t.Context(), store)
		require.NoError(t, err)
		require.Equal(t, name, again, "a request that comes again is known")
		names[name] = true
	}
	require.Len(t, names, 2)
}

func TestRequestsUnderWayKeepTheirKeysOverAnUpgrade(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	require.NoError(t, store.Update(t.Context(), func(tx engine.Tx) error {
		r := engine.Recipe{Name: "old"}
		if err := tx.AddRecipe(&r); err != nil {
			return err
		}
		e := engine.Event{RecipeID: r.ID, Key: "k"}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		return tx.AddRun(&engine.Run{RecipeID: r.ID, EventID: e.ID, State: engine.Queued})
	}))
	for range 2 {
		name, err := installation(t.Context(), store)
		require.NoError(t, err)
		require.Empty(t, name)
	}
}

func openStore(t *testing.T) *sqlite.DB {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Params{Path: filepath.Join(t.TempDir(), DatabaseFile)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}
