package sqlite

import (
	"context"
	"database/sql"
	"time"

	"bellhop/engine"
)

func (r reads) StateCounts(ctx context.Context) (map[engine.State]int, error) {
	return stateCounts(ctx, r.source, `SELECT state, n FROM run_count WHERE n > 0`)
}

func stateCounts(ctx context.Context, s source, query string, args ...any) (map[engine.State]int, error) {
	counts := map[engine.State]int{}
	_, err := list(ctx, s, func(rows *sql.Rows) (none struct{}, err error) {
		var state engine.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return none, err
		}
		counts[state] = n
		return none, nil
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// The plus keeps SQLite from reading all runs in the order of their recipes instead of the recent
// ones by time.
const (
	ofLast     = `WHERE run.id IN (SELECT (SELECT max(id) FROM run WHERE recipe_id = recipe.id) FROM recipe)`
	countToday = `SELECT recipe_id, count(*), sum(state = 'failed') FROM run WHERE created_at >= ? GROUP BY +recipe_id`
	countHours = `SELECT recipe_id, (created_at - ?) / 3600000000, count(*) FROM run
		WHERE created_at > ? AND created_at <= ? GROUP BY +recipe_id, 2`
)

func (r reads) RecipeStats(ctx context.Context, since time.Time) (stats map[int64]engine.RecipeStats, err error) {
	now := r.now()
	err = r.snapshot(ctx, func(ctx context.Context, q querier) error {
		stats = map[int64]engine.RecipeStats{}
		type tally struct{ recipe, a, b int64 }
		scan := func(rows *sql.Rows) (t tally, err error) { return t, rows.Scan(&t.recipe, &t.a, &t.b) }

		recipes, err := collect(ctx, q, number, `SELECT id FROM recipe`)
		if err != nil {
			return err
		}
		for _, id := range recipes {
			stats[id] = engine.RecipeStats{}
		}

		last, err := collect(ctx, q, scanRun, selectRun+ofLast)
		if err != nil {
			return err
		}
		for _, run := range last {
			s := stats[run.RecipeID]
			s.Last = &run
			stats[run.RecipeID] = s
		}

		today, err := collect(ctx, q, scan, countToday, micros(since))
		if err != nil {
			return err
		}
		for _, t := range today {
			s := stats[t.recipe]
			s.Today, s.Failed = int(t.a), int(t.b)
			stats[t.recipe] = s
		}

		// The last of the hours ends now, so they need no time zone.
		start := micros(now.Add(-12 * time.Hour))
		hours, err := collect(ctx, q, func(rows *sql.Rows) (h struct {
			tally
			n int
		}, err error) {
			return h, rows.Scan(&h.recipe, &h.a, &h.n)
		}, countHours, start+1, start, micros(now))
		if err != nil {
			return err
		}
		for _, h := range hours {
			s := stats[h.recipe]
			s.Hours[h.a] = h.n
			stats[h.recipe] = s
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return stats, nil
}
