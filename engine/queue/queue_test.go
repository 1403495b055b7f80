package queue_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/queue"
)

// source is a store of due runs. A run leaves it when it is done.
type source struct {
	mu      sync.Mutex
	due     map[int64]engine.Job
	broken  error
	queries int
	largest int
}

func newSource() *source { return &source{due: map[int64]engine.Job{}} }

func (s *source) add(id int64, due time.Time) engine.Job {
	return s.put(engine.Job{RunID: id, DueAt: due})
}

func (s *source) put(job engine.Job) engine.Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due[job.RunID] = job
	return job
}

// asked returns how often the source was asked.
func (s *source) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queries
}

func (s *source) done(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.due, id)
}

func (s *source) Backlogs(_ context.Context, now time.Time) ([]engine.Backlog, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries++
	all := map[int64]engine.Backlog{}
	for _, job := range s.due {
		b := all[job.RecipeID]
		b.RecipeID = job.RecipeID
		if !job.DueAt.After(now) {
			b.Due = true
		} else if b.Next.IsZero() || job.DueAt.Before(b.Next) {
			b.Next = job.DueAt
		}
		all[job.RecipeID] = b
	}
	return slices.Collect(maps.Values(all)), s.broken
}

func (s *source) DueRuns(_ context.Context, now time.Time, recipeID int64, limit int) (jobs []engine.Job, next time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries++
	for _, job := range s.due {
		switch {
		case job.RecipeID != recipeID:
		case !job.DueAt.After(now):
			jobs = append(jobs, job)
		case next.IsZero() || job.DueAt.Before(next):
			next = job.DueAt
		}
	}
	slices.SortFunc(jobs, func(a, b engine.Job) int { return int(a.RunID - b.RunID) })
	jobs = jobs[:min(len(jobs), limit)]
	s.largest = max(s.largest, len(jobs))
	return jobs, next, s.broken
}

// Fresh has one of every third run.
func (s *source) Fresh(_ context.Context, runIDs []int64) (map[int64]*engine.Fresh, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := map[int64]*engine.Fresh{}
	for _, id := range runIDs {
		if id%3 == 0 {
			fresh[id] = &engine.Fresh{Run: engine.Run{ID: id}}
		}
	}
	return fresh, s.broken
}

// start runs the queue until the test's end.
func start(t *testing.T, p queue.Params, handle engine.Handler) *queue.Queue {
	q := queue.New(p)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- q.Run(ctx, handle) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	return q
}

// done records which runs were handled, and when.
type done struct {
	mu   sync.Mutex
	runs []int64
	at   map[int64][]time.Time
}

func (d *done) add(id int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.runs = append(d.runs, id)
	if d.at == nil {
		d.at = map[int64][]time.Time{}
	}
	d.at[id] = append(d.at[id], time.Now())
}

func (d *done) list() []int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.runs)
}

func TestWhatIsDueAtTheStartIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		for id := range int64(1000) {
			s.add(id, time.Now())
		}
		start(t, queue.Params{Source: s, Workers: 4, Window: 16}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		synctest.Wait()
		require.Len(t, d.runs, 1000)
		slices.Sort(d.runs)
		require.Len(t, slices.Compact(d.runs), 1000, "each once")
		require.LessOrEqual(t, s.largest, 16+16+4, "only a window of the backlog is in memory")
	})
}

func TestAnOfferedJobNeedsNoLookIntoTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		q := start(t, queue.Params{Source: s}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		synctest.Wait()
		before := s.asked()
		q.Offer(s.add(1, time.Now()), s.add(2, time.Now()))
		synctest.Wait()
		require.ElementsMatch(t, []int64{1, 2}, d.runs)
		require.Equal(t, before, s.asked())
	})
}

func TestMoreThanFitsWaitsInTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		release := make(chan struct{})
		q := start(t, queue.Params{Source: s, Workers: 2, Window: 4}, func(_ context.Context, job engine.Job) error {
			<-release
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		for id := range int64(50) {
			q.Offer(s.add(id, time.Now()))
		}
		close(release)
		synctest.Wait()
		slices.Sort(d.runs)
		require.Len(t, slices.Compact(d.runs), 50)
	})
}

func TestASnoozedJobComesBackWhenItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		q := start(t, queue.Params{Source: s}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			if len(d.at[job.RunID]) == 1 {
				due := time.Now().Add(90 * time.Minute)
				s.add(job.RunID, due)
				return engine.Snooze(due)
			}
			s.done(job.RunID)
			return nil
		})
		began := time.Now()
		q.Offer(s.add(1, began))
		later(2 * time.Hour)
		require.Equal(t, []time.Time{began, began.Add(90 * time.Minute)}, d.at[1])
	})
}

func TestAJobDueLaterInTheStoreIsFoundInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		due := time.Now().Add(26 * time.Hour)
		s.add(5, due)
		start(t, queue.Params{Source: s}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		later(25 * time.Hour)
		require.Empty(t, d.list())
		later(2 * time.Hour)
		require.Equal(t, []time.Time{due}, d.at[5])
	})
}

func TestAJobWhoseStateCannotBeRecordedRestsAndHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		q := start(t, queue.Params{Source: s, Workers: 1}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			if job.RunID == 1 && len(d.at[1]) < 3 {
				return errors.New("disk full")
			}
			s.done(job.RunID)
			return nil
		})
		began := time.Now()
		q.Offer(s.add(1, began), s.add(2, began))
		later(time.Minute)
		require.Len(t, d.at[1], 3)
		require.GreaterOrEqual(t, d.at[1][1].Sub(began), time.Second)
		require.Equal(t, []time.Time{began}, d.at[2])
	})
}

func TestABrokenStoreIsAskedAgainWithoutHurry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		s.add(1, time.Now())
		s.broken = errors.New("disk on fire")
		start(t, queue.Params{Source: s}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		later(time.Minute)
		require.Empty(t, d.list())
		require.Less(t, s.queries, 40)
		s.mu.Lock()
		s.broken = nil
		s.mu.Unlock()
		later(5 * time.Second)
		require.Equal(t, []int64{1}, d.runs)
	})
}

func TestStoppingLetsHandlersFinishAndCutsOffThoseThatDoNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSource()
		q := queue.New(queue.Params{Source: s, Drain: 10 * time.Second})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		var quick, slow error
		go func() {
			ended <- q.Run(ctx, func(ctx context.Context, job engine.Job) error {
				if job.RunID == 1 {
					<-time.After(3 * time.Second)
					quick = ctx.Err()
					return nil
				}
				<-ctx.Done()
				slow = ctx.Err()
				return ctx.Err()
			})
		}()
		q.Offer(s.add(1, time.Now()), s.add(2, time.Now()))
		synctest.Wait()
		stop()
		began := time.Now()
		require.NoError(t, <-ended)
		require.Equal(t, 10*time.Second, time.Since(began))
		require.NoError(t, quick)
		require.ErrorIs(t, slow, context.Canceled)
	})
}

func TestCancelEndsTheRunningHandlerOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		q := start(t, queue.Params{Source: s}, func(ctx context.Context, job engine.Job) error {
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
				d.add(job.RunID)
			}
			s.done(job.RunID)
			return nil
		})
		q.Offer(s.add(1, time.Now()), s.add(2, time.Now()))
		synctest.Wait()
		q.Cancel(1)
		q.Cancel(99)
		later(2 * time.Hour)
		require.Equal(t, []int64{2}, d.runs)
	})
}

// later lets the bubble's time pass, and then whatever it set going come to rest.
func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}
