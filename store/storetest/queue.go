package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func due(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	backlogs, err := s.Backlogs(t.Context(), at)
	require.NoError(t, err)
	require.Empty(t, backlogs)

	us := time.Microsecond
	job := func(state engine.State, dueAt time.Time) engine.Job {
		run := s.run(t, recipe.ID, state, dueAt)
		return engine.Job{RunID: run.ID, RecipeID: recipe.ID, DueAt: dueAt}
	}
	later := job(engine.Queued, at.Add(us))
	latest := job(engine.Waiting, at.Add(time.Hour))
	now := job(engine.Waiting, at)
	early := job(engine.Running, at.Add(-time.Hour))
	nowToo := job(engine.Queued, at)
	atOnce := job(engine.Queued, time.Time{})
	job(engine.Waiting, engine.Never)
	for _, state := range engine.States {
		if !state.Active() {
			job(state, at.Add(-time.Hour))
		}
	}
	for _, test := range []struct {
		now   time.Time
		limit int
		want  []engine.Job
		next  time.Time
	}{
		{at, 100, []engine.Job{atOnce, early, now, nowToo}, at.Add(us)},
		{at, 3, []engine.Job{atOnce, early, now}, time.Time{}},
		{at.Add(us), 100, []engine.Job{atOnce, early, now, nowToo, later}, at.Add(time.Hour)},
		{at.Add(48 * time.Hour), 100, []engine.Job{atOnce, early, now, nowToo, later, latest}, time.Time{}},
		{at.Add(-2 * time.Hour), 100, []engine.Job{atOnce}, at.Add(-time.Hour)},
	} {
		got, next, err := s.DueRuns(t.Context(), test.now, recipe.ID, test.limit)
		require.NoError(t, err)
		require.Equal(t, test.want, got)
		require.Equal(t, test.next, next)
	}
	// A run that ends leaves the queue; one that is retried comes back.
	run, err := s.Run(t.Context(), early.RunID)
	require.NoError(t, err)
	run.State = engine.Succeeded
	s.update(t, func(tx engine.Tx) error { return tx.SaveRun(run, engine.Running) })
	got, _, err := s.DueRuns(t.Context(), at, recipe.ID, 100)
	require.NoError(t, err)
	require.Equal(t, []engine.Job{atOnce, now, nowToo}, got)
	run.State = engine.Queued
	s.update(t, func(tx engine.Tx) error { return tx.SaveRun(run, engine.Succeeded) })
	got, _, err = s.DueRuns(t.Context(), at, recipe.ID, 100)
	require.NoError(t, err)
	require.Equal(t, []engine.Job{atOnce, early, now, nowToo}, got)
}

// backlogs: each recipe is seen, whatever the others have waiting.
func backlogs(t *testing.T, s store) {
	due, future, never, over, both := s.recipe(t, "due"), s.recipe(t, "future"), s.recipe(t, "never"), s.recipe(t, "over"), s.recipe(t, "both")
	s.recipe(t, "without runs")
	for range 3 {
		s.run(t, due.ID, engine.Running, time.Time{})
	}
	s.run(t, future.ID, engine.Waiting, at.Add(time.Hour))
	s.run(t, future.ID, engine.Waiting, at.Add(time.Minute))
	s.run(t, never.ID, engine.Waiting, engine.Never)
	s.run(t, over.ID, engine.Failed, time.Time{})
	s.run(t, both.ID, engine.Queued, at)
	s.run(t, both.ID, engine.Queued, at.Add(time.Second))
	for now, want := range map[time.Time][]engine.Backlog{
		at:                  {{RecipeID: due.ID, Due: true}, {RecipeID: future.ID, Next: at.Add(time.Minute)}, {RecipeID: both.ID, Due: true, Next: at.Add(time.Second)}},
		at.Add(time.Minute): {{RecipeID: due.ID, Due: true}, {RecipeID: future.ID, Due: true, Next: at.Add(time.Hour)}, {RecipeID: both.ID, Due: true}},
	} {
		got, err := s.Backlogs(t.Context(), now)
		require.NoError(t, err)
		require.ElementsMatch(t, want, got)
	}
}

func counts(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	got, err := s.StateCounts(t.Context())
	require.NoError(t, err)
	require.Empty(t, got)
	run := s.run(t, recipe.ID, engine.Queued, at)
	s.run(t, recipe.ID, engine.Queued, at)
	s.run(t, recipe.ID, engine.Failed, at)
	got, err = s.StateCounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[engine.State]int{engine.Queued: 2, engine.Failed: 1}, got)
	for _, state := range []engine.State{engine.Running, engine.Running, engine.Waiting} {
		was := run.State
		run.State = state
		s.update(t, func(tx engine.Tx) error { return tx.SaveRun(run, was) })
	}
	got, err = s.StateCounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[engine.State]int{engine.Queued: 1, engine.Waiting: 1, engine.Failed: 1}, got)
}

func stats(t *testing.T, s store) {
	one, two, never := s.recipe(t, "one"), s.recipe(t, "two"), s.recipe(t, "never")
	now := time.Now()
	add := func(recipe int64, ago time.Duration, state engine.State) engine.Run {
		r := engine.Run{RecipeID: recipe, State: state, CreatedAt: now.Add(-ago)}
		s.update(t, func(tx engine.Tx) error { return tx.AddRun(&r) })
		return r
	}
	const hour = time.Hour
	add(one.ID, 30*hour, engine.Failed)
	add(one.ID, 13*hour, engine.Succeeded)
	add(one.ID, 11*hour+hour/2, engine.Failed)
	add(one.ID, hour/2, engine.Succeeded)
	last := add(one.ID, hour/3, engine.Running)
	other := add(two.ID, 2*hour+hour/2, engine.Failed)

	got, err := s.RecipeStats(t.Context(), now.Add(-24*hour))
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.Equal(t, engine.RecipeStats{}, got[never.ID])
	require.Equal(t, last.ID, got[one.ID].Last.ID)
	require.Equal(t, "one", got[one.ID].Last.RecipeName)
	require.Nil(t, got[one.ID].Last.Steps)
	require.Equal(t, 4, got[one.ID].Today)
	require.Equal(t, 1, got[one.ID].Failed)
	require.Equal(t, [12]int{0: 1, 11: 2}, got[one.ID].Hours)
	require.Equal(t, other.ID, got[two.ID].Last.ID)
	require.Equal(t, 1, got[two.ID].Today)
	require.Equal(t, 1, got[two.ID].Failed)
	require.Equal(t, [12]int{9: 1}, got[two.ID].Hours)

	got, err = s.RecipeStats(t.Context(), now.Add(-hour))
	require.NoError(t, err)
	require.Equal(t, 2, got[one.ID].Today)
	require.Zero(t, got[one.ID].Failed)
	require.Zero(t, got[two.ID].Today)
	require.NotNil(t, got[two.ID].Last, "the last run, however old")
}

func ids(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	run := s.run(t, recipe.ID, engine.Queued, at)
	c := engine.Connection{Name: "c", Connector: "http"}
	s.update(t, func(tx engine.Tx) error { return tx.PutConnection(&c) })
	s.update(t, func(tx engine.Tx) error {
		if err := tx.DeleteConnection(c.ID); err != nil {
			return err
		}
		return tx.DeleteRecipe(recipe.ID)
	})
	again := engine.Connection{Name: "c", Connector: "http"}
	s.update(t, func(tx engine.Tx) error { return tx.PutConnection(&again) })
	require.Greater(t, again.ID, c.ID)
	recipeAgain := s.recipe(t, "one")
	require.Greater(t, recipeAgain.ID, recipe.ID)
	runAgain := s.run(t, recipeAgain.ID, engine.Queued, at)
	require.Greater(t, runAgain.ID, run.ID)
	require.Greater(t, runAgain.EventID, run.EventID)
}
