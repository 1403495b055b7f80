package boot_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// putRun stores a run of a new recipe with steps a, b and c, as the engine might have left it.
func putRun(t *testing.T, s *boot.Data, run engine.Run, steps ...engine.StepRun) engine.Run {
	t.Helper()
	definition := engine.Definition{Format: engine.RecipeFormat, Trigger: engine.Trigger{Use: "webhook.received"}}
	for i, id := range []string{"a", "b", "c"} {
		step := engine.Step{ID: id, Use: "logic.stop"}
		if i < len(steps) && steps[i].State == engine.Failed && (run.Failure == nil || run.Failure.Step != id) {
			step.OnFailure = engine.OnFailureContinue // so the run went on, or would have
		}
		definition.Steps = append(definition.Steps, step)
	}
	r, err := s.AddRecipe(t.Context(), definition)
	require.NoError(t, err)
	require.NoError(t, s.Store.Update(t.Context(), func(tx engine.Tx) error {
		number, err := tx.AddVersion(r.ID, r.Draft)
		if err != nil {
			return err
		}
		if run.Version != 0 {
			r.Published = number
			if err := tx.SaveRecipe(r); err != nil {
				return err
			}
		}
		e := engine.Event{RecipeID: r.ID, Key: "k"}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		run.RecipeID, run.EventID = r.ID, e.ID
		if err := tx.AddRun(&run); err != nil {
			return err
		}
		for i := range steps {
			steps[i].Position, steps[i].Step, steps[i].Use = i, string(rune('a'+i)), "logic.stop"
		}
		return tx.SaveSteps(run.ID, steps...)
	}))
	return run
}

func openData(t *testing.T) *boot.Data {
	t.Helper()
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: t.TempDir(), Secrets: "file"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func TestRetryBeginsWhereTheRunEnded(t *testing.T) {
	d := openData(t)
	in := func(states ...engine.State) (steps []engine.StepRun) {
		for _, s := range states {
			steps = append(steps, engine.StepRun{State: s})
		}
		return steps
	}
	const ok, bad = engine.Succeeded, engine.Failed
	for name, c := range map[string]struct {
		state engine.State
		step  string // of its failure
		steps []engine.StepRun
		kept  int // steps that stay done
	}{
		"failed":                              {engine.Failed, "b", in(ok, bad), 1},
		"failed before its first step":        {engine.Failed, "", nil, 0},
		"failed after one that may fail":      {engine.Failed, "c", in(bad, ok, bad), 2},
		"held":                                {engine.Held, "b", in(ok, bad), 1},
		"unsure":                              {engine.Unsure, "b", in(ok, engine.Unsure), 1},
		"filtered":                            {engine.Filtered, "", in(ok, engine.Filtered), 1},
		"cancelled while it waited":           {engine.Cancelled, "", in(ok, engine.Cancelled), 1},
		"cancelled while it acted":            {engine.Cancelled, "", in(ok, engine.Running), 1},
		"cancelled between steps":             {engine.Cancelled, "", in(ok, ok), 2},
		"cancelled after one that may fail":   {engine.Cancelled, "", in(ok, bad), 2},
		"cancelled before its first step":     {engine.Cancelled, "", nil, 0},
		"succeeded: from the beginning":       {engine.Succeeded, "", in(ok, ok, ok), 0},
		"succeeded although one failed: that": {engine.Succeeded, "", in(ok, bad, ok), 1},
	} {
		t.Run(name, func(t *testing.T) {
			run := engine.Run{State: c.state, Version: 1, FinishedAt: time.Now()}
			if c.step != "" {
				run.Failure = &engine.Failure{Step: c.step, Code: engine.Refused, Message: "No."}
			}
			run = putRun(t, d, run, c.steps...)
			require.NoError(t, d.Retry(t.Context(), run.ID, ""))
			after, err := d.Store.Run(t.Context(), run.ID)
			require.NoError(t, err)
			require.Equal(t, engine.Queued, after.State)
			require.Nil(t, after.Failure)
			require.Zero(t, after.FinishedAt)
			require.Zero(t, after.DueAt)
			require.LessOrEqual(t, len(after.Steps), c.kept+1)
			for i, s := range after.Steps {
				if i == c.kept {
					require.Equal(t, engine.Queued, s.State)
				} else {
					require.Equal(t, c.steps[i].State, s.State)
				}
			}
		})
	}
}

func TestWhatEachStateAllows(t *testing.T) {
	d := openData(t)
	for _, state := range engine.States {
		t.Run(string(state), func(t *testing.T) {
			over := map[engine.State]bool{engine.Succeeded: true, engine.Filtered: true, engine.Failed: true, engine.Cancelled: true}[state]
			steps := func() []engine.StepRun {
				return []engine.StepRun{{State: engine.Waiting, Attempts: []engine.Attempt{{Number: 1, StartedAt: time.Now()}}}}
			}
			run := putRun(t, d, engine.Run{State: state, Version: 1, DueAt: time.Now().Add(time.Hour)}, steps()...)
			err := d.Cancel(t.Context(), run.ID)
			if over {
				require.Equal(t, engine.Conflict, engine.ErrorCode(err))
			} else {
				require.NoError(t, err)
				after, err := d.Store.Run(t.Context(), run.ID)
				require.NoError(t, err)
				require.Equal(t, engine.Cancelled, after.State)
				require.Zero(t, after.DueAt)
				require.Len(t, after.Steps[0].Attempts, 1, "what was tried stays on record")
				if state != engine.Running {
					require.Equal(t, engine.Cancelled, after.Steps[0].State)
				}
			}
			run = putRun(t, d, engine.Run{State: state, Version: 1}, steps()...)
			err = d.Retry(t.Context(), run.ID, "")
			require.Equal(t, state.Active(), engine.ErrorCode(err) == engine.Conflict, "%v", err)
			_, err = d.Replay(t.Context(), run.ID)
			require.NoError(t, err)
		})
	}
}

func TestAReplayNeedsAPublishedVersion(t *testing.T) {
	d := openData(t)
	run := putRun(t, d, engine.Run{State: engine.Failed})
	_, err := d.Replay(t.Context(), run.ID)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	require.ErrorContains(t, err, "Publish")
}

func TestAConnectionThatWhatRunsUsesKeepsItsName(t *testing.T) {
	s := open(t, t.TempDir())
	c := engine.Connection{Name: "Door", Connector: "webhook", Fields: map[string]string{"scheme": "header", "header": "X-Key"}}
	require.NoError(t, s.SaveConnection(t.Context(), &c, map[string]string{"secret": "hush-hush"}))
	r, address := start(t, s, []byte(`
recipe: 1
name: Guarded
trigger: {use: webhook.received, connection: DOOR}
steps: [{id: stop, use: logic.stop}]
`))
	require.Equal(t, http.StatusUnauthorized, post(t, address, `{}`), "a name in another case is the same connection")

	draft := r.Draft
	draft.Trigger.Connection = ""
	require.NoError(t, s.SaveDraft(t.Context(), r.ID, draft))
	c.Name = "Gate"
	require.Equal(t, engine.Conflict, engine.ErrorCode(s.SaveConnection(t.Context(), &c, nil)))
	require.NoError(t, s.Publish(t.Context(), r.ID))
	require.NoError(t, s.SaveConnection(t.Context(), &c, nil))
}
