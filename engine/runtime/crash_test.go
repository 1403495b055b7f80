package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/runtime"
)

// life is how many moments a process has until it is killed: each commit and each request has one
// before and one after it. A killed process does nothing any more, and learns nothing.
type life struct {
	mu   sync.Mutex
	left int // negative: it is not killed
	used int
}

var errKilled = errors.New("killed")

// goesOn says whether the process still lives after one more moment.
func (l *life) goesOn() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left == 0 {
		return false
	}
	l.left--
	l.used++
	return true
}

// mortalStore is the store as a process sees it that may be killed.
type mortalStore struct {
	*memory
	life *life
}

func (m mortalStore) Update(ctx context.Context, fn func(engine.Tx) error) error {
	if !m.life.goesOn() {
		return errKilled
	}
	err := m.memory.Update(ctx, fn)
	if !m.life.goesOn() {
		return errKilled
	}
	return err
}

func (m mortalStore) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	if !m.life.goesOn() {
		return errKilled
	}
	err := m.memory.UpdateRepeatable(ctx, fn)
	if !m.life.goesOn() {
		return errKilled
	}
	return err
}

// world is what stays when a process is killed: the store, the apps, and the time.
type world struct {
	store *memory
	mu    sync.Mutex
	now   time.Time
	// effects counts what was done, by the key of the request; tried counts requests that got there.
	effects, tried map[string]int
	answers        []int
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// do plays the apps: the field `does` says how it goes.
func (w *world) do(life *life, call action.Call) (action.Result, error) {
	if !life.goesOn() {
		return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Unavailable, "killed"), Phase: action.Between}
	}
	result, err := w.answer(call)
	if !life.goesOn() {
		return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Unavailable, "killed"), Phase: action.Between}
	}
	return result, err
}

func (w *world) answer(call action.Call) (action.Result, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := call.IdempotencyKey
	w.tried[key]++
	switch does, _ := call.With["does"].(string); {
	case does == "fail":
		return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Refused, "No."), Phase: action.Answered}
	case does == "fail once" && w.tried[key] == 1:
		return action.Result{}, &action.Failure{Err: engine.Errorf(engine.Unavailable, "Down."), Phase: action.Answered, Retry: true}
	}
	w.effects[key]++
	return action.Result{Output: map[string]any{"ok": true, "of": call.With["of"]}}, nil
}

// Call starts another run, as package start does.
func (w *world) Call(_ context.Context, engineTx engine.Tx, run engine.Run, _ map[string]any) (int64, error) {
	t := engineTx.(*tx)
	id := int64(len(t.runs) + 1)
	t.runs[id] = engine.Run{ID: id, RecipeID: 8, State: engine.Queued, CalledBy: run.ID}
	return id, nil
}

type actionsOf func(call action.Call) (action.Result, error)

func (f actionsOf) Do(_ context.Context, call action.Call) (action.Result, error) { return f(call) }

// process starts Bellhop, which lives for so many moments.
func (w *world) process(moments int) (*runtime.Runtime, *life) {
	life := &life{left: moments}
	return runtime.New(runtime.Params{
		Store: mortalStore{w.store, life}, Catalog: catalog{}, Caller: w,
		Actions:  actionsOf(func(call action.Call) (action.Result, error) { return w.do(life, call) }),
		Accounts: accounts{},
		Now:      w.clock,
		Jitter:   func(most time.Duration) time.Duration { return most },
		Answer: func(_ int64, status int, _ map[string]string, _ string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.answers = append(w.answers, status)
		},
	}), life
}

// live takes the run to its end through processes of the given lives, the last of which is not killed.
// A person looks after what is in doubt.
func (w *world) live(t *testing.T, lives ...int) (run engine.Run, doubts, used int) {
	t.Helper()
	process, life := w.process(append(lives, -1)[0])
	for range 5000 {
		err := process.Handle(t.Context(), engine.Job{RunID: 1, RecipeID: 7})
		if until, waits := engine.SnoozedUntil(err); waits {
			w.endChildren()
			w.mu.Lock()
			if until.After(w.now) {
				w.now = until
			}
			w.mu.Unlock()
			continue
		}
		if err != nil {
			require.ErrorIs(t, err, errKilled)
			lives = lives[min(1, len(lives)):]
			process, life = w.process(append(slices.Clone(lives), -1)[0])
			continue
		}
		run = w.store.runs[1]
		if run.State != engine.Unsure {
			return run, doubts, life.used
		}
		doubts += w.decide(t, run)
	}
	t.Fatal("the run does not end")
	return run, doubts, 0
}

// endChildren lets the runs that were called end well.
func (w *world) endChildren() {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	for id, run := range w.store.runs {
		if run.CalledBy != 0 {
			run.State = engine.Succeeded
			run.Steps = []engine.StepRun{{Step: "last", State: engine.Succeeded, Output: json.RawMessage(`{"from":"the other"}`)}}
			w.store.runs[id] = run
		}
	}
}

// decide does what a person does who looks whether it was done.
func (w *world) decide(t *testing.T, run engine.Run) (doubts int) {
	t.Helper()
	require.NotNil(t, run.Failure)
	for i := range run.Steps {
		s := &run.Steps[i]
		if s.State != engine.Unsure {
			continue
		}
		if s.Use == "logic.loop" {
			s.State = engine.Running
			continue
		}
		doubts++
		require.NotEqual(t, "test.read", s.Use, "what can be repeated is never in doubt")
		require.NotEqual(t, "test.keyed", s.Use)
		key := "bellhop-7-1-" + s.Step
		if s.Round != "" {
			key += "-" + s.Round
		}
		if s.State = engine.Queued; w.effects[key] > 0 {
			s.State = engine.Succeeded
		}
	}
	require.Positive(t, doubts)
	run.State, run.Failure = engine.Queued, nil
	w.store.runs[1] = run
	return doubts
}

func newWorld(definition engine.Definition) *world {
	definition.Trigger = engine.Trigger{Use: "test.came"}
	return &world{
		now: begin, effects: map[string]int{}, tried: map[string]int{},
		store: &memory{
			repeats:    true,
			definition: definition,
			event:      engine.Event{ID: 1, Body: []byte(`{"name":"#1","lines":["a","b","c"],"more":[[1,2],[3]],"country":"US"}`), ContentType: "application/json"},
			runs:       map[int64]engine.Run{1: {ID: 1, RecipeID: 7, Version: 1, EventID: 1, State: engine.Queued}},
		},
	}
}

func does(id, what string) engine.Step {
	return act(id, map[string]any{"does": what})
}

func loop(id, items, atOnce string, steps ...engine.Step) engine.Step {
	return engine.Step{ID: id, Use: "logic.loop", With: map[string]any{"items": items, "at_once": atOnce}, Steps: steps}
}

func when(value, is, than string) map[string]any { return filter("", value, is, than).With }

func paths(id, match string, paths ...engine.Path) engine.Step {
	return engine.Step{ID: id, Use: "logic.paths", With: map[string]any{"match": match}, Paths: paths}
}

func continues(s engine.Step) engine.Step {
	s.OnFailure = engine.OnFailureContinue
	return s
}

// shapes are recipes of every form that a run can take.
var shapes = map[string]struct {
	steps, ifFailed []engine.Step
	want            engine.State
	effects         []string // the keys' last parts
}{
	"steps in a row": {
		steps: []engine.Step{act("one", nil), filter("f", "{{trigger.name}}", "equals", "#1"), act("two", nil), read("look", nil), act("three", nil)},
		want:  engine.Succeeded, effects: []string{"one", "two", "look", "three"},
	},
	"a filter after an action": {
		steps: []engine.Step{act("one", nil), filter("f", "{{trigger.name}}", "equals", "#2"), act("two", nil)},
		want:  engine.Filtered, effects: []string{"one"},
	},
	"a step that fails once, and one with a key": {
		steps: []engine.Step{does("one", "fail once"), {ID: "keyed", Use: "test.keyed", With: map[string]any{"does": "fail once"}}},
		want:  engine.Succeeded, effects: []string{"one", "keyed"},
	},
	"a delay": {
		steps: []engine.Step{act("one", nil), {ID: "wait", Use: "logic.delay", With: map[string]any{"for": "5"}}, act("two", nil)},
		want:  engine.Succeeded, effects: []string{"one", "two"},
	},
	"the first path that fits": {
		steps: []engine.Step{
			paths("which", "first",
				engine.Path{Name: "PT", When: when("{{trigger.country}}", "equals", "PT"), Steps: []engine.Step{act("pt", nil)}},
				engine.Path{Name: "US", When: when("{{trigger.country}}", "equals", "US"), Steps: []engine.Step{act("us", nil), act("us2", nil)}},
				engine.Path{Name: "Any", When: when("{{trigger.country}}", "exists", ""), Steps: []engine.Step{act("any", nil)}},
				engine.Path{Name: "Otherwise", Steps: []engine.Step{act("other", nil)}}),
			act("after", map[string]any{"of": "{{us2.ok | default: 'nothing'}}", "path": "{{which.path}}"}),
		},
		want: engine.Succeeded, effects: []string{"us", "us2", "after"},
	},
	"all paths that fit, with a loop in one": {
		steps: []engine.Step{
			paths("which", "all",
				engine.Path{Name: "US", When: when("{{trigger.country}}", "equals", "US"), Steps: []engine.Step{act("us", nil)}},
				engine.Path{Name: "Any", When: when("{{trigger.country}}", "exists", ""), Steps: []engine.Step{loop("each", "{{trigger.lines}}", "1", act("line", nil))}},
				engine.Path{Name: "Otherwise", Steps: []engine.Step{act("other", nil)}}),
			act("after", nil),
		},
		want: engine.Succeeded, effects: []string{"us", "line-0", "line-1", "line-2", "after"},
	},
	"no path fits but the otherwise": {
		steps: []engine.Step{
			paths("which", "first",
				engine.Path{Name: "PT", When: when("{{trigger.country}}", "equals", "PT"), Steps: []engine.Step{act("pt", nil)}},
				engine.Path{Name: "Otherwise", Steps: []engine.Step{act("other", nil)}}),
		},
		want: engine.Succeeded, effects: []string{"other"},
	},
	"a loop": {
		steps: []engine.Step{act("before", nil), loop("each", "{{trigger.lines}}", "1", act("one", map[string]any{"of": "{{each.item}}"}), act("two", nil)), act("after", nil)},
		want:  engine.Succeeded, effects: []string{"before", "one-0", "two-0", "one-1", "two-1", "one-2", "two-2", "after"},
	},
	"a loop at once": {
		steps: []engine.Step{loop("each", "{{trigger.lines}}", "3", act("one", map[string]any{"of": "{{each.item}}"}), act("two", nil)), act("after", nil)},
		want:  engine.Succeeded, effects: []string{"one-0", "two-0", "one-1", "two-1", "one-2", "two-2", "after"},
	},
	"loops within a loop at once": {
		steps: []engine.Step{loop("outer", "{{trigger.more}}", "2", loop("inner", "{{outer.item}}", "2", act("one", map[string]any{"of": "{{inner.item}}"})), act("two", nil))},
		want:  engine.Succeeded, effects: []string{"one-0.0", "one-0.1", "two-0", "one-1.0", "two-1"},
	},
	"a loop whose tries wait": {
		steps: []engine.Step{loop("each", "{{trigger.lines}}", "1", does("one", "fail once"), act("two", nil))},
		want:  engine.Succeeded, effects: []string{"one-0", "two-0", "one-1", "two-1", "one-2", "two-2"},
	},
	"a loop at once whose tries and delays wait": {
		steps: []engine.Step{loop("each", "{{trigger.lines}}", "2", does("one", "fail once"),
			engine.Step{ID: "wait", Use: "logic.delay", With: map[string]any{"for": "{{each.number}}"}}, act("two", nil))},
		want: engine.Succeeded, effects: []string{"one-0", "two-0", "one-1", "two-1", "one-2", "two-2"},
	},
	"a loop in which items fail, are filtered, and stop": {
		steps: []engine.Step{
			loop("each", "{{trigger.lines}}", "2",
				paths("which", "first",
					engine.Path{Name: "a", When: when("{{each.item}}", "equals", "a"), Steps: []engine.Step{does("one", "fail")}},
					engine.Path{Name: "b", When: when("{{each.item}}", "equals", "b"), Steps: []engine.Step{filter("f", "{{each.item}}", "equals", "x")}},
					engine.Path{Name: "c", Steps: []engine.Step{act("c", nil), {ID: "end", Use: "logic.stop"}}}),
				act("two", nil)),
			act("after", nil),
		},
		ifFailed: []engine.Step{act("tell", map[string]any{"of": "{{failure.message}}"}), act("tell2", nil)},
		want:     engine.Failed, effects: []string{"c-2", "tell", "tell2"},
	},
	"a failed loop that the recipe goes on after": {
		steps: []engine.Step{continues(loop("each", "{{trigger.lines}}", "3", does("one", "fail"))), act("after", map[string]any{"of": "{{each.failed}}"})},
		want:  engine.Succeeded, effects: []string{"after"},
	},
	"steps for a failure": {
		steps:    []engine.Step{act("one", nil), does("two", "fail"), act("three", nil)},
		ifFailed: []engine.Step{does("tell", "fail once"), {ID: "wait", Use: "logic.delay", With: map[string]any{"for": "5"}}, does("tell2", "fail"), act("tell3", nil)},
		want:     engine.Failed, effects: []string{"one", "tell"},
	},
	"another recipe": {
		steps: []engine.Step{act("one", nil), {ID: "call", Use: "logic.call", With: map[string]any{"wait": true}}, act("two", map[string]any{"of": "{{call.from}}"})},
		want:  engine.Succeeded, effects: []string{"one", "two"},
	},
	"another recipe in each round at once": {
		steps: []engine.Step{loop("each", "{{trigger.lines}}", "3", engine.Step{ID: "call", Use: "logic.call", With: map[string]any{"wait": true}}, act("two", map[string]any{"of": "{{call.from}}"}))},
		want:  engine.Succeeded, effects: []string{"two-0", "two-1", "two-2"},
	},
	"an answer to the sender": {
		steps: []engine.Step{{ID: "answer", Use: "logic.respond", With: map[string]any{"status": "201"}}, act("one", nil)},
		want:  engine.Succeeded, effects: []string{"one"},
	},
}

// TestKilledAtEveryMoment: wherever the process is killed, once or twice, every effect happens exactly
// once, provided a person looks after what is in doubt; and only what cannot be repeated ever is.
func TestKilledAtEveryMoment(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			definition := engine.Definition{Steps: shape.steps, IfFailed: shape.ifFailed}
			want := map[string]int{}
			for _, key := range shape.effects {
				want["bellhop-7-1-"+key] = 1
			}
			undisturbed := newWorld(definition)
			run, doubts, moments := undisturbed.live(t)
			require.Equal(t, shape.want, run.State, "%+v", run.Failure)
			require.Equal(t, want, undisturbed.effects)
			require.Zero(t, doubts)
			children := len(undisturbed.store.runs)

			check := func(t *testing.T, lives ...int) {
				t.Helper()
				w := newWorld(definition)
				run, _, _ := w.live(t, lives...)
				require.Equal(t, shape.want, run.State, "killed after %v: %+v", lives, run.Failure)
				for key := range w.effects {
					if strings.Contains(key, "-look") || strings.Contains(key, "-keyed") {
						w.effects[key] = min(w.effects[key], 1) // done again, which does no harm
					}
				}
				expected := maps.Clone(want)
				for _, s := range run.Steps {
					if s.State == engine.Unsure && strings.HasPrefix(s.Step, "tell") {
						// The run has failed all the same, and says so; what comes behind is not done.
						for key := range expected {
							if strings.Contains(key, "-tell") && w.effects[key] == 0 {
								delete(expected, key)
							}
						}
						continue
					}
					require.NotContains(t, []engine.State{engine.Running, engine.Waiting, engine.Unsure}, s.State, "%s %s", s.Step, s.Round)
				}
				require.Equal(t, expected, w.effects, "killed after %v", lives)
				require.Len(t, w.store.runs, children, "each call once")
			}
			for n := range moments + 1 {
				check(t, n)
			}
			for n := 0; n <= moments; n += 1 + moments/12 {
				for m := range min(moments, 12) {
					check(t, n, m)
				}
			}
		})
	}
}

// TestWhatALoopSumsUp: whatever became of the rounds, and however often the process was killed, the
// loop tells the same.
func TestWhatALoopSumsUp(t *testing.T) {
	for _, atOnce := range []string{"1", "2", "20"} {
		t.Run(atOnce+" at once", func(t *testing.T) {
			step := continues(loop("each", "{{trigger.lines}}", atOnce,
				filter("f", "{{each.item}}", "not_equals", "b"),
				paths("which", "first", engine.Path{Name: "a", When: when("{{each.item}}", "equals", "a"), Steps: []engine.Step{does("bad", "fail")}}),
				engine.Step{ID: "put", Use: "logic.compose", With: map[string]any{"values": map[string]any{"text": "{{each.number}}. {{each.item}} ({{each.index}})"}}},
				read("look", nil), engine.Step{ID: "again", Use: "logic.compose", With: map[string]any{"values": map[string]any{"text": "{{put.text}}"}}},
				filter("pass", "{{each.item}}", "equals", "c"), // has no result
			))
			for n := range 20 {
				w := newWorld(engine.Definition{Steps: []engine.Step{step}})
				run, _, _ := w.live(t, n)
				require.Equal(t, engine.Succeeded, run.State)
				each := run.Steps[slices.IndexFunc(run.Steps, func(s engine.StepRun) bool { return s.Step == "each" })]
				require.Equal(t, engine.Failed, each.State)
				require.Equal(t, "1 of 3 failed. The first: No.", each.Failure.Message)
				require.JSONEq(t, `{"count":3,"succeeded":1,"failed":1,"filtered":1,
					"results":[{"text":"3. c (2)"}],"failures":[{"index":0,"message":"No."}]}`, string(each.Output))
			}
		})
	}
}

// TestManyRounds: a thousand rounds of three steps, also after a crash in the middle.
func TestManyRounds(t *testing.T) {
	items := make([]any, 1000)
	for i := range items {
		items[i] = fmt.Sprint(i)
	}
	body, err := json.Marshal(map[string]any{"lines": items})
	require.NoError(t, err)
	for name, atOnce := range map[string]string{"in turn": "1", "at once": "20"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(engine.Definition{Steps: []engine.Step{
				loop("each", "{{trigger.lines}}", atOnce, filter("f", "{{each.item}}", "exists", ""), read("get", nil),
					engine.Step{ID: "put", Use: "logic.compose", With: map[string]any{"values": map[string]any{"n": "{{each.index}}"}}}),
			}})
			w.store.event.Body = body
			run, _, _ := w.live(t, 1000)
			require.Equal(t, engine.Succeeded, run.State)
			require.Len(t, run.Steps, 3001)
			total := 0
			for key := range maps.Keys(w.effects) {
				total += w.effects[key]
			}
			require.InDelta(t, 1000, total, 20, "what was on record is not done again")
		})
	}
}
