package ui

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// bench runs a live bridge in a bubble of fake time, with a UI that takes batches when told.
type bench struct {
	changes chan engine.Change
	live    *live
	batches [][]engine.Change

	mu     sync.Mutex
	posted []func()
}

func inBubble(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{changes: make(chan engine.Change)}
		b.live = &live{changes: b.changes, post: func(f func()) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.posted = append(b.posted, f)
		}, apply: func(c []engine.Change) { b.batches = append(b.batches, c) }}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			b.live.run(ctx)
			close(done)
		}()
		test(t, b)
		stop()
		<-done
	})
}

// turn runs what was posted and returns how much that was.
func (b *bench) turn() int {
	b.mu.Lock()
	posted := b.posted
	b.posted = nil
	b.mu.Unlock()
	for _, f := range posted {
		f()
	}
	return len(posted)
}

func (b *bench) wait() {
	timer := time.NewTimer(CoalesceEvery + time.Millisecond)
	<-timer.C
	synctest.Wait()
}

func run(id int64, state engine.State) engine.Change {
	return engine.Change{Kind: engine.RunChanged, RecipeID: 1, RunID: id, State: state}
}

func TestLiveCoalesces(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.changes <- run(1, engine.Queued)
		b.changes <- run(2, engine.Queued)
		b.changes <- run(1, engine.Running)
		b.changes <- engine.Change{Kind: engine.RecipesChanged, RecipeID: 1}
		b.changes <- run(1, engine.Succeeded)
		synctest.Wait()
		require.Zero(t, b.turn(), "nothing before the time is up")
		b.wait()
		require.Equal(t, 1, b.turn())
		require.Equal(t, [][]engine.Change{{run(1, engine.Succeeded), run(2, engine.Queued), {Kind: engine.RecipesChanged, RecipeID: 1}}}, b.batches)
		b.wait()
		require.Zero(t, b.turn(), "no change, no post")
	})
}

func TestLiveNeverRunsAheadOfTheUI(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		for i := range int64(10) {
			b.changes <- run(i, engine.Queued)
			b.wait()
		}
		require.Equal(t, 1, b.turn(), "one batch waits for a UI that is busy")
		require.Len(t, b.batches[0], 1)
		b.wait()
		require.Equal(t, 1, b.turn())
		require.Len(t, b.batches[1], 9)
	})
}

func TestLiveSaysNothingWhileHidden(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.changes <- run(1, engine.Queued) // gathered, then hidden
		synctest.Wait()
		b.live.hidden.Store(true)
		b.changes <- run(2, engine.Queued)
		b.wait()
		require.Zero(t, b.turn())
		b.live.hidden.Store(false)
		b.changes <- run(3, engine.Queued)
		b.wait()
		b.turn()
		require.Equal(t, [][]engine.Change{{run(3, engine.Queued)}}, b.batches)

		b.changes <- run(4, engine.Queued)
		b.wait()
		b.live.hidden.Store(true) // posted, then hidden
		require.Equal(t, 1, b.turn())
		require.Len(t, b.batches, 1)
	})
}

func TestLiveLagged(t *testing.T) {
	t.Parallel()
	lagged := engine.Change{Kind: engine.Lagged}
	inBubble(t, func(t *testing.T, b *bench) {
		b.changes <- run(1, engine.Queued)
		b.changes <- lagged
		b.changes <- run(2, engine.Queued)
		b.wait()
		b.turn()
		require.Equal(t, [][]engine.Change{{lagged}}, b.batches, "reading everything anew includes the rest")
		for i := range int64(maxBatch + 5) {
			b.changes <- run(i, engine.Queued)
		}
		b.wait()
		b.turn()
		require.Equal(t, []engine.Change{lagged}, b.batches[1], "too much to tell one by one")
	})
}

func TestLiveEndsWithTheChanges(t *testing.T) {
	t.Parallel()
	changes := make(chan engine.Change)
	close(changes)
	l := &live{changes: changes}
	l.run(t.Context())
}
