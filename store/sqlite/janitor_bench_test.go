package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// BenchmarkAcceptBesideTheJanitor is how long a delivery waits for its commit while the janitor
// removes, shrinks, moves the log and backs up without a rest, against how long it waits when only
// the log is moved. Deliveries come one after the other from a few senders.
func BenchmarkAcceptBesideTheJanitor(b *testing.B) {
	const senders, history = 4, 100_000
	dir := b.TempDir()
	db, recipe := openWithRecipe(b, dir)
	fill(b, db, recipe, history, 1000)
	body := make([]byte, 2500)
	n := 0
	p99 := func() time.Duration {
		var mu sync.Mutex
		var waits []time.Duration
		var wg sync.WaitGroup
		n++
		for sender := range senders {
			wg.Go(func() {
				for i := range b.N {
					begun := time.Now()
					if err := accept(b, db, recipe, fmt.Sprintf("%d.%d.%d", n, sender, i), body); err != nil {
						b.Error(err)
						return
					}
					mu.Lock()
					waits = append(waits, time.Since(begun))
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(waits)
		return waits[len(waits)*99/100]
	}
	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	loop := func(job func() error) {
		work.Go(func() {
			for ctx.Err() == nil {
				if err := job(); err != nil && ctx.Err() == nil {
					b.Errorf("%v: %+v", err, errors.Unwrap(err))
					return
				}
			}
		})
	}
	loop(func() error {
		<-time.After(50 * time.Millisecond)
		_, err := db.Checkpoint(ctx)
		return err
	})
	b.ResetTimer()
	quiet := p99()

	day, removed := 100, 0
	loop(func() error {
		before := daysAgo(day)
		day = max(1, day-1)
		pruned, err := db.Prune(ctx, sqlite.Prune{Forget: daysAgo(7), Before: map[engine.State]time.Time{engine.Succeeded: before, engine.Filtered: before}})
		removed += pruned.Runs
		return err
	})
	loop(func() error {
		<-time.After(time.Millisecond)
		_, err := db.Shrink(ctx, 0)
		return err
	})
	loop(func() error { return db.Backup(ctx, filepath.Join(dir, "copy.db")) })
	busy := p99()
	b.StopTimer()
	stop()
	work.Wait()
	require.True(b, removed > 0 || b.N < 1000, "the janitor was idle")
	b.ReportMetric(float64(quiet.Microseconds())/1000, "ms-p99-quiet")
	b.ReportMetric(float64(busy.Microseconds())/1000, "ms-p99-busy")
	b.ReportMetric(float64(busy)/float64(quiet), "×quiet")
	b.ReportMetric(float64(removed), "removed")
}
