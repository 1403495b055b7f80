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
	// Part is what of the place is wrong: "use", "connection", "with", "retry", "on_failure", "paths" …, and
	// of the whole recipe "name", "steps", "runs" or "personal".
	Part string
	// Path counts the paths from 0 where Part is "paths"; it is NoPath where the problem is with none of them.
	Path int
	// Field is the field's name where Part is "with", "answer" or "runs", and "name" or "when" of a path.
	// Within is the place inside of its value, such as `[0].than`.
	Field, Within string
}

// Whole is the place of what is wrong with the recipe as such: its name, that it has no steps, or how
// its runs stand to each other.
const Whole Place = -2

// Problems returns all that is wrong with the draft, in reading order.
func (s *Session) Problems() []Problem {
	problems := make([]Problem, len(s.problems))
	for i, p := range s.problems {
		problems[i] = s.locate(p)
	}
	return problems
}

// ProblemsAt returns what is wrong at a place.
func (s *Session) ProblemsAt(place Place) []Problem {
	return slices.DeleteFunc(s.Problems(), func(p Problem) bool { return p.Place != place })
}

// locate reads a problem's path, such as `steps[1].paths[0].steps[2].with.rules[0].than`.
func (s *Session) locate(p engine.Problem) Problem {
	located := Problem{Problem: p, Place: Whole, Path: NoPath}
	rest := p.Path
	if inside, ok := within(rest, "trigger"); ok {
		located.Place, rest = Trigger, inside
	}
	// The innermost step comes last.
	for _, step := range s.steps {
		if inside, ok := within(p.Path, step.At); ok {
			located.Place, rest = Place(step.Position), inside
		}
	}
	path, err := mapping.ParsePath(rest)
	if err != nil || len(path) == 0 {
		located.Part = rest
		return located
	}
	located.Part, path = path[0].Name, path[1:]
	if located.Part == "paths" && len(path) > 0 && path[0].Item {
		located.Path, path = path[0].Index, path[1:]
	}
	if fields := []string{"with", "answer", "runs"}; len(path) > 0 && (slices.Contains(fields, located.Part) || located.Path != NoPath) {
		located.Field = path[0].Name
		located.Within = strings.TrimPrefix(path[1:].String(), ".")
	}
	return located
}

// within returns what of a path comes after the place it is in; ok is false if it is elsewhere.
func within(path, place string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, place)
	if !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
		return "", false
	}
	return strings.TrimPrefix(rest, "."), true
}
