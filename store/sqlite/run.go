package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
)

// active is the condition of the index run_due, which SQLite uses only where it stands literally.
const active = `state IN ('queued', 'running', 'waiting')`

const selectRun = `
SELECT run.id, run.recipe_id, recipe.name, run.version, run.event_id, coalesce(event.key, ''), run.state, run.title,
       run.due_at, run.created_at, run.started_at, run.finished_at, run.failure, run.replay_of,
       run.recovered, run.called_by, run.depth, run.order_key
FROM run JOIN recipe ON recipe.id = run.recipe_id LEFT JOIN event ON event.id = run.event_id `

func scanRun(rows *sql.Rows) (r engine.Run, err error) {
	return r, rows.Scan(&r.ID, &r.RecipeID, &r.RecipeName, &r.Version, &r.EventID, &r.EventKey, &r.State, &r.Title,
		timeColumn{&r.DueAt}, timeColumn{&r.CreatedAt}, timeColumn{&r.StartedAt}, timeColumn{&r.FinishedAt},
		jsonColumn{&r.Failure}, &r.ReplayOf, &r.Recovered, &r.CalledBy, &r.Depth, &r.OrderKey)
}

func noRun(id int64) error {
	return engine.Errorf(engine.NotFound, "There is no run %d. It may have been removed meanwhile.", id)
}

func (r reads) Runs(ctx context.Context, filter engine.RunFilter) ([]engine.Run, error) {
	query, args, err := runsQuery(filter)
	if err != nil {
		return nil, err
	}
	return list(ctx, r.source, scanRun, query, args...)
}

// runsQuery joins only the runs that are shown: the inner query goes by the runs' own indexes.
func runsQuery(filter engine.RunFilter) (query string, args []any, err error) {
	var where []string
	add := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	if filter.RecipeID != 0 {
		add(`recipe_id = ?`, filter.RecipeID)
	}
	if len(filter.States) > 0 {
		states := make([]any, len(filter.States))
		for i, s := range filter.States {
			states[i] = string(s)
		}
		add(`state IN (?`+strings.Repeat(`, ?`, len(states)-1)+`)`, states...)
		if !slices.Contains(filter.States, engine.Succeeded) {
			add(`state <> 'succeeded'`) // the condition of the index run_state
		}
	}
	if filter.Before != 0 {
		add(`id < ?`, filter.Before)
	}
	if filter.After != 0 {
		add(`id > ?`, filter.After)
	}
	if len(filter.IDs) > 0 {
		ids, err := text(filter.IDs)
		if err != nil {
			return "", nil, explain(err)
		}
		add(`id IN (SELECT value FROM json_each(?))`, ids)
	}
	condition := ""
	if len(where) > 0 {
		condition = ` WHERE ` + strings.Join(where, ` AND `)
	}
	if filter.Limit == 0 {
		filter.Limit = 100
	}
	return selectRun + `WHERE run.id IN (SELECT id FROM run` + condition + ` ORDER BY id DESC LIMIT ?) ORDER BY run.id DESC`,
		append(args, filter.Limit), nil
}

func (r reads) Run(ctx context.Context, id int64) (run engine.Run, err error) {
	err = r.snapshot(ctx, func(ctx context.Context, q querier) error {
		runs, err := collect(ctx, q, scanRun, selectRun+`WHERE run.id = ?`, id)
		if err != nil {
			return err
		}
		if len(runs) == 0 {
			return noRun(id)
		}
		run = runs[0]
		run.Steps, err = steps(ctx, q, id)
		return err
	})
	return run, err
}

// Both read run_due alone, and stop as soon as they have enough.
const (
	selectDue     = `SELECT id, recipe_id, due_at FROM run WHERE ` + active + ` AND due_at <= ? ORDER BY due_at, id LIMIT ?`
	selectNextDue = `SELECT due_at FROM run WHERE ` + active + ` AND due_at > ? ORDER BY due_at LIMIT 1`
)

func (r reads) DueRuns(ctx context.Context, now time.Time, limit int) ([]engine.Job, error) {
	return list(ctx, r.source, func(rows *sql.Rows) (j engine.Job, err error) {
		return j, rows.Scan(&j.RunID, &j.RecipeID, timeColumn{&j.DueAt})
	}, selectDue, micros(now), limit)
}

func (r reads) NextDue(ctx context.Context, now time.Time) (time.Time, error) {
	times, err := list(ctx, r.source, scanTime, selectNextDue, micros(now))
	if err != nil || len(times) == 0 {
		return time.Time{}, err
	}
	return times[0], nil
}

func (t *tx) AddRun(r *engine.Run) error {
	if !r.State.Valid() {
		return engine.Errorf(engine.Internal, "A run cannot be %q.", r.State)
	}
	failure, err := text(r.Failure)
	if err != nil {
		return t.note(err)
	}
	created := kept(r.CreatedAt)
	if created.IsZero() {
		created = t.stamp()
	}
	id, err := t.insert(`INSERT INTO run (recipe_id, version, event_id, state, due_at, created_at, started_at, finished_at, replay_of, title, failure,
			recovered, called_by, depth, order_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.RecipeID, r.Version, r.EventID, string(r.State), micros(r.DueAt),
		micros(created), micros(r.StartedAt), micros(r.FinishedAt), r.ReplayOf, r.Title, failure,
		r.Recovered, r.CalledBy, r.Depth, r.OrderKey)
	if orphan(err) {
		return noRecipe(r.RecipeID)
	}
	if err != nil {
		return t.note(err)
	}
	r.ID, r.CreatedAt = id, created
	return nil
}

func (t *tx) SaveRun(r engine.Run, was engine.State) error {
	if r.State != was && !was.CanBecome(r.State) {
		return engine.Errorf(engine.Conflict, "A run that is %s cannot become %s.", was, r.State)
	}
	failure, err := text(r.Failure)
	if err != nil {
		return t.note(err)
	}
	moved := engine.Errorf(engine.Conflict, "The run %d is not %s any more: something else changed it meanwhile.", r.ID, was)
	err = t.change(moved, `UPDATE run SET state = ?, version = ?, due_at = ?, started_at = ?, finished_at = ?, title = ?, failure = ?
		WHERE id = ? AND state = ?`, string(r.State), r.Version, micros(r.DueAt), micros(r.StartedAt), micros(r.FinishedAt),
		r.Title, failure, r.ID, string(was))
	if !errors.Is(err, moved) {
		return t.note(err)
	}
	if _, err := find(context.Background(), t, noRun(r.ID), number, `SELECT id FROM run WHERE id = ?`, r.ID); err != nil {
		return err
	}
	return moved
}
