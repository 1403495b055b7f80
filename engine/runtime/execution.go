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
	log     *slog.Logger
}

// errTaken says that somebody else changed the run meanwhile: a person cancelled it.
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
	if s.operation.Logic == "stop" {
		fields, _ := input.(map[string]any)
		record.Note = mapping.Text(fields["reason"])
		x.succeed(record, nil)
		return true, x.finish(ctx, engine.Succeeded, nil)
	}
	fields, _ := input.(map[string]any)
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
	x.pending = append(x.pending, *record)
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
	cutOff(record, x.Now())
	attempt := engine.Attempt{Number: len(record.Attempts) + 1, StartedAt: x.Now()}
	record.State = engine.Running
	record.Attempts = append(record.Attempts, attempt)
	x.pending = append(x.pending, *record)
	if err := x.commit(ctx, engine.Running); err != nil {
		return true, x.given(ctx, err)
	}

	result, err := x.Actions.Do(ctx, action.Call{
		Connector: s.connector, Operation: s.operation, With: fields, Account: account,
		IdempotencyKey: fmt.Sprintf("bellhop-%d-%d-%s", x.run.RecipeID, x.run.ID, s.ID),
	})
	if ctx.Err() != nil && x.stopping(ctx) {
		return true, ctx.Err() // left as begun: the next start takes it up
	}
	attempt.FinishedAt, attempt.Request, attempt.Response = x.Now(), result.Request, result.Response
	if err != nil {
		attempt.Failure = failureOf(s.ID, err)
	}
	record.Attempts[len(record.Attempts)-1] = attempt
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

// stopping tells the end of the program, where the run stays as it is, from a person's cancelling,
// where the store already has the run as cancelled.
func (x *execution) stopping(ctx context.Context) bool {
	run, err := x.Store.Run(context.WithoutCancel(ctx), x.run.ID)
	return err != nil || run.State.Active()
}

// cutOff closes an attempt whose answer never came because Bellhop stopped.
func cutOff(record *engine.StepRun, now time.Time) {
	if n := len(record.Attempts); n > 0 && record.Attempts[n-1].FinishedAt.IsZero() {
		last := &record.Attempts[n-1]
		last.FinishedAt = now
		last.Failure = &engine.Failure{
			Step: record.Step, Code: engine.Unavailable,
			Message: "Bellhop stopped before the answer came. The request may have arrived.",
		}
	}
}

func (x *execution) succeed(record *engine.StepRun, output any) {
	record.State, record.FinishedAt, record.Failure = engine.Succeeded, x.Now(), nil
	x.data[record.Step] = output
	x.pending = append(x.pending, *record)
}

// failed decides what a failed try means: another one later, the end, or going on without.
func (x *execution) failed(ctx context.Context, s *step, record *engine.StepRun, cause error) (ended bool, err error) {
	failure := failureOf(s.ID, cause)
	x.log.Info("a step failed", "step", s.ID, "code", failure.Code, "detail", failure.Detail, "error", cause)
	record.Failure = failure
	if a, ok := asActionFailure(cause); ok {
		if tried := x.tries(record); a.Retry && tried <= s.retries {
			return true, x.wait(ctx, record, x.waitBefore(tried, a.RetryAfter))
		}
		if !a.Retry && a.Phase == action.Between {
			record.State, record.FinishedAt = engine.Unsure, x.Now()
			x.pending = append(x.pending, *record)
			return true, x.finish(ctx, engine.Unsure, failure)
		}
	}
	record.State, record.FinishedAt = engine.Failed, x.Now()
	x.pending = append(x.pending, *record)
	switch s.OnFailure {
	case engine.OnFailureContinue:
		return false, nil
	case engine.OnFailureHold:
		return true, x.finish(ctx, engine.Held, failure)
	default:
		return true, x.finish(ctx, engine.Failed, failure)
	}
}

// tries counts the step's attempts since it was begun, or begun again by a person.
func (x *execution) tries(record *engine.StepRun) int {
	n := 0
	for _, a := range record.Attempts {
		if !a.StartedAt.Before(record.StartedAt) {
			n++
		}
	}
	return n
}

func (x *execution) wait(ctx context.Context, record *engine.StepRun, d time.Duration) error {
	record.State = engine.Waiting
	x.pending = append(x.pending, *record)
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
// recorded even when the run's context has ended.
func (x *execution) commit(ctx context.Context, state engine.State) error {
	x.run.State = state
	err := x.Store.Update(context.WithoutCancel(ctx), func(tx engine.Tx) error {
		if err := tx.SaveRun(x.run, x.was); err != nil {
			return err
		}
		return tx.SaveSteps(x.run.ID, x.pending...)
	})
	if engine.ErrorCode(err) == engine.Conflict {
		return errTaken
	}
	if err != nil {
		return err
	}
	x.was, x.pending = state, nil
	x.Publisher.Publish(engine.Change{
		Kind: engine.RunChanged, RecipeID: x.run.RecipeID, RunID: x.run.ID, State: state,
	})
	return nil
}

// given deals with a run that somebody else changed: what was done is kept with it, and no more is
// done. Other errors go back to the queue.
func (x *execution) given(ctx context.Context, err error) error {
	if !errors.Is(err, errTaken) {
		return err
	}
	return x.Store.Update(context.WithoutCancel(ctx), func(tx engine.Tx) error {
		return tx.SaveSteps(x.run.ID, x.pending...)
	})
}
