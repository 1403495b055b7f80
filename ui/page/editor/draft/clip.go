package draft

import (
	"encoding/json"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
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

// Paste adds the steps in a text that Copy made at a spot, and selects the last of them. It returns
// false if the text is something else.
func (s *Session) Paste(spot Spot, text string) bool {
	steps := copied(text)
	return len(steps) > 0 && s.insert(spot, steps...)
}

// Copied says whether a text is one that Copy made.
func Copied(text string) bool { return len(copied(text)) > 0 }

func copied(text string) []engine.Step {
	var c clip
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil {
		return nil
	}
	return c.Steps
}

// insert adds steps with ids of their own at a spot and selects the last. Pills between steps that are
// added together go on referring to each other.
func (s *Session) insert(spot Spot, steps ...engine.Step) bool {
	return s.do("", func(engine.Definition) (engine.Definition, Place) {
		names := map[string]string{}
		taken := engine.Definition{Steps: slices.Clone(s.definition.Steps), IfFailed: s.definition.IfFailed}
		for _, step := range (engine.Definition{Steps: steps}).Walk() {
			id := recipe.NextStepID(taken, step.Use)
			taken.Steps = append(taken.Steps, engine.Step{ID: id})
			if step.ID != "" {
				names[step.ID] = id
			}
		}
		added := taken.Steps[len(s.definition.Steps):]
		steps = renamed(steps, &added, names)
		d := s.withList(spot.List, func(list []engine.Step) []engine.Step {
			return slices.Insert(list, min(spot.Index, len(list)), steps...)
		})
		return d, at(d, spot.List, spot.Index+len(steps)-1)
	})
}

// renamed returns steps with the ids of the first of ids, which are as many as there are steps, those
// within others counted, and with pills that refer to them by their new names.
func renamed(steps []engine.Step, ids *[]engine.Step, names map[string]string) []engine.Step {
	steps = slices.Clone(steps)
	for i := range steps {
		step := &steps[i]
		step.ID, *ids = (*ids)[0].ID, (*ids)[1:]
		step.With = renamedFields(step.With, names)
		step.Steps = renamed(step.Steps, ids, names)
		step.Paths = slices.Clone(step.Paths)
		for k := range step.Paths {
			path := &step.Paths[k]
			path.When = renamedFields(path.When, names)
			path.Steps = renamed(path.Steps, ids, names)
		}
	}
	return steps
}

func renamedFields(fields map[string]any, names map[string]string) map[string]any {
	if fields == nil {
		return nil
	}
	return mapping.RenameIn(fields, names).(map[string]any)
}
