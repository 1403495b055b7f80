package sqlite

import (
	"context"
	"database/sql"

	"bellhop/engine"
)

// Draft and version are both canonical JSON, so comparing the texts compares the recipes. A recipe
// that was never published counts as changed.
const selectRecipe = `
SELECT recipe.id, recipe.name, recipe.enabled, recipe.token, recipe.draft, recipe.published,
       recipe.draft IS NOT version.definition, recipe.created_at, recipe.updated_at
FROM recipe LEFT JOIN version ON version.recipe_id = recipe.id AND version.number = recipe.published `

func scanRecipe(rows *sql.Rows) (r engine.Recipe, err error) {
	return r, rows.Scan(&r.ID, &r.Name, &r.On, &r.Token, jsonColumn{&r.Draft}, &r.Published, &r.Changed,
		timeColumn{&r.CreatedAt}, timeColumn{&r.UpdatedAt})
}

func noRecipe(id int64) error {
	return engine.Errorf(engine.NotFound, "There is no recipe %d. It may have been removed meanwhile.", id)
}

func (r reads) Recipes(ctx context.Context) ([]engine.Recipe, error) {
	return list(ctx, r.source, scanRecipe, selectRecipe+`ORDER BY recipe.name COLLATE NOCASE, recipe.name`)
}

func (r reads) Recipe(ctx context.Context, id int64) (engine.Recipe, error) {
	return find(ctx, r.source, noRecipe(id), scanRecipe, selectRecipe+`WHERE recipe.id = ?`, id)
}

func (r reads) Version(ctx context.Context, recipeID int64, number int) (engine.Definition, error) {
	return find(ctx, r.source, engine.Errorf(engine.NotFound, "The recipe %d has no version %d.", recipeID, number),
		func(rows *sql.Rows) (d engine.Definition, err error) { return d, rows.Scan(jsonColumn{&d}) },
		`SELECT definition FROM version WHERE recipe_id = ? AND number = ?`, recipeID, number)
}

func (t *tx) AddRecipe(r *engine.Recipe) error {
	draft, err := canonical(r.Draft)
	if err != nil {
		return err
	}
	if r.Published != 0 {
		return engine.Errorf(engine.NotFound, "The new recipe %q has no version %d yet.", r.Name, r.Published)
	}
	now := t.stamp()
	id, err := t.insert(`INSERT INTO recipe (name, enabled, token, draft, published, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.Name, r.On, r.Token, draft, r.Published, micros(now), micros(now))
	if err != nil {
		return t.recipeError(err, *r)
	}
	r.ID, r.CreatedAt, r.UpdatedAt, r.Changed = id, now, now, true
	return nil
}

func (t *tx) SaveRecipe(r engine.Recipe) error {
	draft, err := canonical(r.Draft)
	if err != nil {
		return err
	}
	if r.Published != 0 {
		if _, err := t.Version(context.Background(), r.ID, r.Published); err != nil {
			return err
		}
	}
	return t.recipeError(t.change(noRecipe(r.ID),
		`UPDATE recipe SET name = ?, enabled = ?, token = ?, draft = ?, published = ?, updated_at = ? WHERE id = ?`,
		r.Name, r.On, r.Token, draft, r.Published, micros(t.stamp()), r.ID), r)
}

func (t *tx) recipeError(err error, r engine.Recipe) error {
	if taken(err) {
		return engine.Wrap(err, engine.Conflict, "There is already a recipe named %q. Choose another name.", r.Name)
	}
	return t.note(err)
}

func (t *tx) DeleteRecipe(id int64) error {
	return t.note(t.change(noRecipe(id), `DELETE FROM recipe WHERE id = ?`, id))
}

func (t *tx) AddVersion(recipeID int64, d engine.Definition) (int, error) {
	definition, err := canonical(d)
	if err != nil {
		return 0, err
	}
	return t.addVersion(recipeID, `SELECT 1 + max(coalesce(max(number), 0), 0) FROM version WHERE recipe_id = ?`, definition)
}

// AddTrial keeps one copy of a definition however often it is tried: the newest trial is found again.
func (t *tx) AddTrial(recipeID int64, d engine.Definition) (int, error) {
	definition, err := canonical(d)
	if err != nil {
		return 0, err
	}
	same, err := list(context.Background(), t, number, `SELECT number FROM
		(SELECT number, definition FROM version WHERE recipe_id = ? AND number < 0 ORDER BY number LIMIT 1) WHERE definition = ?`, recipeID, definition)
	if err != nil {
		return 0, err
	}
	if len(same) > 0 {
		return int(same[0]), nil
	}
	return t.addVersion(recipeID, `SELECT min(coalesce(min(number), 0), 0) - 1 FROM version WHERE recipe_id = ?`, definition)
}

// addVersion stores a definition under the number that a query gives.
func (t *tx) addVersion(recipeID int64, next, definition string) (int, error) {
	numbers, err := list(context.Background(), t, number, next, recipeID)
	if err != nil {
		return 0, err
	}
	_, err = t.exec(`INSERT INTO version (recipe_id, number, definition, created_at) VALUES (?, ?, ?, ?)`,
		recipeID, numbers[0], definition, micros(t.stamp()))
	if orphan(err) {
		return 0, noRecipe(recipeID)
	}
	if err != nil {
		return 0, t.note(err)
	}
	return int(numbers[0]), nil
}

func canonical(d engine.Definition) (string, error) {
	b, err := d.Canonical()
	if err != nil {
		return "", engine.Wrap(err, engine.Internal, "The recipe %q cannot be written as JSON.", d.Name)
	}
	return string(b), nil
}
