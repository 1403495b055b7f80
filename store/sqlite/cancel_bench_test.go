package sqlite_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// BenchmarkCancelMany cancels runs of a backlog of 100,000 in pieces, as a desk does: runs on their own,
// and runs that all stand in one line.
func BenchmarkCancelMany(b *testing.B) {
	const runs = 100_000
	for name, key := range map[string]string{"alone": "", "in one line": "a"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				db, recipe := backlog(b, runs)
				require.NoError(b, db.Exec(b.Context(), `UPDATE run SET order_key = ?, due_at = iif(? = '' OR id = 100, 0, ?) WHERE recipe_id = ?`,
					key, key, engine.Never.UnixMicro(), recipe))
				var ids []int64
				for id := int64(100); id < 100+runs; id++ {
					ids = append(ids, id)
				}
				slices.Reverse(ids)
				b.StartTimer()
				longest, cancelled := time.Duration(0), 0
				for piece := range slices.Chunk(ids, 200) {
					begun := time.Now()
					require.NoError(b, db.Update(b.Context(), func(tx engine.Tx) error {
						done, err := tx.CancelRuns(piece, begun)
						cancelled += len(done)
						return err
					}))
					longest = max(longest, time.Since(begun))
				}
				require.Equal(b, runs, cancelled, fmt.Sprint(recipe))
				b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
			}
			b.ReportMetric(float64(runs*b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}
