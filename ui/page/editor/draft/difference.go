package draft

import (
	"reflect"
	"slices"

	"bellhop/engine"
)

// Differences counts the changes from one definition to another, as people count them: the name, the
// trigger, each step that was added, removed or changed, and the order of the steps.
func Differences(before, after engine.Definition) int {
	n := 0
	if before.Name != after.Name || before.Note != after.Note {
		n++
	}
	if !same(before.Trigger, after.Trigger) {
		n++
	}
	index := func(steps []engine.Step, id string) int {
		return slices.IndexFunc(steps, func(s engine.Step) bool { return s.ID == id })
	}
	order := []int{}
	for _, step := range after.Steps {
		i := index(before.Steps, step.ID)
		if i < 0 || !same(before.Steps[i], step) {
			n++
		}
		if i >= 0 {
			order = append(order, i)
		}
	}
	for _, step := range before.Steps {
		if index(after.Steps, step.ID) < 0 {
			n++
		}
	}
	if !slices.IsSorted(order) {
		n++
	}
	return n
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
	}
	data, err := d.Canonical()
	return string(data), err
}
