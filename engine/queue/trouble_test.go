package queue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/queue"
)

func TestARunRetriedWhileItsHandlerEndsIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		release := make(chan struct{})
		q := start(t, queue.Params{Source: s}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			s.done(job.RunID)
			if len(d.at[job.RunID]) == 1 {
				<-release // it has committed the run's end and is about to return
			}
			return nil
		})
		q.Offer(s.add(1, time.Now()))
		synctest.Wait()
		s.add(1, time.Now()) // a person retries
		q.Wake()
		synctest.Wait()
		close(release)
		later(time.Second)
		require.Len(t, d.at[1], 2)
	})
}

func TestRunsThatRestAreAllFoundAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		q := start(t, queue.Params{Source: s}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			if len(d.at[job.RunID]) == 1 {
				return errors.New("not now")
			}
			s.done(job.RunID)
			return nil
		})
		q.Offer(s.add(1, time.Now()))
		later(time.Second)
		q.Offer(s.add(2, time.Now()))
		later(10 * time.Second)
		require.Len(t, d.at[1], 2)
		require.Len(t, d.at[2], 2, "it rests longer than the first, and is not forgotten for that")
	})
}

func TestARunThatCanNeverBeRecordedTroublesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		q := start(t, queue.Params{Source: s, Workers: 2}, func(_ context.Context, job engine.Job) error {
			d.add(job.RunID)
			if job.RunID == 1 {
				panic("poisoned")
			}
			s.done(job.RunID)
			return nil
		})
		q.Offer(s.add(1, time.Now()))
		for id := range int64(600) {
			began := time.Now()
			q.Offer(s.add(id+2, began))
			later(time.Second)
			require.Equal(t, []time.Time{began}, d.at[id+2])
		}
		require.Less(t, len(d.at[1]), 40, "it rests longer and longer")
		require.Greater(t, len(d.at[1]), 10, "and is never given up")
	})
}

func TestAStoreThatTakesNothingIsTriedNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s, d := newSource(), &done{}
		for id := range int64(5000) {
			s.add(id, time.Now())
		}
		full := true
		start(t, queue.Params{Source: s, Workers: 8, Log: slog.New(slog.NewTextHandler(&log, nil))}, func(_ context.Context, job engine.Job) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			d.add(job.RunID)
			if full {
				return errors.New("disk full")
			}
			delete(s.due, job.RunID)
			return nil
		})
		later(time.Minute)
		require.Less(t, len(d.list()), 500, "no hot loop while nothing can be recorded")
		require.Less(t, strings.Count(log.String(), "\n"), 10, log.String())
		s.mu.Lock()
		full = false
		s.mu.Unlock()
		later(5 * time.Second)
		require.Empty(t, s.due, "all are done soon after")
	})
}

func TestARecipeWhoseAppHangsLeavesWorkersToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		q := start(t, queue.Params{Source: s, Workers: 16}, func(ctx context.Context, job engine.Job) error {
			if job.RecipeID == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		synctest.Wait()
		for id := range int64(100) {
			q.Offer(engine.Job{RunID: id, RecipeID: 1})
		}
		q.Offer(engine.Job{RunID: 1000, RecipeID: 2})
		synctest.Wait()
		require.Equal(t, []int64{1000}, d.list())
	})
}

func TestStoppingIsNoFaultOfTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s, d := newSource(), &done{}
		q := start(t, queue.Params{Source: s, Log: slog.New(slog.NewTextHandler(&log, nil))}, func(ctx context.Context, job engine.Job) error {
			if job.RunID < 10 {
				<-ctx.Done()
				s.done(job.RunID)
				return fmt.Errorf("reading: %w", ctx.Err())
			}
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		for id := range int64(10) {
			q.Offer(s.add(id, time.Now()))
		}
		synctest.Wait()
		for id := range int64(10) {
			q.Cancel(id)
		}
		synctest.Wait() // else a look into the source may find the next run before it is offered
		q.Offer(s.add(20, time.Now()))
		synctest.Wait()
		require.Equal(t, []int64{20}, d.list(), "at once")
		require.Empty(t, log.String())
	})
}
