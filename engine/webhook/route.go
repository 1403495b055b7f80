package webhook

import (
	"net/http"

	"bellhop/engine"
	"bellhop/engine/chain"
)

// Verifier decides whether a delivery comes from whom it says. Its error has the code Unauthorized.
type Verifier interface {
	Verify(header http.Header, body []byte) error
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
	// Broken is why deliveries cannot be checked now, such as a locked keyring. Senders are asked
	// to come again.
	Broken error
	// Match lists headers a delivery must carry; others are answered and ignored.
	Match map[string]string
	// EventID names the headers that may hold the provider's id of the event, best first.
	EventID []string
	// Private names headers that are not kept, since they prove the sender.
	Private []string
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
	private := map[string]bool{}
	for _, name := range r.Private {
		private[http.CanonicalHeaderKey(name)] = true
	}
	out := engine.Request{Method: req.Method, Headers: map[string]string{}, Query: map[string]string{}}
	for name, values := range req.Header {
		if !alwaysPrivate[name] && !private[name] {
			out.Headers[name] = values[0]
		}
	}
	for name, values := range req.URL.Query() {
		out.Query[name] = values[0]
	}
	return out
}
