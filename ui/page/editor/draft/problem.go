package draft

import (
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Problem is one thing wrong with the draft, and where to put it right.
type Problem struct {
	engine.Problem
	// Place is the trigger or step it is about, or Whole.
	Place Place
	// Part is what of the place is wrong: "use", "connection", "with", "retry", "on_failure" …, and of the
	// whole recipe "name" or "steps".
	Part string
	// Field is the field's name where Part is "with", and Within the place inside of its value, such as
	// `[0].than`.
	Field, Within string
}

// Whole is the place of what is wrong with the recipe as such: its name, or that it has no steps.
const Whole Place = -2

// Problems returns all that is wrong with the draft, in reading order.
func (s *Session) Problems() []Problem {
	problems := make([]Problem, len(s.problems))
	for i, p := range s.problems {
		problems[i] = locate(p)
	}
	return problems
}

// ProblemsAt returns what is wrong at a place.
func (s *Session) ProblemsAt(place Place) []Problem {
	return slices.DeleteFunc(s.Problems(), func(p Problem) bool { return p.Place != place })
}

// locate reads a problem's path, such as `steps[1].with.rules[0].than`.
func locate(p engine.Problem) Problem {
	located := Problem{Problem: p, Place: Whole, Part: p.Path}
	path, err := mapping.ParsePath(p.Path)
	if err != nil || len(path) == 0 {
		return located
	}
	switch {
	case path[0].Name == "trigger":
		located.Place = Trigger
		path = path[1:]
	case path[0].Name == "steps" && len(path) > 1 && path[1].Item:
		located.Place = Place(path[1].Index)
		path = path[2:]
	default:
		located.Part = path[0].Name
		return located
	}
	located.Part = ""
	if len(path) > 0 {
		located.Part = path[0].Name
	}
	if located.Part == "with" && len(path) > 1 {
		located.Field = path[1].Name
		located.Within = strings.TrimPrefix(path[2:].String(), ".")
	}
	return located
}
