package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
)

// runsQuery joins only the runs that are shown: the inner query goes by the runs' own indexes.
func runsQuery(filter engine.RunFilter) (query string, args []any, err error) {
	inner, args, err := idsQuery(filter)
	if err != nil {
		return "", nil, err
	}
	if filter.Limit == 0 {
		filter.Limit = 100
	}
	return selectRun + `WHERE run.id IN (` + inner + ` ORDER BY id DESC LIMIT ?) ORDER BY run.id DESC`,
		append(args, filter.Limit), nil
}

// idsQuery selects the ids of the runs that a filter chooses, in no order. It goes by the index of the
// runs that are not over, by that of those that did not succeed, by both one after the other, by that of
// those that were recovered, or by none where runs that succeeded are wanted too: then most are.
func idsQuery(filter engine.RunFilter) (query string, args []any, err error) {
	var open, over []engine.State
	for _, s := range filter.States {
		if s.Active() {
			open = append(open, s)
		} else {
			over = append(over, s)
		}
	}
	switch {
	case filter.Recovered:
		return oneQuery(filter, recovered, filter.States)
	case slices.Contains(over, engine.Succeeded) || len(filter.States) == 0:
		return oneQuery(filter, "", filter.States)
	case len(over) == 0:
		return oneQuery(filter, active, open)
	case len(open) == 0:
		return oneQuery(filter, notWell, over)
	}
	first, args, err := oneQuery(filter, active, open)
	if err != nil {
		return "", nil, err
	}
	second, more, err := oneQuery(filter, notWell, over)
	return first + ` UNION ALL ` + second, append(args, more...), err
}

// oneQuery goes by one index, whose condition is given.
func oneQuery(filter engine.RunFilter, index string, states []engine.State) (query string, args []any, err error) {
	var where []string
	add := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	if index != "" {
		add(index)
	}
	if filter.RecipeID != 0 {
		add(`recipe_id = ?`, filter.RecipeID)
	}
	if len(states) > 0 {
		names := make([]any, len(states))
		for i, s := range states {
			names[i] = string(s)
		}
		add(`state IN (?`+strings.Repeat(`, ?`, len(names)-1)+`)`, names...)
	}
	if filter.Before != 0 {
		add(`id < ?`, filter.Before)
	}
	if filter.After != 0 {
		add(`id > ?`, filter.After)
	}
	if !filter.Since.IsZero() {
		add(`created_at >= ?`, micros(filter.Since))
	}
	if !filter.Until.IsZero() {
		add(`created_at < ?`, micros(filter.Until))
	}
	if len(filter.IDs) > 0 {
		ids, err := text(filter.IDs)
		if err != nil {
			return "", nil, explain(err)
		}
		add(`id IN (SELECT value FROM json_each(?))`, ids)
	}
	query = `SELECT id FROM run`
	if index == active && len(filter.IDs) == 0 {
		query += ` INDEXED BY run_queue` // else SQLite goes through all runs, as it finds them in order
	}
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	return query, args, nil
}

func (t *tx) CancelRuns(ids []int64, at time.Time) (cancelled []int64, err error) {
	these, err := text(ids)
	if err != nil {
		return nil, t.note(err)
	}
	// Of a step that is being done the runtime tells how it ended.
	_, err = t.exec(`UPDATE step SET state = 'cancelled', due_at = 0, finished_at = ?
		WHERE run_id IN (SELECT id FROM run WHERE id IN (SELECT value FROM json_each(?)) AND state <> 'running' AND state IN (`+cancellable+`))
		AND state IN ('queued', 'waiting')`, micros(at), these)
	if err != nil {
		return nil, t.note(err)
	}
	type line struct {
		recipe int64
		key    string
	}
	lines := map[line]bool{}
	const which = `id IN (SELECT value FROM json_each(?)) AND state IN (`
	if err := t.movedAll(engine.Cancelled, which+cancellable+`)`, these); err != nil {
		return nil, err
	}
	t.wrote = true
	cancelled, err = list(context.Background(), t, func(rows *sql.Rows) (id int64, err error) {
		var l line
		err = rows.Scan(&id, &l.recipe, &l.key)
		if l.key != "" {
			lines[l] = true
		}
		return id, err
	}, `UPDATE run SET failure = iif(state = 'running', failure, NULL), state = 'cancelled', due_at = 0, finished_at = ?, blocks_until = 0
		WHERE `+which+cancellable+`) RETURNING id, recipe_id, order_key`, micros(at), these)
	if err != nil {
		return nil, err
	}
	for l := range lines {
		if err := t.pass(l.recipe, l.key); err != nil {
			return nil, err
		}
	}
	return cancelled, nil
}

// cancellable is the states that may become cancelled, for SQL.
var cancellable = func() string {
	var names []string
	for _, s := range engine.States {
		if s.CanBecome(engine.Cancelled) {
			names = append(names, "'"+string(s)+"'")
		}
	}
	return strings.Join(names, ", ")
}()
