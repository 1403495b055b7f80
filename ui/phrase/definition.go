package phrase

import (
	"maps"
	"slices"

	"bellhop/engine"
)

// Definition returns a recipe that ships with Bellhop with its names and texts in the window's language. Those who use it
// have it as their own from then on.
func Definition(d engine.Definition) engine.Definition {
	b := books()
	d.Name, d.Note = b.text(d.Name), b.text(d.Note)
	d.Steps = slices.Clone(d.Steps)
	for i := range d.Steps {
		s := &d.Steps[i]
		s.Name, s.With = b.text(s.Name), maps.Clone(s.With)
		for field, value := range s.With {
			if text, ok := value.(string); ok {
				s.With[field] = b.text(text)
			}
		}
	}
	return d
}
