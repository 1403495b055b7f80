package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// BenchmarkAccept stores an order of 2.5 KB and its run, as the answer to a delivery waits for. The
// disk decides what is possible, so each result is also given as a ratio to a loop of the same run
// that writes one such body to a file and syncs it.
func BenchmarkAccept(b *testing.B) {
	body := make([]byte, 2500)
	for i := range body {
		body[i] = byte('a' + rand.IntN(26))
	}
	for _, callers := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			syncs := syncsPerSecond(b, body)
			db, recipe := openWithRecipe(b, b.TempDir())
			var next sync.Mutex
			n := 0
			take := func() (i int, ok bool) {
				next.Lock()
				defer next.Unlock()
				n++
				return n, n <= b.N
			}
			b.ReportAllocs()
			b.ResetTimer()
			before := cpu()
			var wg sync.WaitGroup
			for range callers {
				wg.Go(func() {
					for i, ok := take(); ok; i, ok = take() {
						if err := accept(b, db, recipe, fmt.Sprint(i), body); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			perSecond := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(perSecond, "events/s")
			b.ReportMetric(perSecond/syncs, "×fsync")
		})
	}
}

func accept(tb testing.TB, db *sqlite.DB, recipe int64, key string, body []byte) error {
	return db.Update(tb.Context(), func(tx engine.Tx) error {
		now := time.Now()
		e := engine.Event{
			RecipeID: recipe, Key: key, Body: body, ContentType: "application/json", ReceivedAt: now,
			Request: engine.Request{Method: "POST", Headers: map[string]string{"X-Shopify-Topic": "orders/create"}},
		}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		return tx.AddRun(&engine.Run{RecipeID: recipe, Version: 1, EventID: e.ID, State: engine.Queued, DueAt: now})
	})
}

func openWithRecipe(tb testing.TB, dir string) (*sqlite.DB, int64) {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), sqlite.Params{Path: filepath.Join(dir, "bellhop.db")})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	r := engine.Recipe{Name: "bench"}
	require.NoError(tb, db.Update(tb.Context(), func(tx engine.Tx) error { return tx.AddRecipe(&r) }))
	return db, r.ID
}

func syncsPerSecond(b *testing.B, body []byte) float64 {
	f, err := os.CreateTemp(b.TempDir(), "")
	require.NoError(b, err)
	defer func() { _ = f.Close() }()
	begin, n := time.Now(), 0
	for ; time.Since(begin) < 300*time.Millisecond; n++ {
		_, err := f.Write(body)
		require.NoError(b, err)
		require.NoError(b, f.Sync())
	}
	return float64(n) / time.Since(begin).Seconds()
}

// BenchmarkRun is the store's share of one run of a filter and an action: taken, its event read,
// the attempt on record before the request goes out, the outcome, the end. "ahead" is how the queue
// works off a backlog: runs and events are read many at a time.
func BenchmarkRun(b *testing.B) {
	for _, test := range []struct {
		workers int
		ahead   bool
	}{{1, false}, {32, false}, {32, true}} {
		workers := test.workers
		b.Run(fmt.Sprintf("workers=%d,ahead=%v", workers, test.ahead), func(b *testing.B) {
			db, recipe := openWithRecipe(b, b.TempDir())
			body := make([]byte, 2500)
			var wg sync.WaitGroup
			jobs := make(chan int)
			for range workers {
				wg.Go(func() {
					for i := range jobs {
						require.NoError(b, accept(b, db, recipe, fmt.Sprint(i), body))
					}
				})
			}
			for i := range b.N {
				jobs <- i
			}
			close(jobs)
			wg.Wait()
			due, _, err := db.DueRuns(b.Context(), time.Now().Add(time.Hour), recipe, b.N)
			require.NoError(b, err)
			work := make(chan engine.Job)
			runtime.GC()
			b.ReportAllocs()
			b.ResetTimer()
			before := cpu()
			for range workers {
				wg.Go(func() {
					for job := range work {
						if err := oneRun(b, db, job); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for window := range slices.Chunk(due, 256) {
				if test.ahead {
					readAhead(b, db, window)
				}
				for _, job := range window {
					work <- job
				}
			}
			close(work)
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}

func readAhead(b *testing.B, db *sqlite.DB, jobs []engine.Job) {
	var ids []int64
	for _, job := range jobs {
		ids = append(ids, job.RunID)
	}
	fresh, err := db.Fresh(b.Context(), ids)
	require.NoError(b, err)
	for i := range jobs {
		jobs[i].Fresh = fresh[jobs[i].RunID]
		require.NotNil(b, jobs[i].Fresh)
	}
}

func oneRun(b *testing.B, db *sqlite.DB, job engine.Job) (err error) {
	ctx, id := b.Context(), job.RunID
	var run engine.Run
	if job.Fresh != nil {
		run = job.Fresh.Run
	} else {
		if run, err = db.Run(ctx, id); err != nil {
			return err
		}
		if _, err := db.Event(ctx, run.EventID); err != nil {
			return err
		}
	}
	now := time.Now()
	run.State, run.StartedAt, run.Title = engine.Running, now, "Order #1042"
	filter := engine.StepRun{Position: 0, Step: "big", Use: "logic.filter", State: engine.Succeeded, StartedAt: now, FinishedAt: now}
	post := engine.StepRun{Position: 1, Step: "post", Use: "slack.send_message", State: engine.Running, StartedAt: now, Input: []byte(`{"channel":"#orders","text":"New order #1042 for 129.00"}`)}
	post.Attempts = []engine.Attempt{{Number: 1, StartedAt: now, Request: &engine.SentRequest{Method: "POST", URL: "https://slack.com/api/chat.postMessage", Body: string(post.Input)}}}
	err = db.Update(ctx, func(tx engine.Tx) error {
		if err := tx.SaveRun(run, engine.Queued); err != nil {
			return err
		}
		return tx.SaveSteps(id, filter, post)
	})
	if err != nil {
		return err
	}
	post.State, post.FinishedAt, post.Output = engine.Succeeded, now, []byte(`{"ok":true,"ts":"1503435956.000247"}`)
	post.Attempts[0].FinishedAt = now
	post.Attempts[0].Response = &engine.Response{Status: 200, Body: `{"ok":true,"channel":"C123","ts":"1503435956.000247"}`}
	run.State, run.FinishedAt = engine.Succeeded, now
	return db.Update(ctx, func(tx engine.Tx) error {
		if err := tx.SaveSteps(id, post); err != nil {
			return err
		}
		return tx.SaveRun(run, engine.Running)
	})
}
