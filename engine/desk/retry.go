package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// Notes that a person's decision leaves with a step.
const (
	noteWentThrough = "a person said it went through"
	notePassedOver  = "passed over by a person"
)

// Retry runs a finished run again: from a step on, in all rounds if it is in a loop, or, if step is "",
// just what failed. Of a loop that failed only the rounds that did are done again. What was done before
// stays done. The run takes the recipe as it is published now, so that a correction counts, provided the
// steps already done are still the same ones.
func (d *Desk) Retry(ctx context.Context, id int64, step string) error {
	if err := d.Store.Update(ctx, func(tx engine.Tx) error { return d.retry(ctx, tx, id, step) }); err != nil {
		return err
	}
	return d.runChanged(ctx, id, engine.Queued)
}

func (d *Desk) retry(ctx context.Context, tx engine.Tx, id int64, step string) error {
	run, err := tx.Run(ctx, id)
	if err != nil {
		return err
	}
	if run.State.Active() {
		return engine.Errorf(engine.Conflict, "This run is not over yet. Cancel it first, or wait for its end.")
	}
	definition, err := tx.Version(ctx, run.RecipeID, run.Version)
	if err != nil {
		return err
	}
	r := reopening{run: run, steps: definition.Walk(), drop: -1, at: map[place]int{}}
	for i, s := range run.Steps {
		r.at[place{s.Position, s.Round}] = i
	}
	if err := r.from(step); err != nil {
		return err
	}
	if run.Version, err = d.retryVersion(ctx, tx, run, r.through()); err != nil {
		return err
	}
	if r.drop >= 0 {
		if err := tx.DropSteps(id, r.drop); err != nil {
			return err
		}
	}
	if err := tx.SaveSteps(id, r.changed...); err != nil {
		return err
	}
	return goOn(tx, run)
}

// WentThrough settles a run that is unsure: a person looked, and what was sent did arrive. Its step
// counts as done, without a result, and the run goes on. Conflict if the run is not unsure.
func (d *Desk) WentThrough(ctx context.Context, id int64) error {
	return d.settle(ctx, id, decision{about: func(engine.StepRun) bool { return true }, arrived: true})
}

// Arrived is WentThrough for one step, or one round of it in a loop, of which the person knows what came back:
// texts by the Path of a recipe.Need. The steps that follow find them as if the app had answered. Invalid if
// none of them uses what is given.
func (d *Desk) Arrived(ctx context.Context, id int64, step, round string, given map[string]string) error {
	return d.settle(ctx, id, decision{
		about:   func(s engine.StepRun) bool { return s.Step == step && s.Round == round },
		arrived: true, step: step, given: given,
	})
}

// Settle is for a run in which several rounds of a loop are in doubt: it decides about one of them, whether
// it arrived or is to be sent again. The run goes on once none is in doubt any more. NotFound if that
// round of the step is not.
func (d *Desk) Settle(ctx context.Context, id int64, step, round string, arrived bool) error {
	return d.settle(ctx, id, decision{about: func(s engine.StepRun) bool { return s.Step == step && s.Round == round }, arrived: arrived})
}

// decision is what a person says about steps in doubt.
type decision struct {
	about   func(engine.StepRun) bool
	arrived bool
	// step is the one whose result is given; "" if none is.
	step   string
	given  map[string]string
	output json.RawMessage // made of given; nil for no result
}

// result makes the result out of what is given.
func (c *decision) result(definition engine.Definition, catalog engine.Catalog) error {
	if len(c.given) == 0 {
		return nil
	}
	value, err := recipe.Result(definition, catalog, c.step, c.given)
	if err != nil {
		return err
	}
	c.output, err = json.Marshal(value)
	return err
}

func (d *Desk) settle(ctx context.Context, id int64, c decision) error {
	state := engine.Unsure
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		run, err := tx.Run(ctx, id)
		if err != nil {
			return err
		}
		if run.State != engine.Unsure {
			return engine.Errorf(engine.Conflict, "This run is not in doubt (it is %s), so there is nothing to say about it.", run.State)
		}
		definition, err := tx.Version(ctx, run.RecipeID, run.Version)
		if err != nil {
			return err
		}
		if err := c.result(definition, d.Catalog); err != nil {
			return err
		}
		state, err = settle(tx, run, definition.Walk(), c)
		return err
	})
	if err != nil {
		return err
	}
	return d.runChanged(ctx, id, state)
}

// settle decides about the steps in doubt that are asked about, and returns the run's state after that.
func settle(tx engine.Tx, run engine.Run, steps []engine.Placed, c decision) (engine.State, error) {
	var changed, loops []engine.StepRun
	open := 0
	for _, s := range run.Steps {
		if s.State != engine.Unsure || s.Position >= len(steps) || steps[s.Position].IfFailed {
			continue
		}
		switch {
		case len(steps[s.Position].Steps) > 0:
			s.State, s.Failure, s.Attempts = engine.Running, nil, nil
			loops = append(loops, s)
			continue
		case !c.about(s):
			open++
			continue
		}
		s.Failure, s.Attempts = nil, nil // the attempts in the store remain
		if s.State = engine.Queued; c.arrived {
			s.State, s.Note, s.Output = engine.Succeeded, noteWentThrough, c.output
		}
		changed = append(changed, s)
	}
	if len(changed) == 0 && open > 0 {
		return "", engine.Errorf(engine.NotFound, "That step of the run is not in doubt. Perhaps somebody has decided about it meanwhile: look at the run again.")
	}
	if err := tx.SaveSteps(run.ID, changed...); err != nil {
		return "", err
	}
	if open > 0 {
		return engine.Unsure, nil
	}
	if err := tx.SaveSteps(run.ID, loops...); err != nil {
		return "", err
	}
	return engine.Queued, goOn(tx, run)
}

// goOn queues a run that is over, in the version that it has now.
func goOn(tx engine.Tx, run engine.Run) error {
	was := run.State
	run.State, run.Failure = engine.Queued, nil
	run.DueAt, run.FinishedAt, run.BlocksUntil = time.Time{}, time.Time{}, time.Time{}
	return tx.SaveRun(run, was)
}

// place tells one record of a run from another.
type place struct {
	position int
	round    string
}

// reopening finds out which records of a run are to be done again.
type reopening struct {
	run   engine.Run
	steps []engine.Placed
	at    map[place]int // of run.Steps
	// changed are the records as they are to be, without their attempts: those in the store remain.
	changed []engine.StepRun
	// drop is the position from which on records go; -1 for none.
	drop int
}

// from chooses by the id of a step, or by what ended the run if it is "".
func (r *reopening) from(step string) error {
	if step == "" {
		switch r.run.State {
		case engine.Succeeded, engine.Filtered:
			r.begin(r.lastStop())
		default:
			r.what(-1)
			r.drop = slices.IndexFunc(r.steps, func(s engine.Placed) bool { return s.IfFailed })
		}
		return nil
	}
	position := slices.IndexFunc(r.steps, func(s engine.Placed) bool { return s.ID == step && !s.IfFailed })
	if position < 0 {
		var ids []string
		for _, s := range r.steps {
			ids = append(ids, s.ID)
		}
		problem := engine.Problem{Message: "This run has no step \"" + step + "\".", Suggestion: engine.Suggest(step, ids)}
		return engine.Errorf(engine.NotFound, "%s", problem)
	}
	if !r.came(position) {
		return engine.Errorf(engine.Invalid, "The run never came to the step %q.", step)
	}
	if i, ok := r.at[place{position, ""}]; ok && len(r.steps[position].Steps) > 0 && r.run.Steps[i].State != engine.Succeeded {
		r.passOver(position)
		r.what(position)
		r.drop = r.after(position)
		return nil
	}
	r.begin(position)
	return nil
}

// lastStop returns the position of the first step that did not succeed in a run that did, or that
// filtered it; 0 if all was done: then the run begins anew.
func (r *reopening) lastStop() int {
	for _, s := range r.run.Steps {
		if s.Round == "" && s.State != engine.Succeeded && !r.steps[min(s.Position, len(r.steps)-1)].IfFailed {
			return s.Position
		}
	}
	return 0
}

// came says whether the run got as far as a step, or the one before it in its list.
func (r *reopening) came(position int) bool {
	before := r.steps[position].Parent
	for i := position - 1; i >= 0; i-- {
		if r.steps[i].Parent == r.steps[position].Parent && r.steps[i].Path == r.steps[position].Path {
			before = i
			break
		}
	}
	return before < 0 || slices.ContainsFunc(r.run.Steps, func(s engine.StepRun) bool { return s.Position == position || s.Position == before })
}

// after returns the position behind a step and all that it holds.
func (r *reopening) after(position int) int {
	for i := position + 1; i < len(r.steps); i++ {
		if r.steps[i].Parent < position {
			return i
		}
	}
	return len(r.steps)
}

// begin lets all be done again from a position on, in every round.
func (r *reopening) begin(position int) {
	r.passOver(position)
	r.drop = position + 1
	for _, s := range r.run.Steps {
		if s.Position == position {
			r.reopen(s, true)
		}
	}
}

// passOver opens the loops around a step, and lets what ended the lists around it before be passed over.
func (r *reopening) passOver(position int) {
	around := map[int]bool{-1: true}
	for holder := r.steps[position].Parent; holder >= 0; holder = r.steps[holder].Parent {
		around[holder] = true
	}
	for _, s := range r.run.Steps {
		switch p := r.known(s); {
		case s.Position >= position || !around[p.Parent]:
		case around[s.Position]:
			if len(p.Steps) > 0 {
				r.reopen(s, false)
			}
		case s.Ended && s.State == engine.Succeeded:
			s.Ended, s.Attempts = false, nil
			r.changed = append(r.changed, s)
		case s.State != engine.Succeeded && !(s.State == engine.Failed && p.OnFailure == engine.OnFailureContinue):
			s.State, s.Ended, s.Note, s.Attempts = engine.Cancelled, false, notePassedOver, nil
			r.changed = append(r.changed, s)
		}
	}
}

// what reopens what did not succeed: in the whole run, or within the loop at a position. What the recipe
// goes on after is over, with all that it holds: going back there would repeat what came after.
func (r *reopening) what(within int) {
	open := map[place]bool{} // those whose steps may be reopened
	for _, s := range r.run.Steps {
		p := r.known(s)
		inside := p.Parent < 0 && !p.IfFailed && (within < 0 || s.Position == within)
		if p.Parent >= 0 {
			round := s.Round
			if len(r.steps[p.Parent].Steps) > 0 { // a loop is in the round around it
				round = round[:max(0, strings.LastIndexByte(round, '.'))]
			}
			inside = s.Position == within || open[place{p.Parent, round}]
		}
		if !inside {
			continue
		}
		switch {
		case s.State == engine.Succeeded, s.State == engine.Filtered:
			open[place{s.Position, s.Round}] = len(p.Paths) > 0
		case s.State == engine.Failed && p.OnFailure == engine.OnFailureContinue && s.Position != within:
		case s.State == engine.Cancelled && r.run.State != engine.Cancelled: // was passed over
		default:
			open[place{s.Position, s.Round}] = true
			r.reopen(s, false)
		}
	}
}

// reopen lets a step be done again. A loop goes on with the items it began with, unless it is to begin
// anew.
func (r *reopening) reopen(s engine.StepRun, anew bool) {
	state := engine.Queued
	if len(r.known(s).Steps) > 0 && !anew {
		state = engine.Running
	}
	s.State, s.Failure, s.Attempts, s.Output = state, nil, nil, nil
	s.DueAt, s.FinishedAt, s.Ended = time.Time{}, time.Time{}, false
	r.changed = append(r.changed, s)
}

// known returns the step of a record.
func (r *reopening) known(s engine.StepRun) engine.Placed {
	if s.Position < len(r.steps) {
		return r.steps[s.Position]
	}
	return engine.Placed{Parent: -1}
}

// through returns the last position of which a record remains; -1 if none does.
func (r *reopening) through() int {
	last := -1
	for _, s := range r.run.Steps {
		if r.drop < 0 || s.Position < r.drop {
			last = max(last, s.Position)
		}
	}
	return last
}

// retryVersion returns the published version if its steps up to a position are those of the run's own,
// else the run's own.
func (d *Desk) retryVersion(ctx context.Context, tx engine.Tx, run engine.Run, through int) (int, error) {
	r, err := tx.Recipe(ctx, run.RecipeID)
	if err != nil || r.Published == run.Version || run.Version < 0 {
		return run.Version, err // a trial goes on as it was tried
	}
	old, err := tx.Version(ctx, run.RecipeID, run.Version)
	if err != nil {
		return 0, err
	}
	live, err := tx.Version(ctx, run.RecipeID, r.Published)
	if err != nil {
		return 0, err
	}
	before, now := old.Walk(), live.Walk()
	if len(now) <= through || len(before) <= through {
		return run.Version, nil
	}
	for i := range through + 1 {
		if !same(before[i], now[i]) {
			return run.Version, nil
		}
	}
	return r.Published, nil
}

// same says whether two steps are the same one at the same place, however its fields differ.
func same(a, b engine.Placed) bool {
	return a.ID == b.ID && a.Use == b.Use && a.Parent == b.Parent && a.Path == b.Path && a.IfFailed == b.IfFailed &&
		slices.EqualFunc(a.Paths, b.Paths, func(x, y engine.Path) bool { return x.Name == y.Name })
}
