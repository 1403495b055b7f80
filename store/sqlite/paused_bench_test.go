package sqlite_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// BenchmarkRelease finds 500 runs that wait for a connection, out of 10,000 that do among 100,000 that wait
// for something else, and makes one of them due, so that enough are left.
func BenchmarkRelease(b *testing.B) {
	db, recipe := openWithRecipe(b, b.TempDir())
	const others, paused, piece = 100_000, 10_000, 500
	far := time.Now().Add(time.Hour)
	failure := &engine.Failure{Step: "post", Code: engine.Unavailable, Message: "Slack is away.", WaitsFor: "Slack"}
	for from := 0; from < others+paused; from += 1000 {
		require.NoError(b, db.Update(b.Context(), func(tx engine.Tx) error {
			for i := range 1000 {
				run := engine.Run{RecipeID: recipe, Version: 1, EventID: 1, State: engine.Waiting, DueAt: far, CreatedAt: far}
				if (from+i)%11 == 0 {
					run.Failure = failure
				}
				if err := tx.AddRun(&run); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for b.Loop() {
		found, err := db.PausedRuns(b.Context(), "Slack", piece)
		require.NoError(b, err)
		require.Len(b, found, piece)
		require.NoError(b, db.Update(b.Context(), func(tx engine.Tx) error { return tx.MakeDue(found[:1]...) }))
	}
}
