package dryrun

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"bellhop/engine"
)

// memory is what a trial's steps remember, on top of what is remembered really. Keys that were met
// before count from the trial's beginning: its events have come before, so all of them would be known.
type memory struct {
	values  map[place]engine.Memory
	seen    map[place]time.Time
	changes map[change]json.RawMessage
}

type place struct {
	recipeID int64
	at, name string
}

// change is an engine.ChangeMade without its outcome.
type change struct {
	runID              int64
	step, round, input string
}

func newMemory() *memory {
	return &memory{values: map[place]engine.Memory{}, seen: map[place]time.Time{}, changes: map[change]json.RawMessage{}}
}

func (m *memory) copy() *memory {
	return &memory{values: maps.Clone(m.values), seen: maps.Clone(m.seen), changes: maps.Clone(m.changes)}
}

func (t *tx) Memory(ctx context.Context, recipeID int64, name string) (engine.Memory, error) {
	if m, ok := t.world.memory.values[place{recipeID: recipeID, name: name}]; ok {
		return m, nil
	}
	return t.Tx.Memory(ctx, recipeID, name)
}

func (t *tx) SetMemory(m engine.Memory) error {
	t.world.memory.values[place{recipeID: m.RecipeID, name: m.Name}] = m
	return nil
}

func (t *tx) MarkSeen(recipeID int64, at, key string) (first bool, since time.Time, err error) {
	here := place{recipeID, at, key}
	if since, ok := t.world.memory.seen[here]; ok {
		return false, since, nil
	}
	now := t.world.run.CreatedAt
	t.world.memory.seen[here] = now
	return true, now, nil
}

func (t *tx) ForgetSeen(recipeID int64, at, key string) error {
	for p := range t.world.memory.seen {
		if p.recipeID == recipeID && p.at == at && (key == "" || p.name == key) {
			delete(t.world.memory.seen, p)
		}
	}
	return nil
}

func (t *tx) ChangeMade(_ context.Context, c engine.ChangeMade) (engine.ChangeMade, error) {
	c.Outcome = t.world.memory.changes[change{c.RunID, c.Step, c.Round, c.Input}]
	return c, nil
}

func (t *tx) SetChangeMade(c engine.ChangeMade) error {
	t.world.memory.changes[change{c.RunID, c.Step, c.Round, c.Input}] = c.Outcome
	return nil
}
