package engine

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// State is where a run, or a step within it, stands.
type State string

// The states of a run.
const (
	Queued    State = "queued"    // accepted, not begun
	Running   State = "running"   // being done now
	Waiting   State = "waiting"   // goes on by itself later: a retry, a delay
	Succeeded State = "succeeded" // all done
	Filtered  State = "filtered"  // stopped by a filter: not a failure
	Failed    State = "failed"    // a step failed for good
	Held      State = "held"      // waits for a person
	Unsure    State = "unsure"    // a request was sent and its answer lost: a person decides
	Cancelled State = "cancelled" // stopped by a person
)

// States lists all states in the order people meet them.
var States = []State{Queued, Running, Waiting, Succeeded, Filtered, Failed, Held, Unsure, Cancelled}

// transitions is the run's state machine; docs/run-states.md draws it.
var transitions = map[State][]State{
	Queued:    {Running, Waiting, Succeeded, Filtered, Failed, Held, Unsure, Cancelled},
	Running:   {Running, Waiting, Succeeded, Filtered, Failed, Held, Unsure, Cancelled, Queued},
	Waiting:   {Running, Waiting, Succeeded, Filtered, Failed, Held, Unsure, Queued, Cancelled},
	Succeeded: {Queued}, // retry from a step
	Filtered:  {Queued},
	Failed:    {Queued},
	Held:      {Queued, Cancelled},
	Unsure:    {Queued, Cancelled},
	Cancelled: {Queued},
}

// CanBecome says whether a run in state s may go to next.
func (s State) CanBecome(next State) bool { return slices.Contains(transitions[s], next) }

// Valid says whether s is one of States.
func (s State) Valid() bool { return slices.Contains(States, s) }

// Active says whether the runtime still has to do something by itself.
func (s State) Active() bool { return s == Queued || s == Running || s == Waiting }

// MaxDepth is how many runs may start each other in a row. Beyond it they are taken for a ring.
const MaxDepth = 20

// NeedsPerson says whether a run in that state stays as it is until a person deals with it.
func (s State) NeedsPerson() bool { return s == Failed || s == Held || s == Unsure }

// Run is one execution of one recipe version for one event.
type Run struct {
	ID       int64
	RecipeID int64
	// RecipeName is the recipe's name now, filled in when a run is read.
	RecipeName string
	Version    int
	EventID    int64
	// EventKey is the event's Key, filled in when a run is read.
	EventKey string
	State    State
	// Title says which event this is in the user's words, such as "Order #1042, Ana Silva". Empty
	// until the run begins.
	Title string
	// DueAt is when a waiting run goes on. In every other state it is zero: what is queued or was cut
	// off is due at once, whatever the clock does meanwhile. But for a queued run that has its turn
	// after others: it is Never until they are over, or the time when one that failed blocks no more.
	// The store sees to that.
	DueAt                            time.Time
	CreatedAt, StartedAt, FinishedAt time.Time
	// Failure tells why the run failed, waits for a retry or is held; nil otherwise.
	Failure *Failure
	// ReplayOf is the run whose event this run repeats, or 0.
	ReplayOf int64
	// Recovered is true if the event was missed and found later by asking the app.
	Recovered bool
	// CalledBy is the run that started this one, or 0, and Depth how many stand above it in all.
	CalledBy int64
	Depth    int
	// OrderKey is what runs that wait for each other have in common; empty if this one waits for none.
	OrderKey string
	// BlocksUntil is up to when a run that failed, or is held or unsure, keeps those behind it waiting:
	// Never until a person has dealt with it, zero not at all. See RunRules.BlocksUntil.
	BlocksUntil time.Time
	// Steps is filled in only where a single run is read.
	Steps []StepRun
}

// Never is the due time of a run that waits for something else than a time.
var Never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Behind says whether the run waits for others that have the same order key.
func (r Run) Behind() bool { return r.State == Queued && r.DueAt.Equal(Never) }

// Failure is why a step did not succeed, as it is kept and shown.
type Failure struct {
	// Step is the failed step's id.
	Step    string `json:"step,omitempty"`
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Detail is the other side's own code, such as Slack's "channel_not_found".
	Detail string `json:"detail,omitempty"`
	// Unsent is true if nothing reached the other side: the network or the app was away.
	Unsent bool `json:"unsent,omitempty"`
	// Probe is true if the try was one to see whether the app is back; it does not count as a try.
	Probe bool `json:"probe,omitempty"`
	// WaitsFor is the connection, or the host where there is none, that a run waits for without a try:
	// the app is away, or has enough to do. Empty for everything else.
	WaitsFor string `json:"waits_for,omitempty"`
}

// StepRun is one step within a run: what went in, what was sent, what came back, every attempt.
type StepRun struct {
	// Position counts the recipe's steps from 0, as Definition.Walk does.
	Position int
	// Round tells which time a step within a loop was done: the item's index from 0, those of outer
	// loops before it, such as "3" or "3.0". Empty outside of loops.
	Round string
	Step  string
	Use   string
	State State
	// Ended is true if the run, or the round of a loop, ended with this step although nothing failed.
	Ended bool
	// DueAt is when a waiting step is done again; zero in every other state.
	DueAt time.Time
	// Input is the step's fields with every pill filled in; Output is its result. Both are JSON.
	Input, Output json.RawMessage
	// Note says in a few words what a logic step decided, such as "49.00 is not over 100".
	Note                  string
	StartedAt, FinishedAt time.Time
	Failure               *Failure
	Attempts              []Attempt
}

// Attempt is one try of a step that reaches outside. Steps that only compute have none.
type Attempt struct {
	// Number counts from 1.
	Number                int
	StartedAt, FinishedAt time.Time
	// Request and Response are bounded and free of secrets; nil when it did not get so far.
	Request  *SentRequest
	Response *Response
	// Failure is nil for the attempt that succeeded. An attempt with no end was cut off.
	Failure *Failure
}

// SentRequest is what was sent, as it is kept.
type SentRequest struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
}

// Response is what came back, as it is kept.
type Response struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	// Truncated is true when the body was longer than what is kept.
	Truncated bool `json:"truncated,omitempty"`
}

// CompareRounds orders rounds of StepRuns as they come in their loops: "2" before "10", "2" before "2.0".
func CompareRounds(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		// Without leading zeros, the longer number is the larger one.
		if order := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(a), len(b))
}
