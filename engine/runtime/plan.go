package runtime

import (
	"strings"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/mapping"
)

// plan is a published version made ready to run: pills parsed, operations bound.
type plan struct {
	// label names an event to people; nil if the trigger has none.
	label *mapping.Template
	steps []step
}

type step struct {
	engine.Step
	connector engine.Connector
	operation engine.Operation
	with      *mapping.Value
	filter    *condition.Condition
	retries   int
}

// compile binds a definition to the catalog. Versions were valid when they were published, but a
// connector may have changed since, so every error is one a person can read.
func compile(d engine.Definition, catalog engine.Catalog) (*plan, error) {
	p := &plan{}
	if _, trigger, ok := catalog.Operation(d.Trigger.Use); ok && trigger.Label != "" {
		label, err := mapping.Parse(trigger.Label)
		if err != nil {
			return nil, engine.Wrap(err, engine.Invalid, "The connector's name for this event cannot be read: %s", err)
		}
		p.label = label
	}
	for _, s := range d.Steps {
		one, err := compileStep(s, catalog)
		if err != nil {
			return nil, err
		}
		p.steps = append(p.steps, one)
	}
	return p, nil
}

func compileStep(s engine.Step, catalog engine.Catalog) (step, error) {
	connector, operation, ok := catalog.Operation(s.Use)
	if !ok {
		return step{}, engine.Errorf(engine.Invalid,
			"The step %q uses %q, which this Bellhop does not know. Choose another action for it.", s.ID, s.Use)
	}
	one := step{Step: s, connector: connector, operation: operation, retries: engine.DefaultRetryTimes}
	if s.Retry != nil {
		one.retries = s.Retry.Times
	}
	var err error
	if operation.Logic == engine.LogicFilter {
		one.filter, err = condition.Compile(s.With)
	} else {
		one.with, err = mapping.Compile(withDefaults(s.With, operation.Fields))
	}
	if err != nil {
		return step{}, engine.Wrap(err, engine.Invalid, "The step %q cannot be read: %s", s.ID, err)
	}
	return one, nil
}

// withDefaults adds the defaults of fields that the recipe leaves out.
func withDefaults(with map[string]any, fields []engine.Field) map[string]any {
	out := make(map[string]any, len(with))
	for _, f := range fields {
		if f.Default != nil {
			out[f.Name] = f.Default
		}
	}
	for name, value := range with {
		out[name] = value
	}
	return out
}

// What is shown in a line is kept no longer than a line or a few: deliveries can hold anything.
const (
	longestTitle = 120
	longestNote  = 500
)

// shorten cuts a text to a number of characters.
func shorten(text string, length int) string {
	if len(text) <= length {
		return text
	}
	n := 0
	for i := range text {
		if n++; n == length {
			return text[:i] + "…"
		}
	}
	return text
}

// title names the event to people; empty if its data does not allow it.
func (p *plan) title(data map[string]any, env mapping.Env) string {
	if p.label == nil {
		return ""
	}
	value, err := p.label.Eval(data, env)
	if err != nil {
		return ""
	}
	return shorten(strings.Trim(strings.Join(strings.Fields(mapping.Text(value)), " "), " ,"), longestTitle)
}
