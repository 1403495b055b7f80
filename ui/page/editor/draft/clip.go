package draft

import (
	"encoding/json"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// clip is how steps travel in the clipboard: as a recipe file has them.
type clip struct {
	Steps []engine.Step `json:"steps"`
}

// Copy returns a step as text for the clipboard; "" for the trigger.
func (s *Session) Copy(place Place) string {
	step, ok := s.Step(place)
	if !ok {
		return ""
	}
	text, err := json.MarshalIndent(clip{[]engine.Step{step}}, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

// Paste adds the steps in a text that Copy made after a place, and selects the last of them. It returns
// false if the text is something else.
func (s *Session) Paste(after Place, text string) bool {
	var c clip
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil || len(c.Steps) == 0 {
		return false
	}
	return s.insert(after, c.Steps...)
}

// insert adds steps with ids of their own after a place and selects the last.
func (s *Session) insert(after Place, steps ...engine.Step) bool {
	return s.do("", func(d engine.Definition) (engine.Definition, Place) {
		at := min(max(after, Trigger), s.Last()) + 1
		d.Steps = slices.Clone(d.Steps)
		for i, step := range steps {
			step.ID = recipe.NextStepID(d, step.Use)
			d.Steps = slices.Insert(d.Steps, int(at)+i, step)
		}
		return d, at + Place(len(steps)-1)
	})
}
