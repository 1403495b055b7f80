package activity

import (
	"slices"
	"strconv"
	"strings"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/mapping"
	"bellhop/ui/phrase"
)

// place tells one record of a run from another: the step, and the round of the loop around it.
type place struct {
	position int
	round    string
}

// journal is a run with its records by their places. It is made off the UI goroutine, since a run with
// loops may have many thousands.
type journal struct {
	desk.RunDetail
	steps []engine.Placed
	at    map[place]*engine.StepRun
	// loops are what is known of each loop that was begun, by its place.
	loops map[place]*loopRounds
}

// loopRounds is a loop's rounds.
type loopRounds struct {
	// items are the entries that it goes over; there may be fewer rounds so far, and while the items
	// cannot be read there are as many as there are rounds.
	items  []any
	rounds []round
}

// round is one time that a loop's steps are done.
type round struct {
	// name is as in engine.StepRun.Round.
	name  string
	state engine.State // Queued if it was not begun
	// why is what its first step that failed says.
	why string
}

func newJournal(d desk.RunDetail) journal {
	j := journal{RunDetail: d, steps: d.Definition.Walk(), at: make(map[place]*engine.StepRun, len(d.Steps)), loops: map[place]*loopRounds{}}
	for i := range d.Steps {
		s := &d.Steps[i]
		j.at[place{s.Position, s.Round}] = s
		if j.holdsSteps(s.Position) {
			j.loops[place{s.Position, s.Round}] = &loopRounds{items: itemsOf(s)}
		}
	}
	for i := range d.Steps {
		j.note(&d.Steps[i])
	}
	for _, l := range j.loops {
		l.complete()
	}
	return j
}

// note counts a record to the round that it is in.
func (j *journal) note(s *engine.StepRun) {
	loop := j.loopAround(s.Position)
	outer, number, ok := splitRound(s.Round)
	l := j.loops[place{loop, outer}]
	if loop < 0 || !ok || l == nil || number > maxRounds {
		return
	}
	for len(l.rounds) <= number {
		l.rounds = append(l.rounds, round{name: joinRound(outer, len(l.rounds)), state: engine.Queued})
	}
	r := &l.rounds[number]
	state := s.State
	if state == engine.Failed && j.steps[s.Position].OnFailure == engine.OnFailureContinue {
		state = engine.Succeeded // the round went on
	}
	if weight(state) > weight(r.state) {
		r.state, r.why = state, ""
		if s.Failure != nil {
			r.why = phrase.Of(s.Failure.Message)
		}
	}
}

// maxRounds is above what the runtime does.
const maxRounds = 20_000

// weight puts the states in the order in which one of a round's steps makes the whole round's state.
func weight(s engine.State) int {
	return slices.Index([]engine.State{engine.Queued, engine.Succeeded, engine.Filtered, engine.Cancelled, engine.Failed,
		engine.Waiting, engine.Running, engine.Held, engine.Unsure}, s)
}

// complete adds the rounds that were not begun.
func (l *loopRounds) complete() {
	for len(l.rounds) < min(len(l.items), maxRounds) {
		outer := ""
		if len(l.rounds) > 0 {
			outer, _, _ = splitRound(l.rounds[0].name)
		}
		l.rounds = append(l.rounds, round{name: joinRound(outer, len(l.rounds)), state: engine.Queued})
	}
}

// count says how many rounds are in a state.
func (l *loopRounds) count(states ...engine.State) int {
	n := 0
	for _, r := range l.rounds {
		if slices.Contains(states, r.state) {
			n++
		}
	}
	return n
}

// first returns the place of the first round that somebody would look at; -1 if all went through.
func (l *loopRounds) first() int {
	for _, states := range [][]engine.State{{engine.Unsure, engine.Held}, {engine.Failed}, {engine.Running, engine.Waiting}} {
		if i := slices.IndexFunc(l.rounds, func(r round) bool { return slices.Contains(states, r.state) }); i >= 0 {
			return i
		}
	}
	return -1
}

// item returns what a round is for.
func (l *loopRounds) item(i int) any {
	if i < len(l.items) {
		return l.items[i]
	}
	return nil
}

// holdsSteps says whether the step at a position is a loop.
func (j *journal) holdsSteps(position int) bool {
	return position >= 0 && position < len(j.steps) && len(j.steps[position].Steps) > 0
}

// loopAround returns the position of the nearest loop that a step is in; -1 if it is in none.
func (j *journal) loopAround(position int) int {
	if position < 0 || position >= len(j.steps) {
		return -1
	}
	for up := j.steps[position].Parent; up >= 0; up = j.steps[up].Parent {
		if j.holdsSteps(up) {
			return up
		}
	}
	return -1
}

// in returns the steps of one list: of the recipe itself with holder -1, of a path, or of a loop.
func (j *journal) in(holder, path int, ifFailed bool) []engine.Placed {
	var list []engine.Placed
	for _, s := range j.steps {
		if s.Parent == holder && s.Path == path && (holder >= 0 || s.IfFailed == ifFailed) {
			list = append(list, s)
		}
	}
	return list
}

// record returns what is on record of a step in a round, or nil if the run never came to it.
func (j *journal) record(s engine.Placed, round string) *engine.StepRun {
	if r := j.at[place{s.Position, round}]; r != nil && r.Step == s.ID {
		return r
	}
	return nil
}

// any says whether a step was come to in any round.
func (j *journal) any(s engine.Placed) bool {
	return slices.ContainsFunc(j.Steps, func(r engine.StepRun) bool { return r.Position == s.Position && r.Step == s.ID })
}

// doubts are the records whose requests may have arrived or not.
func (j *journal) doubts() []*engine.StepRun {
	var list []*engine.StepRun
	for i := range j.Steps {
		if s := &j.Steps[i]; s.State == engine.Unsure && !j.holdsSteps(s.Position) && s.Position < len(j.steps) {
			list = append(list, s)
		}
	}
	return list
}

// takenPaths names the paths that a step took; nil if that is not decided.
func takenPaths(r *engine.StepRun) []string {
	if r == nil || len(r.Output) == 0 {
		return nil
	}
	data, err := mapping.Decode(r.Output)
	if err != nil {
		return nil
	}
	output, _ := data.(map[string]any)
	all, _ := output["paths"].([]any)
	names := make([]string, 0, len(all))
	for _, name := range all {
		names = append(names, mapping.Text(name))
	}
	return names
}

// itemsOf returns the entries that a loop goes over.
func itemsOf(r *engine.StepRun) []any {
	data, err := mapping.Decode(r.Input)
	if err != nil {
		return nil
	}
	fields, _ := data.(map[string]any)
	items, _ := fields[engine.FieldItems].([]any)
	return items
}

// splitRound parts a round within its loop from the round that the loop itself is in.
func splitRound(name string) (outer string, number int, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i >= 0 {
		outer = name[:i]
	}
	number, err := strconv.Atoi(name[i+1:])
	return outer, number, err == nil && number >= 0
}

func joinRound(outer string, number int) string {
	if outer == "" {
		return strconv.Itoa(number)
	}
	return outer + "." + strconv.Itoa(number)
}
