package draft

import (
	"fmt"
	"maps"
	"slices"

	"bellhop/engine"
)

// Rename changes the recipe's name.
func (s *Session) Rename(name string) bool {
	return s.do("name", func(d engine.Definition) (engine.Definition, Place) {
		d.Name = name
		return d, s.place
	})
}

// Choose sets what the trigger or a step does. Values of fields that the new operation has too are kept,
// and the connection if it is of the same connector; else the only one there is is taken.
func (s *Session) Choose(place Place, use string) bool {
	return s.change(place, "", func(e *element) {
		if e.use != use {
			e.connection = s.accountFor(use, e.connection)
			e.with = s.shared(use, e.with)
			e.use = use
			e.holds(s.begin(use))
		}
	})
}

// SetFields sets all fields of a place, JSON values by name, because the user changed the one named.
// Changes of the same field in a row are undone as one.
func (s *Session) SetFields(place Place, changed string, with map[string]any) bool {
	return s.change(place, fmt.Sprintf("%d with %s", place, changed), func(e *element) {
		e.with = nil
		if len(with) > 0 {
			e.with = maps.Clone(with)
		}
	})
}

// SetConnection chooses the account by name; "" is none.
func (s *Session) SetConnection(place Place, name string) bool {
	return s.change(place, "", func(e *element) { e.connection = name })
}

// SetMaxBytes sets the largest delivery the trigger accepts; 0 is the default.
func (s *Session) SetMaxBytes(bytes int64) bool {
	return s.do("max bytes", func(d engine.Definition) (engine.Definition, Place) {
		d.Trigger.MaxBytes = bytes
		return d, s.place
	})
}

// RenameStep sets what people call a step; "" is the operation's title.
func (s *Session) RenameStep(place Place, name string) bool {
	return s.changeStep(place, fmt.Sprintf("%d name", place), func(step *engine.Step) { step.Name = name })
}

// SetRetries sets how often a step is tried again; engine.DefaultRetryTimes is not written down.
func (s *Session) SetRetries(place Place, times int) bool {
	return s.changeStep(place, fmt.Sprintf("%d retries", place), func(step *engine.Step) {
		step.Retry = &engine.Retry{Times: times}
		if times == engine.DefaultRetryTimes {
			step.Retry = nil
		}
	})
}

// SetOnFailure sets what a failed step means for the run; engine.OnFailureStop is not written down.
func (s *Session) SetOnFailure(place Place, to engine.OnFailure) bool {
	return s.changeStep(place, "", func(step *engine.Step) {
		step.OnFailure = to
		if to == engine.OnFailureStop {
			step.OnFailure = ""
		}
	})
}

// Insert adds a step of an operation at a spot and selects it.
func (s *Session) Insert(spot Spot, use string) bool {
	_, paths := s.begin(use)
	return s.insert(spot, engine.Step{Use: use, Connection: s.accountFor(use, ""), Paths: paths})
}

// begin returns what a step of an operation can hold, and the paths it begins with.
func (s *Session) begin(use string) (engine.Holding, []engine.Path) {
	_, operation, _ := s.catalog.Operation(use)
	if operation.Holds == engine.HoldsPaths {
		return operation.Holds, slices.Clone(s.paths)
	}
	return operation.Holds, nil
}

// Duplicate adds a copy of a step after it and selects the copy.
func (s *Session) Duplicate(place Place) bool {
	step, ok := s.Step(place)
	return ok && s.insert(s.After(place), step)
}

// Delete removes a step with all it holds, and selects the one that takes its place, or the last of its
// list, or what holds the list. Pills that referred to it are then problems.
func (s *Session) Delete(place Place) bool {
	if _, ok := s.Step(place); !ok {
		return false
	}
	return s.do("", func(engine.Definition) (engine.Definition, Place) {
		spot := s.SpotOf(place)
		d := s.withList(spot.List, func(steps []engine.Step) []engine.Step { return slices.Delete(steps, spot.Index, spot.Index+1) })
		return d, at(d, spot.List, max(min(spot.Index, len(s.In(spot.List))-2), 0))
	})
}

// CanMove says whether a step can be moved up or down by a number within its list.
func (s *Session) CanMove(place Place, by int) bool {
	_, ok := s.Step(place)
	spot := s.SpotOf(place)
	return ok && spot.Index+by >= 0 && spot.Index+by < len(s.In(spot.List))
}

// Move moves a step with all it holds up (by a number below 0) or down within its list, as far as there
// are steps, and selects it. Pills that then come before the step they refer to are problems.
func (s *Session) Move(place Place, by int) bool {
	step, ok := s.Step(place)
	if !ok {
		return false
	}
	spot := s.SpotOf(place)
	to := min(max(spot.Index+by, 0), len(s.In(spot.List))-1)
	return s.do("", func(engine.Definition) (engine.Definition, Place) {
		d := s.withList(spot.List, func(steps []engine.Step) []engine.Step {
			return slices.Insert(slices.Delete(steps, spot.Index, spot.Index+1), to, step)
		})
		return d, at(d, spot.List, to)
	})
}

// Step returns the step at a place; false for the trigger.
func (s *Session) Step(place Place) (engine.Step, bool) {
	if place < 0 || place > s.Last() {
		return engine.Step{}, false
	}
	return s.steps[place].Step, true
}

// element is what trigger and step have in common, and what a step holds.
type element struct {
	use, connection string
	with            map[string]any
	paths           []engine.Path
	steps           []engine.Step
}

// holds keeps what the element holds if it still can, and else begins with paths.
func (e *element) holds(holds engine.Holding, paths []engine.Path) {
	if holds != engine.HoldsPaths || len(e.paths) == 0 {
		e.paths = paths
	}
	if holds != engine.HoldsSteps {
		e.steps = nil
	}
}

// change changes what trigger and step have in common; with must be replaced, not written to.
func (s *Session) change(place Place, merge string, change func(e *element)) bool {
	if place != Trigger {
		return s.changeStep(place, merge, func(step *engine.Step) {
			e := element{step.Use, step.Connection, step.With, step.Paths, step.Steps}
			change(&e)
			step.Use, step.Connection, step.With, step.Paths, step.Steps = e.use, e.connection, e.with, e.paths, e.steps
		})
	}
	return s.do(merge, func(d engine.Definition) (engine.Definition, Place) {
		e := element{use: d.Trigger.Use, connection: d.Trigger.Connection, with: d.Trigger.With}
		change(&e)
		d.Trigger.Use, d.Trigger.Connection, d.Trigger.With = e.use, e.connection, e.with
		if _, o, _ := s.catalog.Operation(e.use); o.Webhook == nil {
			d.Trigger.Answer, d.Trigger.PerMinute = nil, 0 // there is no sender any more
		}
		return d, place
	})
}

func (s *Session) changeStep(place Place, merge string, change func(step *engine.Step)) bool {
	if _, ok := s.Step(place); !ok {
		return false
	}
	return s.do(merge, func(engine.Definition) (engine.Definition, Place) { return s.withStep(place, change), place })
}
