package engine

import "fmt"

// Placed is a step and where it stands in its recipe.
type Placed struct {
	Step
	// Position counts all steps of the recipe from 0 as they are read: a step comes before those it
	// holds, and those of IfFailed come last.
	Position int
	// At is the step's place in a recipe file, such as `steps[2].paths[0].steps[1]`.
	At string
	// Parent is the position of the step that holds this one, or -1, and Path which of its paths.
	Parent, Path int
	// IfFailed is true for the steps that are done when the run has failed.
	IfFailed bool
}

// Walk returns all steps of the recipe, each before those it holds: Walk()[i].Position is i.
func (d Definition) Walk() []Placed {
	var all []Placed
	walk(&all, "steps", d.Steps, Placed{Parent: -1})
	walk(&all, "if_failed", d.IfFailed, Placed{Parent: -1, IfFailed: true})
	return all
}

func walk(all *[]Placed, at string, steps []Step, like Placed) {
	for i, s := range steps {
		p := like
		p.Step, p.Position, p.At = s, len(*all), fmt.Sprintf("%s[%d]", at, i)
		*all = append(*all, p)
		inner := Placed{Parent: p.Position, IfFailed: p.IfFailed}
		walk(all, p.At+".steps", s.Steps, inner)
		for n, path := range s.Paths {
			inner.Path = n
			walk(all, fmt.Sprintf("%s.paths[%d].steps", p.At, n), path.Steps, inner)
		}
	}
}
