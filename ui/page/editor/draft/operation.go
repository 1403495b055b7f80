package draft

import (
	"slices"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// Element is what a place holds, with what the catalogue knows of it.
type Element struct {
	Place Place
	// Use is the operation's full name; empty where nothing is chosen yet.
	Use, Connection string
	With            map[string]any
	// Connector and Operation are zero, and Known is false, where nothing or something unknown is chosen.
	Connector engine.Connector
	Operation engine.Operation
	Known     bool
	// Name is the step's own; Title is that, or else what a filter lets through, or else the operation's
	// title, or else Use.
	Name, Title string
}

// Element returns what is at a place.
func (s *Session) Element(place Place) Element {
	e := Element{Place: place, Use: s.definition.Trigger.Use, Connection: s.definition.Trigger.Connection, With: s.definition.Trigger.With}
	if step, ok := s.Step(place); ok {
		e.Use, e.Connection, e.With, e.Name = step.Use, step.Connection, step.With, step.Name
	}
	e.Connector, e.Operation, e.Known = s.catalog.Operation(e.Use)
	rules := ""
	if list, _ := e.With["rules"].([]any); e.Operation.Logic != "" && len(list) > 0 {
		rules = recipe.StepSummary(engine.Step{Use: e.Use, With: e.With}, s.catalog)
	}
	for _, title := range []string{e.Name, rules, e.Operation.Title, e.Use} {
		if e.Title = title; title != "" {
			break
		}
	}
	return e
}

// Accounts returns the connections an operation can use, those that lack something it needs last.
func (s *Session) Accounts(use string) (usable, lacking []engine.Connection) {
	connector, operation, ok := s.catalog.Operation(use)
	if !ok || operation.Connection == "" {
		return nil, nil
	}
	for _, c := range s.connections {
		switch {
		case c.Connector != connector.Name:
		case slices.ContainsFunc(operation.Needs, func(field string) bool { return !has(c, field) }):
			lacking = append(lacking, c)
		default:
			usable = append(usable, c)
		}
	}
	return usable, lacking
}

func has(c engine.Connection, field string) bool {
	return c.Fields[field] != "" || slices.Contains(c.SecretFields, field)
}

// accountFor is the account to begin with for an operation: the one there was if it still
// fits, else the only one there is, if the operation cannot do without.
func (s *Session) accountFor(use, account string) string {
	usable, _ := s.Accounts(use)
	if slices.ContainsFunc(usable, func(c engine.Connection) bool { return c.Name == account }) {
		return account
	}
	_, operation, _ := s.catalog.Operation(use)
	if operation.Connection == engine.Required && len(usable) == 1 {
		return usable[0].Name
	}
	return ""
}

// shared returns the values of the fields that an operation has too.
func (s *Session) shared(use string, with map[string]any) map[string]any {
	_, operation, _ := s.catalog.Operation(use)
	kept := map[string]any{}
	for name, value := range with {
		if _, ok := operation.Field(name); ok {
			kept[name] = value
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}
