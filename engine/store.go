package engine

import (
	"context"
	"time"
)

// Store is Bellhop's durable state. Every implementation passes store/storetest.
//
// All errors are *Error: NotFound, Conflict, or Unavailable when the disk is full, read-only or
// broken. Times are kept to the microsecond and come back in UTC.
type Store interface {
	Reader
	// Update runs fn in a transaction that is on disk, fsynced, when Update returns nil. If fn or
	// the commit fails, nothing of it remains. Calls from many goroutines share one commit, so fn
	// must be quick, must not block, and must use tx only while it runs.
	Update(ctx context.Context, fn func(tx Tx) error) error
	// UpdateRepeatable is Update for where it has to be quick. fn may run again, when another's fails, and
	// starts from nothing each time: what it did to its surroundings must not count twice.
	UpdateRepeatable(ctx context.Context, fn func(tx Tx) error) error
	Close() error
}

// Reader reads durable state. Outside a transaction every call sees what was committed before it.
type Reader interface {
	MemoryReader
	BatchReader
	TableReader

	Setting(ctx context.Context, key string) (value string, err error) // "" if never set

	Recipes(ctx context.Context) ([]Recipe, error) // by name
	Recipe(ctx context.Context, id int64) (Recipe, error)
	// Version returns a published definition.
	Version(ctx context.Context, recipeID int64, number int) (Definition, error)

	Connections(ctx context.Context) ([]Connection, error) // by name
	Connection(ctx context.Context, name string) (Connection, error)

	Event(ctx context.Context, id int64) (Event, error)
	// EventByKey finds an event of a recipe by its provider's id.
	EventByKey(ctx context.Context, recipeID int64, key string) (Event, error)

	// TriggerState returns what a recipe's trigger remembers under a key; "" if nothing.
	TriggerState(ctx context.Context, recipeID int64, key string) (value string, err error)

	// Runs returns runs without steps, newest first.
	Runs(ctx context.Context, filter RunFilter) ([]Run, error)
	// Run returns one run with its steps, by position and then round, and their attempts.
	Run(ctx context.Context, id int64) (Run, error)
	// Backlogs tells of each recipe that has active runs how they stand; of those that wait for others
	// (Never) nothing. Like DueRuns it costs the same at any backlog.
	Backlogs(ctx context.Context, now time.Time) ([]Backlog, error)
	// DueRuns returns up to limit active runs of a recipe that are due at or before now, by due time
	// and then id; and, if those are all, when the next one is due, zero if there is none before Never.
	DueRuns(ctx context.Context, now time.Time, recipeID int64, limit int) (jobs []Job, next time.Time, err error)
	// Paused tells what runs wait for without a try, by name; PausedRuns returns up to limit of those that
	// wait for one and are not due yet, oldest first. Both may take a while with many runs waiting.
	Paused(ctx context.Context) ([]Paused, error)
	PausedRuns(ctx context.Context, waitsFor string, limit int) (ids []int64, err error)
	// Fresh reads those of the runs that are queued, have no steps yet, and whose event is not large, with
	// their events: many at a time cost a fraction of as many reads. What does not fit in a few
	// megabytes, from the first on, is left out.
	Fresh(ctx context.Context, runIDs []int64) (map[int64]*Fresh, error)
	// RecipeStats sums up each recipe's runs since the given time, for the recipes page.
	RecipeStats(ctx context.Context, since time.Time) (map[int64]RecipeStats, error)
	// StateCounts counts all runs by state.
	StateCounts(ctx context.Context) (map[State]int, error)

	// Refusals returns deliveries that were not let in, newest first: those of a recipe, or all if
	// recipeID is 0. 0 for limit means all that are kept.
	Refusals(ctx context.Context, recipeID int64, limit int) ([]Refusal, error)
}

// Tx changes durable state within one Update. Reads through it see its own writes.
type Tx interface {
	Reader
	MemoryTx
	BatchTx
	TableTx

	SetSetting(key, value string) error

	// AddRecipe stores a new recipe with its draft and sets its ID. Conflict if the name is taken.
	AddRecipe(r *Recipe) error
	// SaveRecipe stores name, on, published, token and draft of an existing recipe.
	SaveRecipe(r Recipe) error
	// DeleteRecipe removes a recipe with its versions, events and runs.
	DeleteRecipe(id int64) error
	// AddVersion stores d as the recipe's next version and returns its number, from 1.
	AddVersion(recipeID int64, d Definition) (number int, err error)
	// AddTrial stores d, a draft that is tried on an event, and returns its number as a version, which is
	// below 0; the newest trial's if that is the same. A trial is kept as long as it has runs.
	AddTrial(recipeID int64, d Definition) (number int, err error)

	// SetTriggerState lets a recipe's trigger remember a value under a key, in the transaction of the
	// events and runs that brought it there. It goes with the recipe; NotFound if there is none.
	SetTriggerState(recipeID int64, key, value string) error

	// PutConnection adds a connection, or changes the one that has its ID; it sets ID and times.
	PutConnection(c *Connection) error
	DeleteConnection(id int64) error

	// AddEvent stores an event and sets its ID. Conflict if the recipe has one with its key, and the
	// transaction may go on; NotFound if there is no such recipe.
	AddEvent(e *Event) error
	// AddRun stores a new run and sets its ID. If it has an order key and must wait for others of its
	// recipe with the same one, it sets DueAt too: to Never, or when the one before it blocks no more.
	AddRun(r *Run) error
	// SaveRun stores what changes in a run (state, title, due, started, finished, failure, version),
	// provided it is still in state was and may become the new one or stays in it; else Conflict. A run
	// that was over and is queued again takes its place among those with its order key, by its id. One
	// that is over makes the next of them due, in the same transaction, unless BlocksUntil says otherwise;
	// to stop it from blocking, it is saved once more in its state with BlocksUntil zero.
	SaveRun(r Run, was State) error
	// MakeDue makes runs due now, and the steps that they wait with, that are paused still.
	MakeDue(runIDs ...int64) error
	// CancelRuns cancels those of the runs that may be, with their steps that wait, and returns their
	// ids: for many at a time, where SaveRun would take long.
	CancelRuns(ids []int64, at time.Time) (cancelled []int64, err error)
	// SaveSteps stores steps of a run, each with the attempts given; attempts stored before remain.
	SaveSteps(runID int64, steps ...StepRun) error
	// DropSteps removes the run's steps from a position on, for a retry from there.
	DropSteps(runID int64, from int) error

	// AddRefusals notes deliveries that were not let in. One that is like the recipe's newest (status
	// and reason) and came within RefusalsJoin of it is counted there; old ones make room for new ones.
	AddRefusals(refusals ...Refusal) error
}

// Paused is a connection, or a host where there is no connection, that runs wait for.
type Paused struct {
	WaitsFor string
	// Why is a sentence for people, as one of the runs has it.
	Why  string
	Runs int
}

// RunFilter chooses runs. Zero fields do not restrict.
type RunFilter struct {
	RecipeID int64
	States   []State
	// Before returns only runs with a smaller id: the next page.
	Before int64
	// After returns only runs with a larger id: what is new.
	After int64
	// IDs returns only these runs.
	IDs []int64
	// Recovered returns only runs whose event was missed, and found later.
	Recovered bool
	// Since and Until return only runs that were accepted at or after the one and before the other.
	Since, Until time.Time
	// Limit is the largest number of runs returned; 0 means 100.
	Limit int
}

// RecipeStats sums up one recipe's runs.
type RecipeStats struct {
	// Last is the newest run without steps; nil if it never ran.
	Last *Run
	// Today counts the runs since the time asked for.
	Today int
	// Hours counts runs in each of the last 12 hours, oldest first.
	Hours [12]int
	// Failed counts those of Today that failed.
	Failed int
}

// TriggerThrough is the key under which a trigger that is not a webhook remembers up to when it has
// looked, as RFC 3339 in UTC: what happened at or before that starts no run. It is set to now when
// the recipe is switched on, or begins to wait for something else.
const TriggerThrough = "through"
