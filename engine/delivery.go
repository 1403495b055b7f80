package engine

import (
	"io"
	"time"
)

// Refusal is a delivery that came to the door and was not let in. Nothing of its body is kept, and of
// its headers only what names the sender's program.
type Refusal struct {
	ID int64
	// RecipeID is 0 if the address is nobody's.
	RecipeID int64
	// At is when it came; of several in a row, the last.
	At     time.Time
	Method string
	// Status is the HTTP status that the sender was told, and Reason the sentence for people.
	Status int
	Reason string
	// Sender is the sender's address and program, as far as they are known.
	Sender string
	// Times is how often in a row the same was refused.
	Times int
}

// The refusals that a store keeps: of each recipe, and of all recipes together.
const (
	MaxRefusalsPerRecipe = 200
	MaxRefusals          = 1000
)

// RefusalsJoin is how long after a refusal the next one like it counts as the same once more.
const RefusalsJoin = time.Hour

// LargeBody is the length in bytes above which a delivery's body is kept in a file.
const LargeBody = 256 << 10

// Bodies keeps large bodies in files beside the database.
type Bodies interface {
	// Create begins a file. Unavailable if the disk is full or cannot be written.
	Create() (BodyFile, error)
	// Open opens the file of an event. NotFound if it is not there any more.
	Open(name string) (io.ReadSeekCloser, error)
}

// BodyFile is a body that is coming in. Whoever made it calls Close, whatever happened: a file that
// was not kept is gone then.
type BodyFile interface {
	io.Writer
	// Content reads what was written so far, from its beginning.
	Content() io.Reader
	// Keep puts the file on disk, fsynced with its folder, and returns the name to open it by.
	Keep() (name string, err error)
	// Remove takes back what Keep did, where the event could not be stored.
	Remove()
	io.Closer
}
