package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"bellhop/engine"
)

func (r reads) Memory(ctx context.Context, recipeID int64, name string) (engine.Memory, error) {
	none := engine.Memory{RecipeID: recipeID, Name: name}
	all, err := list(ctx, r.source, func(rows *sql.Rows) (engine.Memory, error) {
		m, value := none, ""
		err := rows.Scan(&value, timeColumn{&m.UpdatedAt})
		m.Value = json.RawMessage(value)
		return m, err
	}, `SELECT value, updated_at FROM memory WHERE recipe_id = ? AND name = ?`, recipeID, name)
	if err != nil || len(all) == 0 {
		return none, err
	}
	return all[0], nil
}

func (t *tx) SetMemory(m engine.Memory) error {
	if m.Value == nil {
		_, err := t.exec(`DELETE FROM memory WHERE recipe_id = ? AND name = ?`, m.RecipeID, m.Name)
		return t.note(err)
	}
	// No foreign key: 0 is nobody's. So the recipe is looked for here.
	return t.note(t.change(noRecipe(m.RecipeID), `INSERT INTO memory (recipe_id, name, value, updated_at)
		SELECT ?1, ?2, ?3, ?4 WHERE ?1 = 0 OR EXISTS (SELECT 1 FROM recipe WHERE id = ?1)
		ON CONFLICT (recipe_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
		m.RecipeID, m.Name, string(m.Value), micros(m.UpdatedAt)))
}

// metAnew is how old the mark that a key still comes may be: not every look at a feed writes all its keys.
const metAnew = 24 * time.Hour

func (t *tx) MarkSeen(recipeID int64, place, key string) (first bool, at time.Time, err error) {
	if key == "" {
		return false, at, engine.Errorf(engine.Invalid, "What tells one from another is empty, so nobody can say whether it came before.")
	}
	now := t.stamp()
	// Most keys are new where it has to be quick: as a delivery comes in.
	result, err := t.exec(`INSERT INTO seen (recipe_id, place, key, seen_at, met_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		recipeID, place, key, micros(now), micros(now))
	if orphan(err) {
		return false, at, noRecipe(recipeID)
	}
	if err != nil {
		return false, at, t.note(err)
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err == nil, now, t.note(err)
	}
	type mark struct{ seen, met time.Time }
	marks, err := list(context.Background(), t, func(rows *sql.Rows) (m mark, err error) {
		return m, rows.Scan(timeColumn{&m.seen}, timeColumn{&m.met})
	}, `SELECT seen_at, met_at FROM seen WHERE recipe_id = ? AND place = ? AND key = ?`, recipeID, place, key)
	if err != nil || len(marks) == 0 {
		return false, at, t.note(err)
	}
	if now.Sub(marks[0].met) > metAnew {
		_, err = t.exec(`UPDATE seen SET met_at = ? WHERE recipe_id = ? AND place = ? AND key = ?`, micros(now), recipeID, place, key)
	}
	return false, marks[0].seen, t.note(err)
}

func (t *tx) ForgetSeen(recipeID int64, place, key string) error {
	query, args := `DELETE FROM seen WHERE recipe_id = ? AND place = ?`, []any{recipeID, place}
	if key != "" {
		query, args = query+` AND key = ?`, append(args, key)
	}
	_, err := t.exec(query, args...)
	return t.note(err)
}

func (r reads) ChangeMade(ctx context.Context, c engine.ChangeMade) (engine.ChangeMade, error) {
	c.Outcome = nil
	all, err := list(ctx, r.source, func(rows *sql.Rows) (outcome string, err error) { return outcome, rows.Scan(&outcome) },
		`SELECT outcome FROM change_made WHERE run_id = ? AND step = ? AND round = ? AND input = ?`, c.RunID, c.Step, c.Round, c.Input)
	if err == nil && len(all) > 0 {
		c.Outcome = json.RawMessage(all[0])
	}
	return c, err
}

func (t *tx) SetChangeMade(c engine.ChangeMade) error {
	_, err := t.exec(`INSERT INTO change_made (run_id, step, round, input, outcome) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (run_id, step, round, input) DO UPDATE SET outcome = excluded.outcome`,
		c.RunID, c.Step, c.Round, c.Input, string(c.Outcome))
	if orphan(err) {
		return noRun(c.RunID)
	}
	return t.note(err)
}
