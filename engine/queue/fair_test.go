package queue_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/queue"
)

// slow is a handler whose runs take a second each, and that counts how many of a recipe it does at once.
type slow struct {
	*source
	mu    sync.Mutex
	now   map[int64]int
	most  map[int64]int
	order []engine.Job
}

func newSlow() *slow {
	return &slow{source: newSource(), now: map[int64]int{}, most: map[int64]int{}}
}

func (s *slow) handle(_ context.Context, job engine.Job) error {
	s.mu.Lock()
	s.order = append(s.order, job)
	s.now[job.RecipeID]++
	s.most[job.RecipeID] = max(s.most[job.RecipeID], s.now[job.RecipeID])
	s.mu.Unlock()
	<-time.After(time.Second)
	s.done(job.RunID)
	s.mu.Lock()
	s.now[job.RecipeID]--
	s.mu.Unlock()
	return nil
}

func (s *slow) begun(recipe int64) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, job := range s.order {
		if job.RecipeID == recipe {
			n++
		}
	}
	return n
}

// atOnce returns how many runs of the recipe were handled at the same time at most.
func (s *slow) atOnce(recipe int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most[recipe]
}

func TestRecipesAreServedInTurnHoweverMuchOneHasWaiting(t *testing.T) {
	for name, offered := range map[string]bool{"found in the store": false, "offered": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSlow()
				q := queue.New(queue.Params{Source: s, Workers: 8, Window: 32})
				for id := range int64(2000) {
					job := s.put(engine.Job{RunID: id, RecipeID: 1})
					if offered {
						q.Offer(job)
					}
				}
				for id := range int64(20) {
					job := s.put(engine.Job{RunID: 10_000 + id, RecipeID: 2 + id%2})
					if offered {
						q.Offer(job)
					}
				}
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- q.Run(ctx, s.handle) }()
				later(10 * time.Second)
				require.Equal(t, 10, s.begun(2), "as if it had the computer for itself, nearly")
				require.Equal(t, 10, s.begun(3))
				require.Greater(t, s.begun(1), 50, "and the others are not idle")
				require.LessOrEqual(t, s.largest, 32+8)
				stop()
				require.NoError(t, <-ended)
			})
		})
	}
}

func TestRecipesWhoseAppsHangLeaveWorkersToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		for id := range int64(2000) {
			s.put(engine.Job{RunID: id, RecipeID: id % 20})
		}
		q := start(t, queue.Params{Source: s, Workers: 64}, func(ctx context.Context, job engine.Job) error {
			if job.RecipeID < 20 {
				<-ctx.Done()
				return ctx.Err()
			}
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		synctest.Wait()
		q.Offer(s.put(engine.Job{RunID: 5000, RecipeID: 77}))
		synctest.Wait()
		require.Equal(t, []int64{5000}, d.list())
	})
}

func TestARecipeHasNoMoreRunsAtOnceThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		for id := range int64(200) {
			s.put(engine.Job{RunID: id, RecipeID: 1 + id%2})
		}
		start(t, queue.Params{Source: s, Workers: 16, Limits: func(recipe int64) int {
			return map[int64]int{1: 2}[recipe]
		}}, s.handle)
		later(5 * time.Second)
		require.Equal(t, 2, s.atOnce(1))
		require.Less(t, s.atOnce(2), 16, "an eighth is left to others")
		require.Greater(t, s.atOnce(2), 12, "and no more")
		later(50 * time.Second)
		require.Equal(t, 100, s.begun(1))
		require.Equal(t, 100, s.begun(2))
	})
}

func TestHundredsOfRecipesShareTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		for id := range int64(3000) {
			s.put(engine.Job{RunID: id, RecipeID: id % 300})
		}
		start(t, queue.Params{Source: s, Window: 64, Workers: 4}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		synctest.Wait()
		slices.Sort(d.runs)
		require.Len(t, slices.Compact(d.runs), 3000)
		require.LessOrEqual(t, s.largest, 64+4)
	})
}

// The next of an order key may be due before the handler of the one before it has returned: a cancelled
// run's handler takes a moment to end.
func TestRunsWithOneOrderKeyAreNeverHandledAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		var jobs []engine.Job
		for id := range int64(6) {
			jobs = append(jobs, s.put(engine.Job{RunID: id, RecipeID: 1, OrderKey: []string{"a", "b"}[id%2]}))
		}
		q := start(t, queue.Params{Source: s}, s.handle)
		synctest.Wait()
		q.Offer(jobs...)
		later(500 * time.Millisecond)
		require.Equal(t, 2, s.begun(1))
		later(3 * time.Second)
		require.Equal(t, 6, s.begun(1))
		require.Equal(t, 2, s.atOnce(1))
	})
}

func TestWhoHasItsTurnNextIsFoundAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		next := engine.Job{RunID: 2, RecipeID: 1, DueAt: engine.Never, OrderKey: "a"}
		q := start(t, queue.Params{Source: s}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			s.done(job.RunID)
			if job.RunID == 1 { // as the store does when it records the end of the first
				s.put(engine.Job{RunID: 2, RecipeID: 1, OrderKey: "a"})
			}
			return nil
		})
		synctest.Wait()
		began := time.Now()
		q.Offer(s.put(next))
		synctest.Wait()
		require.Empty(t, d.list(), "it is behind")
		q.Offer(s.put(engine.Job{RunID: 1, RecipeID: 1, OrderKey: "a"}))
		synctest.Wait()
		require.Equal(t, []int64{1, 2}, d.list())
		require.Equal(t, began, d.at[2][0])
	})
}

func TestFreshRunsAreHandedOnAsLongAsThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		q := start(t, queue.Params{Source: s, Workers: 2, Window: 1000}, s.handle)
		synctest.Wait()
		for id := range int64(100) {
			job := s.put(engine.Job{RunID: id, RecipeID: 1})
			job.Fresh = &engine.Fresh{Event: engine.Event{Body: make([]byte, 1<<20)}}
			q.Offer(job)
		}
		later(200 * time.Second)
		fresh := 0
		for _, job := range s.order {
			if job.Fresh != nil {
				fresh++
			}
		}
		require.Len(t, s.order, 100)
		require.InDelta(t, 16, fresh, 3, "sixteen megabytes, and those that began at once")
		// There is room again.
		job := s.put(engine.Job{RunID: 1000, RecipeID: 1})
		job.Fresh = &engine.Fresh{}
		q.Offer(job)
		later(time.Second)
		require.NotNil(t, s.order[100].Fresh)
	})
}

func TestARunThatNobodyToldOfIsFoundWithinAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		start(t, queue.Params{Source: s}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		synctest.Wait()
		s.add(1, time.Now())
		later(time.Minute)
		require.Equal(t, []int64{1}, d.list())
		before := s.asked()
		later(time.Hour)
		require.LessOrEqual(t, s.asked()-before, 61, "that costs nothing")
	})
}

func TestTheBacklogIsReadAheadButNotPastAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		for id := range int64(30) {
			s.put(engine.Job{RunID: id, RecipeID: 1})
		}
		q := start(t, queue.Params{Source: s, Workers: 10}, s.handle)
		later(500 * time.Millisecond)
		q.Wake() // a person has changed something, perhaps one of those that wait
		later(10 * time.Second)
		require.Len(t, s.order, 30)
		for i, job := range s.order {
			if i < 9 {
				require.Equal(t, job.RunID%3 == 0, job.Fresh != nil, job.RunID)
			} else {
				require.Nil(t, job.Fresh, job.RunID)
			}
		}
	})
}
