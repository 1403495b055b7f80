package recipe

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bellhop/engine"
	"bellhop/engine/form"
	"bellhop/engine/schedule"
	"bellhop/engine/source"
)

// validator checks one definition.
type validator struct {
	Params
	definition engine.Definition
	steps      []engine.Placed
	// positions are those of the steps by id, of each id the first.
	positions map[string]int
	// file is true if people read the recipe as a file, where fields go by their names.
	file   bool
	report source.Report
}

func validate(definition engine.Definition, p Params, file bool) *source.Report {
	v := &validator{Params: p, definition: definition, steps: definition.Walk(), positions: map[string]int{}, file: file}
	for i, step := range v.steps {
		if _, taken := v.positions[step.ID]; !taken {
			v.positions[step.ID] = i
		}
	}
	switch {
	case definition.Format > engine.RecipeFormat:
		v.report.Value("recipe", "This recipe was written by a newer Bellhop. Update Bellhop to use it.")
	case definition.Format != engine.RecipeFormat:
		v.report.Value("recipe", "A recipe begins with the line recipe: %d.", engine.RecipeFormat)
	}
	switch name := definition.Name; {
	case strings.TrimSpace(name) == "":
		v.report.Value("name", "Give the recipe a name.")
	case !oneLine(name):
		v.report.Value("name", "A recipe's name is one line of at most %d characters.", maxName)
	}
	v.trigger(definition.Trigger)
	switch n := len(v.steps); {
	case len(definition.Steps) == 0:
		v.report.Value("steps", "The recipe does nothing yet. Add a step.")
	case n > MaxSteps:
		v.report.Value("steps", "A recipe can have at most %d steps; this one has %d. Split it in two.", MaxSteps, n)
		return &v.report
	}
	for _, step := range v.steps {
		v.step(step)
	}
	v.runs(definition.Runs)
	v.personal(definition.Personal)
	return &v.report
}

// maxName is how many characters a name can have.
const maxName = 200

// oneLine says whether a name can be shown in a line.
func oneLine(name string) bool {
	return !strings.ContainsFunc(name, unicode.IsControl) && utf8.RuneCountInString(name) <= maxName
}

func (v *validator) trigger(t engine.Trigger) {
	if t.MaxBytes != 0 && (t.MaxBytes < MinBytes || t.MaxBytes > MaxBytes) {
		v.report.Value("trigger.max_bytes", "The largest delivery accepted is between %d and %d bytes (1 KiB and 64 MiB).", MinBytes, MaxBytes)
	}
	connector, operation, ok := v.operation("trigger.use", t.Use, true)
	if !ok {
		return
	}
	v.connection("trigger", t.Connection, connector, operation)
	v.fields("trigger.with", t.With, operation, inTrigger)
	v.deliveries(t, operation)
	switch {
	case operation.Schedule != nil:
		// UTC is as good as any zone to see whether fields make sense together.
		_, err := schedule.Parse(operation, t.With, time.UTC)
		v.together("trigger.with", err)
	case operation.Looks():
		_, err := schedule.ParsePace(operation, t.With)
		v.together("trigger.with", err)
	case operation.Start == engine.StartManual:
		_, err := form.Parse(t.With["form"])
		v.together("trigger.with.form", err)
	}
}

// together reports problems of fields below a place, but for fields of which something was told already.
func (v *validator) together(at string, err error) {
	told := v.report.Paths()
	problems, _ := errors.AsType[engine.Problems](err)
	for _, p := range problems.Under(at) {
		if !told[p.Path] {
			v.report.Value(p.Path, "%s", p.Message).Suggestion = p.Suggestion
		}
	}
}

// stepID is the form of a step's id; pills can use it as it is.
var stepID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// reserved are ids that mean something else in pills.
var reserved = []string{triggerData, requestData, failureData, "true", "false"}

func (v *validator) step(s engine.Placed) {
	at := s.At
	switch first := v.positions[s.ID]; {
	case s.ID == "":
		v.report.Value(source.Key(at, "id"), "The step needs an id, such as %s, so that later steps can use its result.", NextStepID(v.definition, s.Use))
	case slices.Contains(reserved, s.ID):
		v.report.Value(source.Key(at, "id"), "A step cannot be called %q: that means something else in pills.", s.ID)
	case !stepID.MatchString(s.ID):
		v.report.Value(source.Key(at, "id"), "A step's id is made of small letters a to z, digits and _, a letter first, and at most 40 of them.")
	case first < s.Position:
		v.report.Value(source.Key(at, "id"), "Step %d is called %q already. Give each step an id of its own.", first+1, s.ID)
	}
	if s.Retry != nil && (s.Retry.Times < 0 || s.Retry.Times > MaxRetryTimes) {
		v.report.Value(source.Join(at, "retry.times"), "A step can be tried again 0 to %d times.", MaxRetryTimes)
	}
	onFailure := []string{string(engine.OnFailureStop), string(engine.OnFailureContinue), string(engine.OnFailureHold)}
	if s.OnFailure != "" && !slices.Contains(onFailure, string(s.OnFailure)) {
		v.report.Value(source.Key(at, "on_failure"), "When the step fails, the run can stop, continue or hold.").
			Suggestion = engine.Suggest(string(s.OnFailure), onFailure)
	}
	connector, operation, ok := v.operation(source.Key(at, "use"), s.Use, false)
	if ok {
		v.connection(at, s.Connection, connector, operation)
		v.fields(source.Key(at, "with"), s.With, operation, s.Position)
		v.secretsTo(source.Key(at, "with"), s.Step, operation)
		v.alone(source.Key(at, "use"), s, operation)
		v.holding(at, s.Step, operation)
	}
	if !ok || operation.Holds == engine.HoldsPaths {
		v.paths(source.Key(at, "paths"), s)
	}
	v.depth(s)
}

// operation finds what a trigger or step uses.
func (v *validator) operation(at, use string, starts bool) (engine.Connector, engine.Operation, bool) {
	role := "step"
	if starts {
		role = "trigger"
	}
	if use == "" {
		v.report.Value(at, "%s", map[string]string{"trigger": "Choose what starts the recipe.", "step": "Choose what this step does."}[role])
		return engine.Connector{}, engine.Operation{}, false
	}
	connector, operation, ok := v.Catalog.Operation(use)
	if !ok {
		name, _, _ := engine.SplitUse(use)
		message := fmt.Sprintf("There is no %s %q.", role, use)
		if known, ok := v.Catalog.Connector(name); ok {
			message = fmt.Sprintf("%s has no %s %q.", known.Title, role, use)
		}
		v.report.Value(at, "%s", message).Suggestion = engine.Suggest(use, uses(v.Catalog, starts))
		return connector, operation, false
	}
	switch trigger := operation.Kind() == engine.KindTrigger; {
	case starts && !trigger:
		v.report.Value(at, "%q does something, so it cannot start a recipe. Choose a trigger.", use)
	case !starts && trigger:
		v.report.Value(at, "%q starts recipes, so it cannot be a step. Choose an action.", use)
	default:
		return connector, operation, true
	}
	return connector, operation, false
}

// uses lists the full names of all triggers, or of all that steps can use.
func uses(catalog engine.Catalog, triggers bool) []string {
	var names []string
	for _, c := range catalog.Connectors() {
		operations := c.Actions
		if triggers {
			operations = c.Triggers
		}
		for _, o := range operations {
			names = append(names, c.Name+"."+o.Name)
		}
	}
	return names
}

// connection checks the account that a trigger or step names; at is the trigger or step.
func (v *validator) connection(at, name string, connector engine.Connector, operation engine.Operation) {
	here := source.Key(at, "connection")
	switch {
	case name == "" && operation.Connection == engine.Required:
		v.report.Value(here, "Choose the connection to %s.", connector.Title)
		return
	case name == "":
		return
	case operation.Connection == "":
		v.report.Value(here, "%q uses no connection. Take it out.", operation.Title)
		return
	}
	i := slices.IndexFunc(v.Connections, func(c engine.Connection) bool { return strings.EqualFold(c.Name, name) })
	if i < 0 {
		p := v.report.Value(here, "There is no connection called %q yet. Add it, or choose another.", name)
		p.Kind, p.Suggestion = engine.ProblemNoConnection, engine.Suggest(name, v.connectionsTo(connector.Name))
		return
	}
	c := v.Connections[i]
	if c.Connector != connector.Name {
		p := v.report.Value(here, "The connection %q is not one to %s, which is needed here.", c.Name, connector.Title)
		if others := v.connectionsTo(connector.Name); len(others) == 1 {
			p.Suggestion = others[0]
		}
		return
	}
	for _, need := range operation.Needs {
		if c.Fields[need] == "" && !slices.Contains(c.SecretFields, need) && connector.Connection != nil {
			f, _ := connector.Connection.Field(need)
			v.report.Value(here, "The connection %q has no %s, which is needed here. Open the connection and fill it in.", c.Name, strings.ToLower(f.Label)).
				Kind = engine.ProblemNoConnection
		}
	}
}

func (v *validator) connectionsTo(connector string) []string {
	var names []string
	for _, c := range v.Connections {
		if c.Connector == connector {
			names = append(names, c.Name)
		}
	}
	return names
}

// called is what a sentence calls a field: in a file its name, on a form its label.
func (v *validator) called(f engine.Field) string {
	if v.file {
		return strconv.Quote(f.Name)
	}
	return strconv.Quote(f.Label)
}
