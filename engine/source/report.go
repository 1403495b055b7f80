package source

import (
	"fmt"

	"bellhop/engine"
)

// Report collects what is wrong with a document by path. The lines and columns are looked up at the
// end, so that what has no file, such as a recipe in the editor, is checked by the same rules.
type Report struct{ notes []note }

type note struct {
	engine.Problem
	key    bool
	offset int
}

// Value adds a problem with the value at path, or, if there is none, with what should hold it.
func (r *Report) Value(path, format string, args ...any) *engine.Problem {
	return r.add(note{Problem: engine.Problem{Path: path, Message: fmt.Sprintf(format, args...)}})
}

// Key adds a problem with the key at path, probably meant as suggestion.
func (r *Report) Key(path, suggestion, format string, args ...any) *engine.Problem {
	return r.add(note{Problem: engine.Problem{Path: path, Message: fmt.Sprintf(format, args...), Suggestion: suggestion}, key: true})
}

// Inside adds a problem with the text at path, at a byte of it.
func (r *Report) Inside(path string, offset int, format string, args ...any) *engine.Problem {
	return r.add(note{Problem: engine.Problem{Path: path, Message: fmt.Sprintf(format, args...)}, offset: offset})
}

// add returns the problem, so that the caller may add to it right away.
func (r *Report) add(n note) *engine.Problem {
	r.notes = append(r.notes, n)
	return &r.notes[len(r.notes)-1].Problem
}

// Paths returns the paths that have a problem so far.
func (r *Report) Paths() map[string]bool {
	paths := make(map[string]bool, len(r.notes))
	for _, n := range r.notes {
		paths[n.Path] = true
	}
	return paths
}

// Problems returns all that was added: in the order of the file and with its lines and columns if
// d is not nil, else in the order of adding.
func (r *Report) Problems(d *Document) engine.Problems {
	var out engine.Problems
	for _, n := range r.notes {
		p := n.Problem
		switch {
		case d == nil:
		case n.key:
			p.Line, p.Column = d.KeyPosition(p.Path)
		case n.offset > 0:
			p.Line, p.Column = d.PositionIn(p.Path, n.offset)
		default:
			p.Line, p.Column = d.Position(p.Path)
		}
		out = append(out, p)
	}
	return out.Sorted()
}
