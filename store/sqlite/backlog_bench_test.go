package sqlite_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// backlog makes a recipe with so many runs waiting, and ninety-nine others with one each.
func backlog(b *testing.B, runs int) (*sqlite.DB, int64) {
	db, recipe := openWithRecipe(b, b.TempDir())
	require.NoError(b, db.Update(b.Context(), func(tx engine.Tx) error {
		for i := range 99 {
			r := engine.Recipe{Name: fmt.Sprint("other ", i)}
			if err := tx.AddRecipe(&r); err != nil {
				return err
			}
			if err := tx.AddRun(&engine.Run{RecipeID: r.ID, State: engine.Queued}); err != nil {
				return err
			}
		}
		return nil
	}))
	require.NoError(b, db.Exec(b.Context(), `
		INSERT INTO run (recipe_id, version, event_id, state, due_at, created_at, started_at, finished_at, replay_of, title)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		SELECT ?, 1, i, 'queued', 0, i, 0, 0, 0, '' FROM n`, runs, recipe))
	return db, recipe
}

// BenchmarkBacklog is what the queue asks of the store while one recipe has much waiting, and what it
// costs to accept one more event and to end a run. It must be the same at any length.
func BenchmarkBacklog(b *testing.B) {
	for _, n := range []int{1000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, recipe := backlog(b, n)
			now := time.Now()
			b.Run("backlogs", func(b *testing.B) {
				for b.Loop() {
					all, err := db.Backlogs(b.Context(), now)
					require.NoError(b, err)
					require.Len(b, all, 100)
				}
			})
			b.Run("window", func(b *testing.B) {
				for b.Loop() {
					jobs, _, err := db.DueRuns(b.Context(), now, recipe, 64)
					require.NoError(b, err)
					require.Len(b, jobs, 64)
				}
			})
			b.Run("accept", func(b *testing.B) {
				before, i := cpu(), 0
				for b.Loop() {
					i++
					require.NoError(b, accept(b, db, recipe, fmt.Sprint(b.N, ".", i), make([]byte, 2500)))
				}
				b.ReportMetric(float64((cpu()-before).Microseconds())/float64(i), "cpu-µs/op")
			})
		})
	}
}
