package runtime

import (
	"time"

	"bellhop/engine"
)

// place tells one record of a run from another.
type place struct {
	position int
	round    string
}

// scope is what a list of steps works in: the run, or one round of a loop.
type scope struct {
	// round is as in engine.StepRun.
	round string
	// data is what pills refer to: trigger, trigger_request, and each step's result by its id.
	data map[string]any
	// aside is true if other rounds are done at the same time.
	aside bool
	// last is the newest result: filters and delays have none.
	last any
}

// see makes a step's result visible to the steps that follow.
func (sc *scope) see(step string, result any) {
	sc.data[step] = result
	if result != nil {
		sc.last = result
	}
}

// ending is how steps ended: the zero value if they were all done.
type ending struct {
	// state is Filtered or Succeeded where a step ended the run, or the round, for good; Failed, Held or
	// Unsure with a failure; or Waiting, until due.
	state   engine.State
	failure *engine.Failure
	due     time.Time
}
