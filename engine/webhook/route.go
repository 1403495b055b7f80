package webhook

import (
	"cmp"
	"net/http"
	"time"

	"bellhop/engine"
	"bellhop/engine/catchup"
	"bellhop/engine/chain"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
	"bellhop/engine/signature"
)

// Verifier decides whether a delivery comes from whom it says. The check's error has the code
// Unauthorized.
type Verifier interface {
	Begin(header http.Header, sentTo ...string) signature.Check
}

// Route is what the handler must know of one recipe to accept its deliveries.
type Route struct {
	RecipeID int64
	// Version is the published version that new runs execute.
	Version int
	On      bool
	// MaxBytes is the largest body accepted.
	MaxBytes int64
	// Verifier proves the sender. It is nil only if Broken says why it cannot be had.
	Verifier Verifier
	// CoversAddress says that the Verifier must know to which address a delivery was sent.
	CoversAddress bool
	// Broken is why deliveries cannot be checked now, such as a locked keyring. Senders are asked
	// to come again.
	Broken error
	// Match lists headers a delivery must carry; others are answered and ignored.
	Match map[string]string
	// MatchIn is what the body of a delivery must hold; others are answered and ignored likewise.
	MatchIn content.Match
	// EventID names the headers that may hold the provider's id of the event, best first.
	EventID []string
	// EventIDIn is where the body holds that id, where no header does; nil if it does not.
	EventIDIn mapping.Path
	// Private names headers that are not kept, since they prove the sender.
	Private []string
	// PerMinute is how many deliveries are accepted in a minute; 0 means any number.
	PerMinute int
	// Answer is what the sender is told; nil means 200 at once.
	Answer *engine.Answer
	// Order says which of the recipe's runs wait for each other; nil if none do.
	Order Order
	// Missed is how an event is known that was missed and fetched meanwhile; nil if none can be.
	Missed *catchup.Key

	handshakes []handshake

	door    *door
	private map[string]bool // Private in canonical form
	fixed   *answer         // what Answer tells at once; nil for the standard
	wait    time.Duration   // how long senders wait for the run's result; 0 answers at once
}

// Table maps tokens to routes. It is never changed once in use, only replaced.
type Table map[string]Route

// Broken says whether any route in use is, so that making the table anew later may help.
func (t Table) Broken() bool {
	for _, r := range t {
		if r.On && r.Broken != nil {
			return true
		}
	}
	return false
}

// eventKey returns the provider's id of the delivery, or "" if it has none.
func (r Route) eventKey(header http.Header) string {
	for _, name := range r.EventID {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

func (r Route) matches(header http.Header) bool {
	for name, want := range r.Match {
		if header.Get(name) != want {
			return false
		}
	}
	return true
}

// alwaysPrivate are headers that carry credentials whoever sends them, also to recipes that do not
// check them: of Bellhop's own runs, of the standard, of Azure and AWS gateways, GitLab and Telegram.
var alwaysPrivate = map[string]bool{
	"Authorization": true, "Cookie": true, "Proxy-Authorization": true, "X-Api-Key": true, "X-Auth-Token": true,
	chain.Header: true, "X-Gitlab-Token": true, "X-Telegram-Bot-Api-Secret-Token": true,
}

// request keeps what the event's request said, less what proves the sender.
func (r Route) request(req *http.Request) engine.Request {
	out := engine.Request{Method: req.Method, Headers: make(map[string]string, len(req.Header)), Query: map[string]string{}}
	for name, values := range req.Header {
		if !alwaysPrivate[name] && !r.private[name] {
			out.Headers[name] = values[0]
		}
	}
	if req.URL.RawQuery == "" {
		return out
	}
	for name, values := range req.URL.Query() {
		out.Query[name] = values[0]
	}
	return out
}

// privateHeaders are the names in canonical form.
func privateHeaders(names []string) map[string]bool {
	private := make(map[string]bool, len(names))
	for _, name := range names {
		private[http.CanonicalHeaderKey(name)] = true
	}
	return private
}

// atOnce is what a sender is told when the event is on disk.
func (r Route) atOnce(standard reply) answer {
	if r.fixed != nil {
		return *r.fixed
	}
	return say(http.StatusOK, standard)
}

// prepare makes what does not change from one delivery to the next.
func (r *Route) prepare(d *door) {
	r.door, r.private = d.renew(r.PerMinute), privateHeaders(r.Private)
	switch a := r.Answer; {
	case a == nil:
	case a.When == engine.AnswerResult:
		r.wait = time.Duration(min(cmp.Or(a.Within, engine.DefaultAnswerWithin), engine.MaxAnswerWithin)) * time.Second
	case a.Status != 0 || a.Body != "" || len(a.Headers) > 0:
		fixed := newAnswer(cmp.Or(a.Status, http.StatusOK), a.Headers, a.Body)
		r.fixed = &fixed
	}
}
