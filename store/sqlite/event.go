package sqlite

import (
	"context"
	"database/sql"

	"bellhop/engine"
)

// An event without a request is only a key that is remembered; see Prune.
const selectEvent = `SELECT id, recipe_id, key, received_at, content_type, request, body,
	coalesce(file.name, ''), coalesce(file.size, 0)
	FROM event LEFT JOIN event_file AS file ON file.event_id = event.id AND length(event.body) = 0 WHERE request IS NOT NULL AND `

func scanEvent(rows *sql.Rows) (e engine.Event, err error) {
	return e, rows.Scan(&e.ID, &e.RecipeID, &e.Key, timeColumn{&e.ReceivedAt}, &e.ContentType, jsonColumn{&e.Request}, &e.Body, &e.File, &e.FileSize)
}

func (r reads) Event(ctx context.Context, id int64) (engine.Event, error) {
	return find(ctx, r.source, engine.Errorf(engine.NotFound, "There is no event %d. It may have been removed meanwhile.", id),
		scanEvent, selectEvent+`id = ?`, id)
}

func (r reads) EventByKey(ctx context.Context, recipeID int64, key string) (engine.Event, error) {
	return find(ctx, r.source, engine.Errorf(engine.NotFound, "The recipe %d has no event %q.", recipeID, key),
		scanEvent, selectEvent+`recipe_id = ? AND key = ?`, recipeID, key)
}

func (t *tx) AddEvent(e *engine.Event) error {
	request, err := text(e.Request)
	if err != nil {
		return t.note(err)
	}
	received := kept(e.ReceivedAt)
	if received.IsZero() {
		received = t.stamp()
	}
	body := e.Body
	if body == nil {
		body = []byte{} // the driver would make NULL of nil
	}
	id, err := t.insert(`INSERT INTO event (recipe_id, key, received_at, content_type, request, body) VALUES (?, ?, ?, ?, ?, ?)`,
		e.RecipeID, e.Key, micros(received), e.ContentType, request, body)
	switch {
	case taken(err):
		return engine.Wrap(err, engine.Conflict, "The event %q arrived before, and is not taken twice.", e.Key)
	case orphan(err):
		return noRecipe(e.RecipeID)
	case err != nil:
		return t.note(err)
	}
	e.ID, e.ReceivedAt = id, received
	if e.File == "" {
		return nil
	}
	_, err = t.exec(`INSERT INTO event_file (event_id, name, size) VALUES (?, ?, ?)`, id, e.File, e.FileSize)
	return t.note(err)
}
