package engine

// OperationTest is a connector file's own test: input, the request that must be sent, a canned
// response, and what must come of it. For a webhook trigger: a delivery and what must come of it; for
// a schedule: its next times; for a poll: what it finds.
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
	Poll       *ExpectedPoll     `json:"poll,omitempty"`
	// CatchUp is what the poll of a webhook's catch-up finds, and Subscription whether its app lists and
	// takes an address.
	CatchUp      *ExpectedPoll         `json:"catch_up,omitempty"`
	Subscription *ExpectedSubscription `json:"subscription,omitempty"`
}

// ExpectedSubscription is what must come of looking for a subscription, which the test's request and response
// are about, of making one, and of removing one.
type ExpectedSubscription struct {
	// Address is where deliveries are to go, and Listed whether the response says that they do.
	Address string `json:"address"`
	Listed  bool   `json:"listed"`
	// Create is the request that makes one where none is listed, and Created its answer.
	Create  *ExpectedRequest `json:"create,omitempty"`
	Created *CannedResponse  `json:"created,omitempty"`
	// ID is what the app calls the one it lists for Address, where given.
	ID string `json:"id,omitempty"`
	// Unsubscribe is the request that removes the one called ID, and Unsubscribed its answer.
	Unsubscribe  *ExpectedRequest `json:"unsubscribe,omitempty"`
	Unsubscribed *CannedResponse  `json:"unsubscribed,omitempty"`
	// Kept are the secrets that are kept of that answer, by the field that they stand in for.
	Kept map[string]string `json:"kept,omitempty"`
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
	// At is the time now, RFC 3339; it counts where the time of sending is signed.
	At      string            `json:"at,omitempty"`
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

// ExpectedPoll is a look of a poll, and what must come of it. The first page is the test's request and
// response.
type ExpectedPoll struct {
	// Cursor is up to where was looked before; empty at the first look.
	Cursor string `json:"cursor,omitempty"`
	// First is the recipe's field of that name: how many of what is there the first look runs for.
	First int `json:"first,omitempty"`
	// Pages are those that follow the first.
	Pages []CannedPage `json:"pages,omitempty"`
	// Keys are those of the items found, oldest first, and Label what a run of the last one is called.
	Keys  []string `json:"keys"`
	Label string   `json:"label,omitempty"`
	// Item is the last of them, where given.
	Item any `json:"item,omitempty"`
	// Next is the cursor of the next look, where given, and More whether that follows at once.
	Next string `json:"next,omitempty"`
	More bool   `json:"more,omitempty"`
}

// CannedPage is one more page of a poll: the request that must be sent, and the answer to it.
type CannedPage struct {
	Request  *ExpectedRequest `json:"request,omitempty"`
	Response CannedResponse   `json:"response"`
}
