package draft

import (
	"slices"

	"bellhop/engine"
)

// List is one of the recipe's lists of steps.
type List struct {
	// Holder is the step that holds the list, or Trigger for those of the recipe itself.
	Holder Place
	// Path counts the holder's paths from 0; NoPath is a list of steps that belong to no path.
	Path int
	// IfFailed is true for the recipe's own steps that are done when the run has failed.
	IfFailed bool
}

// NoPath is the Path of a list that belongs to none.
const NoPath = -1

// The recipe's own lists.
var (
	Main   = List{Holder: Trigger, Path: NoPath}
	Rescue = List{Holder: Trigger, Path: NoPath, IfFailed: true}
)

// Spot is a place between steps, where one can be added.
type Spot struct {
	List
	// Index is how many steps of the list come before.
	Index int
}

// In returns the places of a list's steps, in order.
func (s *Session) In(list List) []Place {
	var places []Place
	for _, step := range s.steps {
		if listOf(s.steps, step) == list {
			places = append(places, Place(step.Position))
		}
	}
	return places
}

// SpotOf returns the list that a step is in, and how many come before it there; of the trigger the
// beginning.
func (s *Session) SpotOf(place Place) Spot {
	if _, ok := s.Step(place); !ok {
		return Spot{List: Main}
	}
	list := listOf(s.steps, s.steps[place])
	return Spot{list, slices.Index(s.In(list), place)}
}

// After is the spot after a step, or for the trigger before the first one.
func (s *Session) After(place Place) Spot {
	spot := s.SpotOf(place)
	if place != Trigger {
		spot.Index++
	}
	return spot
}

// End is the spot after all steps of a list.
func (s *Session) End(list List) Spot { return Spot{list, len(s.In(list))} }

// listOf is the list that a step is in.
func listOf(steps []engine.Placed, step engine.Placed) List {
	list := List{Holder: Place(step.Parent), Path: NoPath, IfFailed: step.IfFailed}
	if step.Parent >= 0 {
		list.IfFailed = false
		if len(steps[step.Parent].Paths) > 0 {
			list.Path = step.Path
		}
	}
	return list
}

// at is the place of a step of a list in another definition.
func at(d engine.Definition, list List, index int) Place {
	steps := d.Walk()
	for _, step := range steps {
		if listOf(steps, step) == list {
			if index--; index < 0 {
				return Place(step.Position)
			}
		}
	}
	return list.Holder
}

// withList returns the definition with a list as change makes it out of a copy. What is not changed is
// shared with the definition before, which stays as it is.
func (s *Session) withList(list List, change func(steps []engine.Step) []engine.Step) engine.Definition {
	if list.Holder != Trigger {
		return s.withStep(list.Holder, func(holder *engine.Step) {
			if list.Path == NoPath {
				holder.Steps = change(slices.Clone(holder.Steps))
				return
			}
			holder.Paths = slices.Clone(holder.Paths)
			path := &holder.Paths[list.Path]
			path.Steps = change(slices.Clone(path.Steps))
		})
	}
	d := s.definition
	if list.IfFailed {
		d.IfFailed = change(slices.Clone(d.IfFailed))
	} else {
		d.Steps = change(slices.Clone(d.Steps))
	}
	return d
}

// withStep returns the definition with a step changed.
func (s *Session) withStep(place Place, change func(step *engine.Step)) engine.Definition {
	spot := s.SpotOf(place)
	return s.withList(spot.List, func(steps []engine.Step) []engine.Step {
		change(&steps[spot.Index])
		return steps
	})
}

// around returns the steps that hold one, the outermost first.
func (s *Session) around(place Place) []engine.Placed {
	var holders []engine.Placed
	if _, ok := s.Step(place); ok {
		for holder := s.steps[place].Parent; holder >= 0; holder = s.steps[holder].Parent {
			holders = append(holders, s.steps[holder])
		}
	}
	slices.Reverse(holders)
	return holders
}
