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

	b.Publish(engine.Change{Kind: engine.RecipesChanged})
	require.Equal(t, engine.Lagged, (<-changes).Kind)
	require.Equal(t, engine.Change{Seq: 6, Kind: engine.RecipesChanged}, <-changes)
}
