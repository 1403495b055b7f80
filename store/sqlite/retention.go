package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"bellhop/engine"
)

// Prune says what may be removed of the history.
type Prune struct {
	// Before says for each state up to when runs of it are removed: those that were accepted and
	// were over before that time. Runs in other states stay, active ones always.
	Before map[engine.State]time.Time
	// Forget is up to when the keys of removed events are forgotten, by when the events came in. An
	// event that is removed sooner leaves its key, so that its sender's retries are not taken for new.
	Forget time.Time
	// Enough ends the walk once the data, with its large bodies, takes no more than so many bytes; 0 means
	// to walk all the way.
	Enough int64
}

// Pruned counts what was removed.
type Pruned struct {
	Runs, Events, Keys int
}

// Add sums up.
func (p *Pruned) Add(more Pruned) {
	p.Runs += more.Runs
	p.Events += more.Events
	p.Keys += more.Keys
}

// walked is how many rows are looked at in one query, by a reader.
const walked = 500

// Prune removes what is over and old, the oldest first, in transactions of a few milliseconds with
// as long a rest between them. An event goes with its last run. Each recipe's newest run stays: it says
// when the recipe last ran, and what its data look like. What has been removed when the
// error comes, or ctx ends, stays removed.
func (db *DB) Prune(ctx context.Context, p Prune) (Pruned, error) {
	b := &broom{DB: db, Prune: p, pace: newPace(largestSweep)}
	err := b.runs(ctx)
	if err == nil && p.Enough == 0 {
		err = b.strayEvents(ctx)
	}
	if err == nil {
		err = b.staleKeys(ctx)
	}
	if err == nil {
		err = b.staleSeen(ctx, b.now().Add(-engine.SeenFor))
	}
	if err == nil {
		err = b.trials(ctx)
	}
	return b.done, err
}

// largestSweep is how many runs or events are removed in one transaction at most.
const largestSweep = 64

// broom is one walk through the history.
type broom struct {
	*DB
	Prune
	pace *pace
	done Pruned
}

// oldRun is a run that may go.
type oldRun struct {
	id      int64
	state   engine.State
	created time.Time
	over    time.Time // when it was accepted, or ended if that was later
	newest  bool      // of its recipe
}

func scanOldRun(rows *sql.Rows) (r oldRun, err error) {
	return r, rows.Scan(&r.id, &r.state, timeColumn{&r.created}, timeColumn{&r.over}, &r.newest)
}

// runs walks by id, which is nearly the order in which runs were accepted, up to the first stretch
// in which none is old enough.
func (b *broom) runs(ctx context.Context) error {
	last := time.Time{}
	for state, before := range b.Before {
		if !state.Active() && before.After(last) {
			last = before
		}
	}
	for after, more := int64(0), true; more; {
		all, err := list(ctx, b.source, scanOldRun,
			`SELECT id, state, created_at, max(created_at, finished_at), id = (SELECT max(id) FROM run AS r WHERE r.recipe_id = run.recipe_id)
			FROM run WHERE id > ? ORDER BY id LIMIT ?`, after, walked)
		if err != nil || len(all) == 0 {
			return err
		}
		after = all[len(all)-1].id
		more = slices.ContainsFunc(all, func(r oldRun) bool { return r.created.Before(last) })
		old := slices.DeleteFunc(all, func(r oldRun) bool { return r.newest || r.state.Active() || !r.over.Before(b.Before[r.state]) })
		for len(old) > 0 {
			if enough, err := b.enough(ctx); enough || err != nil {
				return err
			}
			n := min(b.pace.n, len(old))
			if err := b.sweep(ctx, func(t *tx) (Pruned, error) { return b.removeRuns(t, old[:n]) }); err != nil {
				return err
			}
			old = old[n:]
		}
	}
	return nil
}

func (b *broom) enough(ctx context.Context) (bool, error) {
	if b.Enough == 0 {
		return false, nil
	}
	size, err := b.Size(ctx)
	return size.Kept() <= b.Enough, err
}

// sweep removes a little in a transaction that others share, and rests.
func (b *broom) sweep(ctx context.Context, remove func(*tx) (Pruned, error)) error {
	var took time.Duration
	var removed Pruned
	err := b.writer.do(ctx, func(t *tx) (err error) {
		begun := time.Now()
		removed, err = remove(t)
		took = time.Since(begun)
		return t.note(err)
	})
	if err != nil {
		return err
	}
	b.done.Add(removed)
	return b.pace.rest(ctx, took)
}

// removeRuns removes runs that are still as they were when they were found, and what only they had.
func (b *broom) removeRuns(t *tx, runs []oldRun) (removed Pruned, err error) {
	type gone struct {
		recipe, event int64
		blocked       string // the order key whose line the run kept waiting
	}
	ids := map[engine.State][]int64{}
	for _, r := range runs {
		ids[r.state] = append(ids[r.state], r.id)
	}
	var events []int64
	lines := map[gone]bool{}
	for state, of := range ids {
		these, err := text(of)
		if err != nil {
			return removed, err
		}
		found, err := collect(context.Background(), t.conn, func(rows *sql.Rows) (g gone, err error) {
			return g, rows.Scan(&g.recipe, &g.event, &g.blocked)
		}, `DELETE FROM run WHERE id IN (SELECT value FROM json_each(?)) AND state = ? AND max(created_at, finished_at) < ?
			RETURNING recipe_id, event_id, iif(blocks_until > 0, order_key, '')`, these, string(state), micros(b.Before[state]))
		if err != nil {
			return removed, err
		}
		removed.Runs += len(found)
		for _, g := range found {
			events = append(events, g.event)
			if g.blocked != "" {
				lines[gone{recipe: g.recipe, blocked: g.blocked}] = true
			}
		}
	}
	for line := range lines {
		if err := t.pass(line.recipe, line.blocked); err != nil {
			return removed, err
		}
	}
	more, err := b.removeEvents(t, events)
	removed.Add(more)
	return removed, err
}

// removeEvents removes those of the events that no run needs. Young ones leave their keys.
func (b *broom) removeEvents(t *tx, ids []int64) (removed Pruned, err error) {
	these, err := text(ids)
	if err != nil {
		return removed, err
	}
	type key struct {
		id, recipe, received int64
		key                  string
	}
	gone, err := collect(context.Background(), t.conn, func(rows *sql.Rows) (k key, err error) {
		return k, rows.Scan(&k.id, &k.recipe, &k.received, &k.key)
	}, `DELETE FROM event WHERE id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM run WHERE event_id = event.id)
		RETURNING id, recipe_id, received_at, key`, these)
	if err != nil {
		return removed, err
	}
	// Removed and added again, since SQLite gives no page free when a row becomes shorter.
	for _, k := range gone {
		if k.received < micros(b.Forget) {
			continue
		}
		if _, err := t.exec(`INSERT INTO event (id, recipe_id, key, received_at, content_type, request, body) VALUES (?, ?, ?, ?, '', NULL, x'')`,
			k.id, k.recipe, k.key, k.received); err != nil {
			return removed, err
		}
	}
	removed.Events = len(gone)
	return removed, nil
}

// strayEvents removes events that never had a run, once they are as old as runs that succeeded.
func (b *broom) strayEvents(ctx context.Context) error {
	before := b.Before[engine.Succeeded]
	type stray struct {
		id       int64
		received time.Time
		kept     bool
	}
	for after, more := int64(0), true; more; {
		all, err := list(ctx, b.source, func(rows *sql.Rows) (s stray, err error) {
			return s, rows.Scan(&s.id, timeColumn{&s.received}, &s.kept)
		}, `SELECT id, received_at, request IS NULL OR EXISTS (SELECT 1 FROM run WHERE event_id = event.id)
			FROM event WHERE id > ? ORDER BY id LIMIT ?`, after, walked)
		if err != nil || len(all) == 0 {
			return err
		}
		after = all[len(all)-1].id
		more = slices.ContainsFunc(all, func(s stray) bool { return s.received.Before(before) })
		var ids []int64
		for _, s := range all {
			if !s.kept && s.received.Before(before) {
				ids = append(ids, s.id)
			}
		}
		for len(ids) > 0 {
			n := min(b.pace.n, len(ids))
			if err := b.sweep(ctx, func(t *tx) (Pruned, error) { return b.removeEvents(t, ids[:n]) }); err != nil {
				return err
			}
			ids = ids[n:]
		}
	}
	return nil
}

// staleKeys removes the keys of removed events whose senders have long stopped retrying.
func (b *broom) staleKeys(ctx context.Context) error {
	for more := true; more; {
		err := b.sweep(ctx, func(t *tx) (removed Pruned, err error) {
			result, err := t.exec(`DELETE FROM event WHERE id IN
				(SELECT id FROM event WHERE request IS NULL AND received_at < ? LIMIT ?)`, micros(b.Forget), b.pace.n)
			if err != nil {
				return removed, err
			}
			n, err := result.RowsAffected()
			removed.Keys, more = int(n), n > 0
			return removed, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// staleSeen removes the keys that steps and triggers have met, and not again since then. It looks at all of
// them: an index by age would cost each delivery a write.
func (b *broom) staleSeen(ctx context.Context, before time.Time) error {
	type seen struct {
		recipe     int64
		place, key string
		stale      bool
	}
	for after, more := (seen{}), true; more; {
		all, err := list(ctx, b.source, func(rows *sql.Rows) (s seen, err error) {
			return s, rows.Scan(&s.recipe, &s.place, &s.key, &s.stale)
		}, walkSeen, micros(before), after.recipe, after.place, after.key, walked)
		if err != nil || len(all) == 0 {
			return err
		}
		after, more = all[len(all)-1], len(all) == walked
		stale := slices.DeleteFunc(all, func(s seen) bool { return !s.stale })
		for len(stale) > 0 {
			n := min(b.pace.n, len(stale))
			err := b.sweep(ctx, func(t *tx) (removed Pruned, err error) {
				for _, s := range stale[:n] {
					// Unless it was met again meanwhile.
					result, err := t.exec(`DELETE FROM seen WHERE recipe_id = ? AND place = ? AND key = ? AND met_at < ?`,
						s.recipe, s.place, s.key, micros(before))
					if err != nil {
						return removed, err
					}
					gone, err := result.RowsAffected()
					if err != nil {
						return removed, err
					}
					removed.Keys += int(gone)
				}
				return removed, nil
			})
			if err != nil {
				return err
			}
			stale = stale[n:]
		}
	}
	return nil
}

const walkSeen = `SELECT recipe_id, place, key, met_at < ? FROM seen
	WHERE (recipe_id, place, key) > (?, ?, ?) ORDER BY recipe_id, place, key LIMIT ?`

// pace keeps transactions of the janitor short, however fast the computer is.
type pace struct{ n, most int }

func newPace(most int) *pace { return &pace{n: max(1, most/8), most: most} }

// Transactions of the janitor take about this long, while deliveries may wait for the same commit.
const (
	tooLong   = 3 * time.Millisecond
	tooShort  = time.Millisecond
	leastRest = time.Millisecond
)

// rest sets how much the next transaction does by how long the last one took, and waits as long.
func (p *pace) rest(ctx context.Context, took time.Duration) error {
	switch {
	case took > tooLong:
		p.n = max(1, p.n/2)
	case took < tooShort:
		p.n = min(p.most, p.n*2)
	}
	timer := time.NewTimer(max(took, leastRest))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return explain(ctx.Err())
	case <-timer.C:
		return nil
	}
}
