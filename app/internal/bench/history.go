package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bellhop/app/boot"
)

// rowsOfRun is how many rows a run of the history takes: its event, itself, and two steps.
const rowsOfRun = 4

// historyDays is how many days the history covers: what is older than a month would be removed.
const historyDays = 25

// fill puts runs that are over into the database of a folder on which nothing runs, shared out among its
// recipes, as Bellhop does but in seconds instead of hours.
func fill(ctx context.Context, dir string, runs int) error {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, boot.DatabaseFile)+"?_journal_mode=WAL&_synchronous=OFF")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	var recipes, events, before int
	err = db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM recipe), (SELECT coalesce(max(id), 0) FROM event), (SELECT coalesce(max(id), 0) FROM run)`).
		Scan(&recipes, &events, &before)
	if err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	span := int64(historyDays * 24 * time.Hour / time.Microsecond)
	const portion = 100_000
	for done := 0; done < runs; done += portion {
		for _, statement := range []string{
			`INSERT INTO event (id, recipe_id, key, received_at, content_type, request, body)
				SELECT ?6 + i, 1 + i % ?1, 'h' || i, at, 'application/json', '{"method":"POST"}', CAST('{"number":1042,"total_price":"59.00"}' AS BLOB) FROM n`,
			`INSERT INTO run (id, recipe_id, version, event_id, state, due_at, created_at, started_at, finished_at, replay_of, title)
				SELECT ?7 + i, 1 + i % ?1, 1, ?6 + i, CASE i % 50 WHEN 0 THEN 'failed' WHEN 1 THEN 'filtered' ELSE 'succeeded' END, 0, at, at, at, 0, 'Order #1042' FROM n`,
			`INSERT INTO step (run_id, position, round, step, use, state, ended, note, due_at, started_at, finished_at)
				SELECT ?7 + i, 0, '', 'big', 'logic.filter', 'succeeded', 0, '59.00 is over 10', 0, at, at FROM n`,
			`INSERT INTO step (run_id, position, round, step, use, state, ended, note, due_at, started_at, finished_at, input, output)
				SELECT ?7 + i, 1, '', 'post', 'http.request', 'succeeded', 0, '', 0, at, at, '{"method":"POST"}', '{"ok":true}' FROM n`,
		} {
			_, err := db.ExecContext(ctx, `WITH RECURSIVE counted(i) AS (SELECT ?2 UNION ALL SELECT i + 1 FROM counted WHERE i < ?3 - 1),
				n(i, at) AS (SELECT i, ?4 - ?5 + ?5 / ?8 * i FROM counted) `+statement,
				recipes, done, min(done+portion, runs), now, span, events+1, before+1, runs)
			if err != nil {
				return fmt.Errorf("fill the history: %w", err)
			}
		}
	}
	if _, err := db.ExecContext(ctx, `INSERT OR REPLACE INTO run_count SELECT state, count(*) FROM run GROUP BY state`); err != nil {
		return fmt.Errorf("count the history: %w", err)
	}
	// On disk at once: else the computer would write it while something else is measured.
	if _, err := db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(dir, boot.DatabaseFile), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
