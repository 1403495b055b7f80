package runtime_test

import (
	"context"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

const lines = `{"name":"#1","lines":["a","b","c","d","e"]}`

func TestALoopAtOnceKeepsItsNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, lines, loop("each", "{{trigger.lines}}", "2", act("one", nil)))
		var mu sync.Mutex
		now, most := 0, 0
		b.outside.answers[0] = func(context.Context, action.Call) (action.Result, error) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			<-time.After(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			return action.Result{Output: "fine"}, nil
		}
		begun := time.Now()
		require.Equal(t, engine.Succeeded, b.finish(t).State)
		require.Equal(t, 2, most)
		require.Equal(t, 3*time.Second, time.Since(begun))
	})
}

func TestRoundsThatWaitLeaveTheirPlace(t *testing.T) {
	b := newBench(t, lines, loop("each", "{{trigger.lines}}", "2",
		engine.Step{ID: "wait", Use: "logic.delay", With: map[string]any{"for": "{{each.number}}"}}, act("one", nil)))
	until, waits := engine.SnoozedUntil(b.handle(t))
	require.True(t, waits)
	require.Equal(t, begin.Add(time.Minute), until, "the earliest of them")
	require.Empty(t, b.outside.calls)
	for _, s := range b.run(t).Steps {
		if s.Step == "wait" {
			round, err := strconv.Atoi(s.Round)
			require.NoError(t, err)
			require.Equal(t, begin.Add(time.Duration(round+1)*time.Minute), s.DueAt, "each has its own time")
		}
	}
	run := b.finish(t)
	require.Equal(t, engine.Succeeded, run.State)
	require.Equal(t, begin.Add(5*time.Minute), run.FinishedAt)
}

// TestARoundThatIsDoneIsOnRecordAtOnce: also while another takes long.
func TestARoundThatIsDoneIsOnRecordAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, `{"lines":["slow","quick"]}`, loop("each", "{{trigger.lines}}", "2", act("one", map[string]any{"of": "{{each.item}}"})))
		b.outside.answers[0] = func(_ context.Context, call action.Call) (action.Result, error) {
			if call.With["of"] == "slow" {
				<-time.After(time.Hour)
			}
			return action.Result{Output: "fine"}, nil
		}
		ended := make(chan error, 1)
		go func() { ended <- b.handle(t) }()
		synctest.Wait()
		var quick engine.State
		for _, s := range b.run(t).Steps {
			if s.Round == "1" {
				quick = s.State
			}
		}
		require.Equal(t, engine.Succeeded, quick)
		require.NoError(t, <-ended)
	})
}

func TestLoopsThatCannotBegin(t *testing.T) {
	for name, c := range map[string]struct {
		with map[string]any
		want string
	}{
		"no list":           {map[string]any{"items": "{{trigger.name}}"}, "needs a list"},
		"too many":          {map[string]any{"items": "{{trigger.lines}}", "limit": "3"}, "5 entries"},
		"too many at once":  {map[string]any{"items": "{{trigger.lines}}", "at_once": "21"}, "from 1 to 20"},
		"nothing was found": {map[string]any{"items": "{{trigger.none}}"}, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, lines, engine.Step{ID: "each", Use: "logic.loop", With: c.with, Steps: []engine.Step{act("one", nil)}})
			run := b.finish(t)
			require.Equal(t, engine.Failed, run.State)
			require.Contains(t, run.Failure.Message, c.want)
			require.Equal(t, "each", run.Failure.Step)
			require.Empty(t, b.outside.calls)
		})
	}
	t.Run("an empty list is none", func(t *testing.T) {
		b := newBench(t, `{"lines":[]}`, loop("each", "{{trigger.lines}}", "1", act("one", nil)), act("after", map[string]any{"n": "{{each.count}}"}))
		require.Equal(t, engine.Succeeded, b.finish(t).State)
		require.Len(t, b.outside.calls, 1)
	})
}

func TestAHeldOrUnsureRoundNeedsAPersonOnceTheOthersAreOver(t *testing.T) {
	for name, c := range map[string]struct {
		failure action.Failure
		want    engine.State
	}{
		"held":   {action.Failure{Err: engine.Errorf(engine.Refused, "No."), Phase: action.Answered}, engine.Held},
		"unsure": {action.Failure{Err: engine.Errorf(engine.Unavailable, "Lost."), Phase: action.Between}, engine.Unsure},
	} {
		for _, atOnce := range []string{"1", "3"} {
			t.Run(name+" "+atOnce, func(t *testing.T) {
				step := act("one", map[string]any{"of": "{{each.item}}"})
				step.OnFailure = engine.OnFailureHold
				b := newBench(t, lines, loop("each", "{{trigger.lines}}", atOnce, step), act("after", nil))
				b.outside.answers[0] = func(_ context.Context, call action.Call) (action.Result, error) {
					if call.With["of"] == "b" {
						failure := c.failure
						return action.Result{}, &failure
					}
					return action.Result{Output: "fine"}, nil
				}
				run := b.finish(t)
				require.Equal(t, c.want, run.State)
				require.Equal(t, "one", run.Failure.Step)
				require.Len(t, b.outside.calls, 5, "the others are done, and nothing after the loop")
				require.Equal(t, c.want, run.Steps[0].State)
			})
		}
	}
}

func TestWhatStepsSeeOfEachOther(t *testing.T) {
	for name, c := range map[string]struct {
		steps []engine.Step
		with  map[string]any
		want  map[string]any
	}{
		"an item, its place and its number": {
			[]engine.Step{loop("each", "{{trigger.lines}}", "1", act("last", map[string]any{"text": "{{each.number}}/{{each.index}}: {{each.item}}"}))},
			nil, map[string]any{"text": "5/4: e"},
		},
		"a step of the same round": {
			[]engine.Step{loop("each", "{{trigger.lines}}", "1",
				engine.Step{ID: "put", Use: "logic.compose", With: map[string]any{"values": map[string]any{"of": "{{each.item}}"}}},
				act("last", map[string]any{"of": "{{put.of}}"}))},
			nil, map[string]any{"of": "e"},
		},
		"not a step of a round from behind the loop": {
			[]engine.Step{loop("each", "{{trigger.lines}}", "1", act("in", nil)), act("last", map[string]any{"of": "{{in.ok | default: 'nothing'}}", "n": "{{each.count}}"})},
			nil, map[string]any{"of": "nothing", "n": number("5")},
		},
		"a step of the path that was taken": {
			[]engine.Step{paths("which", "first", engine.Path{Name: "All", Steps: []engine.Step{act("in", nil)}}), act("last", map[string]any{"of": "{{in.ok}}", "path": "{{which.path}}"})},
			nil, map[string]any{"of": true, "path": "All"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, lines, c.steps...)
			run := b.finish(t)
			require.Equal(t, engine.Succeeded, run.State, "%+v", run.Failure)
			require.Equal(t, c.want, b.outside.calls[len(b.outside.calls)-1].With)
		})
	}
}

func TestStepsForAFailureKnowIt(t *testing.T) {
	b := newBench(t, order, engine.Step{ID: "post", Name: "Tell the team", Use: "test.act"})
	b.store.definition.IfFailed = []engine.Step{act("tell", map[string]any{
		"text": "{{failure.name}} ({{failure.step}}): {{failure.message}} [{{failure.code}}] {{trigger.name}}",
	})}
	b.outside.answers = append(b.outside.answers[:0], fails(action.Failure{Err: engine.Errorf(engine.Refused, "No."), Phase: action.Answered}), answers("told"))
	run := b.finish(t)
	require.Equal(t, engine.Failed, run.State)
	require.Equal(t, "No.", run.Failure.Message, "the failure is the first one")
	require.Equal(t, "Tell the team (post): No. [refused] #1042", b.outside.calls[1].With["text"])

	held := newBench(t, order, engine.Step{ID: "post", Use: "test.act", OnFailure: engine.OnFailureHold})
	held.store.definition.IfFailed = b.store.definition.IfFailed
	held.outside.answers[0] = fails(action.Failure{Err: engine.Errorf(engine.Refused, "No."), Phase: action.Answered})
	require.Equal(t, engine.Held, held.finish(t).State)
	require.Len(t, held.outside.calls, 1, "a person is to decide: it has not failed yet")
}

func TestAStepAnswersTheSender(t *testing.T) {
	b := newBench(t, order, engine.Step{ID: "answer", Use: "logic.respond", With: map[string]any{
		"status": "201", "headers": map[string]any{"X-Order": "{{trigger.name}}"}, "body": map[string]any{"ok": true},
	}}, act("post", nil))
	var told []string
	b.Answer = func(run int64, status int, headers map[string]string, body string) {
		require.Empty(t, b.outside.calls, "it does not wait for the steps behind")
		require.NotEmpty(t, b.store.runs[1].Steps, "it is on record first")
		told = append(told, headers["X-Order"], body)
		require.Equal(t, int64(1), run)
		require.Equal(t, 201, status)
	}
	require.Equal(t, engine.Succeeded, b.finish(t).State)
	require.Equal(t, []string{"#1042", `{"ok":true}`}, told)

	wrong := newBench(t, order, engine.Step{ID: "answer", Use: "logic.respond", With: map[string]any{"status": "99"}})
	require.Contains(t, wrong.finish(t).Failure.Message, "no status")
}

func TestACalledRecipeThatEndsOtherwise(t *testing.T) {
	for name, c := range map[string]struct {
		child engine.Run
		want  string
	}{
		"failed":    {engine.Run{State: engine.Failed, RecipeName: "Pack", Failure: &engine.Failure{Message: "No box."}}, `"Pack" failed in run 2: No box.`},
		"cancelled": {engine.Run{State: engine.Cancelled, RecipeName: "Pack"}, "was cancelled"},
		"gone":      {engine.Run{}, "was removed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(engine.Definition{Steps: []engine.Step{{ID: "call", Use: "logic.call", With: map[string]any{"wait": true}}}})
			process, _ := w.process(-1)
			due, waits := engine.SnoozedUntil(process.Handle(t.Context(), engine.Job{RunID: 1}))
			require.True(t, waits)
			w.now = due
			_, waits = engine.SnoozedUntil(process.Handle(t.Context(), engine.Job{RunID: 1}))
			require.True(t, waits, "it looks now and then, and waits on")
			w.now = w.now.Add(time.Hour)
			if delete(w.store.runs, 2); c.child.State != "" {
				c.child.ID = 2
				w.store.runs[2] = c.child
			}
			require.NoError(t, process.Handle(t.Context(), engine.Job{RunID: 1}))
			run := w.store.runs[1]
			require.Equal(t, engine.Failed, run.State)
			require.Contains(t, run.Failure.Message, c.want)
		})
	}
}

// TestARunCallsItsCallerWhenItEnds: in the commit of its end.
func TestARunCallsItsCallerWhenItEnds(t *testing.T) {
	b := newBench(t, order, act("post", nil))
	run := b.run(t)
	run.CalledBy = 5
	b.store.runs[1] = run
	b.store.runs[5] = engine.Run{ID: 5, State: engine.Waiting, DueAt: begin.Add(time.Hour), Steps: []engine.StepRun{
		{Step: "call", State: engine.Waiting, Output: []byte(`{"run":1}`)},
	}}
	b.store.runs[6] = engine.Run{ID: 6, State: engine.Waiting, DueAt: begin.Add(time.Hour)}
	woken := 0
	b.Wake = func() { woken++ }
	require.Equal(t, engine.Succeeded, b.finish(t).State)
	require.Equal(t, begin, b.store.runs[5].DueAt)
	require.Equal(t, begin.Add(time.Hour), b.store.runs[6].DueAt)
	require.Equal(t, 1, woken)
}

type file struct{ *strings.Reader }

func (file) Close() error { return nil }

type bodies map[string]string

func (b bodies) Open(name string) (io.ReadSeekCloser, error) {
	text, ok := b[name]
	if !ok {
		return nil, engine.Errorf(engine.NotFound, "The body of this event is not there any more.")
	}
	return file{strings.NewReader(text)}, nil
}

func TestOfALargeBodyOnlyWhatIsUsedIsRead(t *testing.T) {
	b := newBench(t, "", act("post", map[string]any{"text": "{{trigger.customer.name}}", "second": "{{trigger.lines[1].title}}"}))
	b.store.event.File = "one"
	b.Bodies = bodies{"one": `{"name":"#7","rest":["` + strings.Repeat("x", 9<<20) + `"],"customer":{"name":"Ana"},"lines":[{"title":"a"},{"title":"b"}]}`}
	run := b.finish(t)
	require.Equal(t, engine.Succeeded, run.State, "%+v", run.Failure)
	require.Equal(t, "Order #7", run.Title)
	require.Equal(t, map[string]any{"text": "Ana", "second": "b"}, b.outside.calls[0].With)

	gone := newBench(t, "", act("post", nil))
	gone.store.event.File = "two"
	gone.Bodies = bodies{}
	require.Contains(t, gone.finish(t).Failure.Message, "not there any more")
}

func TestAFreshRunIsNotReadAgain(t *testing.T) {
	b := newBench(t, order, act("post", nil))
	run, event := b.run(t), b.store.event
	b.store.event = engine.Event{}
	require.NoError(t, b.Handle(t.Context(), engine.Job{RunID: 1, RecipeID: 7, Fresh: &engine.Fresh{Run: run, Event: event}}))
	require.Equal(t, engine.Succeeded, b.run(t).State)
	require.Equal(t, "Order #1042", b.run(t).Title)
}

func TestAFreshRunThatWasCancelledMeanwhile(t *testing.T) {
	b := newBench(t, order, act("post", nil))
	fresh := &engine.Fresh{Run: b.run(t), Event: b.store.event}
	run := b.run(t)
	run.State = engine.Cancelled
	b.store.runs[1] = run
	require.NoError(t, b.Handle(t.Context(), engine.Job{RunID: 1, RecipeID: 7, Fresh: fresh}))
	require.Empty(t, b.outside.calls)
	require.Empty(t, b.run(t).Steps, "nothing says that it was begun")
}

// TestACalledRecipeThatEndsBeforeItsCallerWaits: while another round is still busy.
func TestACalledRecipeThatEndsBeforeItsCallerWaits(t *testing.T) {
	w := newWorld(engine.Definition{Steps: []engine.Step{
		loop("each", "{{trigger.lines}}", "3", engine.Step{ID: "call", Use: "logic.call", With: map[string]any{"wait": true}}),
	}})
	w.store.before = func(int) { w.endChildren() }
	process, _ := w.process(-1)
	until, waits := engine.SnoozedUntil(process.Handle(t.Context(), engine.Job{RunID: 1}))
	require.True(t, waits)
	require.Equal(t, begin, until, "nobody calls it any more, so it does not wait")
	require.NoError(t, process.Handle(t.Context(), engine.Job{RunID: 1}))
	require.Equal(t, engine.Succeeded, w.store.runs[1].State)
}

// TestTheEndOfARunIsOneCommit: with what it starts, and how long it keeps others waiting.
func TestTheEndOfARunIsOneCommit(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(context.Context, action.Call) (action.Result, error)
		want   engine.State
		blocks time.Time
	}{
		"succeeded": {answers("fine"), engine.Succeeded, time.Time{}},
		"failed":    {fails(action.Failure{Err: engine.Errorf(engine.Refused, "No."), Phase: action.Answered}), engine.Failed, begin.Add(time.Hour)},
		"unsure":    {fails(action.Failure{Err: engine.Errorf(engine.Unavailable, "Lost."), Phase: action.Between}), engine.Unsure, begin.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, order, act("post", nil))
			b.store.definition.Runs = &engine.RunRules{InOrder: true, Block: engine.BlockHour}
			b.outside.answers[0] = c.answer
			var ended []engine.State
			b.Ended = func(_ context.Context, _ engine.Tx, run engine.Run) ([]engine.Job, error) {
				ended = append(ended, run.State)
				return []engine.Job{{RunID: 9}}, nil
			}
			var offered []engine.Job
			b.Offer = func(jobs ...engine.Job) {
				require.Equal(t, c.want, b.store.runs[1].State, "after the commit")
				offered = append(offered, jobs...)
			}
			run := b.finish(t)
			require.Equal(t, []engine.State{c.want}, ended, "not for what is still going on")
			require.Equal(t, []engine.Job{{RunID: 9}}, offered)
			require.Equal(t, c.blocks, run.BlocksUntil)
			require.Equal(t, begin, run.FinishedAt)
		})
	}
}
