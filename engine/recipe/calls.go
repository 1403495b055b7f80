package recipe

import (
	"slices"
	"strings"

	"bellhop/engine"
)

// calledField is the field of an operation with engine.LogicCall that names the recipe to start.
const calledField = "recipe"

// Calls returns the names of the recipes that a definition starts, each once and in reading order, as
// they are written. A step that takes the name from data could start any recipe, and is left out: only
// the run itself shows which one.
func Calls(d engine.Definition, catalog engine.Catalog) []string {
	var names []string
	for _, s := range d.Walk() {
		if _, o, _ := catalog.Operation(s.Use); o.Logic != engine.LogicCall {
			continue
		}
		name, _ := s.With[calledField].(string)
		name = strings.TrimSpace(name)
		if name != "" && !strings.Contains(name, "{{") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
