package runtime

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/chain"
	"bellhop/engine/condition"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
)

// execution is one run being taken forward. Steps in rounds at the same time share it: what they
// change together is journal's, all else stays as begin left it.
type execution struct {
	*Runtime
	journal
	runID, recipeID int64
	// link tells deliveries that a step sends to Bellhop itself which run sent them.
	link chain.Link

	event    *engine.Event
	plan     *plan
	env      mapping.Env
	personal *personal
	// records are the steps known from before; nil in a run that is fresh.
	records map[place]*engine.StepRun
	// due is up to when a try that waits counts as due: now, or later if somebody called the run sooner.
	due time.Time
	// all reads the trigger's data whole, once: what is wrong with a pill shows in all there is.
	all func() any
	log *slog.Logger
}

// begin loads what the steps need.
func (x *execution) begin(ctx context.Context) (root *scope, err error) {
	if x.plan, err = x.Runtime.plan(ctx, x.run.RecipeID, x.run.Version); err != nil {
		return nil, err
	}
	if x.event == nil {
		stored, err := x.Store.Event(ctx, x.run.EventID)
		if err != nil {
			return nil, err
		}
		x.event = &stored
	}
	body, err := x.body()
	if err != nil {
		return nil, err
	}
	x.all = sync.OnceValue(func() any {
		all, _ := content.Parse(x.event.ContentType, x.event.Body) // the part could be read, so all can
		return all
	})
	x.env = x.Locale()
	x.env.Now = x.Now()
	x.personal = newPersonal(x.plan.personal, body)
	x.rules = x.plan.rules
	data := make(map[string]any, 2+len(x.plan.steps))
	data["trigger"], data["trigger_request"] = body, x.event.Request.Data()
	x.takeUp()
	if x.run.StartedAt.IsZero() {
		x.run.StartedAt = x.Now()
	}
	if x.run.Title == "" {
		x.run.Title = x.personal.text(x.plan.title(data, x.env))
	}
	return &scope{data: data}, nil
}

// body reads what the recipe uses of the event's body into fields.
func (x *execution) body() (any, error) {
	if x.event.File == "" {
		return x.plan.selection.Parse(x.event.ContentType, x.event.Body)
	}
	if x.Bodies == nil {
		return nil, engine.Errorf(engine.Internal, "large bodies cannot be opened")
	}
	file, err := x.Bodies.Open(x.event.File)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // what was read is read
	return content.Pick(file, x.event.ContentType, x.plan.reads)
}

// whole puts all of the trigger's data into the scope, after something was not found in those that the
// recipe uses: then what is said of it, such as the name probably meant, is right. False if they were
// whole already, or are too large.
func (x *execution) whole(sc *scope) bool {
	if x.plan.reads == nil || x.event.File != "" {
		return false
	}
	body := x.all()
	sc.data["trigger"] = body
	return body != nil
}

// takeUp puts the records of an earlier go where their steps find them.
func (x *execution) takeUp() {
	x.due = x.Now()
	if len(x.run.Steps) == 0 {
		return
	}
	x.records = make(map[place]*engine.StepRun, len(x.run.Steps))
	var earliest time.Time
	for i := range x.run.Steps {
		s := &x.run.Steps[i]
		x.records[place{s.Position, s.Round}] = s
		if s.State == engine.Waiting && !s.DueAt.IsZero() && (earliest.IsZero() || s.DueAt.Before(earliest)) {
			earliest = s.DueAt
		}
	}
	if x.was == engine.Waiting && earliest.After(x.due) {
		x.due = earliest // what it waited for is there before its time
	}
}

// proceed does the steps that are not done yet.
func (x *execution) proceed(ctx context.Context, root *scope) error {
	end, err := x.list(ctx, x.plan.steps, root)
	if err == nil && end.state == engine.Failed && len(x.plan.ifFailed) > 0 {
		end, err = x.afterFailure(ctx, end, root)
	}
	if err != nil {
		return err
	}
	if end.state == "" {
		end.state = engine.Succeeded
	}
	if err := x.commit(ctx, end); err != nil {
		return err
	}
	if end.state == engine.Waiting {
		return engine.Snooze(x.run.DueAt)
	}
	return nil
}

// afterFailure does the steps for a run that has failed. Whatever becomes of them, it has failed.
func (x *execution) afterFailure(ctx context.Context, failed ending, root *scope) (ending, error) {
	why := failed.failure
	name := why.Step
	for _, s := range x.plan.steps {
		if found := s.find(why.Step); found != nil {
			name = found.name()
		}
	}
	root.data["failure"] = map[string]any{"step": why.Step, "name": name, "message": why.Message, "code": string(why.Code)}
	end, err := x.list(ctx, x.plan.ifFailed, root)
	if err != nil || end.state == engine.Waiting {
		return end, err
	}
	return failed, nil
}

// find returns the step of that id: itself, or one that it holds.
func (s *step) find(id string) *step {
	if s.ID == id {
		return s
	}
	lists := [][]*step{s.body}
	for _, p := range s.paths {
		lists = append(lists, p.steps)
	}
	for _, list := range lists {
		for _, inner := range list {
			if found := inner.find(id); found != nil {
				return found
			}
		}
	}
	return nil
}

// list does steps one after the other, until one ends more than itself.
func (x *execution) list(ctx context.Context, steps []*step, sc *scope) (ending, error) {
	for _, s := range steps {
		if end, err := x.step(ctx, s, sc); err != nil || end.state != "" {
			return end, err
		}
	}
	return ending{}, nil
}

// step does one step, or takes over what it did in an earlier go. One that crashes has failed.
func (x *execution) step(ctx context.Context, s *step, sc *scope) (end ending, err error) {
	record := x.record(s, sc)
	defer func() {
		if fault := recover(); fault != nil {
			x.log.Error("a step crashed", "step", s.ID, "fault", fault, "stack", string(debug.Stack()))
			end, err = x.crashed(s, record, engine.Errorf(engine.Internal, "a step crashed: %v", fault))
		}
	}()
	over, end, err := x.earlier(s, record, sc)
	if !over && err == nil {
		if record.State == engine.Queued {
			record.StartedAt = x.Now()
		}
		end, err = x.do(ctx, s, record, sc)
	}
	if err == nil && end.state == "" && record.State == engine.Succeeded && len(s.paths) > 0 {
		return x.taken(ctx, s, sc)
	}
	return end, err
}

// record returns what is known of a step, or a new record.
func (x *execution) record(s *step, sc *scope) *engine.StepRun {
	if known, ok := x.records[place{s.position, sc.round}]; ok {
		return known
	}
	return &engine.StepRun{Position: s.position, Round: sc.round, Step: s.ID, Use: s.Use, State: engine.Queued}
}

// earlier takes over what a step did in an earlier go. over is false if there is something left to do.
func (x *execution) earlier(s *step, record *engine.StepRun, sc *scope) (over bool, end ending, err error) {
	switch record.State {
	case engine.Succeeded, engine.Failed, engine.Filtered:
		if err := x.recall(record, sc); err != nil {
			return true, ending{}, err
		}
		switch {
		case record.State == engine.Failed:
			return true, s.ended(record.Failure), nil
		case record.Ended, record.State == engine.Filtered:
			return true, ending{state: record.State}, nil
		}
		return true, ending{}, nil
	case engine.Cancelled: // a person passed it over
		return true, ending{}, nil
	case engine.Unsure:
		if s.operation.Logic != engine.LogicLoop {
			return true, ending{state: engine.Unsure, failure: record.Failure}, nil
		}
	case engine.Waiting:
		due := x.due
		if isDelay(s.operation.Logic) {
			due = x.env.Now
		}
		if s.kept == nil && s.pure == nil && s.operation.Logic != engine.LogicCall && record.DueAt.After(due) {
			return true, ending{state: engine.Waiting, due: record.DueAt, failure: record.Failure}, nil
		}
	}
	return false, ending{}, nil
}

// recall makes a stored result visible to the steps that follow.
func (x *execution) recall(record *engine.StepRun, sc *scope) error {
	if len(record.Output) == 0 {
		return nil
	}
	output, err := x.decode(record.Output)
	if err != nil {
		return fmt.Errorf("the stored result of step %q: %w", record.Step, err)
	}
	sc.see(record.Step, output)
	return nil
}

// ended says what the failure of the step means for the steps around it.
func (s *step) ended(failure *engine.Failure) ending {
	switch s.OnFailure {
	case engine.OnFailureContinue:
		return ending{}
	case engine.OnFailureHold:
		return ending{state: engine.Held, failure: failure}
	default:
		return ending{state: engine.Failed, failure: failure}
	}
}

// do does a step by what it is.
func (x *execution) do(ctx context.Context, s *step, record *engine.StepRun, sc *scope) (ending, error) {
	switch {
	case s.filter != nil:
		return x.decide(s, record, sc)
	case s.operation.Logic == engine.LogicLoop:
		return x.loop(ctx, s, record, sc)
	case s.operation.Logic == engine.LogicCall && record.State == engine.Waiting:
		return x.called(ctx, s, record, sc)
	case x.paused(s):
		return ending{}, errPaused
	}
	fields, err := x.fields(s, record, sc)
	if err != nil {
		return x.failed(s, record, err, 0)
	}
	switch s.operation.Logic {
	case "":
		return x.act(ctx, s, record, sc, fields)
	case engine.LogicPaths:
		return x.choose(s, record, sc, fields)
	case engine.LogicDelay, engine.LogicDelayUntil:
		return x.delay(s, record, sc, fields)
	case engine.LogicStop:
		record.Note = shorten(mapping.Text(fields["reason"]), longestNote)
		record.Ended = true
		x.succeed(record, sc, nil)
		return ending{state: engine.Succeeded}, nil
	case engine.LogicRespond:
		return x.respond(s, record, sc, fields)
	case engine.LogicCall:
		return x.call(ctx, s, record, sc, fields)
	}
	return x.think(ctx, s, record, sc, fields)
}

// fields fills in the step's fields.
func (x *execution) fields(s *step, record *engine.StepRun, sc *scope) (map[string]any, error) {
	input, err := s.with.Eval(sc.data, x.env)
	if err != nil && x.whole(sc) {
		input, err = s.with.Eval(sc.data, x.env)
	}
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "%s", err)
	}
	if record.Input, err = x.encode(input); err != nil {
		return nil, err
	}
	fields, _ := input.(map[string]any)
	return fields, nil
}

// decide evaluates a filter.
func (x *execution) decide(s *step, record *engine.StepRun, sc *scope) (ending, error) {
	pass, note, err := x.fits(s.filter, sc)
	if err != nil {
		return x.failed(s, record, engine.Wrap(err, engine.Invalid, "%s", err), 0)
	}
	record.Note = note
	if pass {
		x.succeed(record, sc, nil)
		return ending{}, nil
	}
	record.State, record.Ended, record.FinishedAt = engine.Filtered, true, x.Now()
	x.keep(record, 0)
	return ending{state: engine.Filtered}, nil
}

// fits evaluates rules.
func (x *execution) fits(rules *condition.Condition, sc *scope) (pass bool, note string, err error) {
	pass, note, err = rules.Eval(sc.data, x.env)
	if err != nil && x.whole(sc) {
		pass, note, err = rules.Eval(sc.data, x.env)
	}
	return pass, note, err
}

// succeed notes that a step is done.
func (x *execution) succeed(record *engine.StepRun, sc *scope, output any) {
	record.State, record.FinishedAt, record.Failure, record.DueAt = engine.Succeeded, x.Now(), nil, time.Time{}
	sc.see(record.Step, output)
	x.keep(record, 1)
}

// failed notes that a step failed for good, and says what that means. attempts is how many of its last
// attempts are new or changed.
func (x *execution) failed(s *step, record *engine.StepRun, cause error, attempts int) (ending, error) {
	record.Failure = failureOf(s.ID, cause)
	x.log.Info("a step failed", "step", s.ID, "code", record.Failure.Code, "detail", x.personal.text(record.Failure.Detail), "error", x.personal.text(cause.Error()))
	record.State, record.FinishedAt, record.DueAt = engine.Failed, x.Now(), time.Time{}
	x.keep(record, attempts)
	return s.ended(record.Failure), nil
}

// wait notes that a step is done again, or goes on, at a time.
func (x *execution) wait(record *engine.StepRun, until time.Time, attempts int) (ending, error) {
	record.State, record.DueAt = engine.Waiting, until
	x.keep(record, attempts)
	return ending{state: engine.Waiting, due: until, failure: record.Failure}, nil
}
