package draft

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

// Source is one thing that pills can take data from: the trigger's event, its request, an earlier step's
// result, the entry that a loop is at, or why the run has failed.
type Source struct {
	// Name is what pills begin with: "trigger", "trigger_request", "failure" or a step's id.
	Name string
	// Place is the trigger's or the step's; of a failure it is Whole.
	Place Place
	// Loop is true for a loop seen from within: its data are those of a round.
	Loop bool
}

// Sources returns what pills at a place can take data from: first what a step is in, a loop or the
// steps for a run that has failed, then what comes before it in its order. For the whole recipe's
// settings these are the trigger's.
func (s *Session) Sources(place Place) []Source {
	switch {
	case place == Trigger:
		return nil
	case place == Whole:
		return []Source{{Name: "trigger", Place: Trigger}, {Name: "trigger_request", Place: Trigger}}
	}
	var within, before []Source
	for _, source := range recipe.Sources(s.steps, int(place)) {
		switch {
		case source.Name == failure:
			within = append(within, Source{Name: source.Name, Place: Whole})
		case source.Loop:
			within = slices.Insert(within, 0, Source{source.Name, Place(source.Position), true})
		default:
			before = append(before, Source{Name: source.Name, Place: Place(source.Position)})
		}
	}
	return append(within, before...)
}

// failure is what pills begin with that ask why the run has failed.
const failure = "failure"

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

// DataAt returns what pills at one place find in what Data gave: in a loop also the first entry of its
// list, and where the run has failed an example of why.
func (s *Session) DataAt(place Place, data map[string]any, env mapping.Env) map[string]any {
	step, ok := s.Step(place)
	if !ok || s.steps[place].Parent < 0 && !s.steps[place].IfFailed {
		return data
	}
	here := maps.Clone(data)
	if s.steps[place].IfFailed {
		here[failure] = s.exampleOfFailure(step.ID)
	}
	for _, holder := range s.around(place) {
		if len(holder.Paths) == 0 {
			here[holder.ID] = firstRound(holder.With[engine.FieldItems], here, env)
		}
	}
	return here
}

// FirstRound is what the loop at a place has in its first round, with what Data gave.
func (s *Session) FirstRound(place Place, data map[string]any, env mapping.Env) map[string]any {
	return firstRound(s.Element(place).With[engine.FieldItems], s.DataAt(place, data, env), env)
}

// firstRound is what a loop over a list has in its first round.
func firstRound(items any, data map[string]any, env mapping.Env) map[string]any {
	var item any
	if compiled, err := mapping.Compile(items); err == nil {
		if list, err := compiled.Eval(data, env); err == nil {
			switch list := list.(type) {
			case []any:
				if len(list) > 0 {
					item = list[0]
				}
			default:
				item = list // a list of one is often sent as the one alone
			}
		}
	}
	return map[string]any{"item": item, "index": json.Number("0"), "number": json.Number("1")}
}

// exampleOfFailure tells of the first step that acts.
func (s *Session) exampleOfFailure(not string) map[string]any {
	for place := range s.steps {
		if e := s.Element(Place(place)); e.Operation.Kind() == engine.KindAction && s.steps[place].ID != not {
			return map[string]any{
				"step": s.steps[place].ID, "name": e.Title, "code": string(engine.Unavailable),
				"message": e.Connector.Title + " cannot be reached.",
			}
		}
	}
	return map[string]any{"step": "", "name": "", "code": string(engine.Internal), "message": "Something went wrong."}
}

// Preview returns what a value, or all texts in it, become with data. ok is false if there are no pills
// in it, so that there is nothing to tell. The error is a sentence.
func Preview(value any, data map[string]any, env mapping.Env) (text string, ok bool, err error) {
	result, ok, err := evaluate(value, data, env)
	return mapping.Text(result), ok, err
}

// PreviewNames is Preview for a list: what its entries are called, and how many there are.
func PreviewNames(value any, data map[string]any, env mapping.Env) (text string, ok bool, err error) {
	result, ok, err := evaluate(value, data, env)
	if list, is := result.([]any); is {
		return strings.TrimSpace(fmt.Sprintf("%s (%d)", namesOf(list), len(list))), ok, err
	}
	return inWords(result), ok, err
}

func evaluate(value any, data map[string]any, env mapping.Env) (result any, ok bool, err error) {
	compiled, err := mapping.Compile(value)
	if err != nil {
		return nil, true, err
	}
	if compiled.Static() {
		return nil, false, nil
	}
	result, err = compiled.Eval(data, env)
	if place, is := errors.AsType[*mapping.PlaceError](err); is {
		err = place.Err // it stands below its field
	}
	if err != nil {
		return nil, true, err
	}
	return result, true, nil
}

// Decide says whether a filter's rules let data through, and why in a short sentence such as
// "189.00 is over 100".
func Decide(with, data map[string]any, env mapping.Env) (pass bool, note string, err error) {
	c, err := condition.Compile(condition.Of(with))
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
	text := ""
	if compiled, err := mapping.Compile(value); err == nil {
		if result, err := compiled.Eval(data, env); err == nil {
			text = inWords(result)
		}
	}
	if text == "" {
		return "…"
	}
	return Short(text, 60)
}

// inWords is a value as it stands in a sentence: of a list what its entries are called.
func inWords(value any) string {
	switch v := value.(type) {
	case []any:
		return namesOf(v)
	case map[string]any:
		return nameOf(v)
	}
	return mapping.Text(value)
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
