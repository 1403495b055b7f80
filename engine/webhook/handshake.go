package webhook

import (
	"cmp"
	"encoding/json"
	"net/http"

	"bellhop/engine"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
	"bellhop/engine/request"
)

// handshake is a request by which a sender finds out whether the address is right.
type handshake struct {
	method         string
	query, headers map[string]string
	body           []condition
	status         int
	text           request.Text
	kind           string     // of the text
	needs          [][]string // what of the body the text and the conditions need
}

// condition is a text that must be at a place in the body.
type condition struct {
	at   mapping.Path
	want string
}

const (
	// anything is the value that any text fits that is not empty.
	anything = "*"
	// nothing is the value of a place in the body at which there must be nothing.
	nothing = "-"
	// plain is what an answer is if nothing else is said.
	plain = "text/plain; charset=utf-8"
)

// longestGreeting is how long an answer to a handshake can be, in bytes; it repeats what was sent.
const longestGreeting = 4 << 10

// newHandshake fills in what depends on the account.
func newHandshake(spec engine.HandshakeSpec, data map[string]any) (h handshake, err error) {
	h = handshake{method: cmp.Or(spec.Method, http.MethodPost), status: cmp.Or(spec.Status, http.StatusOK)}
	if h.query, err = fillAll(spec.Query, data); err != nil {
		return h, err
	}
	if h.headers, err = fillAll(spec.Headers, data); err != nil {
		return h, err
	}
	wants, err := fillAll(spec.Body, data)
	if err != nil {
		return h, err
	}
	for place, want := range wants {
		at, err := mapping.ParsePath(place)
		if err != nil {
			return h, err
		}
		h.body = append(h.body, condition{at, want})
		h.needs = append(h.needs, parts(at))
	}
	h.kind = cmp.Or(spec.ContentType, plain)
	h.text, err = request.CompileText(spec.Text)
	return h, err
}

func fillAll(texts map[string]string, data map[string]any) (map[string]string, error) {
	filled := make(map[string]string, len(texts))
	for name, text := range texts {
		value, err := fill(text, data)
		if err != nil {
			return nil, err
		}
		filled[name] = value
	}
	return filled, nil
}

// fits says whether a value is the one that is wanted. What an account leaves empty fits nothing.
func fits(value, want string) bool { return value != "" && (want == anything || value == want) }

// greet answers a request that is a handshake. A nil body is one that has not been read: then only those
// handshakes count that need none.
func (r *Route) greet(req *http.Request, b *body) (answer, bool) {
	for _, h := range r.handshakes {
		if h.method != req.Method || (len(h.body) > 0) != (b != nil) || !h.asked(req) {
			continue
		}
		data := map[string]any{"query": firsts(req.URL.Query()), "headers": firsts(req.Header)}
		if b != nil {
			value, err := content.Pick(b.content(), req.Header.Get("Content-Type"), h.needs)
			if err != nil || !h.told(value) {
				continue
			}
			data["body"] = value
		}
		text, err := h.text.String(data)
		if err != nil || len(text) > longestGreeting {
			continue
		}
		a := answer{status: h.status, body: []byte(text), headers: map[string]string{"X-Content-Type-Options": "nosniff"}}
		if text != "" {
			a.kind = h.kind
		}
		return a, true
	}
	return answer{}, false
}

// asked looks at all but the body.
func (h handshake) asked(req *http.Request) bool {
	query := req.URL.Query()
	for name, want := range h.query {
		if !fits(query.Get(name), want) {
			return false
		}
	}
	for name, want := range h.headers {
		if !fits(req.Header.Get(name), want) {
			return false
		}
	}
	return true
}

func (h handshake) told(body any) bool {
	for _, c := range h.body {
		value, err := c.at.Lookup(body)
		if c.want == nothing {
			if err == nil && value != nil {
				return false
			}
			continue
		}
		switch value.(type) {
		case string, json.Number:
		default:
			return false
		}
		if err != nil || !fits(mapping.Text(value), c.want) {
			return false
		}
	}
	return true
}

// firsts is what pills see of headers and queries.
func firsts(values map[string][]string) map[string]any {
	all := make(map[string]any, len(values))
	for name, several := range values {
		all[name] = several[0]
	}
	return all
}
