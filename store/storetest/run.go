package storetest

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func runs(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	e := s.event(t, recipe.ID, "k")
	want := engine.Run{
		RecipeID: recipe.ID, Version: 3, EventID: e.ID, State: engine.Queued, Title: "Order #1042, Ana Silva",
		DueAt: at.Add(time.Hour), CreatedAt: at, ReplayOf: 12,
	}
	s.update(t, func(tx engine.Tx) error { return tx.AddRun(&want) })
	require.Positive(t, want.ID)
	want.RecipeName, want.EventKey = "one", "k"
	got, err := s.Run(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)

	want.State, want.Version, want.Title = engine.Failed, 4, "Order ‘#1042’"
	want.DueAt, want.StartedAt, want.FinishedAt = at.Add(1), at.Add(2*time.Microsecond), at.Add(3*time.Microsecond)
	want.DueAt = want.DueAt.Truncate(time.Microsecond)
	want.Failure = &engine.Failure{Step: "post", Code: engine.Refused, Message: "No such channel.", Detail: "channel_not_found"}
	s.update(t, func(tx engine.Tx) error { return tx.SaveRun(want, engine.Queued) })
	got, err = s.Run(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)

	want.State, want.Failure = engine.Queued, nil
	s.update(t, func(tx engine.Tx) error { return tx.SaveRun(want, engine.Failed) })
	got, err = s.Run(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got, "the failure is gone")

	unstamped := engine.Run{RecipeID: recipe.ID, EventID: e.ID, State: engine.Queued}
	s.update(t, func(tx engine.Tx) error { return tx.AddRun(&unstamped) })
	require.False(t, unstamped.CreatedAt.IsZero(), "a run was made at some time")

	// The recipe's name is the one it has now.
	recipe.Name = "renamed"
	s.update(t, func(tx engine.Tx) error { return tx.SaveRecipe(recipe) })
	got, err = s.Run(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, "renamed", got.RecipeName)
}

func runsMissing(t *testing.T, s store) {
	_, err := s.Run(t.Context(), 77)
	requireCode(t, engine.NotFound, err)
	for name, change := range map[string]func(tx engine.Tx) error{
		"save": func(tx engine.Tx) error {
			return tx.SaveRun(engine.Run{ID: 77, State: engine.Running}, engine.Queued)
		},
		"steps":  func(tx engine.Tx) error { return tx.SaveSteps(77, engine.StepRun{State: engine.Running}) },
		"drop":   func(tx engine.Tx) error { return tx.DropSteps(77, 0) },
		"recipe": func(tx engine.Tx) error { return tx.AddRun(&engine.Run{RecipeID: 77, State: engine.Queued}) },
	} {
		t.Log(name)
		requireCode(t, engine.NotFound, s.Update(t.Context(), change))
	}
	r := s.recipe(t, "one")
	err = s.Update(t.Context(), func(tx engine.Tx) error { return tx.AddRun(&engine.Run{RecipeID: r.ID, State: "resting"}) })
	require.Error(t, err, "a state that does not exist")
}

// transitions tries every pair of states: the state machine is engine's, the store keeps it.
func transitions(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	for _, from := range engine.States {
		for _, to := range engine.States {
			run := s.run(t, recipe.ID, from, at)
			run.State = to
			err := s.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveRun(run, from) })
			got, readErr := s.Run(t.Context(), run.ID)
			require.NoError(t, readErr)
			if from == to || from.CanBecome(to) {
				require.NoError(t, err, "%s to %s", from, to)
				require.Equal(t, to, got.State)
			} else {
				requireCode(t, engine.Conflict, err)
				require.Equal(t, from, got.State, "%s to %s", from, to)
			}
		}
	}
	// Whoever comes second with an old idea of the state changes nothing.
	run := s.run(t, recipe.ID, engine.Queued, at)
	run.State = engine.Running
	s.update(t, func(tx engine.Tx) error { return tx.SaveRun(run, engine.Queued) })
	run.State = engine.Cancelled
	requireCode(t, engine.Conflict, s.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveRun(run, engine.Queued) }))
	got, err := s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, engine.Running, got.State)
}

func filters(t *testing.T, s store) {
	one, two := s.recipe(t, "one"), s.recipe(t, "two")
	var id []int64
	for _, r := range []struct {
		recipe int64
		state  engine.State
	}{
		{one.ID, engine.Succeeded}, {two.ID, engine.Failed}, {one.ID, engine.Failed}, {one.ID, engine.Queued},
		{two.ID, engine.Succeeded}, {one.ID, engine.Succeeded},
	} {
		id = append(id, s.run(t, r.recipe, r.state, at).ID)
	}
	for _, test := range []struct {
		name   string
		filter engine.RunFilter
		want   []int64
	}{
		{"none", engine.RunFilter{}, []int64{id[5], id[4], id[3], id[2], id[1], id[0]}},
		{"recipe", engine.RunFilter{RecipeID: two.ID}, []int64{id[4], id[1]}},
		{"state", engine.RunFilter{States: []engine.State{engine.Failed}}, []int64{id[2], id[1]}},
		{"states", engine.RunFilter{States: []engine.State{engine.Failed, engine.Queued}}, []int64{id[3], id[2], id[1]}},
		{"most states", engine.RunFilter{States: []engine.State{engine.Succeeded, engine.Queued}}, []int64{id[5], id[4], id[3], id[0]}},
		{"state that no run has", engine.RunFilter{States: []engine.State{engine.Unsure}}, nil},
		{"recipe and state", engine.RunFilter{RecipeID: one.ID, States: []engine.State{engine.Failed}}, []int64{id[2]}},
		{"limit", engine.RunFilter{Limit: 2}, []int64{id[5], id[4]}},
		{"before", engine.RunFilter{Before: id[4], Limit: 2}, []int64{id[3], id[2]}},
		{"after", engine.RunFilter{After: id[3]}, []int64{id[5], id[4]}},
		{"between", engine.RunFilter{After: id[0], Before: id[3]}, []int64{id[2], id[1]}},
		{"ids", engine.RunFilter{IDs: []int64{id[1], id[4], 99999}}, []int64{id[4], id[1]}},
		{"ids and state", engine.RunFilter{IDs: []int64{id[1], id[4]}, States: []engine.State{engine.Failed}}, []int64{id[1]}},
		{"recipe that does not exist", engine.RunFilter{RecipeID: 77}, nil},
		{"active and not", engine.RunFilter{States: []engine.State{engine.Queued, engine.Failed}, RecipeID: one.ID}, []int64{id[3], id[2]}},
		{"active and not, by id", engine.RunFilter{States: []engine.State{engine.Queued, engine.Failed}, IDs: []int64{id[3], id[1], id[0]}}, []int64{id[3], id[1]}},
		{"active", engine.RunFilter{States: []engine.State{engine.Queued, engine.Waiting}, Limit: 1}, []int64{id[3]}},
		{"since", engine.RunFilter{Since: at, Limit: 2}, []int64{id[5], id[4]}},
		{"since later", engine.RunFilter{Since: at.Add(time.Microsecond)}, nil},
		{"until", engine.RunFilter{Until: at}, nil},
		{"until later", engine.RunFilter{Until: at.Add(time.Microsecond), States: []engine.State{engine.Queued}}, []int64{id[3]}},
	} {
		got, err := s.Runs(t.Context(), test.filter)
		require.NoError(t, err)
		var ids []int64
		for _, run := range got {
			ids = append(ids, run.ID)
			require.NotEmpty(t, run.RecipeName)
			require.NotEmpty(t, run.EventKey)
		}
		require.Equal(t, test.want, ids, test.name)
	}
	for range 100 {
		s.run(t, two.ID, engine.Succeeded, at)
	}
	got, err := s.Runs(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	require.Len(t, got, 100, "a hundred unless asked for more")
	got, err = s.Runs(t.Context(), engine.RunFilter{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, got, 106)
	recovered(t, s, two)
}

// recovered runs are few, and found without going through all.
func recovered(t *testing.T, s store, recipe engine.Recipe) {
	late := engine.Run{RecipeID: recipe.ID, EventID: s.event(t, recipe.ID, "late").ID, State: engine.Cancelled, Recovered: true}
	s.update(t, func(tx engine.Tx) error { return tx.AddRun(&late) })
	for want, filter := range map[int]engine.RunFilter{
		1: {Recovered: true, RecipeID: recipe.ID, States: []engine.State{engine.Cancelled}},
		0: {Recovered: true, States: []engine.State{engine.Failed}},
	} {
		got, err := s.Runs(t.Context(), filter)
		require.NoError(t, err)
		require.Len(t, got, want)
	}
	got, err := s.Runs(t.Context(), engine.RunFilter{Recovered: true})
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, late.ID, got[0].ID)
}

func fullStep() engine.StepRun {
	return engine.StepRun{
		Position: 1, Step: "post", Use: "slack.send_message", State: engine.Succeeded, Ended: true, DueAt: at.Add(time.Hour),
		Input:  json.RawMessage(`{"channel": "#orders",  "id": 9007199254740993}`),
		Output: json.RawMessage(`{"ok":true}`), Note: "posted",
		StartedAt: at, FinishedAt: at.Add(time.Second),
		Failure: &engine.Failure{Step: "post", Code: engine.Limited, Message: "Slack asked to slow down.", Detail: "rate_limited"},
		Attempts: []engine.Attempt{
			{Number: 1, StartedAt: at, FinishedAt: at.Add(time.Millisecond), Failure: &engine.Failure{Code: engine.Unavailable, Message: "No network."}},
			{
				Number: 2, StartedAt: at.Add(time.Minute), FinishedAt: at.Add(2 * time.Minute),
				Request:  &engine.SentRequest{Method: "POST", URL: "https://slack.com/api/chat.postMessage", Headers: map[string]string{"A": "b"}, Body: "<x> & \x7f"},
				Response: &engine.Response{Status: 200, Headers: map[string]string{"C": "d"}, Body: "{}", Truncated: true},
			},
		},
	}
}

func steps(t *testing.T, s store) {
	run := s.run(t, s.recipe(t, "one").ID, engine.Running, at)
	bare := engine.StepRun{Position: 0, Step: "big", Use: "logic.filter", State: engine.Running}
	full := fullStep()
	s.update(t, func(tx engine.Tx) error { return tx.SaveSteps(run.ID, full, bare) })
	got, err := s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, []engine.StepRun{bare, full}, got.Steps, "by position")

	// The same position again: everything is as saved last.
	bare.State, bare.Note, bare.Output, bare.FinishedAt = engine.Filtered, "49.00 is not over 100", json.RawMessage(`false`), at
	full.Failure, full.Output = nil, nil
	s.update(t, func(tx engine.Tx) error { return tx.SaveSteps(run.ID, bare, full) })
	got, err = s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, []engine.StepRun{bare, full}, got.Steps)

	list, err := s.Runs(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	require.Nil(t, list[0].Steps, "a list has no steps")
	s.update(t, func(tx engine.Tx) error { return tx.SaveSteps(run.ID) }) // none is fine
}

// attempts follows a step as the runtime saves it: when an attempt starts, and when it has ended.
func attempts(t *testing.T, s store) {
	run := s.run(t, s.recipe(t, "one").ID, engine.Running, at)
	step := fullStep()
	all := step.Attempts
	begun := all[0]
	begun.FinishedAt, begun.Failure = time.Time{}, nil
	for _, saved := range []struct{ given, want []engine.Attempt }{
		{[]engine.Attempt{begun}, []engine.Attempt{begun}},
		{[]engine.Attempt{all[0]}, []engine.Attempt{all[0]}},
		{[]engine.Attempt{all[1]}, all},
		{nil, all},
	} {
		step.Attempts = saved.given
		s.update(t, func(tx engine.Tx) error { return tx.SaveSteps(run.ID, step) })
		got, err := s.Run(t.Context(), run.ID)
		require.NoError(t, err)
		require.Equal(t, saved.want, got.Steps[0].Attempts)
	}
}

// stepsInRounds: each round of a step is a record of its own, with attempts of its own, in the order of
// the loop's items.
func stepsInRounds(t *testing.T, s store) {
	run := s.run(t, s.recipe(t, "one").ID, engine.Running, at)
	var want []engine.StepRun
	for position, rounds := range [][]string{{""}, {"0", "1", "2", "10"}, {"0.0", "0.10", "2.9", "10.1"}} {
		for _, round := range rounds {
			step := fullStep()
			step.Position, step.Round, step.Note = position, round, "round "+round
			want = append(want, step)
		}
	}
	mixed := slices.Clone(want)
	slices.Reverse(mixed)
	s.update(t, func(tx engine.Tx) error { return tx.SaveSteps(run.ID, mixed...) })
	got, err := s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, want, got.Steps)

	want[3].State, want[3].DueAt, want[3].Ended = engine.Waiting, at.Add(time.Minute), false
	again := want[3]
	again.Attempts = nil
	s.update(t, func(tx engine.Tx) error { return tx.SaveSteps(run.ID, again) })
	got, err = s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, want, got.Steps, "one round only")

	s.update(t, func(tx engine.Tx) error { return tx.DropSteps(run.ID, 2) })
	got, err = s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, want[:5], got.Steps, "every round of the steps dropped")
}

func stepsDropped(t *testing.T, s store) {
	recipe := s.recipe(t, "one")
	run, other := s.run(t, recipe.ID, engine.Failed, at), s.run(t, recipe.ID, engine.Failed, at)
	s.update(t, func(tx engine.Tx) error {
		for _, id := range []int64{run.ID, other.ID} {
			for position := range 4 {
				step := fullStep()
				step.Position = position
				if err := tx.SaveSteps(id, step); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.update(t, func(tx engine.Tx) error { return tx.DropSteps(run.ID, 2) })
	got, err := s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Len(t, got.Steps, 2)
	s.update(t, func(tx engine.Tx) error {
		return tx.SaveSteps(run.ID, engine.StepRun{Position: 2, State: engine.Running})
	})
	got, err = s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Empty(t, got.Steps[2].Attempts, "the dropped step's attempts are gone with it")
	s.update(t, func(tx engine.Tx) error { return tx.DropSteps(run.ID, 0) })
	s.update(t, func(tx engine.Tx) error { return tx.DropSteps(run.ID, 0) }) // nothing to drop is fine
	got, err = s.Run(t.Context(), run.ID)
	require.NoError(t, err)
	require.Empty(t, got.Steps)
	got, err = s.Run(t.Context(), other.ID)
	require.NoError(t, err)
	require.Len(t, got.Steps, 4, "another run's steps stay")
}
