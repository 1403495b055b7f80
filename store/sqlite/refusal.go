package sqlite

import (
	"context"
	"database/sql"

	"bellhop/engine"
)

const selectRefusal = `SELECT id, recipe_id, at, method, status, reason, sender, times FROM refusal `

func scanRefusal(rows *sql.Rows) (r engine.Refusal, err error) {
	return r, rows.Scan(&r.ID, &r.RecipeID, timeColumn{&r.At}, &r.Method, &r.Status, &r.Reason, &r.Sender, &r.Times)
}

func (r reads) Refusals(ctx context.Context, recipeID int64, limit int) ([]engine.Refusal, error) {
	if limit <= 0 {
		limit = engine.MaxRefusals
	}
	if recipeID == 0 {
		return list(ctx, r.source, scanRefusal, selectRefusal+`ORDER BY at DESC, id DESC LIMIT ?`, limit)
	}
	return list(ctx, r.source, scanRefusal, selectRefusal+`WHERE recipe_id = ? ORDER BY at DESC, id DESC LIMIT ?`, recipeID, limit)
}

func (t *tx) AddRefusals(refusals ...engine.Refusal) error {
	for _, r := range refusals {
		if err := t.addRefusal(r); err != nil {
			return t.note(err)
		}
	}
	_, err := t.exec(`DELETE FROM refusal WHERE id <= (SELECT id FROM refusal ORDER BY id DESC LIMIT 1 OFFSET ?)`, engine.MaxRefusals)
	return t.note(err)
}

func (t *tx) addRefusal(r engine.Refusal) error {
	at := kept(r.At)
	if at.IsZero() {
		at = t.stamp()
	}
	times := max(1, r.Times)
	// A refusal like the newest before it is that one again.
	result, err := t.exec(`UPDATE refusal SET at = ?, method = ?, sender = ?, times = times + ?
		WHERE id = (SELECT max(id) FROM refusal WHERE recipe_id = ?) AND status = ? AND reason = ? AND at >= ?`,
		micros(at), r.Method, r.Sender, times, r.RecipeID, r.Status, r.Reason, micros(at.Add(-engine.RefusalsJoin)))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	if _, err := t.exec(`INSERT INTO refusal (recipe_id, at, method, status, reason, sender, times) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.RecipeID, micros(at), r.Method, r.Status, r.Reason, r.Sender, times); err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM refusal WHERE recipe_id = ?1 AND id <=
		(SELECT id FROM refusal WHERE recipe_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`, r.RecipeID, engine.MaxRefusalsPerRecipe)
	return err
}

// BodyFiles returns the names of the files that events have their bodies in.
func (db *DB) BodyFiles(ctx context.Context) (map[string]bool, error) {
	names, err := list(ctx, db.source, func(rows *sql.Rows) (name string, err error) { return name, rows.Scan(&name) },
		`SELECT name FROM event_file`)
	if err != nil {
		return nil, err
	}
	all := make(map[string]bool, len(names))
	for _, name := range names {
		all[name] = true
	}
	return all, nil
}
