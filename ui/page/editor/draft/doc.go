// Package draft is an edit session of one recipe, without a window: what the editor's commands do to
// the draft, undo and redo, what is wrong with it, what data its steps will have, and what its fields
// become with that data.
//
// A Session is used by one goroutine. The definitions it hands out are never changed afterwards, so
// they may be saved by another goroutine while the session goes on.
package draft
