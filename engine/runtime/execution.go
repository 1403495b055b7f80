package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
)

// execution is one run being taken forward.
type execution struct {
	*Runtime
	run engine.Run
	// was is the run's state in the store.
	was  engine.State
	plan *plan
	env  mapping.Env
	// data is what pills refer to: trigger, trigger_request, and each step's result by its id.
	data map[string]any
	// pending are steps whose outcome is not committed yet.
	pending []engine.StepRun
	// acted is true while pending holds what came of a request: forgotten, it would be sent again.
	acted bool
	log   *slog.Logger
}

// errTaken says that somebody else changed the run meanwhile: a person cancelled it, or deleted its
// recipe.
var errTaken = errors.New("the run was changed by somebody else")

// begin loads what the steps need and takes over the results of those done before.
func (x *execution) begin(ctx context.Context) error {
	var err error
	if x.plan, err = x.Runtime.plan(ctx, x.run.RecipeID, x.run.Version); err != nil {
		return err
	}
	event, err := x.Store.Event(ctx, x.run.EventID)
	if err != nil {
		return err
	}
	body, err := content.Parse(event.ContentType, event.Body)
	if err != nil {
		return err
	}
	x.env = x.Locale()
	x.env.Now = x.Now()
	x.data = map[string]any{"trigger": body, "trigger_request": event.Request.Data()}
	for _, s := range x.run.Steps {
		if s.State != engine.Succeeded || len(s.Output) == 0 {
			continue
		}
		output, err := mapping.Decode(s.Output)
		if err != nil {
			return fmt.Errorf("the stored result of step %q: %w", s.Step, err)
		}
		x.data[s.Step] = output
	}
	if x.run.StartedAt.IsZero() {
		x.run.StartedAt = x.Now()
	}
	if x.run.Title == "" {
		x.run.Title = x.plan.title(x.data, x.env)
	}
	return nil
}

// proceed executes the steps that are not done yet.
func (x *execution) proceed(ctx context.Context) error {
	for position := range x.plan.steps {
		record := x.record(position)
		if record.State == engine.Succeeded || record.State == engine.Failed {
			continue // done in an earlier go; a failed one the recipe goes on after
		}
		if ended, err := x.do(ctx, &x.plan.steps[position], record); ended || err != nil {
			return err
		}
	}
	return x.finish(ctx, engine.Succeeded, nil)
}

// record returns what is known of a step, or a new record.
func (x *execution) record(position int) *engine.StepRun {
	i := slices.IndexFunc(x.run.Steps, func(s engine.StepRun) bool { return s.Position == position })
	if i >= 0 {
		return &x.run.Steps[i]
	}
	s := x.plan.steps[position]
	return &engine.StepRun{Position: position, Step: s.ID, Use: s.Use, State: engine.Queued}
}

// do executes one step. ended is true if the run goes no further now.
func (x *execution) do(ctx context.Context, s *step, record *engine.StepRun) (ended bool, err error) {
	if record.State == engine.Queued {
		record.StartedAt = x.Now()
	}
	if s.filter != nil {
		return x.decide(ctx, s, record)
	}
	input, err := s.with.Eval(x.data, x.env)
	if err != nil {
		return x.failed(ctx, s, record, engine.Wrap(err, engine.Invalid, "%s", err))
	}
	if record.Input, err = json.Marshal(input); err != nil {
		return x.failed(ctx, s, record, err)
	}
	fields, _ := input.(map[string]any)
	switch s.operation.Logic {
	case engine.LogicStop:
		record.Note = shorten(mapping.Text(fields["reason"]), longestNote)
		x.succeed(record, nil)
		return true, x.finish(ctx, engine.Succeeded, nil)
	case engine.LogicDelay, engine.LogicDelayUntil:
		return x.delay(ctx, s, record, fields)
	}
	return x.act(ctx, s, record, fields)
}

// decide evaluates a filter.
func (x *execution) decide(ctx context.Context, s *step, record *engine.StepRun) (ended bool, err error) {
	pass, note, err := s.filter.Eval(x.data, x.env)
	if err != nil {
		return x.failed(ctx, s, record, engine.Wrap(err, engine.Invalid, "%s", err))
	}
	record.Note = note
	if pass {
		x.succeed(record, nil)
		return false, nil
	}
	record.State, record.FinishedAt = engine.Filtered, x.Now()
	x.keep(record, 0)
	return true, x.finish(ctx, engine.Filtered, nil)
}

// act carries out one try of a step that reaches outside.
func (x *execution) act(ctx context.Context, s *step, record *engine.StepRun, fields map[string]any) (ended bool, err error) {
	var account engine.Account
	if s.Connection != "" {
		account, err = x.Accounts.Account(ctx, s.Connection)
		if engine.ErrorCode(err) == engine.Unavailable {
			// A locked keyring is no failure of the step: wait until somebody unlocks it.
			record.Failure = failureOf(s.ID, err)
			return true, x.wait(ctx, record, accountWait)
		}
		if err != nil {
			return x.failed(ctx, s, record, err)
		}
	}
	now := x.Now()
	changed := 1
	if cutOff(record, now) {
		changed++
		if x.cutOffTooOften(record) {
			return true, x.unsure(ctx, record, changed)
		}
	}
	if now.Before(record.StartedAt) {
		record.StartedAt = now // the clock was set back; tries are counted from there
	}
	attempt := engine.Attempt{Number: len(record.Attempts) + 1, StartedAt: now}
	record.State, x.run.Failure = engine.Running, nil
	record.Attempts = append(record.Attempts, attempt)
	x.keep(record, changed)
	if err := x.commit(ctx, engine.Running); err != nil {
		return true, x.given(ctx, err)
	}

	result, err := x.Actions.Do(ctx, action.Call{
		Connector: s.connector, Operation: s.operation, With: fields, Account: account,
		IdempotencyKey: fmt.Sprintf("bellhop-%d-%d-%s", x.run.RecipeID, x.run.ID, s.ID),
	})
	if ctx.Err() != nil && lost(err) && x.stopping(ctx) {
		return true, ctx.Err() // left as begun: the next start takes it up
	}
	attempt.FinishedAt, attempt.Request, attempt.Response = x.Now(), result.Request, result.Response
	if err != nil {
		attempt.Failure = failureOf(s.ID, err)
	}
	record.Attempts[len(record.Attempts)-1] = attempt
	x.acted = true
	if err != nil {
		return x.failed(ctx, s, record, err)
	}
	output, err := json.Marshal(result.Output)
	if err != nil {
		return x.failed(ctx, s, record, err)
	}
	record.Output = output
	x.succeed(record, result.Output)
	return false, nil
}

// lost says whether an attempt ended without its answer.
func lost(err error) bool {
	a, ok := asActionFailure(err)
	return err != nil && !(ok && a.Phase == action.Answered)
}

// stopping tells the end of the program, where the run stays as it is, from a person's cancelling,
// where the store already has the run as cancelled.
func (x *execution) stopping(ctx context.Context) bool {
	run, err := x.Store.Run(context.WithoutCancel(ctx), x.run.ID)
	return err != nil || run.State.Active()
}

func (x *execution) succeed(record *engine.StepRun, output any) {
	record.State, record.FinishedAt, record.Failure = engine.Succeeded, x.Now(), nil
	x.data[record.Step] = output
	x.keep(record, 1)
}

// keep puts a step among those to be committed next, with as many of its last attempts as are new or
// changed: those before are on record already.
func (x *execution) keep(record *engine.StepRun, attempts int) {
	s := *record
	s.Attempts = s.Attempts[max(0, len(s.Attempts)-attempts):]
	x.pending = append(x.pending, s)
}

// failed decides what a failed try means: another one later, the end, or going on without.
func (x *execution) failed(ctx context.Context, s *step, record *engine.StepRun, cause error) (ended bool, err error) {
	failure := failureOf(s.ID, cause)
	x.log.Info("a step failed", "step", s.ID, "code", failure.Code, "detail", failure.Detail, "error", cause)
	record.Failure = failure
	if a, ok := asActionFailure(cause); ok {
		if wait, again := x.again(s, record, a); again {
			return true, x.wait(ctx, record, wait)
		}
		if !a.Retry && a.Phase == action.Between {
			return true, x.unsure(ctx, record, 1)
		}
	}
	record.State, record.FinishedAt = engine.Failed, x.Now()
	x.keep(record, 1)
	switch s.OnFailure {
	case engine.OnFailureContinue:
		return false, nil
	case engine.OnFailureHold:
		return true, x.finish(ctx, engine.Held, failure)
	default:
		return true, x.finish(ctx, engine.Failed, failure)
	}
}

// unsure ends the run with a step of which nobody knows whether it was done.
func (x *execution) unsure(ctx context.Context, record *engine.StepRun, attempts int) error {
	record.State, record.FinishedAt = engine.Unsure, x.Now()
	x.keep(record, attempts)
	return x.finish(ctx, engine.Unsure, record.Failure)
}

func (x *execution) wait(ctx context.Context, record *engine.StepRun, d time.Duration) error {
	record.State = engine.Waiting
	x.keep(record, 1)
	x.run.Failure = record.Failure
	x.run.DueAt = x.Now().Add(d)
	if err := x.commit(ctx, engine.Waiting); err != nil {
		return x.given(ctx, err)
	}
	return engine.Snooze(x.run.DueAt)
}

func (x *execution) fail(ctx context.Context, failure *engine.Failure) error {
	return x.finish(ctx, engine.Failed, failure)
}

func (x *execution) finish(ctx context.Context, state engine.State, failure *engine.Failure) error {
	x.run.Failure = failure
	x.run.FinishedAt = x.Now()
	if err := x.commit(ctx, state); err != nil {
		return x.given(ctx, err)
	}
	return nil
}

// commit records the run's new state together with the steps that are pending. What was done is
// recorded even when the run's context has ended, and when the store cannot take it for a while, as
// with a full disk: the request would be sent again otherwise, as often as its outcome is not kept.
func (x *execution) commit(ctx context.Context, state engine.State) error {
	x.run.State = state
	if state != engine.Waiting {
		x.run.DueAt = time.Time{}
	}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := x.save(ctx)
		if !x.acted || engine.ErrorCode(err) != engine.Unavailable {
			return err
		}
		x.log.Warn("what a step did cannot be recorded yet", "error", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

func (x *execution) save(ctx context.Context) error {
	err := x.Store.Update(context.WithoutCancel(ctx), func(tx engine.Tx) error {
		if err := tx.SaveRun(x.run, x.was); err != nil {
			return err
		}
		return tx.SaveSteps(x.run.ID, x.pending...)
	})
	switch engine.ErrorCode(err) {
	case "":
	case engine.Conflict, engine.NotFound:
		return errTaken
	default:
		return err
	}
	x.was, x.pending, x.acted = x.run.State, nil, false
	x.Publisher.Publish(engine.Change{
		Kind: engine.RunChanged, RecipeID: x.run.RecipeID, RunID: x.run.ID, State: x.run.State,
	})
	return nil
}

// given deals with a run that somebody else changed: what was done is kept with it, if it still
// exists, and no more is done. Other errors go back to the queue.
func (x *execution) given(ctx context.Context, err error) error {
	if !errors.Is(err, errTaken) {
		return err
	}
	err = x.Store.Update(context.WithoutCancel(ctx), func(tx engine.Tx) error {
		return tx.SaveSteps(x.run.ID, x.pending...)
	})
	if engine.ErrorCode(err) == engine.NotFound {
		return nil
	}
	return err
}
