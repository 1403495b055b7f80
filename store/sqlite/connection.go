package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"bellhop/engine"
)

const selectConnection = `
SELECT id, name, connector, fields, secret_fields, base_url, limits, allow_private, practice, created_at, updated_at FROM connection `

func scanConnection(rows *sql.Rows) (c engine.Connection, err error) {
	return c, rows.Scan(&c.ID, &c.Name, &c.Connector, jsonColumn{&c.Fields}, jsonColumn{&c.SecretFields},
		&c.BaseURL, jsonColumn{&c.Limits}, &c.AllowPrivate, &c.Practice, timeColumn{&c.CreatedAt}, timeColumn{&c.UpdatedAt})
}

func noConnection(id int64) error {
	return engine.Errorf(engine.NotFound, "There is no connection %d. It may have been removed meanwhile.", id)
}

func (r reads) Connections(ctx context.Context) ([]engine.Connection, error) {
	return list(ctx, r.source, scanConnection, selectConnection+`ORDER BY name COLLATE NOCASE, name`)
}

func (r reads) Connection(ctx context.Context, name string) (engine.Connection, error) {
	return find(ctx, r.source, engine.Errorf(engine.NotFound, "There is no connection named %q. Add it under Connections.", name),
		scanConnection, selectConnection+`WHERE name = ?`, name)
}

func (t *tx) PutConnection(c *engine.Connection) error {
	fields, err := text(c.Fields)
	if err != nil {
		return t.note(err)
	}
	names := slices.Sorted(slices.Values(c.SecretFields))
	secrets, err := text(names)
	if err != nil {
		return t.note(err)
	}
	limits, err := text(c.Limits)
	if err != nil {
		return t.note(err)
	}
	id, now := c.ID, t.stamp()
	created := now
	if id == 0 {
		id, err = t.insert(`INSERT INTO connection (name, connector, fields, secret_fields, base_url, limits, allow_private, practice, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.Name, c.Connector, fields, secrets, c.BaseURL, limits, c.AllowPrivate, c.Practice, micros(now), micros(now))
	} else {
		created, err = find(context.Background(), t, noConnection(id), scanTime, `SELECT created_at FROM connection WHERE id = ?`, id)
		if err != nil {
			return err
		}
		err = t.change(noConnection(id), `UPDATE connection SET name = ?, connector = ?, fields = ?, secret_fields = ?, base_url = ?,
			limits = ?, allow_private = ?, practice = ?, updated_at = ? WHERE id = ?`, c.Name, c.Connector, fields, secrets, c.BaseURL, limits, c.AllowPrivate, c.Practice, micros(now), id)
	}
	if taken(err) {
		return engine.Wrap(err, engine.Conflict, "There is already a connection named %q. Choose another name.", c.Name)
	}
	if err != nil {
		return t.note(err)
	}
	c.ID, c.SecretFields, c.CreatedAt, c.UpdatedAt = id, names, created, now
	return nil
}

func (t *tx) DeleteConnection(id int64) error {
	return t.note(t.change(noConnection(id), `DELETE FROM connection WHERE id = ?`, id))
}
