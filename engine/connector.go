package engine

import (
	"encoding/json"
	"slices"
	"strings"
)

// Connector is what Bellhop knows of an app: the decoded form of a connector file.
type Connector struct {
	Format int    `json:"connector"`
	Name   string `json:"name"`
	Title  string `json:"title"`
	// Color is the app's colour as #RRGGBB and Glyph the letter or sign on its tile.
	Color string `json:"color"`
	Glyph string `json:"glyph"`
	Help  string `json:"help,omitempty"`
	// BaseURL is where the app's requests go, such as `https://{{connection.shop}}.myshopify.com`.
	BaseURL    string          `json:"base_url,omitempty"`
	Connection *ConnectionSpec `json:"connection,omitempty"`
	Triggers   []Operation     `json:"triggers,omitempty"`
	Actions    []Operation     `json:"actions,omitempty"`
}

// ConnectionSpec says what an account at the app consists of and how it signs its requests.
type ConnectionSpec struct {
	Fields []Field `json:"fields"`
	// AnyOf lists sets of fields; a connection needs all fields of at least one set, and those that
	// are Required besides.
	AnyOf [][]string `json:"any_of,omitempty"`
	// Auth is tried in order; the first entry whose When fits signs the request.
	Auth []Auth `json:"auth,omitempty"`
	// Test is a harmless request that proves the account works; nil if the app has none.
	Test *TestSpec `json:"test,omitempty"`
}

// Auth says how a request shows who sends it. Strings, also the names of headers and of query
// values, may hold pills of `connection`.
type Auth struct {
	// When says for which accounts this entry is.
	When    When              `json:"when,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Query   map[string]string `json:"query,omitempty"`
	Basic   *BasicAuth        `json:"basic,omitempty"`
	// Token is asked for first; its value is then `connection.token`.
	Token *TokenSpec `json:"token,omitempty"`
}

// BasicAuth is HTTP basic authentication.
type BasicAuth struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// TokenSpec is an OAuth 2 client-credentials request for a short-lived token.
type TokenSpec struct {
	// Path is the token endpoint, below the base address.
	Path         string `json:"path"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// TestSpec is a connection's test: a request and the sentence that tells its success.
type TestSpec struct {
	// When works as in Auth; a test that does not fit the account is left out.
	When    When        `json:"when,omitempty"`
	Request RequestSpec `json:"request"`
	Judge   Judge       `json:"judge,omitempty"`
	// Says is what a person reads, such as "Connected to {{response.team}}."
	Says string `json:"says"`
}

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
	Request  *RequestSpec  `json:"request,omitempty"`
	// Logic names a built-in, one of Logics.
	Logic string `json:"logic,omitempty"`

	Judge Judge `json:"judge,omitempty"`
	// Result is the pill whose value is the step's result; empty means the parsed body.
	Result string `json:"result,omitempty"`
	// Sample is a result as the app really gives it, shown while editing.
	Sample json.RawMessage `json:"sample,omitempty"`
	Tests  []OperationTest `json:"tests,omitempty"`
}

// The built-in logic that an operation can name.
const (
	LogicFilter     = "filter"      // goes on only if its rules fit
	LogicDelay      = "delay"       // waits for a while
	LogicDelayUntil = "delay_until" // waits until a time
	LogicStop       = "stop"        // ends the run
)

// Logics lists them.
var Logics = []string{LogicFilter, LogicDelay, LogicDelayUntil, LogicStop}

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
	case o.Webhook != nil, o.Schedule != nil:
		return KindTrigger
	case o.Logic != "":
		return KindLogic
	default:
		return KindAction
	}
}

// Field is one input of an operation or a connection.
type Field struct {
	Name        string    `json:"name"`
	Type        FieldType `json:"type"`
	Label       string    `json:"label"`
	Help        string    `json:"help,omitempty"`
	Placeholder string    `json:"placeholder,omitempty"`
	Required    bool      `json:"required,omitempty"`
	// Advanced fields are folded away until asked for.
	Advanced bool `json:"advanced,omitempty"`
	Default  any  `json:"default,omitempty"`
	// Options are the values of a choice, or of choices.
	Options []Option `json:"options,omitempty"`
	// When says at which values of other fields this one matters; where it does not fit, the field
	// is neither shown nor required.
	When When `json:"when,omitempty"`
	// Group names fields of which at most one may be given, such as the three bodies of a request.
	Group string `json:"group,omitempty"`
}

// When maps fields to the value that each must have: one value, several parted by "|", or "*" for
// any that is not empty. An empty When always fits.
type When map[string]string

// Fits says whether the fields, read by value, are as w wants them.
func (w When) Fits(value func(field string) string) bool {
	for field, want := range w {
		got := value(field)
		if want == "*" && got == "" || want != "*" && !slices.Contains(strings.Split(want, "|"), got) {
			return false
		}
	}
	return true
}

// FieldType is what a field holds and how a form shows it.
type FieldType string

// The types a field can have.
const (
	FieldText    FieldType = "text"   // one line
	FieldLong    FieldType = "long"   // several lines
	FieldSecret  FieldType = "secret" // kept in the keyring, never shown
	FieldNumber  FieldType = "number"
	FieldBool    FieldType = "bool"
	FieldChoice  FieldType = "choice"  // one of Options
	FieldChoices FieldType = "choices" // several of Options, as a list
	FieldURL     FieldType = "url"
	FieldMap     FieldType = "map"   // names and values
	FieldJSON    FieldType = "json"  // any structure
	FieldRules   FieldType = "rules" // conditions of a filter
)

// Option is one value of a choice.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// WebhookSpec says how a trigger's deliveries are proved and told apart.
type WebhookSpec struct {
	// Signature is how the sender proves itself; nil means anyone who knows the address.
	Signature *SignatureSpec `json:"signature,omitempty"`
	// Match lists headers that a delivery must carry to be this trigger's event; others are
	// answered 200 and ignored.
	Match map[string]string `json:"match,omitempty"`
	// EventID names the headers that hold the provider's id of the event; the first present wins.
	// A name may be a pill of the trigger's fields, and is passed over if that is empty.
	EventID []string `json:"event_id,omitempty"`
}

// ScheduleSpec says that a trigger starts recipes at times, which its fields tell.
type ScheduleSpec struct {
	// Repeat is one of RepeatEvery, RepeatDaily, RepeatWeekly, RepeatMonthly and RepeatCron. Package
	// schedule says which fields each of them reads.
	Repeat Repeat `json:"repeat"`
}

// Repeat is how a schedule's times are told.
type Repeat string

// The ways to tell times.
const (
	RepeatEvery   Repeat = "every"   // so many minutes or hours apart
	RepeatDaily   Repeat = "daily"   // at a time of every day
	RepeatWeekly  Repeat = "weekly"  // at a time of some days of the week
	RepeatMonthly Repeat = "monthly" // at a time of a day of the month
	RepeatCron    Repeat = "cron"    // by the five fields of a crontab
)

// Repeats lists all ways to tell times.
var Repeats = []Repeat{RepeatEvery, RepeatDaily, RepeatWeekly, RepeatMonthly, RepeatCron}

// SignatureSpec is a webhook signature scheme. Strings may hold pills of `connection`.
type SignatureSpec struct {
	// Scheme is "hmac", "header", "basic", "none", or a pill that gives one of these.
	Scheme string `json:"scheme"`
	// Header carries the signature, or the secret itself.
	Header string `json:"header,omitempty"`
	Secret string `json:"secret,omitempty"`
	// Algorithm is sha1, sha256 or sha512; Encoding is hex or base64; both of an HMAC over the raw
	// body. Prefix stands before the encoded value, such as "sha256=".
	Algorithm string `json:"algorithm,omitempty"`
	Encoding  string `json:"encoding,omitempty"`
	Prefix    string `json:"prefix,omitempty"`
	Username  string `json:"username,omitempty"`
	Password  string `json:"password,omitempty"`
}

// RequestSpec is an HTTP request with pills of the operation's fields and of `connection`. At most
// one of JSON, Form and Text is given. A field left empty leaves its key out.
type RequestSpec struct {
	Method string `json:"method"`
	// Path is appended to the base address; URL is a whole address instead.
	Path    string         `json:"path,omitempty"`
	URL     string         `json:"url,omitempty"`
	Headers map[string]any `json:"headers,omitempty"`
	Query   map[string]any `json:"query,omitempty"`
	// HeadersFrom, QueryFrom name map fields whose entries are added.
	HeadersFrom string         `json:"headers_from,omitempty"`
	QueryFrom   string         `json:"query_from,omitempty"`
	JSON        any            `json:"json,omitempty"`
	Form        map[string]any `json:"form,omitempty"`
	Text        string         `json:"text,omitempty"`
	// JSONFrom, FormFrom and TextFrom name fields that are the whole body, where given.
	JSONFrom string `json:"json_from,omitempty"`
	FormFrom string `json:"form_from,omitempty"`
	TextFrom string `json:"text_from,omitempty"`
	// IdempotencyHeader carries a key that makes a repeated request harmless.
	IdempotencyHeader string `json:"idempotency_header,omitempty"`
}

// Judge tells success from failure beyond the status code.
type Judge struct {
	// FailIf maps a path in the answer to the value that means failure although the status is 2xx;
	// "*" means any value that is not empty.
	FailIf map[string]any `json:"fail_if,omitempty"`
	// Code is the path of the app's own error code, "." if the answer is nothing but the code, and
	// Message the path of its own sentence.
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	// Errors explains the app's codes.
	Errors map[string]ErrorSpec `json:"errors,omitempty"`
}

// ErrorSpec is one of an app's error codes in words.
type ErrorSpec struct {
	// Says is the sentence; it may hold pills of the fields.
	Says string `json:"says"`
	// Retry is true if trying again later may help.
	Retry bool `json:"retry,omitempty"`
	// Reconnect is true if the account must be connected anew.
	Reconnect bool `json:"reconnect,omitempty"`
}

// OperationTest is a connector file's own test: input, the request that must be sent, a canned
// response, and what must come of it. For a webhook trigger: a delivery and what must come of it; for
// a schedule: its next times.
type OperationTest struct {
	Name       string            `json:"name"`
	Connection map[string]string `json:"connection,omitempty"`
	With       map[string]any    `json:"with,omitempty"`
	Request    *ExpectedRequest  `json:"request,omitempty"`
	Response   *CannedResponse   `json:"response,omitempty"`
	Result     any               `json:"result,omitempty"`
	Error      *ExpectedError    `json:"error,omitempty"`
	Delivery   *CannedDelivery   `json:"delivery,omitempty"`
	Times      *ExpectedTimes    `json:"times,omitempty"`
}

// ExpectedRequest is what must be sent: method, address, and the headers and body named.
type ExpectedRequest struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	JSON    any               `json:"json,omitempty"`
	Text    *string           `json:"text,omitempty"`
}

// CannedResponse is what the app answers in a test; Body is sent as JSON unless it is a string.
type CannedResponse struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

// ExpectedError is how a test's request must fail.
type ExpectedError struct {
	Code   Code   `json:"code"`
	Detail string `json:"detail,omitempty"`
	Retry  bool   `json:"retry,omitempty"`
}

// CannedDelivery is a webhook delivery of a test and what must come of it.
type CannedDelivery struct {
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body"`
	// Accepted and EventID are what the trigger must make of it.
	Accepted bool   `json:"accepted"`
	EventID  string `json:"event_id,omitempty"`
	Label    string `json:"label,omitempty"`
}

// ExpectedTimes are the times that a schedule must have. Times are RFC 3339.
type ExpectedTimes struct {
	// After is when the schedule begins, and Next are the times that follow, in order.
	After string   `json:"after"`
	Next  []string `json:"next"`
	// Says is the schedule in a sentence, and Label what the run of the first of Next is called.
	Says  string `json:"says,omitempty"`
	Label string `json:"label,omitempty"`
}

// Operation returns the trigger or action of that name.
func (c Connector) Operation(name string) (Operation, bool) {
	for _, list := range [][]Operation{c.Triggers, c.Actions} {
		if i := slices.IndexFunc(list, func(o Operation) bool { return o.Name == name }); i >= 0 {
			return list[i], true
		}
	}
	return Operation{}, false
}

// Field returns the operation's field of that name.
func (o Operation) Field(name string) (Field, bool) { return findField(o.Fields, name) }

// Field returns the connection's field of that name.
func (c ConnectionSpec) Field(name string) (Field, bool) { return findField(c.Fields, name) }

func findField(fields []Field, name string) (Field, bool) {
	if i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name }); i >= 0 {
		return fields[i], true
	}
	return Field{}, false
}

// Catalog knows the connectors that are installed.
type Catalog interface {
	// Connectors returns all connectors, by title.
	Connectors() []Connector
	Connector(name string) (Connector, bool)
	// Operation finds an operation by its full name, such as `slack.send_message`.
	Operation(use string) (Connector, Operation, bool)
}
