package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func rollback(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	run := s.run(t, recipe.ID, engine.Queued, at)
	mine := errors.New("mine")
	err := s.Update(t.Context(), func(tx engine.Tx) error {
		if err := tx.SetSetting("a", "b"); err != nil {
			return err
		}
		if err := tx.AddEvent(&engine.Event{RecipeID: recipe.ID, Key: "k"}); err != nil {
			return err
		}
		if err := tx.SaveSteps(run.ID, fullStep()); err != nil {
			return err
		}
		if err := tx.DeleteRecipe(recipe.ID); err != nil {
			return err
		}
		return fmt.Errorf("whole: %w", mine)
	})
	require.EqualError(t, err, "whole: mine")
	require.ErrorIs(t, err, mine)
	value, err := s.Setting(t.Context(), "a")
	require.NoError(t, err)
	require.Empty(t, value)
	_, err = s.EventByKey(t.Context(), recipe.ID, "k")
	requireCode(t, engine.NotFound, err)
	got, err := s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Empty(t, got.Steps)
}

func ownWrites(t *testing.T, s store) {
	ctx := t.Context()
	s.update(t, func(tx engine.Tx) error {
		r := engine.Recipe{Name: "one", Draft: definition("one")}
		if err := tx.AddRecipe(&r); err != nil {
			return err
		}
		e := engine.Event{RecipeID: r.ID, Key: "k", Body: []byte("x")}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		run := engine.Run{RecipeID: r.ID, EventID: e.ID, State: engine.Queued, DueAt: at}
		if err := tx.AddRun(&run); err != nil {
			return err
		}
		if err := tx.SaveSteps(run.ID, fullStep()); err != nil {
			return err
		}
		recipe, err := tx.Recipe(ctx, r.ID)
		if err != nil || recipe.Name != "one" {
			return fmt.Errorf("recipe: %q, %w", recipe.Name, err)
		}
		event, err := tx.EventByKey(ctx, r.ID, "k")
		if err != nil || event.ID != e.ID {
			return fmt.Errorf("event: %d, %w", event.ID, err)
		}
		got, err := tx.Run(ctx, run.ID)
		if err != nil || len(got.Steps) != 1 || len(got.Steps[0].Attempts) != 2 {
			return fmt.Errorf("run: %v, %w", got, err)
		}
		jobs, _, err := tx.DueRuns(ctx, at, r.ID, 10)
		if err != nil || len(jobs) != 1 {
			return fmt.Errorf("due: %v, %w", jobs, err)
		}
		counts, err := tx.StateCounts(ctx)
		if err != nil || counts[engine.Queued] != 1 {
			return fmt.Errorf("counts: %v, %w", counts, err)
		}
		return nil
	})
}

func isolation(t *testing.T, s store) {
	s.update(t, func(tx engine.Tx) error { return tx.SetSetting("a", "old") })
	begun, looked := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.Update(t.Context(), func(tx engine.Tx) error {
			err := tx.SetSetting("a", "new")
			close(begun)
			<-looked
			return err
		})
	}()
	<-begun
	value, err := s.Setting(t.Context(), "a") // a reader does not wait for a writer
	close(looked)
	require.NoError(t, err)
	require.Equal(t, "old", value)
	require.NoError(t, <-ended)
	value, err = s.Setting(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "new", value)
}

// concurrency: each update is seen at once by its caller and lost by nobody.
func concurrency(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	const callers, each = 32, 20
	var wg sync.WaitGroup
	failed := make(chan error, callers*each)
	for caller := range callers {
		wg.Go(func() {
			for i := range each {
				e := engine.Event{RecipeID: recipe.ID, Key: fmt.Sprintf("%d.%d", caller, i), Body: []byte("x")}
				var run engine.Run
				err := s.Update(t.Context(), func(tx engine.Tx) error {
					if err := tx.AddEvent(&e); err != nil {
						return err
					}
					run = engine.Run{RecipeID: recipe.ID, EventID: e.ID, State: engine.Queued, DueAt: at}
					return tx.AddRun(&run)
				})
				if err == nil {
					var got engine.Run
					if got, err = s.Run(t.Context(), run.ID); err == nil && got.EventKey != e.Key {
						err = fmt.Errorf("run %d is of event %q, not %q", run.ID, got.EventKey, e.Key)
					}
				}
				failed <- err
			}
		})
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		require.NoError(t, err)
	}
	jobs, _, err := s.DueRuns(t.Context(), at, recipe.ID, 10000)
	require.NoError(t, err)
	require.Len(t, jobs, callers*each)
}

// neighbours: of callers that share a commit, the failing ones leave the others alone, whether they can
// run again or not.
func neighbours(t *testing.T, s store) {
	for repeatable := range 3 { // of two callers: none, one, both
		recipe := s.recipe(t, fmt.Sprint(repeatable))
		among(t, s, recipe, func(caller int) func(context.Context, func(engine.Tx) error) error {
			if caller%2 < repeatable {
				return s.UpdateRepeatable
			}
			return s.Update
		})
	}
	counts, err := s.StateCounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[engine.State]int{engine.Queued: 3 * neighbourCount / 2}, counts)
}

const neighbourCount = 64

func among(t *testing.T, s store, recipe engine.Recipe, update func(caller int) func(context.Context, func(engine.Tx) error) error) {
	mine := errors.New("mine")
	outcome := make([]error, neighbourCount)
	var wg sync.WaitGroup
	for caller := range neighbourCount {
		wg.Go(func() {
			outcome[caller] = update(caller/4)(t.Context(), func(tx engine.Tx) error {
				e := engine.Event{RecipeID: recipe.ID, Key: fmt.Sprint(caller)}
				if err := tx.AddEvent(&e); err != nil {
					return err
				}
				if err := tx.AddRun(&engine.Run{RecipeID: recipe.ID, EventID: e.ID, State: engine.Queued, DueAt: at}); err != nil {
					return err
				}
				switch caller % 4 {
				case 1:
					return mine
				case 2:
					return tx.AddEvent(&engine.Event{RecipeID: recipe.ID, Key: fmt.Sprint(caller)})
				}
				return nil
			})
		})
	}
	wg.Wait()
	for caller, err := range outcome {
		_, missing := s.EventByKey(t.Context(), recipe.ID, fmt.Sprint(caller))
		switch caller % 4 {
		case 1:
			require.ErrorIs(t, err, mine)
			requireCode(t, engine.NotFound, missing)
		case 2:
			requireCode(t, engine.Conflict, err)
			requireCode(t, engine.NotFound, missing)
		default:
			require.NoError(t, err)
			require.NoError(t, missing)
		}
	}
}

// duplicate: a caller may see a Conflict and still go on in the same transaction.
func duplicate(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	s.event(t, recipe.ID, "k")
	s.update(t, func(tx engine.Tx) error {
		if err := tx.AddEvent(&engine.Event{RecipeID: recipe.ID, Key: "k"}); engine.ErrorCode(err) != engine.Conflict {
			return fmt.Errorf("no conflict but %w", err)
		}
		return tx.SetSetting("seen", "twice")
	})
	value, err := s.Setting(t.Context(), "seen")
	require.NoError(t, err)
	require.Equal(t, "twice", value)
}

func panics(t *testing.T, s store) {
	require.PanicsWithValue(t, "oh", func() {
		_ = s.Update(t.Context(), func(tx engine.Tx) error {
			if err := tx.SetSetting("a", "b"); err != nil {
				return err
			}
			panic("oh")
		})
	})
	value, err := s.Setting(t.Context(), "a")
	require.NoError(t, err)
	require.Empty(t, value)
	s.update(t, func(tx engine.Tx) error { return tx.SetSetting("a", "c") })
}

func cancelled(t *testing.T, s store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	err := s.Update(ctx, func(engine.Tx) error { ran = true; return nil })
	requireCode(t, engine.Unavailable, err)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, ran)
	_, err = s.Recipes(ctx)
	requireCode(t, engine.Unavailable, err)
	_, err = s.Run(ctx, 1)
	requireCode(t, engine.Unavailable, err)

	// Once begun, an update goes on to its end: a half-done one would be neither saved nor not.
	ctx, cancel = context.WithCancel(t.Context())
	err = s.Update(ctx, func(tx engine.Tx) error {
		cancel()
		return tx.SetSetting("a", "b")
	})
	require.NoError(t, err)

	// One that waits for its turn leaves, and never runs.
	begun, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- s.Update(t.Context(), func(engine.Tx) error {
			close(begun)
			<-release
			return nil
		})
	}()
	<-begun
	ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	err = s.Update(ctx, func(engine.Tx) error { ran = true; return nil })
	requireCode(t, engine.Unavailable, err)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	close(release)
	require.NoError(t, <-first)
	s.update(t, func(tx engine.Tx) error { return tx.SetSetting("a", "c") })
	require.False(t, ran)
}

func overUse(t *testing.T, s store) {
	var kept engine.Tx
	s.update(t, func(tx engine.Tx) error { kept = tx; return nil })
	require.Error(t, kept.SetSetting("a", "b"))
	_, err := kept.Recipes(t.Context())
	require.Error(t, err)
	value, err := s.Setting(t.Context(), "a")
	require.NoError(t, err)
	require.Empty(t, value)
}

// times: to the microsecond, in UTC, whatever zone they were given in; none stays none.
func times(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	kathmandu := time.FixedZone("+0545", 5*3600+45*60)
	for _, given := range []time.Time{
		{}, at, at.Add(999 * time.Nanosecond), at.In(kathmandu), time.Date(1969, 7, 20, 20, 17, 40, 1000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Now(),
	} {
		run := s.run(t, recipe.ID, engine.Queued, given)
		got, err := s.Run(t.Context(), run.ID)
		require.NoError(t, err)
		if given.IsZero() {
			require.Equal(t, time.Time{}, got.DueAt)
			continue
		}
		require.Equal(t, given.Round(0).Truncate(time.Microsecond).UTC(), got.DueAt)
	}
}

func closing(t *testing.T, s store) {
	s.update(t, func(tx engine.Tx) error { return tx.SetSetting("a", "b") })
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "twice is once")
	requireCode(t, engine.Unavailable, s.Update(t.Context(), func(tx engine.Tx) error { return nil }))
	_, err := s.Recipes(t.Context())
	requireCode(t, engine.Unavailable, err)
	_, err = s.Run(t.Context(), 1)
	requireCode(t, engine.Unavailable, err)
}
