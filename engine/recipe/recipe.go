// Package recipe reads, checks, writes and tells recipes: from a YAML or JSON file to a definition
// and back, what is wrong with one, and what it does in a sentence.
package recipe

import (
	"strings"

	"bellhop/engine"
	"bellhop/engine/source"
)

// The limits of what a recipe can say.
const (
	// MaxRetryTimes is the most tries after the first; with growing pauses they take days.
	MaxRetryTimes = 30
	// MinBytes and MaxBytes bound the size limit that a recipe can set for its deliveries.
	MinBytes = 1 << 10
	MaxBytes = 64 << 20
	// MaxSteps is the most steps that one recipe can have, all that are within others counted.
	MaxSteps = 200
	// MaxDepth is how many steps can stand within each other, the outermost one counted.
	MaxDepth = 5
	// MaxPaths is the most paths that a step can hold.
	MaxPaths = 20
	// MaxPersonal is the most fields of personal data that a recipe can name.
	MaxPersonal = 100
	// MaxAtOnce is the most runs that a recipe can limit itself to at the same time.
	MaxAtOnce = 64
	// MaxPerMinute is the most deliveries a minute that a recipe can limit itself to.
	MaxPerMinute = 100_000
)

// Params are what a recipe is checked against.
type Params struct {
	Catalog engine.Catalog
	// Connections are those that exist; none is as good as not knowing them, see Blocking.
	Connections []engine.Connection
}

// Parse reads a recipe file, YAML or JSON, and returns what is wrong with its form: syntax, unknown
// keys, wrong types, each with line and column. Whether it makes sense is not looked at.
func Parse(data []byte) (engine.Definition, engine.Problems) {
	_, definition, problems := read(data)
	return definition, problems
}

func read(data []byte) (*source.Document, engine.Definition, engine.Problems) {
	var definition engine.Definition
	doc, problems := source.Parse(data)
	if len(problems) > 0 {
		return nil, definition, problems
	}
	problems = doc.Decode(&definition)
	return doc, definition, problems
}

// Check reads a recipe file and checks all of it; problems have line and column, in the order of
// the file. The definition is whole only if there are no problems but those Blocking leaves out.
func Check(data []byte, p Params) (engine.Definition, engine.Problems) {
	doc, definition, problems := read(data)
	if doc == nil {
		return definition, problems
	}
	form := problems
	for _, problem := range validate(definition, p, true).Problems(doc) {
		if !within(problem.Path, form) {
			problems = append(problems, problem)
		}
	}
	return definition, problems.Sorted()
}

// Validate checks a definition that is not in a file, such as the editor's draft. Problems have a
// Path, such as `steps[1].with.channel`, and no line.
func Validate(definition engine.Definition, p Params) engine.Problems {
	return validate(definition, p, false).Problems(nil)
}

// Blocking leaves out what is no mistake in the recipe itself: connections that do not exist or are
// not complete yet. With no other problems a recipe can be imported, but not switched on.
func Blocking(problems engine.Problems) engine.Problems {
	var out engine.Problems
	for _, p := range problems {
		if p.Kind != engine.ProblemNoConnection {
			out = append(out, p)
		}
	}
	return out
}

// within says whether a path is that of one of the problems or below it: of a value that could not
// be read nothing more can be said.
func within(path string, problems engine.Problems) bool {
	for _, p := range problems {
		rest, ok := strings.CutPrefix(path, p.Path)
		if ok && p.Path != "" && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}
