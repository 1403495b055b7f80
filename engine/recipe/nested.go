package recipe

import (
	"slices"
	"strconv"
	"strings"

	"bellhop/engine"
	"bellhop/engine/source"
)

// holding checks that a step holds what its operation is there for, and nothing else.
func (v *validator) holding(at string, s engine.Step, o engine.Operation) {
	for _, given := range []struct {
		holds engine.Holding
		n     int
	}{{engine.HoldsPaths, len(s.Paths)}, {engine.HoldsSteps, len(s.Steps)}} {
		if given.n == 0 || given.holds == o.Holds {
			continue
		}
		if o.Holds != "" {
			v.report.Key(source.Key(at, string(given.holds)), string(o.Holds), "%q holds %s, and no %s.", o.Title, o.Holds, given.holds)
			continue
		}
		message := strconv.Quote(o.Title) + " cannot hold " + string(given.holds) + "."
		if use := v.holder(given.holds); use != "" {
			message += " A step that can has use: " + use + "."
		}
		v.report.Key(source.Key(at, string(given.holds)), "", "%s", message)
	}
	switch {
	case o.Holds == engine.HoldsPaths && len(s.Paths) < 2:
		v.report.Value(source.Key(at, "paths"), "A choice needs at least two paths. Add one.")
	case o.Holds == engine.HoldsSteps && len(s.Steps) == 0:
		v.report.Value(source.Key(at, "steps"), "Nothing is done here yet. Add a step to it.")
	}
}

// alone refuses to collect within a loop: a round cannot wait for other runs, since its run would wait for itself.
func (v *validator) alone(at string, s engine.Placed, o engine.Operation) {
	if o.Logic != engine.LogicBatch {
		return
	}
	for holder := s.Parent; holder >= 0; holder = v.steps[holder].Parent {
		if _, h, _ := v.Catalog.Operation(v.steps[holder].Use); h.Holds == engine.HoldsSteps {
			v.report.Value(at, "%q cannot stand in a loop: it waits for other runs. Put it before or after the loop, or let another recipe collect.", o.Title)
			return
		}
	}
}

// holder is the full name of an operation that holds what is asked for; "" if there is none.
func (v *validator) holder(holds engine.Holding) string {
	for _, c := range v.Catalog.Connectors() {
		for _, o := range c.Actions {
			if o.Holds == holds {
				return c.Name + "." + o.Name
			}
		}
	}
	return ""
}

// paths checks a step's ways: their names, and the rules by which they are taken.
func (v *validator) paths(at string, s engine.Placed) {
	if len(s.Paths) > MaxPaths {
		v.report.Value(at, "A step can have at most %d paths; this one has %d.", MaxPaths, len(s.Paths))
		return
	}
	names := map[string]bool{}
	for i, path := range s.Paths {
		here := source.Index(at, i)
		name := strings.ToLower(strings.TrimSpace(path.Name))
		switch {
		case name == "":
			v.report.Value(source.Key(here, "name"), "Give the path a name, such as Abroad.")
		case names[name]:
			v.report.Value(source.Key(here, "name"), "There is another path called %q here. Give each a name of its own.", path.Name)
		case !oneLine(path.Name):
			v.report.Value(source.Key(here, "name"), "A path's name is one line of at most %d characters.", maxName)
		}
		names[name] = true
		when := source.Key(here, "when")
		switch otherwise := slices.IndexFunc(s.Paths, func(p engine.Path) bool { return p.When == nil }); {
		case path.When != nil:
			v.pills(when, path.When, s.Position)
			v.rules(when, path.When, v.report.Paths())
		case otherwise < i:
			v.report.Value(when, "%q is taken already when no other path is. Say with rules when this one is taken.", s.Paths[otherwise].Name)
		case i < len(s.Paths)-1:
			v.report.Value(when, "The path without rules is taken when no other is, so it comes last. Move it down, or add rules.")
		}
	}
}

// depth checks that steps do not stand within each other without end. Those further in are not told of.
func (v *validator) depth(s engine.Placed) {
	depth := 1
	for holder := s.Parent; holder >= 0; holder = v.steps[holder].Parent {
		depth++
	}
	first := s.Parent < 0 || s.Position == s.Parent+1 // one sentence for each list
	if depth == MaxDepth+1 && first {
		v.report.Value(s.At, "Steps can stand within each other %d deep, and this one is deeper. Let another recipe do this part.", MaxDepth)
	}
}
