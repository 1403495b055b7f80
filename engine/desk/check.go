package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
)

// Checker asks apps whether a request arrived whose answer was lost.
type Checker interface {
	// Check says whether a call that was made after since has arrived; the call's operation has a Check.
	// The error is why nobody can tell.
	Check(ctx context.Context, call action.Call, since time.Time) (found bool, err error)
}

// Sent is what is known of a request whose answer was lost.
type Sent string

// What can be known of it.
const (
	SentFound    Sent = "found"       // it has arrived: say that it went through
	SentNotFound Sent = "not_found"   // it has not arrived: send it again
	SentUnknown  Sent = "cannot_tell" // a person has to look
)

// Checked is what an app said of the requests of a run.
type Checked struct {
	Sent Sent
	// Says is a sentence: what was found, and what to do.
	Says string
}

// CheckSent asks the app whether what a run sent without getting an answer has arrived. It changes
// nothing: that is WentThrough's and Retry's. Conflict if the run is not unsure.
func (d *Desk) CheckSent(ctx context.Context, id int64) (Checked, error) {
	var none Checked
	run, err := d.Store.Run(ctx, id)
	if err != nil {
		return none, err
	}
	if run.State != engine.Unsure {
		return none, engine.Errorf(engine.Conflict, "Of this run nothing is in doubt: it is %s.", run.State)
	}
	definition, err := d.Store.Version(ctx, run.RecipeID, run.Version)
	if err != nil {
		return none, err
	}
	found, missing := 0, 0
	app := "The app"
	steps := definition.Walk()
	for _, s := range run.Steps {
		if s.State != engine.Unsure || s.Position < len(steps) && len(steps[s.Position].Steps) > 0 {
			continue // a loop is in doubt for what is in it
		}
		call, err := d.callOf(ctx, steps, s)
		if err == nil {
			app = call.Connector.Title
			var there bool
			if there, err = d.Checker.Check(ctx, call, sentAt(s)); there {
				found++
			} else if err == nil {
				missing++
			}
		}
		if err != nil {
			if ctx.Err() != nil {
				return none, ctx.Err()
			}
			if failed, ok := errors.AsType[*action.Failure](err); ok && failed.Phase == action.Between {
				return Checked{SentUnknown, app + " was asked, but its answer was lost, too. Ask again in a moment, or look there yourself."}, nil
			}
			return Checked{SentUnknown, engine.ErrorMessage(err)}, nil
		}
	}
	switch {
	case found > 0 && missing == 0:
		return Checked{SentFound, app + " has it: it went through. Say so, and the run goes on without sending it again."}, nil
	case missing > 0 && found == 0:
		return Checked{SentNotFound, app + " does not have it. Send it again."}, nil
	}
	return Checked{SentUnknown, fmt.Sprintf("%s has %d of the %d requests in doubt. Look there, and decide.", app, found, found+missing)}, nil
}

// callOf makes the call of a step again, as it was. The error says why that cannot be.
func (d *Desk) callOf(ctx context.Context, steps []engine.Placed, s engine.StepRun) (action.Call, error) {
	var call action.Call
	if s.Position >= len(steps) || steps[s.Position].ID != s.Step {
		return call, engine.Errorf(engine.NotFound, "The recipe has no step %q any more, so nobody can ask for it. Look there yourself.", s.Step)
	}
	var ok bool
	if call.Connector, call.Operation, ok = d.Catalog.Operation(s.Use); !ok || call.Operation.Check == nil || d.Checker == nil {
		title := call.Connector.Title
		if title == "" {
			title = "The app"
		}
		return call, engine.Errorf(engine.Invalid, "%s cannot be asked whether it arrived. Look there yourself: if it is there, say so; if not, send it again.", title)
	}
	input, err := mapping.Decode(s.Input)
	if err != nil {
		return call, err
	}
	call.With, _ = input.(map[string]any)
	if strings.Contains(string(s.Input), masked) {
		return call, engine.Errorf(engine.Invalid, "What was sent holds personal data that Bellhop does not keep, so it cannot be looked for. Look there yourself.")
	}
	if name := steps[s.Position].Connection; name != "" {
		if call.Account, err = d.Book.Account(ctx, name); err != nil {
			return call, err
		}
	}
	return call, nil
}

// masked stands where personal data were, in what is kept of a step.
const masked = "•••"

// sentAt is when the request in doubt was begun.
func sentAt(s engine.StepRun) time.Time {
	if n := len(s.Attempts); n > 0 {
		return s.Attempts[n-1].StartedAt
	}
	return s.StartedAt
}
