package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"bellhop/engine"
)

// The conditions of the indexes run_queue, run_turn, run_state and run_recovered, which SQLite uses only where they
// stand literally.
const (
	active    = `state IN ('queued', 'running', 'waiting')`
	inOrder   = `order_key <> ''`
	notWell   = `state NOT IN ('succeeded', 'queued', 'running', 'waiting')`
	recovered = `recovered = 1`
)

const selectRun = `
SELECT run.id, run.recipe_id, recipe.name, run.version, run.event_id, coalesce(event.key, ''), run.state, run.title,
       run.due_at, run.created_at, run.started_at, run.finished_at, run.failure, run.replay_of,
       run.recovered, run.called_by, run.depth, run.order_key, run.blocks_until
FROM run JOIN recipe ON recipe.id = run.recipe_id LEFT JOIN event ON event.id = run.event_id `

func scanRun(rows *sql.Rows) (r engine.Run, err error) {
	return r, rows.Scan(&r.ID, &r.RecipeID, &r.RecipeName, &r.Version, &r.EventID, &r.EventKey, &r.State, &r.Title,
		timeColumn{&r.DueAt}, timeColumn{&r.CreatedAt}, timeColumn{&r.StartedAt}, timeColumn{&r.FinishedAt},
		jsonColumn{&r.Failure}, &r.ReplayOf, &r.Recovered, &r.CalledBy, &r.Depth, &r.OrderKey, timeColumn{&r.BlocksUntil})
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
	if r.OrderKey != "" && r.State.Active() {
		if r.DueAt, err = t.turnOfNew(*r); err != nil {
			return err
		}
	}
	id, err := t.insert(`INSERT INTO run (recipe_id, version, event_id, state, due_at, created_at, started_at, finished_at, replay_of, title, failure,
			recovered, called_by, depth, order_key, blocks_until)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.RecipeID, r.Version, r.EventID, string(r.State), micros(r.DueAt),
		micros(created), micros(r.StartedAt), micros(r.FinishedAt), r.ReplayOf, r.Title, failure,
		r.Recovered, r.CalledBy, r.Depth, r.OrderKey, blocks(*r))
	if orphan(err) {
		return noRecipe(r.RecipeID)
	}
	if err != nil {
		return t.note(err)
	}
	t.moved("", r.State, 1)
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
	back := r.OrderKey != "" && r.State == engine.Queued && !was.Active()
	if back {
		r.DueAt = engine.Never // until its place is known
	}
	moved := engine.Errorf(engine.Conflict, "The run %d is not %s any more: something else changed it meanwhile.", r.ID, was)
	err = t.change(moved, `UPDATE run SET state = ?, version = ?, due_at = ?, started_at = ?, finished_at = ?, title = ?, failure = ?, blocks_until = ?
		WHERE id = ? AND state = ?`, string(r.State), r.Version, micros(r.DueAt), micros(r.StartedAt), micros(r.FinishedAt),
		r.Title, failure, blocks(r), r.ID, string(was))
	if err == nil {
		t.moved(was, r.State, 1)
	}
	if err == nil && r.OrderKey != "" && (back || !r.State.Active()) {
		return t.pass(r.RecipeID, r.OrderKey)
	}
	if !errors.Is(err, moved) {
		return t.note(err)
	}
	if _, err := find(context.Background(), t, noRun(r.ID), number, `SELECT id FROM run WHERE id = ?`, r.ID); err != nil {
		return err
	}
	return moved
}

// blocks is how long the run keeps others waiting, as it is kept.
func blocks(r engine.Run) int64 {
	if r.OrderKey == "" || !r.State.NeedsPerson() {
		return 0
	}
	return micros(r.BlocksUntil)
}
