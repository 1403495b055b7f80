package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"bellhop/engine"
)

// never is engine.Never as it is kept.
var never = micros(engine.Never)

// All read run_queue alone. What they cost grows with the number of recipes that have runs waiting, as
// they step from recipe to recipe, and never with the number of runs.
const (
	selectBacklogs = `WITH RECURSIVE waiting(recipe) AS (
			SELECT min(recipe_id) FROM run WHERE ` + active + `
			UNION ALL
			SELECT (SELECT min(recipe_id) FROM run WHERE ` + active + ` AND recipe_id > recipe) FROM waiting WHERE recipe IS NOT NULL)
		SELECT recipe, (SELECT min(due_at) FROM run WHERE ` + active + ` AND recipe_id = recipe),
			(SELECT min(due_at) FROM run WHERE ` + active + ` AND recipe_id = recipe AND due_at > ?)
		FROM waiting WHERE recipe IS NOT NULL`
	selectDue     = `SELECT id, due_at, order_key FROM run WHERE ` + active + ` AND recipe_id = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?`
	selectNextDue = `SELECT min(due_at) FROM run WHERE ` + active + ` AND recipe_id = ? AND due_at > ?`
)

func (r reads) Backlogs(ctx context.Context, now time.Time) ([]engine.Backlog, error) {
	all, err := list(ctx, r.source, func(rows *sql.Rows) (b engine.Backlog, err error) {
		var first int64
		if err := rows.Scan(&b.RecipeID, &first, dueColumn{&b.Next}); err != nil {
			return b, err
		}
		b.Due = first <= micros(now)
		return b, nil
	}, selectBacklogs, micros(now))
	return slices.DeleteFunc(all, func(b engine.Backlog) bool { return !b.Due && b.Next.IsZero() }), err
}

func (r reads) DueRuns(ctx context.Context, now time.Time, recipeID int64, limit int) (jobs []engine.Job, next time.Time, err error) {
	err = r.snapshot(ctx, func(ctx context.Context, q querier) error {
		jobs, err = collect(ctx, q, func(rows *sql.Rows) (j engine.Job, err error) {
			j.RecipeID = recipeID
			return j, rows.Scan(&j.RunID, timeColumn{&j.DueAt}, &j.OrderKey)
		}, selectDue, recipeID, micros(now), limit)
		if err != nil || len(jobs) >= limit {
			return err
		}
		_, err = collect(ctx, q, func(rows *sql.Rows) (none struct{}, err error) {
			return none, rows.Scan(dueColumn{&next})
		}, selectNextDue, recipeID, micros(now))
		return err
	})
	return jobs, next, err
}

// dueColumn reads a time to wait for; there is none in NULL and never.
type dueColumn struct{ to *time.Time }

var _ sql.Scanner = dueColumn{}

func (c dueColumn) Scan(value any) error {
	if us, ok := value.(int64); !ok || us >= never {
		return nil
	}
	return timeColumn(c).Scan(value)
}
