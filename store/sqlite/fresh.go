package sqlite

import (
	"context"

	"bellhop/engine"
)

const (
	// largeBody is the length of an event's body from which on it is not read ahead.
	largeBody = 64 << 10
	// mostFresh is how many bytes are read ahead at a time.
	mostFresh = 8 << 20
)

// CROSS JOIN keeps SQLite from another order: it would go through all runs of a recipe for each id.
const selectFresh = `
SELECT run.id, run.recipe_id, (SELECT name FROM recipe WHERE id = run.recipe_id), run.version, run.event_id, run.created_at, run.replay_of, run.recovered, run.called_by,
       run.depth, run.order_key, run.title, run.due_at, run.started_at,
       event.key, event.received_at, event.content_type, event.request, event.body
FROM json_each(?) AS wanted CROSS JOIN run ON run.id = wanted.value CROSS JOIN event ON event.id = run.event_id
WHERE run.state = 'queued' AND run.failure IS NULL AND event.request IS NOT NULL AND length(event.body) BETWEEN 1 AND ?
	AND NOT EXISTS (SELECT 1 FROM step WHERE run_id = run.id)`

func (r reads) Fresh(ctx context.Context, runIDs []int64) (map[int64]*engine.Fresh, error) {
	ids, err := text(runIDs)
	if err != nil {
		return nil, explain(err)
	}
	all := make(map[int64]*engine.Fresh, len(runIDs))
	return all, r.read(ctx, func(ctx context.Context, q querier) error {
		rows, err := q.QueryContext(ctx, selectFresh, ids, largeBody)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for room := mostFresh; room > 0 && rows.Next(); {
			f := &engine.Fresh{Run: engine.Run{State: engine.Queued}}
			run, event := &f.Run, &f.Event
			if err := rows.Scan(&run.ID, &run.RecipeID, &run.RecipeName, &run.Version, &run.EventID, timeColumn{&run.CreatedAt},
				&run.ReplayOf, &run.Recovered, &run.CalledBy, &run.Depth, &run.OrderKey, &run.Title, timeColumn{&run.DueAt}, timeColumn{&run.StartedAt},
				&event.Key, timeColumn{&event.ReceivedAt}, &event.ContentType, jsonColumn{&event.Request}, &event.Body); err != nil {
				return err
			}
			event.ID, event.RecipeID, run.EventKey = run.EventID, run.RecipeID, event.Key
			all[run.ID] = f
			room -= len(event.Body)
		}
		return rows.Err()
	})
}
