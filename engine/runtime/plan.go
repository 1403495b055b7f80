package runtime

import (
	"strconv"
	"strings"

	"bellhop/engine"
	"bellhop/engine/condition"
	"bellhop/engine/content"
	"bellhop/engine/logic"
	"bellhop/engine/mapping"
)

// plan is a published version made ready to run: pills parsed, operations bound, steps in their tree.
type plan struct {
	// label names an event to people; nil if the trigger has none.
	label *mapping.Template
	// steps are those of the recipe, and ifFailed those that are done when the run has failed.
	steps, ifFailed []*step
	rules           *engine.RunRules
	// waits is true if the sender waits for the run's result.
	waits bool
	// personal leads to what is masked within the trigger's data.
	personal []mapping.Path
	// reads is all that pills take from the trigger's data, as paths and as what is made of them; nil for
	// the whole of them.
	reads     [][]string
	selection content.Selection
}

// step is one step made ready, with those it holds.
type step struct {
	engine.Step
	position  int
	connector engine.Connector
	operation engine.Operation
	with      *mapping.Value
	retries   int
	filter    *condition.Condition // of a filter
	paths     []path               // of a step that holds paths
	body      []*step              // of a loop
	pure      logic.Pure           // of logic that computes
	kept      logic.Kept           // of logic that remembers
}

type path struct {
	name  string
	when  *condition.Condition // nil for otherwise
	steps []*step
}

// compile binds a definition to the catalog. Versions were valid when they were published, but a
// connector may have changed since, so every error is one a person can read.
func compile(d engine.Definition, catalog engine.Catalog) (*plan, error) {
	c := compiler{catalog: catalog, reads: [][]string{}}
	p := &plan{rules: d.Runs, waits: d.Trigger.Answer != nil && d.Trigger.Answer.When == engine.AnswerResult}
	if _, trigger, ok := catalog.Operation(d.Trigger.Use); ok && trigger.Label != "" {
		label, err := mapping.Parse(trigger.Label)
		if err != nil {
			return nil, engine.Wrap(err, engine.Invalid, "The connector's name for this event cannot be read: %s", err)
		}
		p.label = label
		c.template("", label)
	}
	for _, written := range d.Personal {
		personal, err := mapping.ParsePath(written)
		if err != nil {
			return nil, engine.Wrap(err, engine.Invalid, "The personal field %q cannot be read: %s", written, err)
		}
		p.personal = append(p.personal, personal)
		c.read(personal)
	}
	var err error
	if p.steps, err = c.list(d.Steps); err != nil {
		return nil, err
	}
	if p.ifFailed, err = c.list(d.IfFailed); err != nil {
		return nil, err
	}
	if !c.all {
		p.reads = c.reads
	}
	p.selection = content.Select(p.reads)
	return p, nil
}

// compiler goes through the steps in the order of Definition.Walk.
type compiler struct {
	catalog  engine.Catalog
	position int
	reads    [][]string
	all      bool // some pill takes the trigger's data whole
}

func (c *compiler) list(steps []engine.Step) ([]*step, error) {
	list := make([]*step, len(steps))
	for i, s := range steps {
		var err error
		if list[i], err = c.step(s); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (c *compiler) step(s engine.Step) (*step, error) {
	connector, operation, ok := c.catalog.Operation(s.Use)
	if !ok {
		return nil, engine.Errorf(engine.Invalid,
			"The step %q uses %q, which this Bellhop does not know. Choose another action for it.", s.ID, s.Use)
	}
	one := &step{Step: s, position: c.position, connector: connector, operation: operation, retries: engine.DefaultRetryTimes}
	c.position++
	if s.Retry != nil {
		one.retries = s.Retry.Times
	}
	var err error
	if operation.Logic == engine.LogicFilter {
		one.filter, err = c.condition(s.With)
	} else if one.with, err = mapping.Compile(withDefaults(s.With, operation.Fields)); err == nil {
		one.with.Walk(c.template)
		one.with = one.with.Addresses(addresses(operation.Fields)...)
	}
	if err != nil {
		return nil, unreadable(s, err)
	}
	if operation.Logic != "" {
		one.pure, one.kept = logic.Find(operation.Logic)
	}
	if one.body, err = c.list(s.Steps); err != nil {
		return nil, err
	}
	for _, way := range s.Paths {
		p := path{name: way.Name}
		if way.When != nil {
			if p.when, err = c.condition(way.When); err != nil {
				return nil, unreadable(s, err)
			}
		}
		if p.steps, err = c.list(way.Steps); err != nil {
			return nil, err
		}
		one.paths = append(one.paths, p)
	}
	return one, nil
}

// addresses are the fields that are web addresses.
func addresses(fields []engine.Field) []string {
	var names []string
	for _, f := range fields {
		if f.Type == engine.FieldURL {
			names = append(names, f.Name)
		}
	}
	return names
}

func unreadable(s engine.Step, err error) error {
	return engine.Wrap(err, engine.Invalid, "The step %q cannot be read: %s", s.ID, err)
}

func (c *compiler) condition(with map[string]any) (*condition.Condition, error) {
	compiled, err := condition.Compile(condition.Of(with))
	if err != nil {
		return nil, err
	}
	if values, err := mapping.Compile(with["rules"]); err == nil {
		values.Walk(c.template)
	}
	return compiled, nil
}

// template notes what the pills of a text take from the trigger's data.
func (c *compiler) template(_ string, t *mapping.Template) {
	for _, pill := range t.Pills() {
		for _, p := range pill.Paths() {
			if len(p) > 0 && !p[0].Item && p[0].Name == "trigger" {
				c.read(p[1:])
			}
		}
	}
}

// read notes one path within the trigger's data, up to an item counted from the end: which one that is
// shows only in the whole list.
func (c *compiler) read(p mapping.Path) {
	names := []string{}
	for _, segment := range p {
		if segment.Item && segment.Index < 0 {
			break
		}
		if segment.Item {
			names = append(names, strconv.Itoa(segment.Index))
		} else {
			names = append(names, segment.Name)
		}
	}
	c.all = c.all || len(names) == 0
	c.reads = append(c.reads, names)
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

// name is what people call a step.
func (s *step) name() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.operation.Title != "":
		return s.operation.Title
	default:
		return s.ID
	}
}
