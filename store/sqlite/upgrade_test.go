package sqlite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/runtime"
)

// upgradeName makes the other process bring a database to this Bellhop's form and end.
const upgradeName = "upgrade"

// old makes a database as the first Bellhop left it, with so many runs more.
func old(t *testing.T, runs int) (path string) {
	t.Helper()
	path = file(t)
	script, err := os.ReadFile("testdata/v0001.sql")
	require.NoError(t, err)
	conn := foreign(t, path)
	_, err = conn.ExecContext(t.Context(), string(script))
	require.NoError(t, err)
	for _, statement := range []string{
		`INSERT INTO event WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT i, 1, 'old-' || i, 1765000000000000 + i, 'application/json', '{"method":"POST"}', zeroblob(300) FROM n`,
		`INSERT INTO run WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT i, 1, 1, i, iif(i %% 10 = 0, 'queued', 'succeeded'), 0, 1765000000000000 + i, 0, 0, 0, '', NULL FROM n`,
		`INSERT INTO step WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT i, 0, 'post', 'slack.send_message', 'succeeded', '', 1765000000000000, 1765000000000000, NULL, '{"text":"a"}', '{"ok":true}' FROM n WHERE i %% 10 <> 0`,
	} {
		_, err := conn.ExecContext(t.Context(), fmt.Sprintf(statement, 10+runs))
		require.NoError(t, err)
	}
	return path
}

// TestKilledWhileItUpgrades: wherever a process is killed that brings an old database to the form of
// today, the next one finishes it, and all is there.
func TestKilledWhileItUpgrades(t *testing.T) {
	t.Parallel()
	const runs = 15_000
	began := time.Now()
	cmd, says := process(t, old(t, runs), upgradeName, "")
	require.True(t, says.Scan(), "it opened it")
	whole := time.Since(began)
	require.NoError(t, cmd.Wait())

	killed := 0
	for moment := range 6 {
		path := old(t, runs)
		for range 2 { // the next one may be killed, too
			cmd, says := process(t, path, upgradeName, "")
			at := whole * time.Duration(moment*10+rand.IntN(20)) / 60
			kill := time.AfterFunc(at, func() { _ = cmd.Process.Kill() })
			opened := says.Scan()
			kill.Stop()
			if err := cmd.Wait(); err != nil && !opened {
				killed++
			}
		}
		db := open(t, path)
		require.Equal(t, []string{fmt.Sprint(runs + 3)}, db.Texts(t, "SELECT count(*) FROM run"))
		require.Equal(t, []string{fmt.Sprint(runs + 3)}, db.Texts(t, "SELECT count(*) FROM event"))
		require.Equal(t, []string{"0"}, db.Texts(t, "SELECT count(*) FROM run WHERE event_id NOT IN (SELECT id FROM event)"))
		counts, err := db.StateCounts(t.Context())
		require.NoError(t, err)
		require.Equal(t, runs/10+2, counts[engine.Queued])
		run, err := db.Run(t.Context(), 11)
		require.NoError(t, err)
		require.JSONEq(t, `{"ok":true}`, string(run.Steps[0].Output))
		require.Equal(t, "ok", strings.Join(db.Texts(t, "PRAGMA integrity_check"), " "))
		require.NoError(t, db.Close())
	}
	require.NotZero(t, killed)
	t.Logf("killed %d times within %s", killed, whole.Round(time.Millisecond))
}

// oldWorld is what a run of the old database needs to go on.
type oldWorld struct{ sent []string }

func (*oldWorld) Connectors() []engine.Connector            { return nil }
func (*oldWorld) Connector(string) (engine.Connector, bool) { return engine.Connector{}, false }
func (*oldWorld) Account(context.Context, string) (engine.Account, error) {
	return engine.Account{}, nil
}

// Operation knows one that may be sent again, and one that may not.
func (*oldWorld) Operation(use string) (engine.Connector, engine.Operation, bool) {
	o := engine.Operation{Name: "send_message", Request: &engine.RequestSpec{Method: "POST"}}
	if use == "till.take" {
		o.Request.IdempotencyHeader = "Idempotency-Key"
	}
	return engine.Connector{Name: "any", Title: "Any"}, o, true
}

func (w *oldWorld) Do(_ context.Context, call action.Call) (action.Result, error) {
	w.sent = append(w.sent, call.IdempotencyKey)
	return action.Result{Output: map[string]any{"ok": true}}, nil
}

// TestUpgradeInMidRun: runs that an older Bellhop was at when it ended go on in this one: what was done
// is not done again, what was begun is sent again only where that does no harm.
func TestUpgradeInMidRun(t *testing.T) {
	t.Parallel()
	path := old(t, 0)
	const definition = `{"recipe":1,"name":"Big orders","trigger":{"use":"webhook.received"},"steps":[
		{"id":"first","use":"slack.send_message"},{"id":"take","use":"till.take"},{"id":"post","use":"slack.send_message"}]}`
	for _, statement := range []string{
		`INSERT INTO version VALUES (1, 2, '` + definition + `', 0)`,
		`DELETE FROM run WHERE id IN (2, 10)`,
		// 3 was cut off in a request that has a key, 4 in one that has none, 5 waits for its next try.
		`INSERT INTO run SELECT id, 1, 2, 2, iif(id = 5, 'waiting', 'running'), iif(id = 5, 1765000000000000, 0), 1765000000000000, 1765000000000000, 0, 0, '', NULL
			FROM (SELECT 3 AS id UNION SELECT 4 UNION SELECT 5)`,
		`INSERT INTO step SELECT id, 0, 'first', 'slack.send_message', 'succeeded', '', 1, 1, NULL, '{}', '{"ok":true}' FROM run WHERE id IN (3, 4, 5)`,
		`INSERT INTO step VALUES (3, 1, 'take', 'till.take', 'running', '', 1, 0, NULL, '{}', NULL),
			(4, 1, 'take', 'till.take', 'succeeded', '', 1, 1, NULL, '{}', '{}'), (4, 2, 'post', 'slack.send_message', 'running', '', 1, 0, NULL, '{}', NULL),
			(5, 1, 'take', 'till.take', 'waiting', '', 1, 0, NULL, '{}', NULL)`,
		`INSERT INTO attempt VALUES (3, 1, 1, 1, 0, NULL, NULL, NULL), (4, 2, 1, 1, 0, NULL, NULL, NULL), (5, 1, 1, 1, 2, '{"code":"unavailable","message":"Busy."}', NULL, NULL)`,
	} {
		_, err := foreign(t, path).ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}

	db, world := open(t, path), &oldWorld{}
	due, _, err := db.DueRuns(t.Context(), time.Now(), 1, 10)
	require.NoError(t, err)
	require.Len(t, due, 3)
	engineOfToday := runtime.New(runtime.Params{Store: db, Catalog: world, Accounts: world, Actions: world})
	for _, job := range due {
		require.NoError(t, engineOfToday.Handle(t.Context(), job))
	}
	for id, want := range map[int64]engine.State{3: engine.Succeeded, 4: engine.Unsure, 5: engine.Succeeded} {
		run, err := db.Run(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want, run.State, "run %d: %+v", id, run.Failure)
	}
	require.ElementsMatch(t, []string{"bellhop-1-3-take", "bellhop-1-3-post", "bellhop-1-5-take", "bellhop-1-5-post"}, world.sent)
}
