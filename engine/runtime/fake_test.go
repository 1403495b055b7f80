package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/runtime"
)

// memory is a store of one recipe's runs that counts commits and can be broken.
type memory struct {
	mu         sync.Mutex
	definition engine.Definition
	event      engine.Event
	runs       map[int64]engine.Run
	commits    int
	attempts   int // how often one was written
	broken     error
	// repeats makes each fn that may run again do so.
	repeats bool
	// before is called ahead of each commit, with its number from 1.
	before func(commit int)
}

var _ runtime.Store = (*memory)(nil)

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

func (m *memory) Run(_ context.Context, id int64) (engine.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	run, ok := m.runs[id]
	if !ok {
		return engine.Run{}, engine.Errorf(engine.NotFound, "no run %d", id)
	}
	return copyOf(run), nil
}

// copyOf keeps the runtime from changing what is stored behind the store's back.
func copyOf(run engine.Run) engine.Run {
	run.Steps = slices.Clone(run.Steps)
	for i := range run.Steps {
		run.Steps[i].Attempts = slices.Clone(run.Steps[i].Attempts)
	}
	return run
}

func (m *memory) Event(context.Context, int64) (engine.Event, error) { return m.event, nil }

func (m *memory) Version(context.Context, int64, int) (engine.Definition, error) {
	return m.definition, nil
}

func (m *memory) Update(_ context.Context, fn func(engine.Tx) error) error {
	if m.before != nil {
		m.before(m.commits + 1)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	t := &tx{m: m, runs: map[int64]engine.Run{}}
	for id, run := range m.runs {
		t.runs[id] = copyOf(run)
	}
	if err := fn(t); err != nil {
		return err
	}
	m.runs = t.runs
	m.commits++
	return nil
}

func (m *memory) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	return m.Update(ctx, func(t engine.Tx) error {
		if !m.repeats {
			return fn(t)
		}
		first := &tx{m: m, runs: map[int64]engine.Run{}}
		for id, run := range t.(*tx).runs {
			first.runs[id] = copyOf(run)
		}
		_ = fn(first)
		return fn(t)
	})
}

type tx struct {
	engine.Tx // what the runtime does not use is not there
	m         *memory
	runs      map[int64]engine.Run
}

func (t *tx) SaveRun(r engine.Run, was engine.State) error {
	old, ok := t.runs[r.ID]
	if !ok {
		return engine.Errorf(engine.NotFound, "no run %d", r.ID)
	}
	if old.State != was || !was.CanBecome(r.State) {
		return engine.Errorf(engine.Conflict, "the run is %s, not %s", old.State, was)
	}
	r.Steps = old.Steps
	t.runs[r.ID] = r
	return nil
}

func (t *tx) SaveSteps(runID int64, steps ...engine.StepRun) error {
	run, ok := t.runs[runID]
	if !ok && len(steps) > 0 {
		return engine.Errorf(engine.NotFound, "no run %d", runID)
	}
	for _, s := range steps {
		t.m.attempts += len(s.Attempts)
		s.Attempts = slices.Clone(s.Attempts)
		i := slices.IndexFunc(run.Steps, func(o engine.StepRun) bool { return o.Position == s.Position && o.Round == s.Round })
		if i < 0 {
			run.Steps = append(run.Steps, s)
			continue
		}
		attempts := run.Steps[i].Attempts
		for _, a := range s.Attempts {
			if a.Number <= len(attempts) {
				attempts[a.Number-1] = a
			} else {
				attempts = append(attempts, a)
			}
		}
		s.Attempts = attempts
		run.Steps[i] = s
	}
	t.runs[runID] = run
	return nil
}

func (t *tx) Run(_ context.Context, id int64) (engine.Run, error) {
	run, ok := t.runs[id]
	if !ok {
		return run, engine.Errorf(engine.NotFound, "no run %d", id)
	}
	return run, nil
}

func (t *tx) Runs(_ context.Context, filter engine.RunFilter) ([]engine.Run, error) {
	var found []engine.Run
	for _, id := range filter.IDs {
		if run, ok := t.runs[id]; ok {
			run.Steps = nil
			found = append(found, run)
		}
	}
	return found, nil
}

// catalog knows `test.came` (a trigger), `test.act` and the logic.
type catalog struct{}

func (catalog) Connectors() []engine.Connector { return nil }

func (catalog) Connector(string) (engine.Connector, bool) { return engine.Connector{}, false }

func (catalog) Operation(use string) (engine.Connector, engine.Operation, bool) {
	operations := map[string]engine.Operation{
		"test.came":         {Name: "came", Label: "Order {{trigger.name}}", Webhook: &engine.WebhookSpec{}},
		"test.act":          {Name: "act", Request: &engine.RequestSpec{Method: "POST"}},
		"test.read":         {Name: "read", Request: &engine.RequestSpec{Method: "GET"}},
		"test.keyed":        {Name: "keyed", Request: &engine.RequestSpec{Method: "POST", IdempotencyHeader: "Idempotency-Key"}},
		"test.any":          {Name: "any", Request: &engine.RequestSpec{Method: "{{method}}"}},
		"test.note":         {Name: "note", Local: "notify", Safe: true},
		"test.append":       {Name: "append", Local: "append_rows"},
		"logic.paths":       {Name: "paths", Logic: "paths", Holds: "paths"},
		"logic.loop":        {Name: "loop", Logic: "loop", Holds: "steps"},
		"logic.respond":     {Name: "respond", Logic: "respond"},
		"logic.call":        {Name: "call", Logic: "call"},
		"logic.compose":     {Name: "compose", Logic: "compose"},
		"logic.filter":      {Name: "filter", Logic: "filter"},
		"logic.stop":        {Name: "stop", Logic: "stop"},
		"logic.delay":       {Name: "delay", Logic: "delay", Fields: []engine.Field{{Name: "unit", Default: "minutes"}}},
		"logic.delay_until": {Name: "delay_until", Logic: "delay_until"},
	}
	o, ok := operations[use]
	return engine.Connector{Name: "test"}, o, ok
}

// outside plays the apps: it answers each call by the next of its answers, the last one for ever.
type outside struct {
	mu      sync.Mutex
	calls   []action.Call
	answers []func(ctx context.Context, call action.Call) (action.Result, error)
}

func (o *outside) Do(ctx context.Context, call action.Call) (action.Result, error) {
	o.mu.Lock()
	o.calls = append(o.calls, call)
	answer := o.answers[min(len(o.calls), len(o.answers))-1]
	o.mu.Unlock()
	return answer(ctx, call)
}

func answers(output any) func(context.Context, action.Call) (action.Result, error) {
	return func(context.Context, action.Call) (action.Result, error) {
		return action.Result{
			Output: output, Request: &engine.SentRequest{Method: "POST", URL: "https://app.example"},
			Response: &engine.Response{Status: 200},
		}, nil
	}
}

func fails(f action.Failure) func(context.Context, action.Call) (action.Result, error) {
	return func(context.Context, action.Call) (action.Result, error) {
		failure := f
		return action.Result{Response: &engine.Response{Status: 500}}, &failure
	}
}

type accounts map[string]engine.Account

func (a accounts) Account(_ context.Context, name string) (engine.Account, error) {
	account, ok := a[name]
	if !ok {
		return account, engine.Errorf(engine.NotFound, "There is no connection named %q.", name)
	}
	return account, nil
}

type accountFunc func(name string) (engine.Account, error)

func (f accountFunc) Account(_ context.Context, name string) (engine.Account, error) { return f(name) }

// changes keeps what is published.
type changes struct {
	mu     sync.Mutex
	states []engine.State
}

func (c *changes) Publish(change engine.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.states = append(c.states, change.State)
}

// bench is a runtime with everything around it.
type bench struct {
	*runtime.Runtime
	store     *memory
	outside   *outside
	published *changes
	now       time.Time
}

var begin = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func newBench(t *testing.T, body string, steps ...engine.Step) *bench {
	t.Helper()
	b := &bench{
		store: &memory{
			definition: engine.Definition{Name: "Test", Trigger: engine.Trigger{Use: "test.came"}, Steps: steps},
			event:      engine.Event{ID: 1, Key: "evt_1", Body: []byte(body), ContentType: "application/json"},
			runs: map[int64]engine.Run{1: {
				ID: 1, RecipeID: 7, Version: 1, EventID: 1, State: engine.Queued, CreatedAt: begin,
			}},
		},
		outside:   &outside{answers: []func(context.Context, action.Call) (action.Result, error){answers(map[string]any{"ok": true})}},
		published: &changes{},
		now:       begin,
	}
	b.Runtime = runtime.New(runtime.Params{
		Store: b.store, Catalog: catalog{}, Actions: b.outside, Publisher: b.published,
		Accounts: accounts{"Shop": {Connection: engine.Connection{Name: "Shop"}, Secrets: map[string]string{"key": "s"}}},
		Now:      func() time.Time { return b.now },
		Jitter:   func(most time.Duration) time.Duration { return most },
	})
	return b
}

func (b *bench) handle(t *testing.T) error {
	t.Helper()
	return b.Handle(t.Context(), engine.Job{RunID: 1, RecipeID: 7})
}

// finish handles the run again and again, letting time pass where it waits.
func (b *bench) finish(t *testing.T) engine.Run {
	t.Helper()
	for range 1000 {
		err := b.handle(t)
		if until, ok := engine.SnoozedUntil(err); ok {
			b.now = until
			continue
		}
		require.NoError(t, err)
		return b.run(t)
	}
	t.Fatal("the run does not end")
	return engine.Run{}
}

func (b *bench) run(t *testing.T) engine.Run {
	t.Helper()
	run, err := b.store.Run(t.Context(), 1)
	require.NoError(t, err)
	return run
}

func act(id string, with map[string]any) engine.Step {
	return engine.Step{ID: id, Use: "test.act", With: with}
}

// read is a step that may be sent again.
func read(id string, with map[string]any) engine.Step {
	return engine.Step{ID: id, Use: "test.read", With: with}
}

func filter(id, value, is, than string) engine.Step {
	return engine.Step{ID: id, Use: "logic.filter", With: map[string]any{
		"match": "all", "rules": []any{map[string]any{"value": value, "is": is, "than": than}},
	}}
}

var errBroken = errors.New("disk full")

func number(digits string) json.Number { return json.Number(digits) }

func text(raw json.RawMessage) string { return string(raw) }
