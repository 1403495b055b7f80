package dryrun

import (
	"context"
	"errors"
	"slices"

	"bellhop/engine"
)

// world is the store as a trial sees it: the real one to read, with one run and one event of its own.
type world struct {
	engine.Store
	definition engine.Definition
	// undo is true if steps may change what Bellhop keeps: then they do so in a real transaction, which
	// is undone.
	undo   bool
	event  engine.Event
	run    engine.Run
	at     map[position]int // where in run.Steps each step stands
	memory *memory
}

// position is a step within a run.
type position struct {
	number int
	round  string
}

var _ engine.Store = (*world)(nil)

// errUndone ends every real transaction of a trial.
var errUndone = errors.New("a trial stores nothing")

func (w *world) Run(ctx context.Context, id int64) (engine.Run, error) {
	if id != w.run.ID {
		return w.Store.Run(ctx, id)
	}
	return copyOf(w.run), nil
}

func (w *world) Event(ctx context.Context, id int64) (engine.Event, error) {
	if id != w.event.ID {
		return w.Store.Event(ctx, id)
	}
	return w.event, nil
}

func (w *world) Version(context.Context, int64, int) (engine.Definition, error) {
	return w.definition, nil
}

// Update runs fn, and keeps of what it stores the run alone, and what it remembers for later events.
func (w *world) Update(ctx context.Context, fn func(tx engine.Tx) error) error {
	if !w.undo {
		t := &tx{world: w, run: w.run}
		if err := fn(t); err != nil {
			return err
		}
		w.keep(t)
		return nil
	}
	remembered := w.memory.copy()
	var t *tx
	var failed error
	err := w.Store.Update(ctx, func(real engine.Tx) error {
		t = &tx{Tx: real, world: w, run: w.run}
		if failed = fn(t); failed != nil {
			return failed
		}
		return errUndone
	})
	if errors.Is(err, errUndone) && failed == nil {
		w.keep(t)
		return nil
	}
	w.memory = remembered
	if failed != nil {
		return failed
	}
	return err
}

func (w *world) UpdateRepeatable(ctx context.Context, fn func(tx engine.Tx) error) error {
	return w.Update(ctx, fn)
}

// keep takes over what a transaction stored of the run.
func (w *world) keep(t *tx) {
	steps := w.run.Steps
	w.run = t.run
	w.run.Steps = steps
	for _, s := range t.steps {
		at := position{s.Position, s.Round}
		i, known := w.at[at]
		if !known {
			s.Attempts = slices.Clone(s.Attempts)
			w.at[at] = len(w.run.Steps)
			w.run.Steps = append(w.run.Steps, s)
			continue
		}
		attempts := slices.Clone(w.run.Steps[i].Attempts)
		for _, a := range s.Attempts {
			if n := slices.IndexFunc(attempts, func(o engine.Attempt) bool { return o.Number == a.Number }); n >= 0 {
				attempts[n] = a
			} else {
				attempts = append(attempts, a)
			}
		}
		s.Attempts = attempts
		w.run.Steps[i] = s
	}
}

// begin makes a run the one that is tried.
func (w *world) begin(run engine.Run, event engine.Event) {
	w.run, w.event, w.at = run, event, map[position]int{}
}

// copyOf keeps the runtime from changing what is kept behind its back.
func copyOf(run engine.Run) engine.Run {
	run.Steps = slices.Clone(run.Steps)
	for i := range run.Steps {
		run.Steps[i].Attempts = slices.Clone(run.Steps[i].Attempts)
	}
	return run
}

// tx stores the trial's run and what its steps remember; all else is the real transaction's, which is
// nil where no step needs one.
type tx struct {
	engine.Tx
	world *world
	// run and steps are what is stored of the run.
	run   engine.Run
	steps []engine.StepRun
}

func (t *tx) Run(ctx context.Context, id int64) (engine.Run, error) {
	if id != t.run.ID {
		return t.Tx.Run(ctx, id)
	}
	return copyOf(t.world.run), nil
}

func (t *tx) SaveRun(r engine.Run, was engine.State) error {
	if t.run.State != was || r.State != was && !was.CanBecome(r.State) {
		return engine.Errorf(engine.Conflict, "The run is %s, not %s.", t.run.State, was)
	}
	t.run = r
	return nil
}

func (t *tx) SaveSteps(_ int64, steps ...engine.StepRun) error {
	t.steps = append(t.steps, steps...)
	return nil
}
