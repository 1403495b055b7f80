package desk

import (
	"fmt"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

// keptAs says what becomes of what a step of some logic is given, where it outlasts the run.
var keptAs = map[string]string{
	engine.LogicTableAdd:    "in a table",
	engine.LogicTableUpdate: "in a table",
	engine.LogicCounter:     "as a name to count under",
	engine.LogicRemember:    "in what it remembers",
	engine.LogicDedupe:      "in what it has seen",
	engine.LogicBatch:       "in what it collects",
}

// keepsPersonal tells steps that put personal data where they are not masked: what a table holds, and is
// looked up there, must be readable.
func (d *Desk) keepsPersonal(definition engine.Definition) []string {
	p := tracked{steps: map[string][]string{}}
	for _, text := range definition.Personal {
		if path, err := mapping.ParsePath(text); err == nil {
			p.fields = append(p.fields, path)
		}
	}
	if len(p.fields) == 0 {
		return nil
	}
	var all []string
	for _, s := range definition.Walk() {
		_, o, ok := d.Catalog.Operation(s.Use)
		if !ok || o.Logic == "" {
			continue // what is sent to an app is the recipe's purpose
		}
		found := p.within(s.With)
		where, kept := keptAs[o.Logic]
		switch {
		case len(found) == 0:
		case kept:
			all = append(all, fmt.Sprintf("%q keeps personal data (%s) %s. There it is not masked, and neither is it where a step reads it again.",
				recipe.Title(s.Step, d.Catalog), strings.Join(found, ", "), where))
		default:
			p.steps[s.ID] = found // its result is made of them
		}
	}
	return all
}

// tracked knows where personal data are: in fields of the trigger, and in results made of them.
type tracked struct {
	fields []mapping.Path
	steps  map[string][]string
}

// within returns the names of the personal fields that the texts of a step read.
func (p tracked) within(with map[string]any) (found []string) {
	add := func(name string) {
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	for _, read := range recipe.Paths(with) {
		for _, name := range p.steps[read[0].Name] {
			add(name)
		}
		for _, field := range p.fields {
			if read[0].Name == "trigger" && overlap(read[1:], field) {
				add(field.String())
			}
		}
	}
	return found
}

// overlap says whether one path leads to the other's place, or into it.
func overlap(a, b mapping.Path) bool {
	n := min(len(a), len(b))
	return slices.Equal(a[:n], b[:n])
}

// collectsAlone tells a step that collects from runs that go one after the other: those that it waits for wait
// for it.
func (d *Desk) collectsAlone(definition engine.Definition) []string {
	if definition.Runs == nil || !definition.Runs.InOrder {
		return nil
	}
	for _, s := range definition.Walk() {
		if _, o, _ := d.Catalog.Operation(s.Use); o.Logic != engine.LogicBatch {
			continue
		}
		title := recipe.Title(s.Step, d.Catalog)
		if definition.Runs.OrderBy == "" {
			return []string{fmt.Sprintf("%q collects one event at a time: this recipe's runs go one after the other, so those that it waits for wait for it. Let the runs go at the same time in the recipe's settings.", title)}
		}
		return []string{fmt.Sprintf("%q collects at most one event for each value of %s: of those the runs go one after the other, and wait until it goes on.", title, definition.Runs.OrderBy)}
	}
	return nil
}
