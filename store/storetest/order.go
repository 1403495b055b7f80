package storetest

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// inOrder adds a queued run with an order key.
func (s store) inOrder(t *testing.T, recipe int64, key string) engine.Run {
	t.Helper()
	var r engine.Run
	s.update(t, func(tx engine.Tx) error {
		e := engine.Event{RecipeID: recipe, Key: rand.Text(), ReceivedAt: at}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		r = engine.Run{RecipeID: recipe, Version: 1, EventID: e.ID, State: engine.Queued, OrderKey: key}
		return tx.AddRun(&r)
	})
	return r
}

// move saves a run as it is in the store but for its state.
func (s store) move(t *testing.T, id int64, to engine.State, change ...func(*engine.Run)) {
	t.Helper()
	s.update(t, func(tx engine.Tx) error {
		r, err := tx.Run(t.Context(), id)
		if err != nil {
			return err
		}
		was := r.State
		r.State, r.DueAt = to, time.Time{}
		for _, c := range change {
			c(&r)
		}
		return tx.SaveRun(r, was)
	})
}

func blocking(until time.Time) func(*engine.Run) {
	return func(r *engine.Run) { r.BlocksUntil = until }
}

// ready returns which runs of the recipe the queue finds now.
func (s store) ready(t *testing.T, recipe int64) []int64 {
	t.Helper()
	jobs, _, err := s.DueRuns(t.Context(), time.Now(), recipe, 1000)
	require.NoError(t, err)
	ids := []int64{}
	for _, j := range jobs {
		ids = append(ids, j.RunID)
	}
	return ids
}

// order: runs with the same key go one after the other, others as they like.
func order(t *testing.T, s store) {
	recipe, other := s.recipe(t, "one"), s.recipe(t, "two")
	a1, a2, a3 := s.inOrder(t, recipe.ID, "a"), s.inOrder(t, recipe.ID, "a"), s.inOrder(t, recipe.ID, "a")
	b1, free := s.inOrder(t, recipe.ID, "b"), s.inOrder(t, recipe.ID, "")
	elsewhere := s.inOrder(t, other.ID, "a")
	require.Equal(t, []bool{false, true, true, false, false, false},
		[]bool{a1.Behind(), a2.Behind(), a3.Behind(), b1.Behind(), free.Behind(), elsewhere.Behind()})
	require.Equal(t, []int64{a1.ID, b1.ID, free.ID}, s.ready(t, recipe.ID))
	require.Equal(t, []int64{elsewhere.ID}, s.ready(t, other.ID))
	jobs, next, err := s.DueRuns(t.Context(), time.Now(), recipe.ID, 10)
	require.NoError(t, err)
	require.Equal(t, "a", jobs[0].OrderKey)
	require.Zero(t, next, "whoever is behind is due at no time")

	s.move(t, a1.ID, engine.Running)
	s.move(t, a1.ID, engine.Waiting, func(r *engine.Run) { r.DueAt = time.Now().Add(time.Hour) })
	require.Equal(t, []int64{b1.ID, free.ID}, s.ready(t, recipe.ID), "one that waits for a retry keeps its turn")
	s.move(t, a1.ID, engine.Running)
	s.move(t, a1.ID, engine.Succeeded)
	require.Equal(t, []int64{a2.ID, b1.ID, free.ID}, s.ready(t, recipe.ID))

	// A run that is retried comes before those that came after it, but takes no turn away.
	s.move(t, a1.ID, engine.Queued)
	require.Equal(t, []int64{a2.ID, b1.ID, free.ID}, s.ready(t, recipe.ID))
	s.move(t, a2.ID, engine.Running)
	s.move(t, a2.ID, engine.Failed)
	require.Equal(t, []int64{a1.ID, b1.ID, free.ID}, s.ready(t, recipe.ID))
	// A cancelled one lets the next go, whether it had the turn or not.
	s.move(t, a1.ID, engine.Cancelled)
	require.Equal(t, []int64{a3.ID, b1.ID, free.ID}, s.ready(t, recipe.ID))
	a4, a5 := s.inOrder(t, recipe.ID, "a"), s.inOrder(t, recipe.ID, "a")
	s.move(t, a4.ID, engine.Cancelled)
	require.Equal(t, []int64{a3.ID, b1.ID, free.ID}, s.ready(t, recipe.ID))
	s.move(t, a3.ID, engine.Filtered)
	require.Equal(t, []int64{b1.ID, free.ID, a5.ID}, sorted(s.ready(t, recipe.ID)))
	// A run that another's failure undoes leaves the line as it was.
	require.Error(t, s.Update(t.Context(), func(tx engine.Tx) error {
		r, err := tx.Run(t.Context(), a5.ID)
		if err != nil {
			return err
		}
		r.State = engine.Cancelled
		if err := tx.SaveRun(r, engine.Queued); err != nil {
			return err
		}
		return fmt.Errorf("no")
	}))
	require.True(t, s.inOrder(t, recipe.ID, "a").Behind())
	s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(recipe.ID) })
	require.Equal(t, []int64{elsewhere.ID}, s.ready(t, other.ID))
}

func sorted(ids []int64) []int64 {
	slices.Sort(ids)
	return ids
}

// orderBlocks: a run that needs a person keeps those behind it waiting as long as the recipe says.
func orderBlocks(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	for _, state := range []engine.State{engine.Failed, engine.Held, engine.Unsure} {
		first, second := s.inOrder(t, recipe.ID, "a"), s.inOrder(t, recipe.ID, "a")
		s.move(t, first.ID, engine.Running)
		s.move(t, first.ID, state, blocking(engine.Never))
		require.Empty(t, s.ready(t, recipe.ID))
		third := s.inOrder(t, recipe.ID, "a")
		require.True(t, third.Behind())
		got, err := s.Run(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, engine.Never, got.BlocksUntil)
		require.Equal(t, []int64{s.inOrder(t, recipe.ID, "b").ID}, s.ready(t, recipe.ID), "other keys go on")
		s.move(t, s.ready(t, recipe.ID)[0], engine.Succeeded)

		// Tried again it comes first, and blocks again.
		s.move(t, first.ID, engine.Queued)
		require.Equal(t, []int64{first.ID}, s.ready(t, recipe.ID))
		got, err = s.Run(t.Context(), first.ID)
		require.NoError(t, err)
		require.Zero(t, got.BlocksUntil)
		s.move(t, first.ID, engine.Running)
		s.move(t, first.ID, state, blocking(engine.Never))
		require.Empty(t, s.ready(t, recipe.ID))
		// Somebody says that the others may go.
		s.move(t, first.ID, state, blocking(time.Time{}))
		require.Equal(t, []int64{second.ID}, s.ready(t, recipe.ID))
		s.move(t, second.ID, engine.Succeeded)
		require.Equal(t, []int64{third.ID}, s.ready(t, recipe.ID))
		s.move(t, third.ID, engine.Succeeded)
	}

	// For a time: the next has its turn then, without anybody doing anything.
	soon := time.Now().Add(time.Hour).Truncate(time.Microsecond).UTC()
	first, second, third := s.inOrder(t, recipe.ID, "c"), s.inOrder(t, recipe.ID, "c"), s.inOrder(t, recipe.ID, "c")
	s.move(t, first.ID, engine.Running)
	s.move(t, first.ID, engine.Failed, blocking(soon))
	jobs, next, err := s.DueRuns(t.Context(), time.Now(), recipe.ID, 10)
	require.NoError(t, err)
	require.Empty(t, jobs)
	require.Equal(t, soon, next)
	jobs, _, err = s.DueRuns(t.Context(), soon, recipe.ID, 10)
	require.NoError(t, err)
	require.Equal(t, []engine.Job{{RunID: second.ID, RecipeID: recipe.ID, DueAt: soon, OrderKey: "c"}}, jobs)
	// The failed one is tried again before that: it goes first, and the others behind it.
	s.move(t, first.ID, engine.Queued)
	require.Equal(t, []int64{first.ID}, s.ready(t, recipe.ID))
	_, next, err = s.DueRuns(t.Context(), time.Now(), recipe.ID, 10)
	require.NoError(t, err)
	require.Zero(t, next)
	s.move(t, first.ID, engine.Succeeded)
	require.Equal(t, []int64{second.ID}, s.ready(t, recipe.ID))
	// Times that are over block nobody, and one that comes when nobody waits is due then.
	s.move(t, second.ID, engine.Running)
	s.move(t, second.ID, engine.Failed, blocking(time.Now().Add(-time.Minute)))
	require.Equal(t, []int64{third.ID}, s.ready(t, recipe.ID))
	s.move(t, third.ID, engine.Running)
	s.move(t, third.ID, engine.Failed, blocking(soon))
	require.Equal(t, soon, s.inOrder(t, recipe.ID, "c").DueAt)
	require.True(t, s.inOrder(t, recipe.ID, "c").Behind())

	// Without a key nobody blocks.
	loner := s.inOrder(t, recipe.ID, "")
	s.move(t, loner.ID, engine.Running)
	s.move(t, loner.ID, engine.Failed, blocking(engine.Never))
	got, err := s.Run(t.Context(), loner.ID)
	require.NoError(t, err)
	require.Zero(t, got.BlocksUntil)
}

// orderModel does what people and the runtime do in a random order, and looks after each deed whether
// of each line at most one has the turn, and somebody if nobody blocks it.
func orderModel(t *testing.T, s store) {
	seed := mathrand.Uint64()
	t.Log("seed", seed)
	dice := mathrand.New(mathrand.NewPCG(seed, 1))
	recipes := []int64{s.recipe(t, "one").ID, s.recipe(t, "two").ID}
	keys := []string{"a", "b", ""}
	var ids []int64
	begun := map[int64]bool{} // handlers that are at it
	for step := range 600 {
		if deed := dice.IntN(10); deed < 3 || len(ids) == 0 {
			r := s.inOrder(t, recipes[dice.IntN(2)], keys[dice.IntN(3)])
			ids = append(ids, r.ID)
		} else if deed == 3 && step%40 == 0 {
			gone := dice.IntN(2)
			s.update(t, func(tx engine.Tx) error { return tx.DeleteRecipe(recipes[gone]) })
			recipes[gone] = s.recipe(t, fmt.Sprint("after ", step)).ID
		} else if r, err := s.Run(t.Context(), ids[dice.IntN(len(ids))]); err == nil {
			if r.State.Active() && dice.IntN(4) > 0 { // rather one that can go on
				if now := s.ready(t, r.RecipeID); len(now) > 0 {
					r, err = s.Run(t.Context(), now[dice.IntN(len(now))])
					require.NoError(t, err)
				}
			}
			to := engine.States[dice.IntN(len(engine.States))]
			person := to == engine.Cancelled || !r.State.Active()
			if !r.State.CanBecome(to) || !person && r.Behind() {
				continue // nobody does that
			}
			until := []time.Time{{}, engine.Never, time.Now().Add(time.Hour), time.Now().Add(-time.Hour)}[dice.IntN(4)]
			s.move(t, r.ID, to, blocking(until), func(r *engine.Run) {
				if to == engine.Waiting {
					r.DueAt = time.Now().Add(time.Duration(dice.IntN(2)) * time.Hour)
				}
			})
			begun[r.ID] = to == engine.Running || to == engine.Waiting
		}
		s.requireOrder(t, begun)
	}
	// In the end everything gets done, once people have dealt with what blocks.
	for range 2000 {
		all, err := s.Runs(t.Context(), engine.RunFilter{Limit: 10_000})
		require.NoError(t, err)
		i := slices.IndexFunc(all, func(r engine.Run) bool { return r.State.Active() && !r.DueAt.After(time.Now()) })
		if i < 0 {
			i = slices.IndexFunc(all, func(r engine.Run) bool { return r.State == engine.Waiting })
		}
		if i >= 0 {
			s.move(t, all[i].ID, engine.Succeeded)
			continue
		}
		if i = slices.IndexFunc(all, func(r engine.Run) bool { return !r.BlocksUntil.IsZero() }); i < 0 {
			break
		}
		s.move(t, all[i].ID, all[i].State, blocking(time.Time{}))
	}
	counts, err := s.StateCounts(t.Context())
	require.NoError(t, err)
	for _, state := range engine.States {
		require.False(t, state.Active() && counts[state] > 0, "%d runs are %s for ever", counts[state], state)
	}
}

// requireOrder checks all lines against what is known of them from outside.
func (s store) requireOrder(t *testing.T, begun map[int64]bool) {
	t.Helper()
	all, err := s.Runs(t.Context(), engine.RunFilter{Limit: 10_000})
	require.NoError(t, err)
	slices.Reverse(all)
	type line struct {
		recipe int64
		key    string
	}
	lines := map[line][]engine.Run{}
	for _, r := range all {
		if r.OrderKey != "" {
			l := line{r.RecipeID, r.OrderKey}
			lines[l] = append(lines[l], r)
		} else {
			require.False(t, r.Behind(), "run %d waits for nobody", r.ID)
		}
	}
	now := time.Now()
	for l, runs := range lines {
		var turns []engine.Run
		var blocked, first time.Time
		waiting := 0
		for _, r := range runs {
			switch {
			case r.State.NeedsPerson() && r.BlocksUntil.After(blocked):
				blocked = r.BlocksUntil
			case r.State.Active() && r.Behind():
				if waiting++; waiting == 1 {
					first = blocked // of those before it
				}
			case r.State.Active():
				turns = append(turns, r)
			}
		}
		require.LessOrEqual(t, len(turns), 1, "%v: %v", l, turns)
		switch {
		case len(turns) == 1:
			turn := turns[0]
			if turn.State == engine.Queued && !begun[turn.ID] {
				for _, r := range runs {
					require.False(t, r.ID < turn.ID && r.BlocksUntil.After(now) && r.BlocksUntil.After(turn.DueAt),
						"%v: run %d has the turn although %d blocks it", l, turn.ID, r.ID)
				}
			}
		case waiting > 0:
			require.Equal(t, engine.Never, first, "%v: nobody has the turn of %d", l, waiting)
		}
	}
}
