package engine

import (
	"encoding/json"
	"strings"
	"time"
)

// RecipeFormat is the number in a recipe file's `recipe:` key that this Bellhop reads and writes.
const RecipeFormat = 1

// Recipe is one automation. It has one draft and published versions, and is on or off.
type Recipe struct {
	ID   int64
	Name string
	On   bool
	// Token is the unguessable last part of the recipe's webhook address: 128 bits, base32, lower case.
	Token string
	// Draft is what the editor shows; it may be incomplete.
	Draft Definition
	// Published is the number of the version that runs; 0 if there is none yet.
	Published int
	// Changed is true when the draft differs from the published version, or there is none.
	Changed              bool
	CreatedAt, UpdatedAt time.Time
}

// Definition is a recipe as it is written: what a recipe file holds and what a version keeps.
// Values in With are JSON values (nil, bool, json.Number, string, []any, map[string]any); strings
// may hold pills.
type Definition struct {
	Format  int     `json:"recipe"`
	Name    string  `json:"name"`
	Note    string  `json:"note,omitempty"`
	Trigger Trigger `json:"trigger"`
	Steps   []Step  `json:"steps"`
}

// Trigger says which operation starts the recipe.
type Trigger struct {
	// Use names the operation, such as `shopify.order_created`; empty in a new draft.
	Use string `json:"use"`
	// Connection is the name of the account that the operation uses; empty if it needs none.
	Connection string         `json:"connection,omitempty"`
	With       map[string]any `json:"with,omitempty"`
	// MaxBytes is the largest delivery accepted; 0 means DefaultMaxBytes.
	MaxBytes int64 `json:"max_bytes,omitempty"`
}

// DefaultMaxBytes is the largest webhook delivery a recipe accepts unless it says otherwise.
const DefaultMaxBytes = 1 << 20

// Step is one element of a recipe: an action, or logic.
type Step struct {
	// ID names the step within the recipe; later pills refer to it. Lower-case letters, digits, _.
	ID string `json:"id"`
	// Name is what people call the step; empty means the operation's title.
	Name       string         `json:"name,omitempty"`
	Use        string         `json:"use"`
	Connection string         `json:"connection,omitempty"`
	With       map[string]any `json:"with,omitempty"`
	Retry      *Retry         `json:"retry,omitempty"`
	// OnFailure says what a failed step means for the run; empty is OnFailureStop.
	OnFailure OnFailure `json:"on_failure,omitempty"`
}

// Retry says how often a step that failed for a passing reason is tried again.
type Retry struct {
	// Times is the number of tries after the first; 0 means none.
	Times int `json:"times"`
}

// DefaultRetryTimes is how often a step is tried again when its recipe does not say.
const DefaultRetryTimes = 8

// OnFailure is what a failed step means for its run.
type OnFailure string

// What a failed step can mean for its run.
const (
	OnFailureStop     OnFailure = "stop"     // the run fails
	OnFailureContinue OnFailure = "continue" // the run goes on without the step's result
	OnFailureHold     OnFailure = "hold"     // the run waits for a person
)

// Canonical returns the definition's canonical JSON: compact, keys in a fixed order, so that equal
// recipes are equal bytes.
func (d Definition) Canonical() ([]byte, error) {
	if d.Steps == nil {
		d.Steps = []Step{}
	}
	return json.Marshal(d)
}

// SplitUse splits an operation's full name into connector and operation: `slack.send_message` is
// "slack" and "send_message". ok is false if there is no dot.
func SplitUse(use string) (connector, operation string, ok bool) {
	return strings.Cut(use, ".")
}
