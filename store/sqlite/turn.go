package sqlite

import (
	"context"
	"database/sql"
	"math"
	"time"

	"bellhop/engine"
)

// Runs of a recipe with the same order key stand in a line and go one after the other, by their ids.
// Of those that are not over at most one has the turn: its due time is its own. All others are
// queued and due never. Who ends, goes, or comes back passes the turn on, in the same transaction, at
// the cost of a few look-ups however long the line is.
//
// Whoever has begun keeps the turn. A run that is over keeps those behind it (with a larger id) waiting
// up to its blocks_until; the next has the turn from then on, as its due time.

// turn is a run that is not over and not due never.
type turn struct {
	id    int64
	state engine.State
	due   int64
}

// turnOfNew returns when a new run, which comes last in its line, is due.
func (t *tx) turnOfNew(r engine.Run) (time.Time, error) {
	before, err := list(context.Background(), t, number, `SELECT id FROM run
		WHERE `+active+` AND `+inOrder+` AND recipe_id = ? AND order_key = ? LIMIT 1`, r.RecipeID, r.OrderKey)
	if err != nil {
		return time.Time{}, err
	}
	if len(before) > 0 {
		return engine.Never, nil
	}
	due, err := t.blockedUntil(r.RecipeID, r.OrderKey, 0)
	if err != nil || due <= micros(r.DueAt) {
		return r.DueAt, err
	}
	return time.UnixMicro(due).UTC(), nil
}

// pass gives the turn to the first of a line, unless somebody has begun.
func (t *tx) pass(recipeID int64, key string) error {
	turns, err := list(context.Background(), t, func(rows *sql.Rows) (a turn, err error) {
		return a, rows.Scan(&a.id, &a.state, &a.due)
	}, `SELECT id, state, due_at FROM run
		WHERE `+active+` AND `+inOrder+` AND recipe_id = ? AND order_key = ? AND due_at < ? ORDER BY due_at, id`, recipeID, key, never)
	if err != nil {
		return err
	}
	now := micros(t.now())
	first := int64(0)
	for _, a := range turns {
		if a.state != engine.Queued || a.due <= now {
			return nil // it has begun, or may any moment
		}
		if first == 0 || a.id < first {
			first = a.id
		}
	}
	behind, err := list(context.Background(), t, number, `SELECT id FROM run
		WHERE `+active+` AND `+inOrder+` AND recipe_id = ? AND order_key = ? AND due_at = ? ORDER BY id LIMIT 1`, recipeID, key, never)
	if err != nil {
		return err
	}
	if len(behind) > 0 && (first == 0 || behind[0] < first) {
		first = behind[0]
	}
	if first == 0 {
		return nil
	}
	for _, a := range turns {
		if a.id != first { // it would have had the turn later; one that came before it is back
			if err := t.setDue(a.id, never); err != nil {
				return err
			}
		}
	}
	due, err := t.blockedUntil(recipeID, key, first)
	if err != nil {
		return err
	}
	return t.setDue(first, due)
}

// blockedUntil returns up to when runs that are over keep a run waiting, or any that comes last if id
// is 0; 0 if they do not. It forgets those whose time is over.
func (t *tx) blockedUntil(recipeID int64, key string, id int64) (int64, error) {
	if id == 0 {
		id = math.MaxInt64
	}
	times, err := list(context.Background(), t, number, `SELECT coalesce(max(blocks_until), 0) FROM run
		WHERE blocks_until > 0 AND recipe_id = ? AND order_key = ? AND id < ?`, recipeID, key, id)
	now := micros(t.now())
	if err != nil || times[0] == 0 || times[0] > now {
		return times[0], err
	}
	_, err = t.exec(`UPDATE run SET blocks_until = 0
		WHERE blocks_until > 0 AND recipe_id = ? AND order_key = ? AND blocks_until <= ?`, recipeID, key, now)
	return 0, t.note(err)
}

func (t *tx) setDue(id, due int64) error {
	_, err := t.exec(`UPDATE run SET due_at = ? WHERE id = ? AND due_at <> ?`, due, id, due)
	return t.note(err)
}

// selectStuck is the lines in which nobody has the turn. It goes through run_turn alone.
const selectStuck = `SELECT recipe_id, order_key FROM run WHERE ` + active + ` AND ` + inOrder + `
	GROUP BY recipe_id, order_key HAVING min(due_at) = ?`

// MendOrder gives the turn to somebody in each line in which nobody has it although nobody blocks it,
// and returns how many those were. There should be none: it is for data that a fault of an older
// Bellhop left behind, and to be called at the start, beside other work.
func (db *DB) MendOrder(ctx context.Context) (mended int, err error) {
	type line struct {
		recipe int64
		key    string
	}
	stuck, err := list(ctx, db.source, func(rows *sql.Rows) (l line, err error) {
		return l, rows.Scan(&l.recipe, &l.key)
	}, selectStuck, never)
	for _, l := range stuck {
		if err == nil {
			err = db.writer.do(ctx, func(t *tx) error { return t.pass(l.recipe, l.key) })
		}
	}
	if err != nil || len(stuck) == 0 {
		return 0, err
	}
	left, err := list(ctx, db.source, func(rows *sql.Rows) (l line, err error) {
		return l, rows.Scan(&l.recipe, &l.key)
	}, selectStuck, never)
	return max(0, len(stuck)-len(left)), err
}
