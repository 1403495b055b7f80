package sqlite

import (
	"context"
	"database/sql"
)

func (r reads) TriggerState(ctx context.Context, recipeID int64, key string) (string, error) {
	values, err := list(ctx, r.source, func(rows *sql.Rows) (v string, err error) { return v, rows.Scan(&v) },
		`SELECT value FROM trigger_state WHERE recipe_id = ? AND key = ?`, recipeID, key)
	if err != nil || len(values) == 0 {
		return "", err
	}
	return values[0], nil
}

func (t *tx) SetTriggerState(recipeID int64, key, value string) error {
	_, err := t.exec(`INSERT INTO trigger_state (recipe_id, key, value) VALUES (?, ?, ?) ON CONFLICT (recipe_id, key) DO UPDATE SET value = excluded.value`,
		recipeID, key, value)
	if orphan(err) {
		return noRecipe(recipeID)
	}
	return t.note(err)
}
