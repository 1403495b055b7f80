package draft

import (
	"reflect"
	"slices"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// Place is what is worked on: Trigger, or a step counted from 0 as they are read, those within others
// with them.
type Place int

// Trigger is the place of what starts the recipe.
const Trigger Place = -1

// Number is how people count the place: the trigger is 1, the first step 2.
func (p Place) Number() int { return int(p) + 2 }

// maxHistory is how many changes can be undone.
const maxHistory = 500

// Params are what a session needs.
type Params struct {
	Definition  engine.Definition
	Catalog     engine.Catalog
	Connections []engine.Connection
	// Paths are what a new step begins with that holds paths.
	Paths []engine.Path
}

// Session is one recipe being edited.
type Session struct {
	catalog     engine.Catalog
	connections []engine.Connection
	paths       []engine.Path
	problems    engine.Problems
	// steps are those of the definition, as they are read.
	steps []engine.Placed

	state
	past, future []state
	// merge names the change made last, if the next one of that name is to become one with it.
	merge string
}

// state is all that undo brings back.
type state struct {
	definition engine.Definition
	place      Place
}

// New begins a session with the trigger selected.
func New(p Params) *Session {
	s := &Session{catalog: p.Catalog, connections: p.Connections, paths: p.Paths, state: state{definition: p.Definition, place: Trigger}}
	s.check()
	return s
}

// Definition is the draft as it is now. It must not be changed, and never is.
func (s *Session) Definition() engine.Definition { return s.definition }

// Selected is the place that is worked on.
func (s *Session) Selected() Place { return s.place }

// Select goes to a place, or to the nearest there is. It is no change, so it cannot be undone.
func (s *Session) Select(place Place) {
	s.place = min(max(place, Trigger), s.Last())
	s.merge = ""
}

// Last is the place of the last step, or Trigger.
func (s *Session) Last() Place { return Place(len(s.steps) - 1) }

// SetConnections tells which connections there are now, and returns those that are new.
func (s *Session) SetConnections(connections []engine.Connection) (added []engine.Connection) {
	for _, c := range connections {
		if !slices.ContainsFunc(s.connections, func(old engine.Connection) bool { return old.ID == c.ID }) {
			added = append(added, c)
		}
	}
	s.connections = connections
	s.check()
	return added
}

// Pause ends a change that grows letter by letter: what is typed next is undone by itself.
func (s *Session) Pause() { s.merge = "" }

// CanUndo says whether there is a change to undo.
func (s *Session) CanUndo() bool { return len(s.past) > 0 }

// CanRedo says whether there is an undone change to do again.
func (s *Session) CanRedo() bool { return len(s.future) > 0 }

// Undo takes the last change back. It returns false if there is none.
func (s *Session) Undo() bool { return s.step(&s.past, &s.future) }

// Redo does again what was undone last. It returns false if there is nothing.
func (s *Session) Redo() bool { return s.step(&s.future, &s.past) }

func (s *Session) step(from, to *[]state) bool {
	if len(*from) == 0 {
		return false
	}
	*to = append(*to, s.state)
	s.state = (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	s.merge = ""
	s.check()
	return true
}

// do makes a change: change returns the draft and the place to go to. Changes of the same merge name in
// a row are undone as one; "" merges with nothing. It returns false, and remembers nothing, if the
// draft stays as it is.
func (s *Session) do(merge string, change func(d engine.Definition) (engine.Definition, Place)) bool {
	definition, place := change(s.definition)
	if reflect.DeepEqual(definition, s.definition) {
		return false
	}
	if merge == "" || merge != s.merge {
		s.past = append(s.past, s.state)
		if len(s.past) > maxHistory {
			s.past = s.past[1:]
		}
	}
	s.future = nil
	s.merge = merge
	s.state = state{definition, place}
	s.check()
	return true
}

// check finds the steps and what is wrong. It is quick enough to be done with each letter typed.
func (s *Session) check() {
	s.steps = s.definition.Walk()
	s.problems = recipe.Validate(s.definition, recipe.Params{Catalog: s.catalog, Connections: s.connections})
}
