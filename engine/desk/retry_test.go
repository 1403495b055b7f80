package desk_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/desk"
	"bellhop/engine/runtime"
)

// shelf is a store of one run, and of the versions of its recipe.
type shelf struct {
	engine.Store
	run      engine.Run
	versions map[int]engine.Definition
}

type shelfTx struct {
	engine.Tx
	shelf *shelf
}

func (s *shelf) Update(_ context.Context, fn func(engine.Tx) error) error {
	return fn(shelfTx{shelf: s})
}

func (s *shelf) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	return s.Update(ctx, fn)
}

func (s *shelf) Run(context.Context, int64) (engine.Run, error) {
	run := s.run
	run.Steps = slices.Clone(run.Steps)
	for i := range run.Steps {
		run.Steps[i].Attempts = slices.Clone(run.Steps[i].Attempts)
	}
	return run, nil
}

func (s *shelf) Event(context.Context, int64) (engine.Event, error) {
	return engine.Event{Body: []byte(`{"lines":["a","b","c","d"]}`), ContentType: "application/json"}, nil
}

func (s *shelf) Version(_ context.Context, _ int64, number int) (engine.Definition, error) {
	return s.versions[number], nil
}

func (t shelfTx) Run(ctx context.Context, id int64) (engine.Run, error) { return t.shelf.Run(ctx, id) }

func (t shelfTx) Version(ctx context.Context, id int64, number int) (engine.Definition, error) {
	return t.shelf.Version(ctx, id, number)
}

func (t shelfTx) Recipe(context.Context, int64) (engine.Recipe, error) {
	return engine.Recipe{ID: 7, Published: len(t.shelf.versions)}, nil
}

func (t shelfTx) SaveRun(r engine.Run, was engine.State) error {
	if t.shelf.run.State != was || r.State != was && !was.CanBecome(r.State) {
		return engine.Errorf(engine.Conflict, "it is %s, and cannot go from %s to %s", t.shelf.run.State, was, r.State)
	}
	r.Steps = t.shelf.run.Steps
	t.shelf.run = r
	return nil
}

func (t shelfTx) DropSteps(_ int64, from int) error {
	t.shelf.run.Steps = slices.DeleteFunc(t.shelf.run.Steps, func(s engine.StepRun) bool { return s.Position >= from })
	return nil
}

func (t shelfTx) SaveSteps(_ int64, steps ...engine.StepRun) error {
	for _, s := range steps {
		i := slices.IndexFunc(t.shelf.run.Steps, func(o engine.StepRun) bool { return o.Position == s.Position && o.Round == s.Round })
		if i < 0 {
			i = len(t.shelf.run.Steps)
			t.shelf.run.Steps = append(t.shelf.run.Steps, engine.StepRun{})
		}
		attempts := slices.Clone(t.shelf.run.Steps[i].Attempts)
		for _, a := range s.Attempts {
			attempts = append(attempts[:min(a.Number-1, len(attempts))], a)
		}
		s.Attempts = attempts
		t.shelf.run.Steps[i] = s
	}
	slices.SortStableFunc(t.shelf.run.Steps, func(a, b engine.StepRun) int { return a.Position - b.Position })
	return nil
}

// operations are those that the tests use.
type operations struct{ engine.Catalog }

func (operations) Operation(use string) (engine.Connector, engine.Operation, bool) {
	all := map[string]engine.Operation{
		"test.act":     {Request: &engine.RequestSpec{Method: "POST"}},
		"logic.filter": {Logic: "filter"}, "logic.loop": {Logic: "loop"}, "logic.paths": {Logic: "paths"}, "logic.stop": {Logic: "stop"},
	}
	o, ok := all[use]
	return engine.Connector{}, o, ok
}

// apps counts what was done, by step and item; those in wrong go wrong.
type apps struct {
	done  map[string]int
	wrong map[string]action.Failure
	keys  []string // with which it was asked
}

func (a *apps) Do(_ context.Context, call action.Call) (action.Result, error) {
	of, _ := call.With["of"].(string)
	a.keys = append(a.keys, call.IdempotencyKey)
	if failure, ok := a.wrong[of]; ok {
		return action.Result{}, &failure
	}
	a.done[of]++
	return action.Result{Output: map[string]any{"of": of}}, nil
}

var (
	no   = action.Failure{Err: engine.Errorf(engine.Refused, "No."), Phase: action.Answered}
	lost = action.Failure{Err: engine.Errorf(engine.Unavailable, "Lost."), Phase: action.Between}
)

func act(id, of string) engine.Step {
	return engine.Step{ID: id, Use: "test.act", With: map[string]any{"of": of}}
}

func each(steps ...engine.Step) engine.Step {
	return engine.Step{ID: "each", Use: "logic.loop", With: map[string]any{"items": "{{trigger.lines}}"}, Steps: steps}
}

func filter(id, value string) engine.Step {
	return engine.Step{ID: id, Use: "logic.filter", With: map[string]any{"rules": []any{map[string]any{"value": value, "is": "equals", "than": "yes"}}}}
}

func with(s engine.Step, on engine.OnFailure) engine.Step {
	s.OnFailure = on
	return s
}

// TestRetry: what is done again, and what is not, from where a person says.
func TestRetry(t *testing.T) {
	paths := engine.Step{ID: "which", Use: "logic.paths", Paths: []engine.Path{
		{Name: "A", When: map[string]any{"rules": []any{map[string]any{"value": "{{trigger.lines}}", "is": "exists"}}}, Steps: []engine.Step{act("in", "in"), act("in2", "in2")}},
		{Name: "B", Steps: []engine.Step{act("other", "other")}},
	}}
	for name, c := range map[string]struct {
		steps, ifFailed []engine.Step
		corrected       []engine.Step // the version published since; nil for none
		wrong           map[string]action.Failure
		first           engine.State
		from            string
		want            engine.State
		done            map[string]int
		refused         string
	}{
		"the step that failed": {
			steps: []engine.Step{act("one", "one"), act("two", "two"), act("three", "three")},
			wrong: map[string]action.Failure{"two": no}, first: engine.Failed,
			want: engine.Succeeded, done: map[string]int{"one": 1, "two": 1, "three": 1},
		},
		"the step that failed, as corrected": {
			steps:     []engine.Step{act("one", "one"), act("two", "two")},
			corrected: []engine.Step{act("one", "one"), act("two", "better")},
			wrong:     map[string]action.Failure{"two": no}, first: engine.Failed,
			want: engine.Succeeded, done: map[string]int{"one": 1, "better": 1},
		},
		"in the old version, if what is done is another step now": {
			steps:     []engine.Step{act("one", "one"), act("two", "two")},
			corrected: []engine.Step{act("zero", "zero"), act("two", "better")},
			wrong:     map[string]action.Failure{"two": no}, first: engine.Failed,
			want: engine.Succeeded, done: map[string]int{"one": 1, "two": 1},
		},
		"an earlier step": {
			steps: []engine.Step{act("one", "one"), act("two", "two"), act("three", "three")},
			wrong: map[string]action.Failure{"three": no}, first: engine.Failed, from: "two",
			want: engine.Succeeded, done: map[string]int{"one": 1, "two": 2, "three": 1},
		},
		"behind the step that failed": {
			steps: []engine.Step{act("one", "one"), act("two", "two"), act("three", "three")},
			wrong: map[string]action.Failure{"two": no}, first: engine.Failed, from: "three",
			want: engine.Succeeded, done: map[string]int{"one": 1, "three": 1},
		},
		"behind a filter": {
			steps: []engine.Step{filter("f", "no"), act("two", "two")},
			first: engine.Filtered, from: "two",
			want: engine.Succeeded, done: map[string]int{"two": 1},
		},
		"behind a stop": {
			steps: []engine.Step{{ID: "end", Use: "logic.stop"}, act("two", "two")},
			first: engine.Succeeded, from: "two",
			want: engine.Succeeded, done: map[string]int{"two": 1},
		},
		"all of it, if all was done": {
			steps: []engine.Step{act("one", "one"), each(act("in", "{{each.item}}"))},
			first: engine.Succeeded,
			want:  engine.Succeeded, done: map[string]int{"one": 2, "a": 2, "b": 2, "c": 2, "d": 2},
		},
		"only the rounds that failed": {
			steps: []engine.Step{act("one", "one"), each(act("in", "{{each.item}}"), act("then", "then")), act("last", "last")},
			wrong: map[string]action.Failure{"b": no, "d": no}, first: engine.Failed,
			want: engine.Succeeded, done: map[string]int{"one": 1, "a": 1, "b": 1, "c": 1, "d": 1, "then": 4, "last": 1},
		},
		"only the rounds that failed, by the loop's name": {
			steps: []engine.Step{each(act("in", "{{each.item}}")), act("last", "last")},
			wrong: map[string]action.Failure{"b": no}, first: engine.Failed, from: "each",
			want: engine.Succeeded, done: map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "last": 1},
		},
		"a step within a loop, in every round": {
			steps: []engine.Step{each(act("in", "{{each.item}}"), act("then", "then")), act("last", "last")},
			wrong: map[string]action.Failure{"last": no}, first: engine.Failed, from: "then",
			want: engine.Succeeded, done: map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "then": 8, "last": 1},
		},
		"a loop that went through, whole": {
			steps: []engine.Step{each(act("in", "{{each.item}}")), act("last", "last")},
			first: engine.Succeeded, from: "each",
			want: engine.Succeeded, done: map[string]int{"a": 2, "b": 2, "c": 2, "d": 2, "last": 2},
		},
		"not what the recipe went on after": {
			steps: []engine.Step{with(each(act("in", "{{each.item}}")), engine.OnFailureContinue), act("last", "last")},
			wrong: map[string]action.Failure{"b": no, "last": no}, first: engine.Failed,
			want: engine.Succeeded, done: map[string]int{"a": 1, "c": 1, "d": 1, "last": 1},
		},
		"a step on a path": {
			steps: []engine.Step{paths, act("last", "last")},
			wrong: map[string]action.Failure{"in2": no}, first: engine.Failed,
			want: engine.Succeeded, done: map[string]int{"in": 1, "in2": 1, "last": 1},
		},
		"from a step on a path": {
			steps: []engine.Step{paths, act("last", "last")},
			wrong: map[string]action.Failure{"last": no}, first: engine.Failed, from: "in",
			want: engine.Succeeded, done: map[string]int{"in": 2, "in2": 2, "last": 1},
		},
		"what is held": {
			steps: []engine.Step{with(act("one", "one"), engine.OnFailureHold), act("two", "two")},
			wrong: map[string]action.Failure{"one": no}, first: engine.Held,
			want: engine.Succeeded, done: map[string]int{"one": 1, "two": 1},
		},
		"what is in doubt, sent again": {
			steps: []engine.Step{each(act("in", "{{each.item}}"))},
			wrong: map[string]action.Failure{"b": lost, "c": no}, first: engine.Unsure,
			want: engine.Succeeded, done: map[string]int{"a": 1, "b": 1, "c": 1, "d": 1},
		},
		"the steps for a failure, if it fails again": {
			steps: []engine.Step{act("one", "{{trigger.none}}")}, ifFailed: []engine.Step{act("tell", "tell")},
			first: engine.Failed,
			want:  engine.Failed, done: map[string]int{"tell": 2},
		},
		"a step the run never came to": {
			steps: []engine.Step{act("one", "one"), act("two", "two"), act("three", "three")},
			wrong: map[string]action.Failure{"one": no}, first: engine.Failed, from: "three", refused: "never came",
		},
		"a step there is not": {
			steps: []engine.Step{act("one", "one")}, first: engine.Succeeded, from: "on", refused: `Did you mean "one"?`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(engine.Definition{Steps: c.steps, IfFailed: c.ifFailed})
			b.apps.wrong = c.wrong
			b.handle(t)
			require.Equal(t, c.first, b.shelf.run.State, "%+v", b.shelf.run.Failure)
			b.apps.wrong = nil
			if c.corrected != nil {
				b.shelf.versions[2] = engine.Definition{Steps: c.corrected}
			}

			err := b.desk.Retry(t.Context(), 1, c.from)
			if c.refused != "" {
				require.ErrorContains(t, err, c.refused)
				return
			}
			require.NoError(t, err)
			require.Equal(t, engine.Queued, b.shelf.run.State)
			b.handle(t)
			require.Equal(t, c.want, b.shelf.run.State, "%+v", b.shelf.run.Failure)
			require.Equal(t, c.done, b.apps.done)
		})
	}
}

// TestItWentThrough: what was in doubt counts as done, and is not sent again.
func TestItWentThrough(t *testing.T) {
	b := newBench(engine.Definition{Steps: []engine.Step{each(act("in", "{{each.item}}"), act("then", "then")), act("last", "last")}})
	b.apps.wrong = map[string]action.Failure{"b": lost}
	b.handle(t)
	require.Equal(t, engine.Unsure, b.shelf.run.State)
	b.apps.wrong = nil

	require.NoError(t, b.desk.WentThrough(t.Context(), 1))
	b.handle(t)
	require.Equal(t, engine.Succeeded, b.shelf.run.State, "%+v", b.shelf.run.Failure)
	require.Equal(t, map[string]int{"a": 1, "c": 1, "d": 1, "then": 4, "last": 1}, b.apps.done)
	noted := 0
	for _, s := range b.shelf.run.Steps {
		if s.Note == "a person said it went through" {
			noted++
			require.Equal(t, "1", s.Round)
		}
	}
	require.Equal(t, 1, noted)
	require.Equal(t, engine.Conflict, engine.ErrorCode(b.desk.WentThrough(t.Context(), 1)))
	require.Contains(t, slices.Collect(maps.Keys(b.apps.done)), "last")
}

// TestItWentThroughAndThisCameBack: what a person knows of the answer is what later steps find.
func TestItWentThroughAndThisCameBack(t *testing.T) {
	for name, c := range map[string]struct {
		given map[string]string
		want  engine.State
		done  map[string]int
		says  string // "" if it is taken
	}{
		"what is needed": {map[string]string{"message.ts": "17.5"}, engine.Succeeded, map[string]int{"17.5": 1}, ""},
		"nothing":        {nil, engine.Failed, map[string]int{}, ""},
		"something else": {map[string]string{"message.tz": "17.5"}, engine.Unsure, nil, `No step after this one uses "message.tz". Did you mean "message.ts"?`},
	} {
		b := newBench(engine.Definition{Steps: []engine.Step{act("post", "b"), act("last", "{{post.message.ts}}")}})
		b.apps.wrong = map[string]action.Failure{"b": lost}
		b.handle(t)
		require.Equal(t, engine.Unsure, b.shelf.run.State, name)
		b.apps.wrong = nil
		err := b.desk.Arrived(t.Context(), 1, "post", "", c.given)
		if c.says != "" {
			require.ErrorContains(t, err, c.says, name)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err), name)
			require.Equal(t, c.want, b.shelf.run.State, name)
			continue
		}
		require.NoError(t, err, name)
		b.handle(t)
		require.Equal(t, c.want, b.shelf.run.State, "%s: %+v", name, b.shelf.run.Failure)
		require.Equal(t, c.done, b.apps.done, name)
	}
}

// TestSettle: of several rounds in doubt, each is decided by itself.
func TestSettle(t *testing.T) {
	b := newBench(engine.Definition{Steps: []engine.Step{each(act("in", "{{each.item}}"), act("then", "then")), act("last", "last")}})
	b.apps.wrong = map[string]action.Failure{"b": lost, "c": lost}
	b.handle(t)
	require.Equal(t, engine.Unsure, b.shelf.run.State)
	b.apps.wrong = nil

	require.NoError(t, b.desk.Settle(t.Context(), 1, "in", "1", true))
	require.Equal(t, engine.Unsure, b.shelf.run.State, "one is still in doubt")
	require.Equal(t, engine.NotFound, engine.ErrorCode(b.desk.Settle(t.Context(), 1, "in", "1", true)), "it is settled")
	require.NoError(t, b.desk.Settle(t.Context(), 1, "in", "2", false))
	require.Equal(t, engine.Queued, b.shelf.run.State)
	b.handle(t)
	require.Equal(t, engine.Succeeded, b.shelf.run.State, "%+v", b.shelf.run.Failure)
	require.Equal(t, map[string]int{"a": 1, "c": 1, "d": 1, "then": 4, "last": 1}, b.apps.done)
}

type bench struct {
	shelf   *shelf
	apps    *apps
	desk    *desk.Desk
	runtime *runtime.Runtime
}

func newBench(d engine.Definition) *bench {
	b := &bench{
		shelf: &shelf{
			run:      engine.Run{ID: 1, RecipeID: 7, Version: 1, EventID: 1, State: engine.Queued},
			versions: map[int]engine.Definition{1: d},
		},
		apps: &apps{done: map[string]int{}},
	}
	b.desk = desk.New(desk.Params{
		Store: b.shelf, Catalog: operations{}, Changed: func(context.Context, ...engine.Change) error { return nil },
	})
	b.runtime = runtime.New(runtime.Params{
		Store: b.shelf, Catalog: operations{}, Actions: b.apps,
		Now: func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) },
	})
	return b
}

func (b *bench) handle(t *testing.T) {
	t.Helper()
	require.NoError(t, b.runtime.Handle(t.Context(), engine.Job{RunID: 1, RecipeID: 7}))
}
