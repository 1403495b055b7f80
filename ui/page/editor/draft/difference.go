package draft

import (
	"reflect"
	"slices"

	"bellhop/engine"
)

// Differences counts the changes from one definition to another, as people count them: the name, the
// trigger, the rules for its runs, each step that was added, removed or changed, and the order of the
// steps.
func Differences(before, after engine.Definition) int {
	n := 0
	if before.Name != after.Name || before.Note != after.Note {
		n++
	}
	if !same(before.Trigger, after.Trigger) {
		n++
	}
	if !same(rules(before), rules(after)) {
		n++
	}
	was, is := before.Walk(), after.Walk()
	order, moved := -1, false
	for _, step := range is {
		i := index(was, step.ID)
		if i < 0 || !same(own(was[i]), own(step)) {
			n++
		}
		if i >= 0 {
			moved = moved || i < order || elsewhere(was, was[i], is, step)
			order = max(order, i)
		}
	}
	for _, step := range was {
		if index(is, step.ID) < 0 {
			n++
		}
	}
	if moved {
		n++
	}
	return n
}

func index(steps []engine.Placed, id string) int {
	return slices.IndexFunc(steps, func(s engine.Placed) bool { return s.ID == id })
}

// rules are how the recipe's runs stand to each other, and what is masked in them.
func rules(d engine.Definition) engine.Definition {
	return engine.Definition{Runs: d.Runs, Personal: d.Personal}
}

// own is a step without those it holds.
func own(placed engine.Placed) engine.Step {
	step := placed.Step
	step.Steps, step.Paths = nil, slices.Clone(step.Paths)
	for i := range step.Paths {
		step.Paths[i].Steps = nil
	}
	return step
}

// elsewhere says whether a step is held by another than before, or is on another of its paths. What
// became of the paths themselves is a change of the step that holds them.
func elsewhere(was []engine.Placed, before engine.Placed, is []engine.Placed, after engine.Placed) bool {
	if before.Parent < 0 || after.Parent < 0 {
		return before.Parent >= 0 || after.Parent >= 0 || before.IfFailed != after.IfFailed
	}
	held, holds := was[before.Parent], is[after.Parent]
	return held.ID != holds.ID || before.Path != after.Path && same(own(held), own(holds))
}

// same compares as canonical JSON does: an empty map is none.
func same[T any](a, b T) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	left, errA := canonical(a)
	right, errB := canonical(b)
	return errA == nil && errB == nil && left == right
}

func canonical[T any](v T) (string, error) {
	d := engine.Definition{}
	switch v := any(v).(type) {
	case engine.Trigger:
		d.Trigger = v
	case engine.Step:
		d.Steps = []engine.Step{v}
	case engine.Answer:
		d.Trigger.Answer = &v
	case engine.Definition:
		d = v
	}
	data, err := d.Canonical()
	return string(data), err
}
