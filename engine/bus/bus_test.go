package bus_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/bus"
)

func TestEverySubscriberHearsEveryChangeInOrder(t *testing.T) {
	var b bus.Bus
	one, endOne := b.Subscribe(4)
	two, endTwo := b.Subscribe(4)
	defer endTwo()

	b.Publish(engine.Change{Kind: engine.RunChanged, RunID: 7})
	b.Publish(engine.Change{Kind: engine.RecipesChanged})
	for _, changes := range []<-chan engine.Change{one, two} {
		require.Equal(t, engine.Change{Seq: 1, Kind: engine.RunChanged, RunID: 7}, <-changes)
		require.Equal(t, engine.Change{Seq: 2, Kind: engine.RecipesChanged}, <-changes)
	}

	endOne()
	endOne() // ending twice is harmless
	b.Publish(engine.Change{Kind: engine.RunChanged})
	_, open := <-one
	require.False(t, open)
	require.Equal(t, uint64(3), (<-two).Seq)
}

func TestASlowSubscriberIsToldThatItMissedChanges(t *testing.T) {
	var b bus.Bus
	changes, end := b.Subscribe(2)
	defer end()

	for range 5 {
		b.Publish(engine.Change{Kind: engine.RunChanged})
	}
	require.Equal(t, uint64(1), (<-changes).Seq)
	require.Equal(t, uint64(2), (<-changes).Seq)
	b.Publish(engine.Change{Kind: engine.RunChanged})
	require.Equal(t, engine.Lagged, (<-changes).Kind, "also when nothing is published any more")
	require.Empty(t, changes)

	b.Publish(engine.Change{Kind: engine.RecipesChanged})
	require.Equal(t, engine.Change{Seq: 7, Kind: engine.RecipesChanged}, <-changes)
}

// Whatever a subscriber misses, the last thing it reads is no older than the last change.
func TestNobodyIsLeftBehind(t *testing.T) {
	var b bus.Bus
	changes, end := b.Subscribe(3)
	const last = 10_000
	go func() {
		for range last {
			b.Publish(engine.Change{Kind: engine.RunChanged})
		}
		end()
	}()
	missed := false
	seq := uint64(0)
	for c := range changes {
		require.Greater(t, c.Seq, seq)
		require.True(t, c.Seq == seq+1 || missed || c.Kind == engine.Lagged, "change %d after %d", c.Seq, seq)
		seq, missed = c.Seq, c.Kind == engine.Lagged
	}
	require.True(t, seq == last || missed)
}
