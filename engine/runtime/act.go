package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/chain"
)

// act carries out one try of a step that reaches outside.
func (x *execution) act(ctx context.Context, s *step, record *engine.StepRun, sc *scope, fields map[string]any) (ending, error) {
	changed, doubt := x.cutOff(s, record, fields)
	if doubt != nil {
		return x.unsure(record, doubt, changed)
	}
	call := action.Call{
		Connector: s.connector, Operation: s.operation, With: fields, IdempotencyKey: x.idempotencyKey(s, record, sc),
	}
	if s.Connection != "" {
		var err error
		call.Account, err = x.Accounts.Account(ctx, s.Connection)
		if engine.ErrorCode(err) == engine.Unavailable {
			// A locked keyring is no failure of the step: wait until somebody unlocks it.
			record.Failure = failureOf(s.ID, err)
			return x.wait(record, x.Now().Add(accountWait), changed)
		}
		if err != nil {
			return x.failed(s, record, err, changed)
		}
	}
	leave, err := x.enter(ctx, call)
	if paused, ok := asPaused(err); ok {
		record.Failure = &engine.Failure{Step: s.ID, Code: paused.Code, Message: paused.Why, Unsent: true, WaitsFor: paused.For}
		return x.wait(record, paused.Until, changed)
	}
	if err != nil {
		return ending{}, err
	}
	return x.try(ctx, s, record, sc, call, leave, changed)
}

// enter passes the gate.
func (x *execution) enter(ctx context.Context, call action.Call) (leave func(action.Result, error), err error) {
	if x.Gate == nil {
		return func(action.Result, error) {}, nil
	}
	return x.Gate.Enter(ctx, call)
}

// try sends the request, between a commit that says so and the outcome.
func (x *execution) try(ctx context.Context, s *step, record *engine.StepRun, sc *scope, call action.Call,
	leave func(action.Result, error), changed int,
) (ending, error) {
	var result action.Result
	err := errCrashed
	defer func() { leave(result, err) }()
	now := x.Now()
	if now.Before(record.StartedAt) {
		record.StartedAt = now // the clock was set back; tries are counted from there
	}
	attempt := engine.Attempt{Number: len(record.Attempts) + 1, StartedAt: now}
	record.State, record.DueAt = engine.Running, time.Time{}
	record.Attempts = append(record.Attempts, attempt)
	x.keep(record, changed+1)
	if err = x.commit(ctx, ending{state: engine.Running}); err != nil {
		x.unkeep(record) // it was not sent
		return ending{}, err
	}

	err = errCrashed
	result, err = x.Actions.Do(chain.With(ctx, x.link), call)
	leave(result, err) // now: it may have something to say of the failure
	leave = func(action.Result, error) {}
	failed, _ := asActionFailure(err)
	stopped := err != nil && ctx.Err() != nil && x.stopping(ctx)
	if stopped && (failed == nil || failed.Phase == action.Between || failed.Phase == "") {
		return ending{}, ctx.Err() // left as begun: the next start takes it up
	}
	attempt.FinishedAt, attempt.Request, attempt.Response = x.Now(), result.Request, result.Response
	if err != nil {
		attempt.Failure = failureOf(s.ID, err)
	}
	record.Attempts[len(record.Attempts)-1] = attempt
	x.outcomeKept()
	if err == nil {
		record.Output, err = x.encode(result.Output)
		if err == nil {
			x.succeed(record, sc, result.Output)
			return ending{}, nil
		}
		return x.failed(s, record, err, 1)
	}
	if stopped && failed.Phase == action.Before {
		// Nothing was sent: the next start tries again.
		record.Failure = attempt.Failure
		_, _ = x.wait(record, x.Now(), 1)
		if err := x.commit(ctx, ending{state: engine.Running}); err != nil {
			return ending{}, err
		}
		return ending{}, ctx.Err()
	}
	return x.missed(s, record, err, failed)
}

// errCrashed is what the gate is told of a try that came to no end.
var errCrashed = errors.New("the try crashed")

// crashed ends with a step that crashed: in doubt if its request may have been sent.
func (x *execution) crashed(s *step, record *engine.StepRun, cause error) (ending, error) {
	n := len(record.Attempts)
	if n == 0 || !record.Attempts[n-1].FinishedAt.IsZero() {
		return x.failed(s, record, cause, 0)
	}
	failure := failureOf(s.ID, cause)
	record.Attempts[n-1].FinishedAt, record.Attempts[n-1].Failure = x.Now(), failure
	x.outcomeKept()
	return x.unsure(record, failure, 1)
}

// missed decides what a failed try means: another one later, doubt, or the step's failure.
func (x *execution) missed(s *step, record *engine.StepRun, cause error, failed *action.Failure) (ending, error) {
	if failed == nil {
		return x.failed(s, record, cause, 1)
	}
	if wait, again := x.again(s, record, failed); again {
		record.Failure = failureOf(s.ID, cause)
		x.log.Info("a try failed", "step", s.ID, "code", record.Failure.Code, "detail", x.personal.text(record.Failure.Detail), "error", x.personal.text(cause.Error()))
		return x.wait(record, x.Now().Add(wait), 1)
	}
	if failed.Phase == action.Between && !failed.Retry {
		return x.unsure(record, failureOf(s.ID, cause), 1)
	}
	return x.failed(s, record, cause, 1)
}

// unsure ends with a step of which nobody knows whether it was done.
func (x *execution) unsure(record *engine.StepRun, why *engine.Failure, attempts int) (ending, error) {
	record.State, record.FinishedAt, record.Failure, record.DueAt = engine.Unsure, x.Now(), why, time.Time{}
	x.keep(record, attempts)
	return ending{state: engine.Unsure, failure: why}, nil
}

// idempotencyKey is the same for every try of the step in this run, and in this round, until the app has said no: apps
// answer the same again to the same key, so a correction needs another one.
func (x *execution) idempotencyKey(s *step, record *engine.StepRun, sc *scope) string {
	key := fmt.Sprintf("bellhop-%s%d-%d-%s", x.Installation, x.recipeID, x.runID, s.ID)
	if sc.round != "" {
		key += "-" + sc.round
	}
	if n := refusals(record); n > 0 {
		key += fmt.Sprintf("-again%d", n)
	}
	return key
}

// refusals counts the tries to which the app answered no, with a code of its own: then nothing was done.
func refusals(record *engine.StepRun) (n int) {
	for _, a := range record.Attempts {
		if f := a.Failure; f != nil && f.Detail != "" && slices.Contains([]engine.Code{engine.Refused, engine.NotFound, engine.Unauthorized}, f.Code) {
			n++
		}
	}
	return n
}

// stopping tells the end of the program, where the run stays as it is, from a person's cancelling,
// where the store already has the run as cancelled.
func (x *execution) stopping(ctx context.Context) bool {
	run, err := x.Store.Run(context.WithoutCancel(ctx), x.runID)
	return err != nil || run.State.Active()
}
