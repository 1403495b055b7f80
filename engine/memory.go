package engine

import (
	"context"
	"encoding/json"
	"time"
)

// Memory is a value that is kept from run to run under a name.
type Memory struct {
	// RecipeID is whose it is; 0 is shared by all recipes.
	RecipeID int64
	Name     string
	// Value is JSON; nil if nothing is kept under the name.
	Value     json.RawMessage
	UpdatedAt time.Time
}

// SeenFor is for how long a key that was met before is remembered after it last came.
const SeenFor = 400 * 24 * time.Hour

// ChangeMade is one change of what Bellhop keeps that a step of a run has made.
type ChangeMade struct {
	RunID int64
	// Step is the step's id, and Round which time it was done within loops.
	Step, Round string
	// Input tells the step's fields from others, such as by a hash.
	Input string
	// Outcome is JSON; nil if the change was not made.
	Outcome json.RawMessage
}

// MemoryReader reads what is remembered from run to run.
type MemoryReader interface {
	// Memory returns what is kept under a name, by recipe or, with 0, shared; without a Value if nothing is.
	Memory(ctx context.Context, recipeID int64, name string) (Memory, error)
	// ChangeMade returns c with its Outcome, if a step of that run has made that change.
	ChangeMade(ctx context.Context, c ChangeMade) (ChangeMade, error)
}

// MemoryTx changes what is remembered from run to run.
type MemoryTx interface {
	// SetMemory keeps m's value as of UpdatedAt, or forgets it if it is nil. A recipe's own memory goes with
	// the recipe; NotFound if there is none.
	SetMemory(m Memory) error
	// MarkSeen says whether a key is new at a place of a recipe, and marks it. A place is the id of a step,
	// or what a trigger looks at; at is when the key first came, which is now if it is new. What has not
	// come for SeenFor may be forgotten. NotFound if there is no such recipe; Invalid if the key is empty.
	MarkSeen(recipeID int64, place, key string) (first bool, at time.Time, err error)
	// ForgetSeen forgets a key of a place, or with an empty one all keys of the place.
	ForgetSeen(recipeID int64, place, key string) error
	// SetChangeMade remembers that a step has changed something. It goes with the run; NotFound if there is none.
	SetChangeMade(c ChangeMade) error
}
