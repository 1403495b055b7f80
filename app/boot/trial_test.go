package boot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/desk"
)

// keepsMuch is a recipe that changes all that Bellhop keeps, and looks at it.
const keepsMuch = `
recipe: 1
name: Keeps much
trigger: {use: webhook.received}
steps:
  - {id: once, use: logic.dedupe, with: {key: "{{trigger.id}}"}}
  - {id: count, use: logic.counter, with: {name: orders}}
  - {id: row, use: logic.table_add, with: {table: Customers, row: {Name: "{{trigger.name}}"}}}
  - {id: known, use: logic.table_find, with: {table: Customers, column: Name, value: Ana}}
  - {id: halt, use: logic.stop, with: {reason: "{{count.value}} {{known.count}}"}}
`

// TestATrialLeavesTheDataAsTheyAre: steps that change what Bellhop keeps do so in a trial as they would,
// with the real data, and nothing of it stays.
func TestATrialLeavesTheDataAsTheyAre(t *testing.T) {
	d := openData(t)
	table := engine.Table{Name: "Customers", Columns: []string{"Name"}}
	require.NoError(t, d.SaveTable(t.Context(), &table))
	require.NoError(t, d.SaveTableRow(t.Context(), table, &engine.Row{Cells: map[string]string{"Name": "Ana"}}))
	r, _, err := d.Import(t.Context(), "recipe.yaml", []byte(keepsMuch))
	require.NoError(t, err)

	try := func(body string) string {
		t.Helper()
		result, err := d.DryRun(t.Context(), r.ID, desk.Trial{Data: []byte(body)})
		require.NoError(t, err)
		run := result.Outcomes[0].Run
		require.Equal(t, engine.Succeeded, run.State, "%+v", run.Failure)
		return run.Steps[len(run.Steps)-1].Note
	}
	require.Equal(t, "1 1", try(`{"id":1,"name":"Rui"}`), "the real table, the row of the trial undone")
	require.Equal(t, "1 1", try(`{"id":1,"name":"Rui"}`), "as if the first had not been")

	rows, err := d.TableRows(t.Context(), table, engine.RowFilter{})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	runs, err := d.Runs(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	require.Empty(t, runs)
	counts, err := d.StateCounts(t.Context())
	require.NoError(t, err)
	for state, n := range counts {
		require.Zero(t, n, state)
	}

	_, err = d.DryRun(t.Context(), r.ID, desk.Trial{Last: -1})
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	_, err = d.DryRun(t.Context(), r.ID, desk.Trial{Events: []int64{99}})
	require.Equal(t, engine.NotFound, engine.ErrorCode(err))
	unpublished, err := d.AddRecipe(t.Context(), engine.Definition{Trigger: engine.Trigger{Use: "webhook.received"}})
	require.NoError(t, err)
	_, err = d.DryRun(t.Context(), unpublished.ID, desk.Trial{})
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	_, err = d.DryRun(t.Context(), unpublished.ID, desk.Trial{Draft: true})
	require.ErrorAs(t, err, &engine.Problems{}, "a draft with mistakes")
}

// TestADraftIsTriedOnWhatCame: a replay with the draft runs for real, and leaves what is published alone.
func TestADraftIsTriedOnWhatCame(t *testing.T) {
	app := newOutsideApp(t)
	s := open(t, t.TempDir())
	r, address := start(t, s, passOn(app))
	require.Equal(t, 200, post(t, address, `{"text":"one"}`))
	first := newest(t, s, engine.Succeeded)

	draft := r.Draft
	draft.Steps = append([]engine.Step(nil), draft.Steps...)
	draft.Steps[1].With = map[string]any{"method": "POST", "url": app.URL, "json": map[string]any{"draft": "{{trigger.text}}"}}
	require.NoError(t, s.SaveDraft(t.Context(), r.ID, draft))
	id, err := s.ReplayDraft(t.Context(), first.ID)
	require.NoError(t, err)
	run := newest(t, s, engine.Succeeded)
	require.Equal(t, id, run.ID)
	require.Negative(t, run.Version)
	require.Equal(t, first.ID, run.ReplayOf)
	require.Equal(t, []string{`{"text":"one"}`, `{"draft":"one"}`}, app.bodies())

	now, err := s.Recipe(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, r.Published, now.Published)
	require.True(t, now.Changed)
	detail, err := s.Run(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, draft.Steps[1].With, detail.Definition.Steps[1].With, "a run shows what it ran")

	require.NoError(t, s.Retry(t.Context(), id, "send"))
	waitFor(t, func() bool { return len(app.bodies()) == 3 })
	require.Equal(t, `{"draft":"one"}`, app.bodies()[2], "a trial that is retried stays one")

	draft.Steps[1].With = map[string]any{}
	require.NoError(t, s.SaveDraft(t.Context(), r.ID, draft))
	_, err = s.ReplayDraft(t.Context(), first.ID)
	require.ErrorAs(t, err, &engine.Problems{})
}

// TestARecipeThatSendsToItselfStops: each round is one delivery, and the last is refused.
func TestARecipeThatSendsToItselfStops(t *testing.T) {
	s := open(t, t.TempDir())
	recipe := func(url string) []byte {
		return fmt.Appendf(nil, `
recipe: 1
name: Round and round
trigger: {use: webhook.received}
steps:
  - {id: send, use: http.request, with: {method: POST, url: %q, json: {again: true}}, retry: {times: 0}}
`, url)
	}
	_, address := start(t, s, recipe("http://127.0.0.1:1"))
	r, _ := start(t, s, recipe(address+"?from=itself"))
	says, err := s.Ring(t.Context(), r.ID, r.Draft)
	require.NoError(t, err)
	require.Contains(t, says, "Round and round → Round and round")

	require.Equal(t, 200, post(t, address, `{}`))
	last := newest(t, s, engine.Failed)
	require.Equal(t, engine.MaxDepth, last.Depth)
	require.Equal(t, 508, last.Steps[0].Attempts[0].Response.Status)
	all, err := s.Runs(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	require.Len(t, all, engine.MaxDepth+1)
	for i, run := range all[:engine.MaxDepth] {
		require.Equal(t, all[i+1].ID, run.CalledBy)
	}
}

// TestManyRunsAreRetriedInPieces: all of them, the oldest first, and those that are over stay as they are.
func TestManyRunsAreRetriedInPieces(t *testing.T) {
	app := newOutsideApp(t)
	app.answer(400)
	s := open(t, t.TempDir())
	_, address := start(t, s, passOn(app))
	const n = 130
	for i := range n {
		require.Equal(t, 200, post(t, address, fmt.Sprintf(`{"text":"%d"}`, i)))
	}
	require.Equal(t, 200, post(t, address, `{"text":"no"}`))
	states := func(state engine.State) int {
		counts, err := s.StateCounts(t.Context())
		require.NoError(t, err)
		return counts[state]
	}
	waitFor(t, func() bool { return states(engine.Failed) == n && states(engine.Filtered) == 1 })

	app.answer(200)
	some, err := s.RetryAll(t.Context(), engine.RunFilter{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, desk.Bulk{Done: 10}, some)
	none, err := s.RetryAll(t.Context(), engine.RunFilter{Since: time.Now().Add(time.Hour)})
	require.NoError(t, err)
	require.Zero(t, none)
	waitFor(t, func() bool { return states(engine.Succeeded) == 10 })
	rest, err := s.RetryAll(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	require.Equal(t, desk.Bulk{Done: n - 10}, rest)
	waitFor(t, func() bool { return states(engine.Succeeded) == n })

	again, err := s.ReplayAll(t.Context(), engine.RunFilter{States: []engine.State{engine.Filtered}}, false)
	require.NoError(t, err)
	require.Equal(t, desk.Bulk{Done: 1}, again)
	waitFor(t, func() bool { return states(engine.Filtered) == 2 })
}

// TestLargeBodiesAreTriedToo: an event whose body is a file is read from there.
func TestLargeBodiesAreTriedToo(t *testing.T) {
	app := newOutsideApp(t)
	s := open(t, t.TempDir())
	r, address := start(t, s, passOn(app))
	require.Equal(t, 200, post(t, address, `{"filler":"`+strings.Repeat("x", 400<<10)+`","text":"one"}`))
	run := newest(t, s, engine.Succeeded)
	event, err := s.Store.Event(t.Context(), run.EventID)
	require.NoError(t, err)
	require.NotEmpty(t, event.File)
	result, err := s.DryRun(t.Context(), r.ID, desk.Trial{})
	require.NoError(t, err)
	require.Len(t, result.Outcomes, 1)
	tried := result.Outcomes[0].Run
	require.Equal(t, engine.Succeeded, tried.State, "%+v", tried.Failure)
	require.Equal(t, `{"text":"one"}`, tried.Steps[1].Attempts[0].Request.Body)

	require.Equal(t, 200, post(t, address, `{"text":"no"}`))
	require.Equal(t, run.ID+1, newest(t, s, engine.Filtered).ID)
	_, err = s.Replay(t.Context(), run.ID+1)
	require.NoError(t, err)
	last, err := s.DryRun(t.Context(), r.ID, desk.Trial{})
	require.NoError(t, err)
	require.Equal(t, "Of 2 events, 1 would have gone to Web request and 1 would have been filtered out.", last.Summary(), "a replay is no event of its own")
	one, err := s.DryRun(t.Context(), r.ID, desk.Trial{Last: 1})
	require.NoError(t, err)
	require.Len(t, one.Outcomes, 1)
	require.Equal(t, engine.Filtered, one.Outcomes[0].Run.State, "the newest")
	chosen, err := s.DryRun(t.Context(), r.ID, desk.Trial{Events: []int64{event.ID}})
	require.NoError(t, err)
	require.Equal(t, event.Key, chosen.Outcomes[0].Run.EventKey)
	require.Len(t, app.bodies(), 1, "nothing was sent by all that")
}
