package sqlite_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

var today = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// daysAgo is so many days before today.
func daysAgo(n int) time.Time { return today.AddDate(0, 0, -n) }

// ran adds an event with a run that was accepted and ended at the given times.
func ran(t *testing.T, db *sqlite.DB, recipe int64, key string, state engine.State, created, finished time.Time) engine.Run {
	t.Helper()
	run := engine.Run{RecipeID: recipe, Version: 1, State: state, CreatedAt: created, FinishedAt: finished}
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		e := engine.Event{RecipeID: recipe, Key: key, Body: []byte(`{"id":1}`), ContentType: "application/json", ReceivedAt: created}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		run.EventID = e.ID
		if err := tx.AddRun(&run); err != nil {
			return err
		}
		return tx.SaveSteps(run.ID, engine.StepRun{Step: "post", Use: "http.request", State: engine.Succeeded,
			Attempts: []engine.Attempt{{Number: 1, StartedAt: created}, {Number: 2, StartedAt: created, Response: &engine.Response{Status: 200}}}})
	}))
	return run
}

func monthly() sqlite.Prune {
	return sqlite.Prune{Forget: daysAgo(7), Before: map[engine.State]time.Time{
		engine.Succeeded: daysAgo(30), engine.Filtered: daysAgo(30), engine.Failed: daysAgo(90), engine.Held: daysAgo(90),
		engine.Queued: daysAgo(1), // which nobody should ask for
	}}
}

func keys(t *testing.T, db *sqlite.DB) []string {
	return db.Texts(t, "SELECT key FROM event WHERE request IS NOT NULL ORDER BY key")
}

func TestPruneGoesByStateAndAge(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	never := time.Time{}
	for _, test := range []struct {
		key               string
		state             engine.State
		created, finished time.Time
		stays             bool
	}{
		{"old", engine.Succeeded, daysAgo(31), daysAgo(31), false},
		{"old and filtered", engine.Filtered, daysAgo(31), never, false},
		{"young", engine.Succeeded, daysAgo(29), daysAgo(29), true},
		{"waited long", engine.Succeeded, daysAgo(60), daysAgo(2), true},
		{"failed", engine.Failed, daysAgo(60), daysAgo(60), true},
		{"failed long ago", engine.Failed, daysAgo(91), daysAgo(91), false},
		{"held long ago", engine.Held, daysAgo(91), never, false},
		{"unsure, which is not named", engine.Unsure, daysAgo(400), never, true},
		{"queued", engine.Queued, daysAgo(400), never, true},
		{"running", engine.Running, daysAgo(400), never, true},
		{"waiting", engine.Waiting, daysAgo(400), never, true},
	} {
		ran(t, db, recipe, test.key, test.state, test.created, test.finished)
	}
	removed, err := db.Prune(t.Context(), monthly())
	require.NoError(t, err)
	require.Equal(t, sqlite.Pruned{Runs: 4, Events: 4}, removed)
	require.Equal(t, []string{"failed", "queued", "running", "unsure, which is not named", "waited long", "waiting", "young"}, keys(t, db))
	for _, table := range []string{"run", "step", "attempt"} {
		require.Equal(t, []string{"7"}, db.Texts(t, "SELECT count(*) FROM "+table), table)
	}
	counts, err := db.StateCounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[engine.State]int{engine.Succeeded: 2, engine.Failed: 1, engine.Unsure: 1, engine.Queued: 1, engine.Running: 1, engine.Waiting: 1}, counts)

	again, err := db.Prune(t.Context(), monthly())
	require.NoError(t, err)
	require.Zero(t, again)
}

func TestAnEventStaysAsLongAsARunNeedsIt(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	first := ran(t, db, recipe, "replayed", engine.Succeeded, daysAgo(40), daysAgo(40))
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		return tx.AddRun(&engine.Run{RecipeID: recipe, EventID: first.EventID, State: engine.Succeeded, CreatedAt: daysAgo(5), ReplayOf: first.ID})
	}))
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		for key, at := range map[string]time.Time{"stray": daysAgo(40), "young stray": daysAgo(3)} {
			if err := tx.AddEvent(&engine.Event{RecipeID: recipe, Key: key, ReceivedAt: at}); err != nil {
				return err
			}
		}
		return nil
	}))
	removed, err := db.Prune(t.Context(), monthly())
	require.NoError(t, err)
	require.Equal(t, sqlite.Pruned{Runs: 1, Events: 1}, removed)
	require.Equal(t, []string{"replayed", "young stray"}, keys(t, db))
	e, err := db.Event(t.Context(), first.EventID)
	require.NoError(t, err)
	require.NotEmpty(t, e.Body)
}

// TestARemovedEventIsNotTakenAgain: its sender may still try again.
func TestARemovedEventIsNotTakenAgain(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	run := ran(t, db, recipe, "recent", engine.Succeeded, daysAgo(2), daysAgo(2))
	ran(t, db, recipe, "newest", engine.Succeeded, daysAgo(2), daysAgo(2))
	prune := sqlite.Prune{Forget: daysAgo(7), Before: map[engine.State]time.Time{engine.Succeeded: today}}
	removed, err := db.Prune(t.Context(), prune)
	require.NoError(t, err)
	require.Equal(t, sqlite.Pruned{Runs: 1, Events: 1}, removed)
	require.Equal(t, []string{"newest"}, keys(t, db), "a recipe's newest run stays")
	require.Equal(t, []string{"0"}, db.Texts(t, "SELECT length(body) FROM event WHERE key = 'recent'"))
	_, err = db.Event(t.Context(), run.EventID)
	require.Equal(t, engine.NotFound, engine.ErrorCode(err), "there is nothing to read")
	_, err = db.EventByKey(t.Context(), recipe, "recent")
	require.Equal(t, engine.NotFound, engine.ErrorCode(err))

	again := accept(t, db, recipe, "recent", []byte("x"))
	require.Equal(t, engine.Conflict, engine.ErrorCode(again))
	prune.Forget = daysAgo(2).Add(time.Second)
	removed, err = db.Prune(t.Context(), prune)
	require.NoError(t, err)
	require.Equal(t, sqlite.Pruned{Keys: 1}, removed)
	require.NoError(t, accept(t, db, recipe, "recent", []byte("x")))
}

// fill adds runs that are over, as many a day as asked for up to today, the way Bellhop does but faster.
func fill(tb testing.TB, db *sqlite.DB, recipe int64, runs, aDay int) {
	tb.Helper()
	for _, statement := range []string{
		`INSERT INTO event (recipe_id, key, received_at, content_type, request, body) SELECT ?1, 'k' || i, at, 'application/json', '{"method":"POST"}', zeroblob(600) FROM n`,
		`INSERT INTO run (recipe_id, version, event_id, state, due_at, created_at, started_at, finished_at, replay_of, title)
			SELECT ?1, 1, i, CASE i % 50 WHEN 0 THEN 'failed' WHEN 1 THEN 'filtered' ELSE 'succeeded' END, 0, at, at, at, 0, 'Order #1042' FROM n`,
		`INSERT INTO step (run_id, position, round, step, use, state, ended, note, due_at, started_at, finished_at, input, output)
			SELECT i, 0, '', 'post', 'slack.send_message', 'succeeded', 0, '', 0, at, at, '{"channel":"#orders"}', '{"ok":true}' FROM n WHERE ?1 > 0`,
		`INSERT INTO attempt (run_id, position, round, number, started_at, finished_at, request, response)
			SELECT i, 0, '', 2, at, at, '{"method":"POST"}', '{"status":200}' FROM n WHERE ?1 > 0`,
	} {
		require.NoError(tb, db.Exec(tb.Context(), `WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < ?2),
			n(i, at) AS (SELECT i, ?3 - (?2 - i) * 86400000000 / ?4 FROM counted) `+statement, recipe, runs, today.UnixMicro(), aDay))
	}
	require.NoError(tb, db.Exec(tb.Context(), sqlite.Recount))
}

// TestALargeHistory: the janitor brings 20,000 runs down to what is to be kept, gives the space
// back, and deliveries come in meanwhile.
func TestALargeHistory(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	recipe, err := recipeNamed(t.Context(), db, "busy")
	require.NoError(t, err)
	fill(t, db, recipe, 20_000, 200) // of 100 days
	before, err := db.Size(t.Context())
	require.NoError(t, err)

	ctx, stop := context.WithCancel(t.Context())
	accepted := make(chan int)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			if err := accept(t, db, recipe, fmt.Sprint("new", n), []byte("{}")); err != nil {
				t.Error(err)
				break
			}
		}
		accepted <- n
	}()
	removed, err := db.Prune(t.Context(), monthly())
	require.NoError(t, err)
	stop()
	n := <-accepted
	// Of the runs over 30 days old, 1 in 50 failed: those between 30 and 90 days stay.
	require.InDelta(t, 14_000-240, removed.Runs, 5)
	require.Equal(t, removed.Runs, removed.Events)
	require.Greater(t, n, 100, "deliveries were not held up")
	after, err := db.Size(t.Context())
	require.NoError(t, err)
	require.Less(t, after.Used, before.Used/2)

	given, err := db.Shrink(t.Context(), 1<<20)
	require.NoError(t, err)
	require.Greater(t, given, before.Used/3)
	for range 2 { // once it is seen that nobody writes, the log goes into the file
		_, err = db.Checkpoint(t.Context())
		require.NoError(t, err)
	}
	small, err := db.Size(t.Context())
	require.NoError(t, err)
	require.LessOrEqual(t, small.Free, int64(1<<20))
	require.Equal(t, small.Used+small.Free, sizeOf(t, path))
	require.Equal(t, []string{"ok"}, db.Texts(t, "PRAGMA integrity_check"))
	counts, err := db.StateCounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, n, counts[engine.Queued])
	require.Equal(t, []string{fmt.Sprint(counts[engine.Succeeded])}, db.Texts(t, "SELECT count(*) FROM run WHERE state = 'succeeded'"))
}

func TestPruneToASize(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	fill(t, db, recipe, 5000, 1000)
	size, err := db.Size(t.Context())
	require.NoError(t, err)
	prune := sqlite.Prune{Forget: daysAgo(7), Enough: size.Used * 3 / 4, Before: map[engine.State]time.Time{engine.Succeeded: today.AddDate(1, 0, 0)}}
	removed, err := db.Prune(t.Context(), prune)
	require.NoError(t, err)
	after, err := db.Size(t.Context())
	require.NoError(t, err)
	require.LessOrEqual(t, after.Used, prune.Enough)
	require.Less(t, removed.Runs, 2500, "no more than need be")
	ids := db.Texts(t, "SELECT id FROM run WHERE state = 'succeeded' ORDER BY id LIMIT 1")
	require.NotEqual(t, []string{"2"}, ids, "the oldest went")
	require.Equal(t, []string{"5000"}, db.Texts(t, "SELECT max(id) FROM run"), "the newest stays")
	require.Equal(t, []string{"200"}, db.Texts(t, "SELECT count(*) FROM run WHERE state <> 'succeeded'"))
	again, err := db.Prune(t.Context(), prune)
	require.NoError(t, err)
	require.Zero(t, again.Runs)
}

// TestLargeBodiesCountForTheSize: they lie beside the database, and go with their events.
func TestLargeBodiesCountForTheSize(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	const n, each = 20, 1 << 20
	for i := range n {
		require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
			e := engine.Event{RecipeID: recipe, Key: fmt.Sprint(i), File: fmt.Sprint("file", i), FileSize: each, ReceivedAt: today}
			if err := tx.AddEvent(&e); err != nil {
				return err
			}
			return tx.AddRun(&engine.Run{RecipeID: recipe, EventID: e.ID, State: engine.Succeeded, CreatedAt: today, FinishedAt: today})
		}))
	}
	size, err := db.Size(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(n*each), size.Bodies)
	require.Equal(t, size.Used+size.Bodies, size.Kept())

	prune := sqlite.Prune{Forget: daysAgo(7), Enough: 15 * each, Before: map[engine.State]time.Time{engine.Succeeded: today.AddDate(1, 0, 0)}}
	removed, err := db.Prune(t.Context(), prune)
	require.NoError(t, err)
	size, err = db.Size(t.Context())
	require.NoError(t, err)
	require.LessOrEqual(t, size.Kept(), prune.Enough)
	require.Less(t, removed.Runs, n, "no more than need be")
	require.Equal(t, []string{fmt.Sprint(n)}, db.Texts(t, "SELECT count(*) FROM event"), "the keys are remembered")
	files, err := db.BodyFiles(t.Context())
	require.NoError(t, err)
	require.Len(t, files, n-removed.Runs)
}

// TestPruneUsesItsIndexes: what runs beside deliveries does not read whole tables.
func TestPruneUsesItsIndexes(t *testing.T) {
	t.Parallel()
	db, _ := openWithRecipe(t, t.TempDir())
	for query, want := range map[string]string{
		`DELETE FROM event WHERE id IN (SELECT value FROM json_each('[1]')) AND NOT EXISTS (SELECT 1 FROM run WHERE event_id = event.id)`: "run_event (event_id=?)",
		`SELECT id FROM event WHERE request IS NULL AND received_at < 1 LIMIT 1`:                                                          "event_remembered (received_at<?)",
		`DELETE FROM run WHERE id IN (SELECT value FROM json_each('[1]')) AND state = 'succeeded'`:                                        "INTEGER PRIMARY KEY (rowid=?)",
	} {
		plan := db.Texts(t, "EXPLAIN QUERY PLAN "+query)
		require.True(t, slices.ContainsFunc(plan, func(line string) bool { return strings.Contains(line, want) }), "%s: %v", query, plan)
	}
}

func TestPruneStopsWhenAsked(t *testing.T) {
	t.Parallel()
	db, recipe := openWithRecipe(t, t.TempDir())
	fill(t, db, recipe, 2000, 10)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := db.Prune(ctx, monthly())
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.Equal(t, []string{"2000"}, db.Texts(t, "SELECT count(*) FROM run"))
}
