package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"bellhop/engine"
)

const selectBatch = `
SELECT id, recipe_id, place, run_id, open, created_at, due_at,
       (SELECT count(*) FROM batch_item WHERE batch_id = batch.id),
       (SELECT coalesce(sum(octet_length(value)), 0) FROM batch_item WHERE batch_id = batch.id)
FROM batch `

// batch reads a query that has at most one; none is a batch without an ID.
func (r reads) batch(ctx context.Context, query string, args ...any) (engine.Batch, error) {
	all, err := list(ctx, r.source, func(rows *sql.Rows) (b engine.Batch, err error) {
		return b, rows.Scan(&b.ID, &b.RecipeID, &b.Place, &b.RunID, &b.Open, timeColumn{&b.CreatedAt}, timeColumn{&b.DueAt}, &b.Count, &b.Size)
	}, selectBatch+query, args...)
	if err != nil || len(all) == 0 {
		return engine.Batch{}, err
	}
	return all[0], nil
}

func (r reads) OpenBatch(ctx context.Context, recipeID int64, place string) (engine.Batch, error) {
	return r.batch(ctx, `WHERE recipe_id = ? AND place = ? AND open = 1`, recipeID, place)
}

func (r reads) BatchOf(ctx context.Context, recipeID int64, place string, runID int64) (engine.Batch, error) {
	return r.batch(ctx, `WHERE id IN (SELECT batch_id FROM batch_item WHERE run_id = ?) AND recipe_id = ? AND place = ? ORDER BY id DESC LIMIT 1`,
		runID, recipeID, place)
}

func (r reads) BatchValues(ctx context.Context, batchID int64) ([]json.RawMessage, error) {
	return list(ctx, r.source, func(rows *sql.Rows) (json.RawMessage, error) {
		var value string
		err := rows.Scan(&value)
		return json.RawMessage(value), err
	}, `SELECT value FROM batch_item WHERE batch_id = ? ORDER BY run_id`, batchID)
}

func (t *tx) AddBatch(b *engine.Batch) error {
	id, err := t.insert(`INSERT INTO batch (recipe_id, place, run_id, open, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?)`,
		b.RecipeID, b.Place, b.RunID, b.Open, micros(b.CreatedAt), micros(b.DueAt))
	switch {
	case taken(err):
		return engine.Wrap(err, engine.Conflict, "The step %q collects already.", b.Place)
	case orphan(err):
		return noRecipe(b.RecipeID)
	case err != nil:
		return t.note(err)
	}
	b.ID = id
	return nil
}

func noBatch(id int64) error {
	return engine.Errorf(engine.NotFound, "What was collected as %d is not there. It may have been taken meanwhile.", id)
}

func (t *tx) SaveBatch(b engine.Batch) error {
	return t.note(t.change(noBatch(b.ID), `UPDATE batch SET run_id = ?, open = ?, due_at = ? WHERE id = ?`, b.RunID, b.Open, micros(b.DueAt), b.ID))
}

func (t *tx) PutBatchValue(batchID, runID int64, value json.RawMessage) error {
	_, err := t.exec(`INSERT INTO batch_item (batch_id, run_id, value) VALUES (?, ?, ?) ON CONFLICT (batch_id, run_id) DO UPDATE SET value = excluded.value`,
		batchID, runID, string(value))
	if orphan(err) {
		return noBatch(batchID)
	}
	return t.note(err)
}

func (t *tx) DropBatchValue(batchID, runID int64) error {
	_, err := t.exec(`DELETE FROM batch_item WHERE batch_id = ? AND run_id = ?`, batchID, runID)
	return t.note(err)
}
