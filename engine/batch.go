package engine

import (
	"context"
	"encoding/json"
	"time"
)

// Batch is what runs of a recipe collect at a place until there is enough of it.
type Batch struct {
	ID, RecipeID int64
	// Place is where it is collected: the step's id. A place has at most one open batch.
	Place string
	// RunID is the run that waits for the batch and takes it all.
	RunID int64
	// Open is true while more is added.
	Open bool
	// CreatedAt is when the first value came, and DueAt when the batch is taken at the latest.
	CreatedAt, DueAt time.Time
	// Count is the number of values, and Size how long they are in bytes; both are filled in when a
	// batch is read.
	Count, Size int
}

// BatchReader reads what is collected.
type BatchReader interface {
	// OpenBatch returns the open batch of a place; its ID is 0 if there is none.
	OpenBatch(ctx context.Context, recipeID int64, place string) (Batch, error)
	// BatchOf returns the batch of a recipe's place that holds a run's value; its ID is 0 if there is none.
	BatchOf(ctx context.Context, recipeID int64, place string, runID int64) (Batch, error)
	// BatchValues returns a batch's values, JSON, in the order of their runs.
	BatchValues(ctx context.Context, batchID int64) ([]json.RawMessage, error)
}

// BatchTx changes what is collected.
type BatchTx interface {
	// AddBatch stores a new batch and sets its ID. Conflict if the place has an open one; NotFound if
	// there is no such recipe. A batch goes with its recipe and, once it is closed, with its run.
	AddBatch(b *Batch) error
	// SaveBatch stores RunID, Open and DueAt of a batch.
	SaveBatch(b Batch) error
	// PutBatchValue stores a run's value in a batch; NotFound if there is no such batch.
	PutBatchValue(batchID, runID int64, value json.RawMessage) error
	// DropBatchValue takes a run's value out of a batch, if it is in it.
	DropBatchValue(batchID, runID int64) error
}
