package start_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/start"
)

var at = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// memory is a store in which what a failed transaction did is not kept.
type memory struct {
	recipes  []engine.Recipe
	versions map[int64]engine.Definition // the published ones
	kept
}

type kept struct {
	events []engine.Event
	runs   []engine.Run
	state  map[string]string
}

type tx struct {
	engine.Tx // what starting does not use is not there
	*memory
}

func (m *memory) Recipes(context.Context) ([]engine.Recipe, error) { return m.recipes, nil }

func (m *memory) Recipe(_ context.Context, id int64) (engine.Recipe, error) {
	for _, r := range m.recipes {
		if r.ID == id {
			return r, nil
		}
	}
	return engine.Recipe{}, engine.Errorf(engine.NotFound, "no recipe %d", id)
}

func (m *memory) Version(_ context.Context, id int64, _ int) (engine.Definition, error) {
	return m.versions[id], nil
}

func (m *memory) TriggerState(_ context.Context, id int64, key string) (string, error) {
	return m.state[string(rune(id))+key], nil
}

func (m *memory) Runs(_ context.Context, filter engine.RunFilter) ([]engine.Run, error) {
	var out []engine.Run
	for _, r := range m.runs {
		if slices.Contains(filter.IDs, r.ID) {
			out = append(out, r)
		}
	}
	return out, nil
}

func (t tx) Recipe(ctx context.Context, id int64) (engine.Recipe, error) {
	return t.memory.Recipe(ctx, id)
}

func (t tx) Recipes(ctx context.Context) ([]engine.Recipe, error) { return t.memory.Recipes(ctx) }

func (t tx) Version(ctx context.Context, id int64, n int) (engine.Definition, error) {
	return t.memory.Version(ctx, id, n)
}

func (t tx) TriggerState(ctx context.Context, id int64, key string) (string, error) {
	return t.memory.TriggerState(ctx, id, key)
}

func (t tx) Runs(ctx context.Context, f engine.RunFilter) ([]engine.Run, error) {
	return t.memory.Runs(ctx, f)
}

func (t tx) SetTriggerState(id int64, key, value string) error {
	t.state[string(rune(id))+key] = value
	return nil
}

func (t tx) AddEvent(e *engine.Event) error {
	e.ID = int64(len(t.events) + 1)
	t.events = append(t.events, *e)
	return nil
}

func (t tx) AddRun(r *engine.Run) error {
	r.ID = int64(len(t.runs) + 1)
	t.runs = append(t.runs, *r)
	return nil
}

// catalog knows the triggers and the one action of these tests.
type catalog struct{}

func (catalog) Connectors() []engine.Connector { return nil }

func (catalog) Connector(string) (engine.Connector, bool) { return engine.Connector{}, false }

func (catalog) Operation(use string) (engine.Connector, engine.Operation, bool) {
	o, ok := map[string]engine.Operation{
		"manual.run":       {Start: engine.StartManual},
		"recipe.called":    {Start: engine.StartCalled},
		"recipe.failed":    {Start: engine.StartFailed},
		"recipe.call":      {Logic: engine.LogicCall},
		"webhook.received": {Webhook: &engine.WebhookSpec{}},
		"http.request":     {Request: &engine.RequestSpec{}},
	}[use]
	return engine.Connector{}, o, ok
}

// bench is a starter with a store.
type bench struct {
	*start.Starter
	*memory
	now time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{memory: &memory{versions: map[int64]engine.Definition{}, kept: kept{state: map[string]string{}}}, now: at}
	b.Starter = start.New(start.Params{Recipes: b.memory, Catalog: catalog{}, Now: func() time.Time { return b.now }})
	return b
}

// add adds a published recipe that is on.
func (b *bench) add(t *testing.T, id int64, name, use string, with map[string]any) {
	t.Helper()
	b.recipes = append(b.recipes, engine.Recipe{ID: id, Name: name, On: true, Published: 1, Token: "token" + name})
	b.versions[id] = engine.Definition{Name: name, Trigger: engine.Trigger{Use: use, With: with}}
	require.NoError(t, b.Reload(t.Context()))
}

// run stores a run.
func (b *bench) run(recipeID int64, state engine.State, above ...engine.Run) engine.Run {
	r := engine.Run{
		ID: int64(len(b.runs) + 1), RecipeID: recipeID, State: state, EventKey: "evt_1", Title: "Order #1042",
		Failure: &engine.Failure{Step: "post", Code: engine.Refused, Message: "Slack has no channel #orders."},
	}
	for _, a := range above {
		r.CalledBy, r.Depth = a.ID, a.Depth+1
	}
	b.runs = append(b.runs, r)
	return r
}

// update is a transaction; nothing of it is kept if fn fails.
func (b *bench) update(fn func(engine.Tx) error) error {
	before := kept{slices.Clone(b.events), slices.Clone(b.runs), map[string]string{}}
	for k, v := range b.state {
		before.state[k] = v
	}
	err := fn(tx{memory: b.memory})
	if err != nil {
		b.kept = before
	}
	return err
}
