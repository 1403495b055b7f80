package poll_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestTimesOfARecipeInOrderAreInOrder(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		b.store.publish(1, "schedule.daily", at7(""))
		b.store.publish(2, "schedule.daily", at7(""))
		b.store.publish(3, "schedule.daily", at7(""))
		b.store.set(func(s *store) {
			for id, by := range map[int64]string{1: "", 2: "{{trigger.scheduled_at}}"} {
				live := s.versions[place(id, 1)]
				live.Runs = &engine.RunRules{InOrder: true, OrderBy: by}
				s.versions[place(id, 1)] = live
			}
		})
		b.start()
		b.pass(8 * time.Hour)
		b.store.set(func(s *store) {
			keys := map[int64]string{}
			for _, run := range s.runs {
				keys[run.RecipeID] = run.OrderKey
			}
			require.Equal(t, map[int64]string{1: "recipe", 2: "=2000-01-01T07:00:00Z", 3: ""}, keys)
		})
	})
}
