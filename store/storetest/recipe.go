package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func settings(t *testing.T, s store) {
	value, err := s.Setting(t.Context(), "language")
	require.NoError(t, err)
	require.Empty(t, value)
	for _, want := range []string{"pt", "", "de\nат"} {
		s.update(t, func(tx engine.Tx) error { return tx.SetSetting("language", want) })
		value, err = s.Setting(t.Context(), "language")
		require.NoError(t, err)
		require.Equal(t, want, value)
	}
}

func recipes(t *testing.T, s store) {
	all, err := s.Recipes(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)

	before := time.Now().Truncate(time.Microsecond)
	b := s.recipe(t, "beta")
	a := s.recipe(t, "Alpha")
	c := s.recipe(t, "gamma")
	require.Positive(t, a.ID)
	require.False(t, a.CreatedAt.Before(before), "the store sets the times")
	require.Equal(t, a.CreatedAt, a.UpdatedAt)

	got, err := s.Recipe(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)
	all, err = s.Recipes(t.Context())
	require.NoError(t, err)
	require.Equal(t, []engine.Recipe{a, b, c}, all, "by name, whatever its case")

	a.Name, a.On, a.Token, a.Draft.Note = "omega", false, "new token", "changed"
	s.update(t, func(tx engine.Tx) error { return tx.SaveRecipe(a) })
	got, err = s.Recipe(t.Context(), a.ID)
	require.NoError(t, err)
	require.False(t, got.UpdatedAt.Before(a.UpdatedAt))
	got.UpdatedAt = a.UpdatedAt
	require.Equal(t, a, got)
	got, err = s.Recipe(t.Context(), b.ID)
	require.NoError(t, err)
	require.Equal(t, b, got, "the others are as they were")
}

func recipesUnique(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	for name, change := range map[string]func(tx engine.Tx) error{
		"name of a new one": func(tx engine.Tx) error {
			return tx.AddRecipe(&engine.Recipe{Name: "one", Token: "other"})
		},
		"token of a new one": func(tx engine.Tx) error {
			return tx.AddRecipe(&engine.Recipe{Name: "other", Token: one.Token})
		},
		"name of an old one": func(tx engine.Tx) error {
			r := two
			r.Name = "one"
			return tx.SaveRecipe(r)
		},
	} {
		t.Log(name)
		requireCode(t, engine.Conflict, s.Update(t.Context(), change))
	}
	all, err := s.Recipes(t.Context())
	require.NoError(t, err)
	require.Equal(t, []engine.Recipe{one, two}, all)
	// A recipe without an address is no rival of another.
	s.update(t, func(tx engine.Tx) error { return tx.AddRecipe(&engine.Recipe{Name: "three"}) })
	s.update(t, func(tx engine.Tx) error { return tx.AddRecipe(&engine.Recipe{Name: "four"}) })
}

func recipeChanged(t *testing.T, s store) {
	r := s.recipe(t, "one")
	require.True(t, r.Changed, "never published")
	changed := func() bool {
		got, err := s.Recipe(t.Context(), r.ID)
		require.NoError(t, err)
		return got.Changed
	}
	require.True(t, changed())
	s.update(t, func(tx engine.Tx) (err error) {
		if r.Published, err = tx.AddVersion(r.ID, r.Draft); err != nil {
			return err
		}
		return tx.SaveRecipe(r)
	})
	require.False(t, changed())
	r.Draft.Steps[0].With["match"] = "any"
	s.update(t, func(tx engine.Tx) error { return tx.SaveRecipe(r) })
	require.True(t, changed())
	r.Draft.Steps[0].With["match"] = "all"
	s.update(t, func(tx engine.Tx) error { return tx.SaveRecipe(r) })
	require.False(t, changed(), "the draft is as the version again")
}

func recipesMissing(t *testing.T, s store) {
	_, err := s.Recipe(t.Context(), 77)
	requireCode(t, engine.NotFound, err)
	r := s.recipe(t, "one")
	for name, change := range map[string]func(tx engine.Tx) error{
		"save":        func(tx engine.Tx) error { return tx.SaveRecipe(engine.Recipe{ID: 77, Name: "x"}) },
		"delete":      func(tx engine.Tx) error { return tx.DeleteRecipe(77) },
		"add version": func(tx engine.Tx) error { _, err := tx.AddVersion(77, definition("x")); return err },
		"publish a version that is not there": func(tx engine.Tx) error {
			r := r
			r.Published = 1
			return tx.SaveRecipe(r)
		},
		"read within": func(tx engine.Tx) error { _, err := tx.Recipe(t.Context(), 77); return err },
	} {
		t.Log(name)
		requireCode(t, engine.NotFound, s.Update(t.Context(), change))
	}
}

func recipeDeleted(t *testing.T, s store) {
	gone, stays := s.recipe(t, "gone"), s.recipe(t, "stays")
	var lost, left engine.Run
	for _, r := range []struct {
		recipe engine.Recipe
		run    *engine.Run
	}{{gone, &lost}, {stays, &left}} {
		*r.run = s.run(t, r.recipe.ID, engine.Queued, at)
		s.update(t, func(tx engine.Tx) error {
			if _, err := tx.AddVersion(r.recipe.ID, r.recipe.Draft); err != nil {
				return err
			}
			return tx.SaveSteps(r.run.ID, engine.StepRun{State: engine.Running, Attempts: []engine.Attempt{{Number: 1}}})
		})
	}
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(gone.ID) })

	_, err := s.Recipe(t.Context(), gone.ID)
	requireCode(t, engine.NotFound, err)
	_, err = s.Version(t.Context(), gone.ID, 1)
	requireCode(t, engine.NotFound, err)
	_, err = s.Event(t.Context(), lost.EventID)
	requireCode(t, engine.NotFound, err)
	_, err = s.Run(t.Context(), lost.ID)
	requireCode(t, engine.NotFound, err)
	jobs, _, err := s.DueRuns(t.Context(), at, stays.ID, 10)
	require.NoError(t, err)
	require.Equal(t, []engine.Job{{RunID: left.ID, RecipeID: stays.ID, DueAt: at}}, jobs)
	got, err := s.StateCounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[engine.State]int{engine.Queued: 1}, got)
	run, err := s.Run(t.Context(), left.ID)
	require.NoError(t, err)
	require.Len(t, run.Steps, 1)
	_, err = s.Version(t.Context(), stays.ID, 1)
	require.NoError(t, err)
	s.recipe(t, "gone") // the name is free again
}

func versions(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	for want := 1; want <= 3; want++ {
		d := definition("one")
		d.Note = string(rune('0' + want))
		s.update(t, func(tx engine.Tx) error {
			number, err := tx.AddVersion(one.ID, d)
			require.Equal(t, want, number)
			return err
		})
	}
	s.update(t, func(tx engine.Tx) error {
		number, err := tx.AddVersion(two.ID, two.Draft)
		require.Equal(t, 1, number, "each recipe counts its own")
		return err
	})
	got, err := s.Version(t.Context(), one.ID, 2)
	require.NoError(t, err)
	want := definition("one")
	want.Note = "2"
	require.Equal(t, want, got)
	for _, number := range []int{0, 4, -1} {
		_, err = s.Version(t.Context(), one.ID, number)
		requireCode(t, engine.NotFound, err)
	}
}

func numbers(t *testing.T, s store) {
	for _, number := range []string{"9007199254740993", "18446744073709551616", "1.10", "1e400", "-0", "0.1000"} {
		r := engine.Recipe{Name: number, Draft: engine.Definition{Format: 1, Steps: []engine.Step{
			{ID: "a", Use: "a.b", With: map[string]any{"n": json.Number(number), "list": []any{map[string]any{"n": json.Number(number)}}}},
		}}}
		s.update(t, func(tx engine.Tx) error {
			if err := tx.AddRecipe(&r); err != nil {
				return err
			}
			_, err := tx.AddVersion(r.ID, r.Draft)
			return err
		})
		got, err := s.Recipe(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, r.Draft, got.Draft)
		version, err := s.Version(t.Context(), r.ID, 1)
		require.NoError(t, err)
		require.Equal(t, r.Draft, version)
	}
}
