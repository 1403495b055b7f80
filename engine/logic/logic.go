// Package logic is what steps do without reaching outside: put data together, work on lists, look
// things up, and remember from run to run.
//
// Logic that only computes is Pure. Logic that changes what Bellhop keeps is Kept: it runs inside the
// transaction that commits the step's outcome, so that either both are on disk or neither is. A run
// that does such a step again with the same fields, because a person retried it from there or from a
// step before, gets the outcome that it got the first time, and nothing is changed twice. A replay is
// a new run, and does change again.
//
// Filters, paths, loops, delays and what calls or answers others decide how a run goes on; they are
// package runtime's.
package logic

import (
	"context"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Call is one step that is to be done.
type Call struct {
	RecipeID, RunID int64
	// Step is the step's id, and Round which time it is done within loops; empty outside of them.
	Step, Round string
	// Logic is one of engine.Logics.
	Logic string
	// With is the step's fields with defaults and every pill filled in; it must not be changed.
	With map[string]any
	// Env has the recipe's language and time zone, and the time now.
	Env mapping.Env
}

// Outcome is what came of a step.
type Outcome struct {
	// Output is the step's result, a JSON value.
	Output any
	// Note says in a few words what was decided.
	Note string
	// Ends is the state in which the run ends with this step, Filtered or Succeeded; empty if it goes on.
	Ends engine.State
	// Wait, if not zero, is when the step is to be done again: until then the run waits.
	Wait time.Time
	// Wake lists runs that became due with this step, for the queue to look at.
	Wake []int64
}

// Pure is logic that only computes. Errors are *engine.Error with the code Invalid.
type Pure func(c Call) (Outcome, error)

// Kept is logic that reads or changes what Bellhop keeps. It runs inside the transaction that commits
// the outcome, and must be quick. Errors that are about the step's fields have the code Invalid or
// NotFound: the transaction may go on, and the step has failed. Others are the store's, and the
// transaction must not be committed.
type Kept func(ctx context.Context, tx engine.Tx, c Call) (Outcome, error)

// Find returns the logic of that name. At most one of the two is not nil; neither is for what package
// runtime does itself, or for a name that is not known.
func Find(name string) (Pure, Kept) { return pure[name], kept[name] }

var pure = map[string]Pure{
	engine.LogicCompose:    compose,
	engine.LogicCombine:    combine,
	engine.LogicListKeep:   listKeep,
	engine.LogicListSort:   listSort,
	engine.LogicListTake:   listTake,
	engine.LogicListUnique: listUnique,
	engine.LogicListTotal:  listTotal,
	engine.LogicListJoin:   listJoin,
	engine.LogicTextSplit:  textSplit,
	engine.LogicTextFind:   textFind,
	engine.LogicNumberRead: numberRead,
	engine.LogicDateMove:   dateMove,
	engine.LogicLookup:     lookup,
}

var kept = map[string]Kept{
	engine.LogicTableAdd:    once(tableAdd),
	engine.LogicTableUpdate: once(tableUpdate),
	engine.LogicTableFind:   tableFind,
	engine.LogicTableDelete: once(tableDelete),
	engine.LogicCounter:     once(counter),
	engine.LogicRemember:    once(remember),
	engine.LogicRecall:      recall,
	engine.LogicDedupe:      once(dedupe),
	engine.LogicBatch:       batch,
}
