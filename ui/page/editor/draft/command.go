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

// Insert adds a step of an operation after a place and selects it.
func (s *Session) Insert(after Place, use string) bool {
	return s.insert(after, engine.Step{Use: use, Connection: s.accountFor(use, "")})
}

// Duplicate adds a copy of a step after it and selects the copy.
func (s *Session) Duplicate(place Place) bool {
	step, ok := s.Step(place)
	return ok && s.insert(place, step)
}

// Delete removes a step and selects the one that takes its place, or the last. Pills that referred to
// it are then problems.
func (s *Session) Delete(place Place) bool {
	if _, ok := s.Step(place); !ok {
		return false
	}
	return s.do("", func(d engine.Definition) (engine.Definition, Place) {
		d.Steps = slices.Delete(slices.Clone(d.Steps), int(place), int(place)+1)
		return d, min(place, Place(len(d.Steps)-1))
	})
}

// Move moves a step up (by a number below 0) or down, as far as there are steps, and selects it. Pills
// that then come before the step they refer to are problems.
func (s *Session) Move(place Place, by int) bool {
	step, ok := s.Step(place)
	if !ok {
		return false
	}
	to := min(max(int(place)+by, 0), int(s.Last()))
	return s.do("", func(d engine.Definition) (engine.Definition, Place) {
		d.Steps = slices.Delete(slices.Clone(d.Steps), int(place), int(place)+1)
		d.Steps = slices.Insert(d.Steps, to, step)
		return d, Place(to)
	})
}

// Step returns the step at a place; false for the trigger.
func (s *Session) Step(place Place) (engine.Step, bool) {
	if place < 0 || place > s.Last() {
		return engine.Step{}, false
	}
	return s.definition.Steps[place], true
}

// element is what trigger and step have in common.
type element struct {
	use, connection string
	with            map[string]any
}

// change changes what trigger and step have in common; with must be replaced, not written to.
func (s *Session) change(place Place, merge string, change func(e *element)) bool {
	if place != Trigger {
		return s.changeStep(place, merge, func(step *engine.Step) {
			e := element{step.Use, step.Connection, step.With}
			change(&e)
			step.Use, step.Connection, step.With = e.use, e.connection, e.with
		})
	}
	return s.do(merge, func(d engine.Definition) (engine.Definition, Place) {
		e := element{d.Trigger.Use, d.Trigger.Connection, d.Trigger.With}
		change(&e)
		d.Trigger.Use, d.Trigger.Connection, d.Trigger.With = e.use, e.connection, e.with
		return d, place
	})
}

func (s *Session) changeStep(place Place, merge string, change func(step *engine.Step)) bool {
	if _, ok := s.Step(place); !ok {
		return false
	}
	return s.do(merge, func(d engine.Definition) (engine.Definition, Place) {
		d.Steps = slices.Clone(d.Steps)
		change(&d.Steps[place])
		return d, place
	})
}
