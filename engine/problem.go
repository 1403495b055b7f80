package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a recipe or a connector file: where, and in words.
type Problem struct {
	// File is the file's name as the user gave it; empty for a recipe that is not in a file.
	File string `json:"file,omitempty"`
	// Line and Column count from 1; 0 when there is no text to point into.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Path is the place within the recipe, such as `steps[1].with.channel`.
	Path string `json:"path"`
	// Message is a sentence: what is wrong and what to do.
	Message string `json:"message"`
	// Suggestion is the value probably meant, or empty.
	Suggestion string `json:"suggestion,omitempty"`
	// Kind is empty for a mistake, or tells what else it is.
	Kind ProblemKind `json:"kind,omitempty"`
}

// ProblemKind tells problems apart that are not mistakes of who wrote the file.
type ProblemKind string

// ProblemNoConnection is a connection that is named and does not exist (yet): the recipe is right,
// but cannot be switched on.
const ProblemNoConnection ProblemKind = "no_connection"

// String returns `file:line:col: sentence`, leaving out what is not known. Without a line, the path
// tells the place.
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File + ":")
	}
	switch {
	case p.Line > 0:
		fmt.Fprintf(&b, "%d:%d:", p.Line, p.Column)
	case p.Path != "":
		b.WriteString(p.Path + ":")
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	b.WriteString(p.Message)
	if p.Suggestion != "" {
		fmt.Fprintf(&b, " Did you mean %q?", p.Suggestion)
	}
	return b.String()
}

// Problems is all that is wrong with one recipe or connector file, in reading order. It is an
// error with the code Invalid.
type Problems []Problem

var _ error = Problems(nil)

// Error returns a line per problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Err returns p as an error, or nil when there is no problem.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Sorted returns the problems in the order of the file; those of one place keep theirs.
func (p Problems) Sorted() Problems {
	out := slices.Clone(p)
	slices.SortStableFunc(out, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return out
}

// In returns the problems with File set to name.
func (p Problems) In(name string) Problems {
	out := make(Problems, len(p))
	for i, one := range p {
		one.File = name
		out[i] = one
	}
	return out
}

// Under returns the problems with their paths below place: `rules[0].than` under `steps[1].with` is
// `steps[1].with.rules[0].than`.
func (p Problems) Under(place string) Problems {
	out := make(Problems, len(p))
	for i, one := range p {
		switch {
		case one.Path == "":
			one.Path = place
		case place != "" && one.Path[0] != '[':
			one.Path = place + "." + one.Path
		default:
			one.Path = place + one.Path
		}
		out[i] = one
	}
	return out
}
