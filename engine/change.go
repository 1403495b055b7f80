package engine

// Change is a hint that something in the store is different now. It carries ids, not data: the
// store is the truth, and a subscriber that missed changes reloads.
type Change struct {
	// Seq counts up by one with each change published.
	Seq  uint64
	Kind ChangeKind
	// RecipeID and RunID are 0 where they do not apply.
	RecipeID int64
	RunID    int64
	// State is the run's new state, for RunChanged.
	State State
}

// ChangeKind says what changed.
type ChangeKind string

// The kinds of change.
const (
	RecipesChanged     ChangeKind = "recipes"     // added, edited, switched, removed
	ConnectionsChanged ChangeKind = "connections" // added, edited, removed
	ConnectorsChanged  ChangeKind = "connectors"  // a connector file was added or replaced
	RunChanged         ChangeKind = "run"         // accepted, or in a new state
	TablesChanged      ChangeKind = "tables"      // a person added, edited or removed one
	// CatchUpAsked asks for what a recipe missed, or all if RecipeID is 0. Taken up when that is stored.
	CatchUpAsked    ChangeKind = "catch_up"
	SettingsChanged ChangeKind = "settings" // a person chose otherwise
	ReachChanged    ChangeKind = "reach"    // how deliveries from the internet come, or whether they do
	PauseChanged    ChangeKind = "pause"    // all recipes were paused, or go on
	PracticeChanged ChangeKind = "practice" // a pretend message or order
	Lagged          ChangeKind = "lagged"   // changes were missed: reload all
)

// Publisher tells whoever listens of changes. Publish never blocks.
type Publisher interface {
	Publish(c Change)
}
