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
	// IfFailed are steps that are done when the run has failed; `failure` tells them why.
	IfFailed []Step `json:"if_failed,omitempty"`
	// Runs says how the recipe's runs stand to each other.
	Runs *RunRules `json:"runs,omitempty"`
	// Personal lists paths of personal data in the trigger, such as `customer.email`: their values are
	// masked in all that is kept of the steps, shown, or logged.
	Personal []string `json:"personal,omitempty"`
}

// RunRules say how a recipe's runs stand to each other.
type RunRules struct {
	// AtOnce is how many of them may be done at the same time; 0 means as many as there is room for.
	AtOnce int `json:"at_once,omitempty"`
	// InOrder lets them go one after the other, in the order in which their events came.
	InOrder bool `json:"in_order,omitempty"`
	// OrderBy is a text with pills of the trigger, such as `{{trigger.id}}`: with InOrder, only runs
	// for which it is the same wait for each other.
	OrderBy string `json:"order_by,omitempty"`
	// Block says how long, with InOrder, a run that needs a person keeps those behind it waiting.
	Block Block `json:"block,omitempty"`
}

// BlocksUntil returns up to when a run that came into a state at a time keeps those behind it
// waiting: Run.BlocksUntil. r may be nil.
func (r *RunRules) BlocksUntil(s State, at time.Time) time.Time {
	if r == nil || !r.InOrder || !s.NeedsPerson() {
		return time.Time{}
	}
	switch r.Block {
	case BlockHour:
		return at.Add(time.Hour)
	case BlockDay:
		return at.Add(24 * time.Hour)
	case BlockUntil:
		return Never
	default:
		return time.Time{}
	}
}

// Block is how long a run that failed, or is held or unsure, keeps those behind it waiting.
type Block string

// The times of blocking; the empty one means not at all.
const (
	BlockHour  Block = "hour"
	BlockDay   Block = "day"
	BlockUntil Block = "until_resolved" // until a person has dealt with it
)

// Trigger says which operation starts the recipe.
type Trigger struct {
	// Use names the operation, such as `shopify.order_created`; empty in a new draft.
	Use string `json:"use"`
	// Connection is the name of the account that the operation uses; empty if it needs none.
	Connection string         `json:"connection,omitempty"`
	With       map[string]any `json:"with,omitempty"`
	// MaxBytes is the largest delivery accepted; 0 means DefaultMaxBytes.
	MaxBytes int64 `json:"max_bytes,omitempty"`
	// PerMinute is how many deliveries are accepted in a minute; 0 means any number.
	PerMinute int `json:"per_minute,omitempty"`
	// Answer is what a webhook's sender is told; nil means 200 at once.
	Answer *Answer `json:"answer,omitempty"`
}

// Answer is what a webhook's sender is told, and when.
type Answer struct {
	// When is AnswerAtOnce, once the event is on disk, or AnswerResult, once the run has a result: that of
	// its Respond step, or its end.
	When AnswerTime `json:"when,omitempty"`
	// Within is how many seconds to wait for the result; 0 means DefaultAnswerWithin. After them the
	// sender gets 202, and the run goes on.
	Within int `json:"within,omitempty"`
	// Status, Headers and Body are what is told at once; 0 means 200. A Respond step gives its own.
	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
}

// AnswerTime is when a webhook's sender is answered.
type AnswerTime string

// The times to answer.
const (
	AnswerAtOnce AnswerTime = "at_once"
	AnswerResult AnswerTime = "result"
)

// DefaultAnswerWithin is how many seconds a sender waits for the run's result unless the recipe says
// otherwise, and MaxAnswerWithin the most it can say.
const (
	DefaultAnswerWithin = 10
	MaxAnswerWithin     = 25
)

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
	// Paths are the ways of a step that holds paths, and Steps what is done for each item of a loop.
	Paths []Path `json:"paths,omitempty"`
	Steps []Step `json:"steps,omitempty"`
}

// Path is one way that a run can take.
type Path struct {
	Name string `json:"name"`
	// When holds the rules as a filter's With does; nil means otherwise: when no other path was taken.
	When  map[string]any `json:"when,omitempty"`
	Steps []Step         `json:"steps"`
}

// MarshalJSON writes no steps as an empty list, so that equal paths are equal bytes.
func (p Path) MarshalJSON() ([]byte, error) {
	type path Path
	if p.Steps == nil {
		p.Steps = []Step{}
	}
	return json.Marshal(path(p))
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
