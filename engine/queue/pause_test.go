package queue_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/queue"
)

// recording handles each job once, and notes it.
func recording(s *source, d *done) engine.Handler {
	return func(_ context.Context, job engine.Job) error {
		d.add(job.RunID)
		s.done(job.RunID)
		return nil
	}
}

func TestNothingBeginsWhilePausedAndAllOfItAfterwards(t *testing.T) {
	for name, c := range map[string]struct {
		pause func(q *queue.Queue)
		// after is how long it lasts then, and resume whether somebody ends it.
		after  time.Duration
		resume bool
	}{
		"for an hour": {
			pause: func(q *queue.Queue) { q.Pause(time.Now().Add(time.Hour)) },
			after: time.Hour + time.Second,
		},
		"until told": {
			pause: func(q *queue.Queue) { q.Pause(engine.Never) },
			after: 40 * 24 * time.Hour, resume: true,
		},
		"an hour that is cut short": {
			pause:  func(q *queue.Queue) { q.Pause(time.Now().Add(time.Hour)) },
			resume: true,
		},
		"made shorter": {
			pause: func(q *queue.Queue) { q.Pause(engine.Never); q.Pause(time.Now().Add(time.Minute)) },
			after: 2 * time.Minute,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, d := newSource(), &done{}
				q := start(t, queue.Params{Source: s, Workers: 2, Window: 4}, recording(s, d))
				synctest.Wait()
				c.pause(q)
				for id := range int64(20) { // webhooks, looks and ticks go on
					q.Offer(s.add(id, time.Now()))
				}
				s.add(20, time.Now()) // by another process
				s.add(21, time.Now().Add(10*time.Second))
				q.Wake()
				time.Sleep(30 * time.Second)
				synctest.Wait()
				require.Empty(t, d.list())
				_, paused := q.Paused()
				require.True(t, paused)

				time.Sleep(c.after)
				if c.resume {
					q.Resume()
				}
				time.Sleep(15 * time.Second) // one was due only now, where the pause was cut short
				synctest.Wait()
				require.Len(t, d.list(), 22, "nothing is lost, each once")
				_, paused = q.Paused()
				require.False(t, paused)
			})
		})
	}
}

func TestAPausedQueueDoesNotLookIntoTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		q := queue.New(queue.Params{Source: s})
		q.Pause(engine.Never) // before it begins, as after a restart
		s.add(1, time.Now())
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- q.Run(ctx, recording(s, d)) }()
		for range 100 {
			q.Offer(s.add(2, time.Now()))
			q.Wake()
			time.Sleep(time.Second)
		}
		synctest.Wait()
		require.Zero(t, s.asked())
		q.Resume()
		synctest.Wait()
		require.ElementsMatch(t, []int64{1, 2}, d.list())
		q.Pause(engine.Never)
		stop()
		require.NoError(t, <-ended, "a paused queue ends when it is told to")
	})
}

func TestWhatRunsIsNotStoppedByAPauseAndComesBackAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d := newSource(), &done{}
		var q *queue.Queue
		q = start(t, queue.Params{Source: s}, func(ctx context.Context, job engine.Job) error {
			time.Sleep(time.Minute) // a step
			require.NoError(t, ctx.Err(), "its context goes on")
			if _, paused := q.Paused(); paused {
				return engine.Snooze(time.Now())
			}
			d.add(job.RunID)
			s.done(job.RunID)
			return nil
		})
		q.Offer(s.add(1, time.Now()))
		synctest.Wait()
		q.Pause(time.Now().Add(time.Hour))
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		require.Empty(t, d.list())
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		require.Equal(t, []int64{1}, d.list())
	})
}
