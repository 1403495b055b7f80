package sqlite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/runtime"
)

// jumpy is a world in which the clock is set, and in which each request fails once.
type jumpy struct {
	oldWorld
	now   time.Time
	tried map[string]int
}

func (j *jumpy) clock() time.Time { return j.now }

// Operation also knows the wait.
func (j *jumpy) Operation(use string) (engine.Connector, engine.Operation, bool) {
	if use == "logic.delay" {
		return engine.Connector{Name: "logic"}, engine.Operation{Name: "delay", Logic: engine.LogicDelay}, true
	}
	return j.oldWorld.Operation(use)
}

func (j *jumpy) Do(ctx context.Context, call action.Call) (action.Result, error) {
	if j.tried[call.IdempotencyKey]++; j.tried[call.IdempotencyKey] == 1 {
		return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Unavailable, "Busy."), Phase: action.Answered, Retry: true}
	}
	return j.oldWorld.Do(ctx, call)
}

// TestADayForthAndBack: the clock jumps by a day, forth or back, again and again while events come in, runs
// wait for an hour, and tries fail. Every run is done, every request once, and none waits for ever.
func TestADayForthAndBack(t *testing.T) {
	t.Parallel()
	for round := range 5 {
		world := &jumpy{now: today, tried: map[string]int{}}
		db := open(t, file(t))
		r := engine.Recipe{Name: "jumps"}
		definition := engine.Definition{Format: engine.RecipeFormat, Trigger: engine.Trigger{Use: "webhook.received"}, Steps: []engine.Step{
			{ID: "take", Use: "till.take"},
			{ID: "wait", Use: "logic.delay", With: map[string]any{"for": "1", "unit": "hours"}},
			{ID: "post", Use: "slack.send_message"},
		}}
		require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
			if err := tx.AddRecipe(&r); err != nil {
				return err
			}
			_, err := tx.AddVersion(r.ID, definition)
			return err
		}))
		engineAt := runtime.New(runtime.Params{
			Store: db, Catalog: world, Accounts: world, Actions: world, Now: world.clock,
			Jitter: func(most time.Duration) time.Duration { return most },
		})
		const events = 20
		for i := 0; ; i++ {
			if i < events {
				require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
					e := engine.Event{RecipeID: r.ID, Key: fmt.Sprint(i), Body: []byte(`{}`), ContentType: "application/json"}
					if err := tx.AddEvent(&e); err != nil {
						return err
					}
					return tx.AddRun(&engine.Run{RecipeID: r.ID, Version: 1, EventID: e.ID, State: engine.Queued})
				}))
			}
			due, _, err := db.DueRuns(t.Context(), world.now, r.ID, 100)
			require.NoError(t, err)
			for _, job := range due {
				if err := engineAt.Handle(t.Context(), job); err != nil {
					_, waits := engine.SnoozedUntil(err)
					require.True(t, waits, err)
				}
			}
			counts, err := db.StateCounts(t.Context())
			require.NoError(t, err)
			if counts[engine.Succeeded] == events {
				break
			}
			world.now = world.now.Add(10 * time.Minute)
			if i < 2*events && rand.IntN(4) == 0 { // then the clock is right
				world.now = world.now.Add([]time.Duration{-24 * time.Hour, 24 * time.Hour}[rand.IntN(2)])
			}
			require.Less(t, i, 6*24*60, "round %d: some run waits for ever: %v", round, counts)
		}
		require.Len(t, world.sent, 2*events, "each request is done once")
		for key, n := range world.tried {
			require.Equal(t, 2, n, key)
		}
	}
}
