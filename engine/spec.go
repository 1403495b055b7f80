package engine

// WebhookSpec says how a trigger's deliveries are proved and told apart.
type WebhookSpec struct {
	// Signature is how the sender proves itself; nil means anyone who knows the address.
	Signature *SignatureSpec `json:"signature,omitempty"`
	// Match lists headers that a delivery must carry to be this trigger's event; others are
	// answered 200 and ignored.
	Match map[string]string `json:"match,omitempty"`
	// MatchIn does so with what the body holds: the text or number that each path, such as `data.object.mode`,
	// must have. It counts for events that were missed too.
	MatchIn map[string]string `json:"match_in,omitempty"`
	// EventID names the headers that hold the provider's id of the event; the first present wins.
	// A name may be a pill of the trigger's fields, and is passed over if that is empty.
	EventID []string `json:"event_id,omitempty"`
	// EventIDIn is the path of that id within the body, such as `data.id`, where no header holds it. It may
	// be a pill of the trigger's fields, and counts for nothing if that is empty.
	EventIDIn string `json:"event_id_in,omitempty"`
	// Handshakes are requests by which a sender finds out whether the address is right: they are answered
	// and start nothing. The first that fits counts.
	Handshakes []HandshakeSpec `json:"handshakes,omitempty"`
	// Subscription says how the app is told where to deliver; nil if a person has to tell it.
	Subscription *SubscriptionSpec `json:"subscription,omitempty"`
}

// SubscriptionSpec says how an app is asked where it delivers a trigger's events, and how it is told to, and to
// stop. The operation's Judge tells success from failure.
type SubscriptionSpec struct {
	// List asks for the subscriptions there are to this trigger's events, and Items is the path of the list
	// in the answer.
	List  RequestSpec `json:"list"`
	Items string      `json:"items,omitempty"`
	// Address is the path within one of them of where it delivers, such as `uri`.
	Address string `json:"address"`
	// Where is what one of them must have to be this trigger's and alive, by path: a text, or a list with that text in it.
	Where map[string]string `json:"where,omitempty"`
	// Create makes one. Its pills may refer to `address`, where deliveries are to go.
	Create RequestSpec `json:"create"`
	// ID is the path within one of them of what the app calls it, such as `id`; Unsubscribe needs it.
	ID string `json:"id,omitempty"`
	// Unsubscribe removes one. Its pills may refer to `id` and `address`; nil if the app cannot be told.
	Unsubscribe *RequestSpec `json:"unsubscribe,omitempty"`
	// Keep names secret fields of the connection whose value for this recipe is in the answer to Create, each
	// with its path there, such as the secret that an app makes up for signing what it delivers to one address.
	Keep map[string]string `json:"keep,omitempty"`
}

// HandshakeSpec is a request that is no delivery, and its answer. Query, Headers and Body say what the
// request must have: a text, which may hold pills of `connection` and of the trigger's fields, or "*" for any.
type HandshakeSpec struct {
	// Method is GET, POST or HEAD; empty means POST.
	Method  string            `json:"method,omitempty"`
	Query   map[string]string `json:"query,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	// Body is by path, of texts and numbers; "-" is for a place at which nothing may be. A handshake with it must
	// be signed as deliveries are; one without it cannot be.
	Body map[string]string `json:"body,omitempty"`
	// Status is what is answered; 0 means 200. Text may hold pills of `query`, `headers`, and of what Body
	// names in `body`.
	Status int    `json:"status,omitempty"`
	Text   string `json:"text,omitempty"`
	// ContentType is the text's; empty means plain text.
	ContentType string `json:"content_type,omitempty"`
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
	// Scheme is "hmac", "public_key", "header", "basic", "none"; or one of which all is known but the secret or
	// the public key, and with "stripe" the header: "stripe", "slack", "standard_webhooks", "twilio", "square",
	// "mandrill", "hubspot", "trello", "discord", "sendgrid"; or a pill that gives one of these.
	Scheme string `json:"scheme"`
	// Header carries the signature, or the secret itself.
	Header string `json:"header,omitempty"`
	Secret string `json:"secret,omitempty"`
	// Algorithm is sha1, sha256 or sha512; Encoding is hex or base64; both of an HMAC over the raw
	// body. Prefix stands before the encoded value, such as "sha256=".
	Algorithm string `json:"algorithm,omitempty"`
	Encoding  string `json:"encoding,omitempty"`
	Prefix    string `json:"prefix,omitempty"`
	// Key is how Secret is written: empty for a text, or "base64", where what comes before the last
	// underscore, such as whsec_, does not belong to it.
	Key string `json:"key,omitempty"`
	// PublicKey proves a "public_key": 32 bytes in hex for Ed25519; else X.509's SubjectPublicKeyInfo in Base64
	// or PEM, for ECDSA or RSA with SHA-256.
	PublicKey string `json:"public_key,omitempty"`
	// Signed is the text that a signature is made of: `{body}` once, `{timestamp}` and `{id}` where they are
	// signed too, such as "{timestamp}.{body}", and `{url}` for the address that the sender was told. `{form}` in
	// place of the body are the names and values of a form, in the order of the names, as Twilio signs them.
	// Empty means the body alone.
	Signed string `json:"signed,omitempty"`
	// Timestamp is the header with the time of sending, or, if it ends in "=", what stands before it in
	// Header, such as "t=". Seconds or milliseconds since 1970. A delivery may be Tolerance seconds away from
	// this computer's clock; 0 means DefaultTolerance, and less any time.
	Timestamp string `json:"timestamp,omitempty"`
	Tolerance int    `json:"tolerance,omitempty"`
	// ID is the header whose value `{id}` stands for.
	ID string `json:"id,omitempty"`
	// Separator stands between the values in Header; empty means a comma.
	Separator string `json:"separator,omitempty"`
	Username  string `json:"username,omitempty"`
	Password  string `json:"password,omitempty"`
}

// DefaultTolerance is how many seconds a delivery's time may be away from this computer's clock. It is what
// Stripe, Slack and the Standard Webhooks specification recommend.
const DefaultTolerance = 300

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

// PollSpec says how a trigger asks an app what is new. Pills of the request may refer to
// `connection`, to the trigger's fields, to `cursor` and to `page`.
type PollSpec struct {
	Request RequestSpec `json:"request"`
	// Items is the path of the list in the answer, such as `data.orders`; empty means the answer itself.
	Items string `json:"items,omitempty"`
	// ItemsFrom names a text field that holds that path, where given.
	ItemsFrom string `json:"items_from,omitempty"`
	// Key is the pill that tells items apart, such as `{{item.id}}`: the event's key.
	Key string `json:"key,omitempty"`
	// KeyFrom names a text field that holds the path of the key within an item instead. Where it is
	// empty, items are told apart by their `id`, and without one by all they hold.
	KeyFrom string `json:"key_from,omitempty"`
	// Order is the order in which the app lists items.
	Order ItemOrder `json:"order,omitempty"`
	// OrderFrom names a choice whose value is the order, where given.
	OrderFrom string `json:"order_from,omitempty"`
	// Cursor says up to where was looked; nil means that every look sees the whole list.
	Cursor *CursorSpec `json:"cursor,omitempty"`
	// Pages says how the rest of a long list is had; nil means that it comes in one page.
	Pages *PageSpec `json:"pages,omitempty"`
}

// ItemOrder is the order in which an app lists items; the empty one means none in particular.
type ItemOrder string

// The orders.
const (
	OldestFirst ItemOrder = "oldest_first"
	NewestFirst ItemOrder = "newest_first"
)

// CursorSpec says up to where a poll has looked.
type CursorSpec struct {
	// Kind is CursorTime, CursorID or CursorToken.
	Kind CursorKind `json:"kind"`
	// Value is the pill of an item that holds its time or id, such as `{{item.updated_at}}`; of a token
	// the pill of the answer, such as `{{response.next_cursor}}`.
	Value string `json:"value"`
	// Format is how `cursor` writes a time in the request: CursorSeconds since 1970, or, if it is empty,
	// RFC 3339 in UTC.
	Format CursorFormat `json:"format,omitempty"`
	// Overlap is how many seconds before the latest time the next look begins, since an app may show
	// items late, and several may have the same time. What was seen does not run again.
	Overlap int `json:"overlap,omitempty"`
}

// CursorKind is what a cursor is.
type CursorKind string

// The kinds of cursor.
const (
	CursorTime  CursorKind = "time"
	CursorID    CursorKind = "id"
	CursorToken CursorKind = "token"
)

// CursorFormat is how a time is written in a request.
type CursorFormat string

// CursorSeconds writes a time as whole seconds since 1970.
const CursorSeconds CursorFormat = "seconds"

// PageSpec says how the next page of a list is had. Exactly one of Next, Link and Number is given.
type PageSpec struct {
	// Next is the pill whose value is `page` in the next request, of the answer, such as
	// `{{response.next}}`, or of the page's last item, such as `{{item.id}}`; none when it is empty.
	Next string `json:"next,omitempty"`
	// While is the path in the answer that is empty or false on the last page, such as `has_more`; without
	// it the last page is the one that Next, Link or Number tell.
	While string `json:"while,omitempty"`
	// Link is true if the header Link names the next page with rel="next" (RFC 8288).
	Link bool `json:"link,omitempty"`
	// Number is the first page's number, which `page` counts up from; the last page is the first empty one.
	Number *int `json:"number,omitempty"`
	// Most is the largest number of pages in one look; 0 means 10.
	Most int `json:"most,omitempty"`
}

// CatchUpSpec says how events that a webhook missed are found.
type CatchUpSpec struct {
	// Poll is how the app is asked. In it `cursor` is the time since when events may be missing, RFC 3339.
	Poll PollSpec `json:"poll"`
	// Key is the pill of a delivery that equals the poll's key for the same event, such as `{{trigger.id}}`.
	Key string `json:"key"`
	// NoteDays is how many days before the recipe was switched on are gone through without running anything,
	// where the poll's cursor tells when an item was last changed: what had happened to it by then is no news
	// when it changes again.
	NoteDays int `json:"note_days,omitempty"`
}

// CheckSpec finds out whether a request whose answer was lost has arrived. Pills of the request and of
// Match may refer to `connection`, to the step's fields, and to the time before the request was sent:
// `since`, RFC 3339, or `since_unix`, in seconds.
type CheckSpec struct {
	// When says for which fields the app can tell; for others nobody can.
	When    When        `json:"when,omitempty"`
	Request RequestSpec `json:"request"`
	Judge   Judge       `json:"judge,omitempty"`
	// Items is the path of the list in the answer.
	Items string `json:"items,omitempty"`
	// Match maps paths of an item to the texts they must have, if it is the one that was sent.
	Match map[string]string `json:"match"`
}
