package poll

import (
	"context"
	"time"

	"bellhop/engine"
)

// Source is something outside that a trigger looks at: an app's list, a feed, a folder, a mailbox.
//
// Look asks what is new. It is called outside of any transaction, one call at a time, and ends when its
// context does, a minute or two at most. It keeps nothing in memory that it could not do without: what
// it must know the next time is Found.State. An error leaves everything as it was, and the same is
// looked at again; its sentence is what people are told, an *action.Failure's RetryAfter is kept to.
//
// A Source that is an io.Closer is closed when its recipe is switched off, changed or removed.
type Source interface {
	Look(ctx context.Context, look Look) (Found, error)
}

// Look is one look at a source.
type Look struct {
	// State is what the last look returned whose finds are all on disk; "" at the very first, and after
	// the trigger was changed to look elsewhere.
	State string
	// Quiet is true if what is found is only noted and starts no run, but for the newest Runs items: at
	// the first look, and after the recipe was off. Items beyond those need a key and no body.
	Quiet bool
	// Runs is how many of the newest items start runs although the look is quiet; mostly 0.
	Runs int
	Now  time.Time
}

// Found is what came of a look.
type Found struct {
	// Items are all that may be new, oldest first. Those whose key was seen before start no run, so a
	// source may list what it listed before, and a source with a State that tells exactly need not.
	Items []Item
	// State is handed to the next look, once the runs that the items cause are on disk. It is a text of
	// the source's own, such as JSON; never "" after a look that succeeded, for that means never looked.
	State string
	// Next is when to look again; 0 means as the recipe says.
	Next time.Duration
	// More is true if there is more to be had now: the next look follows at once. A source that finds
	// much hands it on in pieces, of some hundreds of items or a few megabytes.
	More bool
	// Clock is the time that the other side had when it was asked; zero if it does not tell.
	Clock time.Time
}

// Item is one thing found: the event of a run, if it is new.
type Item struct {
	// Key tells items apart; what has a key that was seen runs no more. Long ones are shortened.
	Key string
	// At is when it happened or was last changed, by the other side's clock; zero if it does not tell.
	At time.Time
	// Body is what pills see as `trigger`, read by its ContentType.
	Body        []byte
	ContentType string
	// File and FileSize name a large body that is a file beside the database; Body is empty then.
	File     string
	FileSize int64
}

// Trigger is what a source is made of.
type Trigger struct {
	Connector engine.Connector
	Operation engine.Operation
	// With holds what the recipe says, by field; JSON values, none of them with pills.
	With map[string]any
	// Account returns the connection with its secrets; the zero Account where the recipe names none.
	// Ask for it at each look, since people change it.
	Account func(ctx context.Context) (engine.Account, error)
}

// Factory makes a source. It checks the fields and does not look yet: nothing outside is touched.
type Factory func(Trigger) (Source, error)
