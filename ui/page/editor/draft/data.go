package draft

import (
	"errors"
	"strings"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

// Source is one thing that pills can take data from: the trigger's event, its request, or an earlier
// step's result.
type Source struct {
	// Name is what pills begin with: "trigger", "trigger_request" or a step's id.
	Name string
	// Place is the trigger's or the step's.
	Place Place
}

// Sources returns what pills at a place can take data from, in order.
func (s *Session) Sources(place Place) []Source {
	if place == Trigger {
		return nil
	}
	sources := []Source{{"trigger", Trigger}, {"trigger_request", Trigger}}
	for i, step := range s.definition.Steps {
		if Place(i) < place {
			sources = append(sources, Source{step.ID, Place(i)})
		}
	}
	return sources
}

// Data returns what the pills of all places find in a sample: what it has, and the connectors' examples
// for steps it does not know.
func (s *Session) Data(sample map[string]any) map[string]any {
	data := map[string]any{"trigger_request": engine.Request{}.Data()}
	for name, value := range sample {
		data[name] = value
	}
	for place := Trigger; place <= s.Last(); place++ {
		name := "trigger"
		if step, ok := s.Step(place); ok {
			name = step.ID
		}
		if _, ok := data[name]; ok {
			continue
		}
		if value, err := mapping.Decode(s.Element(place).Operation.Sample); err == nil {
			data[name] = value
		}
	}
	return data
}

// Preview returns what a value, or all texts in it, become with data. ok is false if there are no pills
// in it, so that there is nothing to tell. The error is a sentence.
func Preview(value any, data map[string]any, env mapping.Env) (text string, ok bool, err error) {
	compiled, err := mapping.Compile(value)
	if err != nil {
		return "", true, err
	}
	if compiled.Static() {
		return "", false, nil
	}
	result, err := compiled.Eval(data, env)
	if place, is := errors.AsType[*mapping.PlaceError](err); is {
		err = place.Err // it stands below its field
	}
	if err != nil {
		return "", true, err
	}
	return mapping.Text(result), true, nil
}

// Decide says whether a filter's rules let data through, and why in a short sentence such as
// "189.00 is over 100".
func Decide(with, data map[string]any, env mapping.Env) (pass bool, note string, err error) {
	c, err := condition.Compile(with)
	if err != nil {
		return false, "", err
	}
	return c.Eval(data, env)
}

// Summary says in one line what the element at a place does, or for the trigger which event the data
// are of; empty where nothing is known.
func (s *Session) Summary(place Place, data map[string]any, env mapping.Env) string {
	e := s.Element(place)
	if place == Trigger && e.Operation.Schedule != nil {
		return recipe.TriggerSummary(s.definition.Trigger, s.catalog) // a sample says less than all its times
	}
	if place == Trigger && e.Operation.Label != "" {
		if text, ok, err := Preview(e.Operation.Label, data, env); ok && err == nil {
			return strings.Trim(Short(text, 80), " ,")
		}
	}
	summary, err := mapping.Parse(e.Operation.Summary)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, part := range summary.Parts() {
		if part.Pill == nil {
			b.WriteString(part.Text)
			continue
		}
		b.WriteString(shown(e, part.Pill.Path(), data, env))
	}
	return b.String()
}

// shown is a field's value within a summary.
func shown(e Element, path mapping.Path, data map[string]any, env mapping.Env) string {
	if len(path) == 0 {
		return "…"
	}
	value := e.With[path[0].Name]
	if field, ok := e.Operation.Field(path[0].Name); ok && value == nil {
		value = field.Default
	}
	text, ok, err := Preview(value, data, env)
	if !ok {
		text = mapping.Text(value)
	}
	if err != nil || text == "" {
		return "…"
	}
	return Short(text, 60)
}

// Short returns a text on one line, cut to a number of letters.
func Short(text string, letters int) string {
	text = strings.Join(strings.Fields(text), " ")
	n := 0
	for i := range text {
		if n++; n > letters {
			return text[:i] + "…"
		}
	}
	return text
}
