package recipe

import (
	"maps"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// The names that pills begin with besides the ids of steps.
const (
	triggerData = "trigger"
	requestData = "trigger_request"
	failureData = "failure"
)

// LoopData are the names that follow on a loop's id within it: the entry of the list that it is at, and
// which one that is, counted from 0 and from 1.
var LoopData = []string{"item", "index", "number"}

// FailureData are the names that follow on `failure` in the steps that are done when a run has failed:
// why in a sentence, the failed step's id and what people call it, and the kind of error.
var FailureData = []string{"message", "step", "name", "code"}

// Source is one thing that pills can take data from.
type Source struct {
	// Name is what pills begin with: "trigger", "trigger_request", "failure" or a step's id.
	Name string
	// Position is the step's, as Definition.Walk counts, and -1 for all that is no step.
	Position int
	// Loop is true for a loop seen from within: the source has LoopData, and not yet the loop's result.
	Loop bool
}

// Sources returns what the pills of the step at a position can take data from, in reading order: the
// trigger, and the steps that come before it in its own list and in those around. steps are those of
// Definition.Walk.
func Sources(steps []engine.Placed, position int) []Source {
	sources := []Source{{triggerData, -1, false}, {requestData, -1, false}}
	if steps[position].IfFailed {
		sources = append(sources, Source{failureData, -1, false})
	}
	for i, s := range steps {
		switch sight(steps, position, i) {
		case isBefore:
			sources = append(sources, Source{s.ID, i, false})
		case isLoop:
			sources = append(sources, Source{s.ID, i, true})
		}
	}
	return sources
}

// relation is how one step stands to another that refers to it.
type relation int

const (
	isItself  relation = iota
	isBefore           // it is done before
	isLater            // it is done afterwards
	isLoop             // it is a loop around the other
	isAround           // it holds the other otherwise
	isAside            // it is on another path
	isInLoop           // it is in a loop that the other is not in
	isFailure          // it is done only if the run has failed
)

// sight says how the step at the position to looks from the one at from. What a step on another path
// gives is seen after the paths only, for of two paths none need be taken. The steps for a run that has
// failed see all that may have been done before.
func sight(steps []engine.Placed, from, to int) relation {
	if from == to {
		return isItself
	}
	for holder := steps[from].Parent; holder >= 0; holder = steps[holder].Parent {
		switch {
		case holder != to:
		case len(steps[holder].Paths) > 0:
			return isAround
		default:
			return isLoop
		}
	}
	looped := false
	for {
		switch near := beside(steps, from, steps[to]); {
		case near == to && near == from:
			return isLater
		case near == to:
			return isAside
		case near >= 0 && near < to:
			return isLater
		case near < 0 && steps[to].Parent < 0 && !steps[from].IfFailed:
			return isFailure
		case near < 0 && steps[to].Parent >= 0:
			looped = looped || len(steps[steps[to].Parent].Paths) == 0
			to = steps[to].Parent
		case looped:
			return isInLoop
		default:
			return isBefore
		}
	}
}

// beside returns the position of the step, or of the one around it, that is in the same list as s; -1
// if there is none.
func beside(steps []engine.Placed, position int, s engine.Placed) int {
	for position >= 0 {
		p := steps[position]
		if p.Parent == s.Parent && p.Path == s.Path && p.IfFailed == s.IfFailed {
			break
		}
		position = p.Parent
	}
	return position
}

// The places that are no step's, for reference.
const (
	inTrigger = -1 // the trigger's fields
	inRuns    = -2 // what is known of a run before it begins
)

// reference says what is wrong with what a pill refers to; "" if nothing is. position is that of the
// step it stands in, or inTrigger or inRuns.
func (v *validator) reference(path mapping.Path, position int) (message, suggestion string) {
	root := path[0].Name
	if position == inTrigger {
		return "cannot be used in the trigger: nothing has happened yet.", ""
	}
	switch {
	case root == triggerData:
		return "", ""
	case root == requestData:
		return part(path, root, slices.Sorted(maps.Keys(engine.Request{}.Data())))
	case position == inRuns:
		return "cannot be used here: the order is settled before the first step, so only the trigger's data are known.", ""
	case root == failureData && v.steps[position].IfFailed:
		return part(path, root, FailureData)
	case root == failureData:
		return "is known only in the steps that are done if the run has failed.", ""
	}
	at, ok := v.positions[root]
	if !ok {
		var names []string
		for _, s := range Sources(v.steps, position) {
			names = append(names, s.Name)
		}
		return "refers to " + root + ", and there is no step with that id.", engine.Suggest(root, names)
	}
	switch sight(v.steps, position, at) {
	case isItself:
		return "refers to the step it is in, which has no result yet.", ""
	case isAround:
		return "refers to the step around it, which has no result yet.", ""
	case isLater:
		return "refers to a step that comes later, so there is no result yet. Move that step up.", ""
	case isFailure:
		return "refers to a step that is done only if the run has failed.", ""
	case isAside:
		return "refers to a step on another path, which need not have been done. Use it after the paths.", ""
	case isInLoop:
		return "refers to a step in a loop, which has a result for each time it is done. Use it within the loop.", ""
	case isLoop:
		return part(path, root, LoopData)
	}
	if _, o, ok := v.Catalog.Operation(v.steps[at].Use); ok && o.Kind() == engine.KindLogic && len(o.Sample) == 0 {
		return "refers to a step that has no result: it only decides how the recipe goes on.", ""
	}
	return "", ""
}

// part says what is wrong with the name that follows on a root with names of its own.
func part(path mapping.Path, root string, names []string) (message, suggestion string) {
	if len(path) < 2 || slices.Contains(names, path[1].Name) {
		return "", ""
	}
	return "finds nothing: " + root + " has " + strings.Join(names, ", ") + ".", engine.Suggest(path[1].Name, names)
}
