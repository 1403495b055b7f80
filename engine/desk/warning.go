package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/recipe"
)

// Warnings says, a sentence each, what is probably not meant in a definition that is published as the recipe
// of that id. None of it keeps it from being published: it starts itself, it runs a recipe or uses a table that
// does not exist (yet), it answers a sender who does not wait, it collects from runs that wait for it, or it keeps
// personal data where they are not masked.
func (d *Desk) Warnings(ctx context.Context, id int64, definition engine.Definition) ([]string, error) {
	var all []string
	ring, err := d.Ring(ctx, id, definition)
	if err != nil {
		return nil, err
	}
	if ring != "" {
		all = append(all, ring)
	}
	called, err := d.callsNobody(ctx, definition)
	if err != nil {
		return nil, err
	}
	tables, err := d.lacksTables(ctx, definition)
	if err != nil {
		return nil, err
	}
	return slices.Concat(all, called, tables, d.answersNobody(definition), d.collectsAlone(definition), d.keepsPersonal(definition)), nil
}

// callsNobody tells recipes that are to be run and do not exist.
func (d *Desk) callsNobody(ctx context.Context, definition engine.Definition) ([]string, error) {
	calls := recipe.Calls(definition, d.Catalog)
	if len(calls) == 0 {
		return nil, nil
	}
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{definition.Name}
	for _, r := range recipes {
		names = append(names, r.Name)
	}
	var all []string
	for _, name := range calls {
		if !known(names, name) {
			all = append(all, missing("recipe", name, names)+" The step that runs it fails until there is one.")
		}
	}
	return all, nil
}

// lacksTables tells tables that are used and do not exist.
func (d *Desk) lacksTables(ctx context.Context, definition engine.Definition) ([]string, error) {
	var used []string
	for _, s := range definition.Walk() {
		name, _ := s.With["table"].(string)
		name = strings.TrimSpace(name)
		switch _, o, _ := d.Catalog.Operation(s.Use); o.Logic {
		case engine.LogicTableAdd, engine.LogicTableUpdate, engine.LogicTableFind, engine.LogicTableDelete:
			if name != "" && !strings.Contains(name, "{{") && !known(used, name) {
				used = append(used, name)
			}
		}
	}
	if len(used) == 0 {
		return nil, nil
	}
	tables, err := d.Store.Tables(ctx)
	if err != nil {
		return nil, err
	}
	var names, all []string
	for _, t := range tables {
		names = append(names, t.Name)
	}
	for _, name := range used {
		if !known(names, name) {
			all = append(all, missing("table", name, names)+" The steps that use it fail until there is one.")
		}
	}
	return all, nil
}

// answersNobody tells a step that answers while the sender does not wait for it.
func (d *Desk) answersNobody(definition engine.Definition) []string {
	_, trigger, _ := d.Catalog.Operation(definition.Trigger.Use)
	waits := definition.Trigger.Answer != nil && definition.Trigger.Answer.When == engine.AnswerResult
	for _, s := range definition.Walk() {
		_, o, _ := d.Catalog.Operation(s.Use)
		switch {
		case o.Logic != engine.LogicRespond:
		case trigger.Webhook == nil:
			return []string{fmt.Sprintf("%q answers nobody: only a webhook has a sender who waits. Take the step out.", recipe.Title(s.Step, d.Catalog))}
		case !waits:
			return []string{fmt.Sprintf("%q answers nobody, since the sender is answered at once. Let the sender wait for the result in the trigger's options, or take the step out.", recipe.Title(s.Step, d.Catalog))}
		}
	}
	return nil
}

func known(names []string, name string) bool {
	for _, one := range names {
		if strings.EqualFold(strings.TrimSpace(one), name) {
			return true
		}
	}
	return false
}

// missing says that there is nothing of that name.
func missing(what, name string, names []string) string {
	sentence := fmt.Sprintf("There is no %s %q.", what, name)
	if near := engine.Suggest(name, names); near != "" {
		sentence += fmt.Sprintf(" Did you mean %q?", near)
	}
	return sentence
}
