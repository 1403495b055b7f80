package sqlite

import (
	"context"
	"database/sql"

	"bellhop/engine"
)

// Runs that wait for a connection or a host are found in the queue's index; whose failure tells of none
// is passed over without being read as JSON.
const (
	tells  = `instr(failure, '"waits_for"') > 0`
	paused = active + ` AND state = 'waiting' AND ` + tells
)

func (r reads) Paused(ctx context.Context) ([]engine.Paused, error) {
	return list(ctx, r.source, func(rows *sql.Rows) (p engine.Paused, err error) {
		return p, rows.Scan(&p.WaitsFor, &p.Why, &p.Runs)
	}, `SELECT failure ->> '$.waits_for', failure ->> '$.message', count(*) FROM run
		WHERE `+paused+` GROUP BY 1 ORDER BY 1`)
}

func (r reads) PausedRuns(ctx context.Context, waitsFor string, limit int) ([]int64, error) {
	return list(ctx, r.source, number, `SELECT id FROM run
		WHERE `+paused+` AND due_at > ? AND failure ->> '$.waits_for' = ?
		ORDER BY id LIMIT ?`, micros(r.now()), waitsFor, limit)
}

func (t *tx) MakeDue(ids ...int64) error {
	now := micros(t.now())
	for _, id := range ids {
		// Not one that waits for something else by now.
		if _, err := t.exec(`UPDATE run SET due_at = ? WHERE id = ? AND state = 'waiting' AND due_at > ? AND `+tells, now, id, now); err != nil {
			return t.note(err)
		}
		if _, err := t.exec(`UPDATE step SET due_at = ? WHERE run_id = ? AND state = 'waiting' AND due_at > ? AND `+tells, now, id, now); err != nil {
			return t.note(err)
		}
	}
	return nil
}
