package engine

import "encoding/json"

// OperationKind is what an operation is good for.
type OperationKind string

// The kinds of operation.
const (
	KindTrigger OperationKind = "trigger"
	KindAction  OperationKind = "action"
	KindLogic   OperationKind = "logic"
)

// Operation is one trigger or action of a connector.
type Operation struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Help  string `json:"help,omitempty"`
	// Summary says in one line what the step does, with `{{field}}` for its fields' values. Of a
	// trigger it is what follows on "When": "A new order arrives in Shopify".
	Summary string `json:"summary,omitempty"`
	// Label names an event of this trigger to people, such as "Order {{trigger.name}}".
	Label string `json:"label,omitempty"`
	// Connection says whether the operation uses an account.
	Connection Requirement `json:"connection,omitempty"`
	// Needs lists connection fields that this operation cannot do without.
	Needs  []string `json:"needs,omitempty"`
	Fields []Field  `json:"fields,omitempty"`

	// Exactly one of these says how it works.
	Webhook  *WebhookSpec  `json:"webhook,omitempty"`
	Schedule *ScheduleSpec `json:"schedule,omitempty"`
	Poll     *PollSpec     `json:"poll,omitempty"`
	// Watch names a place outside that Bellhop looks at by itself, one of Watches.
	Watch string `json:"watch,omitempty"`
	// Start names what within Bellhop starts the recipe, one of Starts.
	Start   string       `json:"start,omitempty"`
	Request *RequestSpec `json:"request,omitempty"`
	// Local names an action that this computer carries out itself, one of Locals.
	Local string `json:"local,omitempty"`
	// Logic names a built-in, one of Logics.
	Logic string `json:"logic,omitempty"`

	// Holds says that a step of this operation holds other steps.
	Holds Holding `json:"holds,omitempty"`
	// CatchUp says how events that this webhook missed are found.
	CatchUp *CatchUpSpec `json:"catch_up,omitempty"`
	// Safe is true if the request may be sent again when its answer was lost, although it is no GET
	// and carries no idempotency key: doing it twice is as doing it once.
	Safe bool `json:"safe,omitempty"`
	// Check finds out whether a request whose answer was lost has arrived; nil if the app cannot tell.
	Check *CheckSpec `json:"check,omitempty"`

	Judge Judge `json:"judge,omitempty"`
	// Result is the pill whose value is the step's result; empty means the parsed body.
	Result string `json:"result,omitempty"`
	// Sample is a result as the app really gives it, shown while editing.
	Sample json.RawMessage `json:"sample,omitempty"`
	// SampleOf names another operation of the connector whose sample this one gives too.
	SampleOf string          `json:"sample_of,omitempty"`
	Tests    []OperationTest `json:"tests,omitempty"`
}

// The built-in logic that an operation can name.
const (
	LogicFilter     = "filter"      // goes on only if its rules fit
	LogicPaths      = "paths"       // takes the ways whose rules fit
	LogicLoop       = "loop"        // does its steps for each item of a list
	LogicDelay      = "delay"       // waits for a while
	LogicDelayUntil = "delay_until" // waits until a time
	LogicStop       = "stop"        // ends the run
	LogicCall       = "call"        // runs another recipe
	LogicRespond    = "respond"     // answers the sender of the webhook
)

// The logic that computes or remembers, which package logic has.
const (
	LogicCompose     = "compose"      // puts names and values together
	LogicCombine     = "combine"      // makes one list of several
	LogicListKeep    = "list_keep"    // keeps the entries that fit rules
	LogicListSort    = "list_sort"    // puts entries in order
	LogicListTake    = "list_take"    // takes the first or last entries
	LogicListUnique  = "list_unique"  // takes each entry once
	LogicListTotal   = "list_total"   // adds up, counts, or finds the extremes
	LogicListJoin    = "list_join"    // writes a list as text
	LogicTextSplit   = "text_split"   // makes a list of a text
	LogicTextFind    = "text_find"    // finds a part of a text
	LogicNumberRead  = "number_read"  // reads a number as people write it
	LogicDateMove    = "date_move"    // moves a date
	LogicLookup      = "lookup"       // replaces a value by what stands beside it
	LogicTableAdd    = "table_add"    // adds a row to a table
	LogicTableUpdate = "table_update" // changes rows of a table
	LogicTableFind   = "table_find"   // finds rows of a table
	LogicTableDelete = "table_delete" // deletes rows of a table
	LogicCounter     = "counter"      // counts across runs
	LogicRemember    = "remember"     // keeps a value for later runs
	LogicRecall      = "recall"       // gives a value that was kept
	LogicDedupe      = "dedupe"       // lets each key through once
	LogicBatch       = "batch"        // collects until there is enough
)

// Logics lists them.
var Logics = []string{
	LogicFilter, LogicPaths, LogicLoop, LogicDelay, LogicDelayUntil, LogicStop, LogicCall, LogicRespond,
	LogicCompose, LogicCombine, LogicListKeep, LogicListSort, LogicListTake, LogicListUnique, LogicListTotal, LogicListJoin,
	LogicTextSplit, LogicTextFind, LogicNumberRead, LogicDateMove, LogicLookup,
	LogicTableAdd, LogicTableUpdate, LogicTableFind, LogicTableDelete,
	LogicCounter, LogicRemember, LogicRecall, LogicDedupe, LogicBatch,
}

// Holding is which steps a step can hold.
type Holding string

// What a step can hold; the empty one means nothing.
const (
	HoldsPaths Holding = "paths" // named ways, each with rules and steps
	HoldsSteps Holding = "steps" // steps that are done several times
)

// FieldItems is the field of an operation with HoldsSteps that is the list of what its steps are done
// for.
const FieldItems = "items"

// The places outside that Bellhop looks at by itself.
const (
	WatchFeed   = "feed"   // an RSS or Atom feed
	WatchFolder = "folder" // a file or folder of this computer
	WatchMail   = "mail"   // an IMAP mailbox
)

// Watches lists them.
var Watches = []string{WatchFeed, WatchFolder, WatchMail}

// What within Bellhop can start a recipe.
const (
	StartManual = "manual" // a person
	StartCalled = "called" // another recipe
	StartFailed = "failed" // a run that failed
)

// Starts lists them.
var Starts = []string{StartManual, StartCalled, StartFailed}

// The actions that this computer carries out itself.
const (
	LocalNotify     = "notify"      // shows a notification on the desktop
	LocalSendMail   = "send_mail"   // sends an e-mail by SMTP
	LocalWriteFile  = "write_file"  // writes a text file, in place of the one that is there
	LocalAppendText = "append_text" // appends to a text file
	LocalAppendRows = "append_rows" // appends rows to a CSV file
)

// Locals lists them.
var Locals = []string{LocalNotify, LocalSendMail, LocalWriteFile, LocalAppendText, LocalAppendRows}

// Requirement says whether something must be given.
type Requirement string

// The requirements; the empty one means none.
const (
	Required Requirement = "required"
	Optional Requirement = "optional"
)

// Kind says whether the operation starts recipes, acts or decides.
func (o Operation) Kind() OperationKind {
	switch {
	case o.Webhook != nil, o.Schedule != nil, o.Poll != nil, o.Watch != "", o.Start != "":
		return KindTrigger
	case o.Logic != "":
		return KindLogic
	default:
		return KindAction
	}
}

// Field returns the operation's field of that name.
func (o Operation) Field(name string) (Field, bool) { return findField(o.Fields, name) }
