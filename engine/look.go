package engine

import (
	"encoding/json"
	"time"
)

// The fields that every trigger has at which Bellhop looks by itself (Poll or Watch). They come with
// LookFields; a connector file need not list them.
const (
	// FieldEvery and FieldUnit (seconds, minutes or hours) say how often to look.
	FieldEvery = "every"
	FieldUnit  = "unit"
	// FieldFirst says for how many of the newest items that are there already the first look starts runs.
	FieldFirst = "first"
	// FieldWhileOff is WhileOffSkip or WhileOffRun: what to do with that which came while the recipe was off.
	FieldWhileOff = "while_off"
)

// What to do with that which came while a recipe was off; the empty one means to leave it out.
const (
	WhileOffSkip = "skip"
	WhileOffRun  = "run"
)

// Bounds of how often, and for how many, to look.
const (
	ShortestLook = 10 * time.Second
	DefaultLook  = time.Minute
	LongestLook  = 31 * 24 * time.Hour
	MostFirst    = 100
)

// LookFields returns the fields that every trigger has at which Bellhop looks by itself, as a form
// shows them.
func LookFields() []Field {
	return []Field{
		{
			Name: FieldEvery, Type: FieldNumber, Label: "How often to look", Placeholder: "1",
			Help: "Empty is once a minute. Every 10 seconds is the most.", Advanced: true,
		},
		{
			Name: FieldUnit, Type: FieldChoice, Label: "Seconds, minutes or hours", Default: "minutes", Advanced: true,
			Options: []Option{{"seconds", "seconds"}, {"minutes", "minutes"}, {"hours", "hours"}},
		},
		{
			Name: FieldFirst, Type: FieldNumber, Label: "Runs for what is there already", Placeholder: "0", Advanced: true,
			Help: "When it looks for the first time, it only notes what is there. To start runs for the newest of it, say for how many, 100 at most.",
		},
		{
			Name: FieldWhileOff, Type: FieldChoice, Label: "What comes while the recipe is off", Default: WhileOffSkip, Advanced: true,
			Help:    "It is noticed when the recipe is on again. What comes while the computer is off or asleep always starts runs.",
			Options: []Option{{WhileOffSkip, "Leave it out"}, {WhileOffRun, "Start runs for it"}},
		},
	}
}

// Looks says whether the operation is a trigger at which Bellhop looks by itself.
func (o Operation) Looks() bool { return o.Poll != nil || o.Watch != "" }

// What a trigger remembers at which Bellhop looks by itself, as keys of TriggerState.
const (
	// TriggerLooked is up to where it has looked; package poll writes and reads it.
	TriggerLooked = "looked"
	// TriggerTrouble tells that the last look failed: a Trouble as JSON; empty if all is well.
	TriggerTrouble = "trouble"
)

// Trouble tells why a trigger cannot look.
type Trouble struct {
	Code Code `json:"code"`
	// Message is the sentence for people.
	Message string `json:"message"`
	// Since is when the first look failed that no good one has followed.
	Since time.Time `json:"since"`
}

// ParseTrouble reads what is kept under TriggerTrouble; nil if all is well.
func ParseTrouble(kept string) *Trouble {
	var t Trouble
	if kept == "" || json.Unmarshal([]byte(kept), &t) != nil {
		return nil
	}
	return &t
}

// String returns what is kept under TriggerTrouble.
func (t Trouble) String() string {
	data, err := json.Marshal(t)
	if err != nil {
		return "" // a text, a code and a time can always be written
	}
	return string(data)
}
