package sqlite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/logic"
	"bellhop/engine/mapping"
	"bellhop/store/sqlite"
)

// house is a store with a recipe, whose steps remember.
type house struct {
	*sqlite.DB
	recipe engine.Recipe
	now    time.Time
	zone   *time.Location
	events int
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{now: time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)} // a Wednesday
	var err error
	h.zone, err = time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	h.DB, err = sqlite.Open(t.Context(), sqlite.Params{Path: file(t), Now: func() time.Time { return h.now }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	h.recipe = h.addRecipe(t, "one")
	return h
}

func (h *house) addRecipe(t *testing.T, name string) engine.Recipe {
	t.Helper()
	r := engine.Recipe{Name: name, Token: name, On: true}
	require.NoError(t, h.Update(t.Context(), func(tx engine.Tx) error { return tx.AddRecipe(&r) }))
	return r
}

// run adds a run that is under way.
func (h *house) run(t *testing.T) engine.Run {
	t.Helper()
	h.events++
	var run engine.Run
	require.NoError(t, h.Update(t.Context(), func(tx engine.Tx) error {
		e := engine.Event{RecipeID: h.recipe.ID, Key: fmt.Sprint(h.events), ReceivedAt: h.now}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		run = engine.Run{RecipeID: h.recipe.ID, Version: 1, EventID: e.ID, State: engine.Running, CreatedAt: h.now}
		return tx.AddRun(&run)
	}))
	return run
}

// call is a step of a run whose fields are given as JSON.
func (h *house) call(t *testing.T, run engine.Run, name, with string) logic.Call {
	t.Helper()
	fields, err := mapping.Decode([]byte(with))
	require.NoError(t, err)
	return logic.Call{
		RecipeID: run.RecipeID, RunID: run.ID, Step: name + "_step", Logic: name, With: fields.(map[string]any),
		Env: mapping.Env{Zone: h.zone, Now: h.now},
	}
}

// try does a step as the runtime does: with the run's new state in the same transaction, which fails with lost.
func (h *house) try(ctx context.Context, c logic.Call, lost error) (o logic.Outcome, err error) {
	_, kept := logic.Find(c.Logic)
	err = h.Update(ctx, func(tx engine.Tx) error {
		if o, err = kept(ctx, tx, c); err != nil {
			return err
		}
		runs, err := tx.Runs(ctx, engine.RunFilter{IDs: []int64{c.RunID}})
		if err != nil {
			return err
		}
		run, was := runs[0], runs[0].State
		switch {
		case !o.Wait.IsZero():
			run.State, run.DueAt = engine.Waiting, o.Wait
		case o.Ends != "":
			run.State = o.Ends
		default:
			run.State, run.DueAt = engine.Running, time.Time{}
		}
		if err := tx.SaveRun(run, was); err != nil {
			return err
		}
		return lost
	})
	return o, err
}

func (h *house) do(t *testing.T, run engine.Run, name, with string) logic.Outcome {
	t.Helper()
	o, err := h.try(t.Context(), h.call(t, run, name, with), nil)
	require.NoError(t, err)
	return o
}

// set puts a run into a state from whichever it has, as people do.
func (h *house) set(t *testing.T, run engine.Run, state engine.State) {
	t.Helper()
	run, err := h.Run(t.Context(), run.ID)
	require.NoError(t, err)
	was := run.State
	run.State, run.DueAt = state, time.Time{}
	require.NoError(t, h.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveRun(run, was) }))
}

func requireJSON(t *testing.T, want string, got any) {
	t.Helper()
	b, err := json.Marshal(got)
	require.NoError(t, err)
	require.JSONEq(t, want, string(b))
}

func TestCounter(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const with = `{"name": "invoices", "by": 1}`
	first := h.run(t)
	requireJSON(t, `{"value": 1}`, h.do(t, first, engine.LogicCounter, with).Output)
	second := h.run(t)
	requireJSON(t, `{"value": 2}`, h.do(t, second, engine.LogicCounter, with).Output)
	requireJSON(t, `{"value": 1}`, h.do(t, first, engine.LogicCounter, with).Output) // a retry has the number that it got
	requireJSON(t, `{"value": 3.5}`, h.do(t, first, engine.LogicCounter, `{"name": "invoices", "by": "1.5"}`).Output)
	requireJSON(t, `{"value": 1}`, h.do(t, first, engine.LogicCounter, `{"name": "invoices", "shared": true}`).Output)
	requireJSON(t, `{"value": 4.5}`, h.do(t, h.run(t), engine.LogicCounter, with).Output)

	for with, says := range map[string]string{
		`{"name": " "}`:                              "name",
		`{"name": "invoices", "by": "many"}`:         `"many"`,
		`{"name": "invoices", "reset": "fortnight"}`: `"fortnight"`,
	} {
		_, err := h.try(t.Context(), h.call(t, second, engine.LogicCounter, with), nil)
		require.ErrorContains(t, err, says)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	}
}

// TestCounterOnce: a count whose commit fails was not counted, and one that is tried again after a crash
// counts once.
func TestCounterOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const with = `{"name": "orders"}`
	run := h.run(t)
	cut := errors.New("the power is gone")
	for range 3 {
		_, err := h.try(t.Context(), h.call(t, run, engine.LogicCounter, with), cut)
		require.ErrorIs(t, err, cut)
	}
	requireJSON(t, `{"value": 1}`, h.do(t, run, engine.LogicCounter, with).Output)
	requireJSON(t, `{"value": 1}`, h.do(t, run, engine.LogicCounter, with).Output)

	// Many at the same time, each of which fails at first.
	var all sync.WaitGroup
	for range 20 {
		c := h.call(t, h.run(t), engine.LogicCounter, with)
		all.Go(func() {
			_, err := h.try(context.Background(), c, cut)
			_, again := h.try(context.Background(), c, nil)
			if !errors.Is(err, cut) || again != nil {
				panic(fmt.Sprint(err, again))
			}
		})
	}
	all.Wait()
	requireJSON(t, `{"value": 22}`, h.do(t, h.run(t), engine.LogicCounter, with).Output)
}

// TestCounterInALoop: each round counts.
func TestCounterInALoop(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	run := h.run(t)
	for _, round := range []string{"0", "1", "1", "2.0"} {
		c := h.call(t, run, engine.LogicCounter, `{"name": "lines"}`)
		c.Round = round
		_, err := h.try(t.Context(), c, nil)
		require.NoError(t, err)
	}
	requireJSON(t, `{"value": 3, "found": true, "since": "2026-11-18T12:00:00Z"}`, h.do(t, run, engine.LogicRecall, `{"name": "lines"}`).Output)
}

func TestCounterBeginsAnew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	day := func(reset, at string) string {
		var err error
		h.now, err = time.ParseInLocation("2006-01-02 15:04", at, h.zone)
		require.NoError(t, err)
		o := h.do(t, h.run(t), engine.LogicCounter, `{"name": "`+reset+`", "reset": "`+reset+`"}`)
		return mapping.Text(o.Output.(map[string]any)["value"])
	}
	for _, test := range []struct{ reset, at, want string }{
		{"day", "2026-11-18 23:59", "1"}, {"day", "2026-11-19 00:00", "1"}, {"day", "2026-11-19 00:01", "2"},
		{"day", "2026-11-18 12:00", "3"}, {"day", "2026-11-19 12:00", "4"}, // a clock that was set back loses nothing
		{"week", "2026-11-16 00:00", "1"}, {"week", "2026-11-22 23:59", "2"}, {"week", "2026-11-23 00:00", "1"},
		{"month", "2026-11-30 23:59", "1"}, {"month", "2026-12-01 00:00", "1"}, {"month", "2026-12-31 00:00", "2"},
		{"never", "2026-01-01 00:00", "1"}, {"never", "2036-01-01 00:00", "2"},
		// The day of 23 hours and that of 25.
		{"day", "2027-03-28 00:30", "1"}, {"day", "2027-03-28 23:30", "2"}, {"day", "2027-10-31 00:30", "1"}, {"day", "2027-10-31 23:30", "2"},
	} {
		require.Equal(t, test.want, day(test.reset, test.at), "%+v", test)
	}
}

func TestRemember(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	run := h.run(t)
	requireJSON(t, `{"value": "x", "found": false, "since": null}`, h.do(t, run, engine.LogicRecall, `{"name": "price", "otherwise": "x"}`).Output)
	requireJSON(t, `{"value": "12.00", "before": null, "changed": true}`, h.do(t, run, engine.LogicRemember, `{"name": "price", "value": "12.00"}`).Output)
	requireJSON(t, `{"value": 12, "before": "12.00", "changed": false}`, h.do(t, run, engine.LogicRemember, `{"name": "price", "value": 12}`).Output)
	requireJSON(t, `{"value": {"a": [1]}, "before": 12, "changed": true}`, h.do(t, run, engine.LogicRemember, `{"name": "price", "value": {"a": [1]}}`).Output)
	requireJSON(t, `{"value": {"a": [1]}, "found": true, "since": "2026-11-18T12:00:00Z"}`, h.do(t, run, engine.LogicRecall, `{"name": "price"}`).Output)

	h.recipe = h.addRecipe(t, "two")
	other := h.run(t)
	requireJSON(t, `{"value": null, "found": false, "since": null}`, h.do(t, other, engine.LogicRecall, `{"name": "price"}`).Output)
	h.do(t, other, engine.LogicRemember, `{"name": "price", "value": "all", "shared": true}`)
	requireJSON(t, `{"value": "all", "found": true, "since": "2026-11-18T12:00:00Z"}`, h.do(t, run, engine.LogicRecall, `{"name": "price", "shared": true}`).Output)

	long, err := json.Marshal(map[string]any{"name": "x", "value": string(make([]byte, 70_000))})
	require.NoError(t, err)
	_, err = h.try(t.Context(), h.call(t, run, engine.LogicRemember, string(long)), nil)
	require.ErrorContains(t, err, "64 KiB")
}

func TestDedupe(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const with = `{"key": "ana@example.com", "days": ""}`
	first := h.run(t)
	o := h.do(t, first, engine.LogicDedupe, with)
	require.Equal(t, logic.Outcome{Note: `"ana@example.com" is new`}, o)
	require.Equal(t, o, h.do(t, first, engine.LogicDedupe, with), "a retry of the run that came through comes through")
	second := h.run(t)
	want := logic.Outcome{Note: `"ana@example.com" was seen before on 2026-11-18 12:00`, Ends: engine.Filtered}
	require.Equal(t, want, h.do(t, second, engine.LogicDedupe, with))
	require.Empty(t, h.do(t, h.run(t), engine.LogicDedupe, `{"key": "rui@example.com"}`).Ends)
	for _, want := range []engine.State{"", engine.Filtered} { // whole texts, too
		require.Equal(t, want, h.do(t, h.run(t), engine.LogicDedupe, `{"key": "`+strings.Repeat("x", 100_000)+`"}`).Ends)
		require.Equal(t, want, h.do(t, h.run(t), engine.LogicDedupe, `{"key": "`+strings.Repeat("x", 100_000)+`y"}`).Ends)
	}

	_, err := h.try(t.Context(), h.call(t, second, engine.LogicDedupe, `{"key": ""}`), nil)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
}

func TestDedupeForDays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	through := func(after time.Duration) bool {
		h.now = h.now.Add(after)
		return h.do(t, h.run(t), engine.LogicDedupe, `{"key": 17, "days": 2}`).Ends == ""
	}
	require.True(t, through(0))
	require.False(t, through(47*time.Hour))
	require.True(t, through(time.Hour))
	require.False(t, through(47*time.Hour), "counted from when it came through")
	require.False(t, through(-24*time.Hour))
	require.True(t, through(25*time.Hour))
}

// TestDedupeAtOnce: of many runs with one key at the same time, one comes through.
func TestDedupeAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	ends := map[engine.State]int{}
	for range 30 {
		c := h.call(t, h.run(t), engine.LogicDedupe, `{"key": "a"}`)
		all.Go(func() {
			o, err := h.try(context.Background(), c, nil)
			if err != nil {
				panic(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ends[o.Ends]++
		})
	}
	all.Wait()
	require.Equal(t, map[engine.State]int{"": 1, engine.Filtered: 29}, ends)
}
