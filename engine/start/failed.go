package start

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// failedStates are those of a run that needs a person.
var failedStates = []engine.State{engine.Failed, engine.Held, engine.Unsure}

// DefaultFailuresPerMinute is how many failed runs start a recipe in a minute unless it says otherwise:
// when everything fails at once, a few messages tell it as well as thousands.
const DefaultFailuresPerMinute = 10

// watcher is a recipe that starts when runs of others fail.
type watcher struct {
	recipeID  int64
	version   int
	of        string // the name, in lower case, of the one recipe it looks at; empty for any
	states    []engine.State
	runs      *engine.RunRules
	perMinute int
}

func newWatcher(r engine.Recipe, live engine.Definition) watcher {
	t := live.Trigger
	w := watcher{
		recipeID: r.ID, version: r.Published, perMinute: DefaultFailuresPerMinute, runs: live.Runs,
		of: strings.ToLower(strings.TrimSpace(mapping.Text(t.With["recipe"]))),
	}
	list, _ := t.With["states"].([]any)
	for _, one := range list {
		if state := engine.State(mapping.Text(one)); slices.Contains(failedStates, state) {
			w.states = append(w.states, state)
		}
	}
	if len(w.states) == 0 {
		w.states = failedStates
	}
	if n, err := strconv.Atoi(mapping.Text(t.With["per_minute"])); err == nil && n > 0 {
		w.perMinute = n
	}
	return w
}

// failure is what pills see of a failed run, as `trigger`.
type failure struct {
	Recipe   string `json:"recipe"`
	RecipeID int64  `json:"recipe_id"`
	Run      int64  `json:"run"`
	State    string `json:"state"`
	// Step is the id of the step that failed; empty if none could begin.
	Step    string `json:"step"`
	Message string `json:"message"`
	Code    string `json:"code"`
	Title   string `json:"title"`
	Event   string `json:"event"` // the event's key
	At      string `json:"at"`    // RFC 3339
	// LeftOut counts the failed runs since the last one told of, because they were too many at a time.
	LeftOut int `json:"left_out"`
}

// Ended starts the recipes that wait for runs such as this one to fail, in the transaction that stores
// how it ended, and returns their jobs for the queue. Runs that did not fail start nothing; neither do
// a recipe's own runs, nor those that it caused: it would start itself for ever.
func (s *Starter) Ended(ctx context.Context, tx engine.Tx, run engine.Run) ([]engine.Job, error) {
	t := s.table.Load()
	if len(t.watchers) == 0 || !slices.Contains(failedStates, run.State) || run.Depth >= engine.MaxDepth {
		return nil, nil
	}
	if run.RecipeName == "" {
		run.RecipeName = t.byID[run.RecipeID].name
	}
	var jobs []engine.Job
	for _, w := range t.watchers {
		if !w.wants(run) {
			continue
		}
		job, err := s.tell(ctx, tx, w, run)
		if engine.ErrorCode(err) == engine.NotFound {
			continue // the recipe has gone meanwhile
		}
		if err != nil {
			return nil, err
		}
		if job.RunID != 0 {
			jobs = append(jobs, job)
		}
	}
	return jobs, nil
}

func (w watcher) wants(run engine.Run) bool {
	return run.RecipeID != w.recipeID && slices.Contains(w.states, run.State) &&
		(w.of == "" || w.of == strings.ToLower(run.RecipeName) || w.of == strconv.FormatInt(run.RecipeID, 10))
}

// tell starts one recipe for a failed run; the zero Job if it must not, or not now.
func (s *Starter) tell(ctx context.Context, tx engine.Tx, w watcher, run engine.Run) (job engine.Job, err error) {
	r, err := tx.Recipe(ctx, w.recipeID)
	if err != nil || !r.On || r.Published != w.version {
		return job, err // it was changed meanwhile, and Reload is to come
	}
	if its, err := causedBy(ctx, tx, run, w.recipeID); its || err != nil {
		return job, err
	}
	now := s.Now()
	leftOut, ok, err := w.admit(ctx, tx, now)
	if !ok || err != nil {
		return job, err
	}
	told := failure{
		Recipe: run.RecipeName, RecipeID: run.RecipeID, Run: run.ID, State: string(run.State), Title: run.Title,
		Event: run.EventKey, At: now.Format(time.RFC3339), LeftOut: leftOut,
	}
	if f := run.Failure; f != nil {
		told.Step, told.Message, told.Code = f.Step, f.Message, string(f.Code)
	}
	started, err := add(tx, engine.Run{
		RecipeID: w.recipeID, Version: w.version, CalledBy: run.ID, Depth: run.Depth + 1,
	}, w.runs, fmt.Sprintf("%s run %d", run.State, run.ID), told, now)
	return engine.JobOf(started), err
}

// causedBy says whether a run of that recipe stands above run, however far.
func causedBy(ctx context.Context, tx engine.Tx, run engine.Run, recipeID int64) (bool, error) {
	above := run.CalledBy
	for range engine.MaxDepth + 1 {
		if above == 0 {
			return false, nil
		}
		runs, err := tx.Runs(ctx, engine.RunFilter{IDs: []int64{above}, Limit: 1})
		if err != nil || len(runs) == 0 {
			return false, err
		}
		if runs[0].RecipeID == recipeID {
			return true, nil
		}
		above = runs[0].CalledBy
	}
	return true, nil // such a row has no end
}

// keyTold is where a recipe's trigger remembers how many failures it was told of.
const keyTold = "failures told"

// tally counts what came in one minute.
type tally struct {
	Minute  int64 `json:"minute"` // since 1970
	Told    int   `json:"told"`
	LeftOut int   `json:"left_out,omitempty"`
}

// admit says whether one more failure may be told in this minute, and how many were left out since the
// last one. It counts in the same transaction, so a restart changes nothing.
func (w watcher) admit(ctx context.Context, tx engine.Tx, now time.Time) (leftOut int, ok bool, err error) {
	value, err := tx.TriggerState(ctx, w.recipeID, keyTold)
	if err != nil {
		return 0, false, err
	}
	var t tally
	if value != "" && json.Unmarshal([]byte(value), &t) != nil {
		t = tally{} // whatever it was, counting begins anew
	}
	if minute := now.Unix() / 60; t.Minute != minute {
		t.Minute, t.Told = minute, 0
	}
	if t.Told >= w.perMinute {
		t.LeftOut++
	} else {
		leftOut, ok = t.LeftOut, true
		t.Told, t.LeftOut = t.Told+1, 0
	}
	text, err := json.Marshal(t)
	if err != nil {
		return 0, false, err
	}
	return leftOut, ok, tx.SetTriggerState(w.recipeID, keyTold, string(text))
}
