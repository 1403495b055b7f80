package action

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bellhop/engine"
)

// Answer is an app's answer to a question that changes nothing there: of a poll, or a feed.
type Answer struct {
	// Status is 2xx or 304.
	Status int
	Header http.Header
	// Body is as it came, unpacked.
	Body []byte
	// Value is the body read as JSON, without secrets; the body as text where it is none.
	Value any
	// Next is where the header Link says that the next page is (RFC 8288), without what signs the
	// request; "" if there is none.
	Next string
	// Rest is how long the app wants to be left alone from now on, as far as its answer tells.
	Rest time.Duration
}

// Ask asks an app something that changes nothing there. next is empty, or an Answer's Next: then that
// page is asked for. The error is always a *Failure; none is a 304, which a call's Headers may bring.
func (c *Client) Ask(ctx context.Context, call Call, next string) (Answer, error) {
	call.Operation.Safe = true
	a, err := c.action(call.Connector, call.Operation)
	if err != nil {
		return Answer{}, before(err)
	}
	x, got, err := c.exchange(ctx, a, call, func(x *exchange) error { return x.turnTo(next) })
	if err != nil {
		return Answer{}, x.failure(err)
	}
	answer := Answer{Status: got.status, Header: got.header, Body: got.body, Rest: x.result.Rest}
	if got.status == http.StatusNotModified {
		return answer, nil
	}
	if answer.Value, err = x.judge(got); err != nil {
		return Answer{}, x.failure(err)
	}
	answer.Next = x.nextPage(got.header)
	return answer, nil
}

// turnTo makes the request one for another page of the same list. The address came from the app; it
// must not lead what signs the request elsewhere.
func (x *exchange) turnTo(next string) error {
	if next == "" {
		return nil
	}
	u, err := x.request.URL.Parse(next)
	if err != nil || !sameOrigin(x.request.URL, u) {
		return engine.Errorf(engine.Refused, "%s says that the list goes on at another address, where Bellhop does not follow it.", x.app())
	}
	x.request.URL = u
	return nil
}

// nextPage returns the address of the next page, by the header Link.
func (x *exchange) nextPage(header http.Header) string {
	for _, line := range header.Values("Link") {
		for target, rest := range links(line) {
			if !hasRelation(rest, "next") {
				continue
			}
			u, err := x.request.URL.Parse(target)
			if err != nil {
				continue
			}
			// Some apps repeat the key. It is signed anew, and must not be kept.
			query := u.Query()
			for name, values := range query {
				if x.secrets.found(strings.Join(values, "\n")) {
					query.Del(name)
				}
			}
			if len(query) < len(u.Query()) {
				u.RawQuery = query.Encode()
			}
			if link := u.String(); !x.secrets.found(link) {
				return link
			}
		}
	}
	return ""
}

// links goes through the links of a header's line: the target, and the parameters behind it.
func links(line string) func(yield func(target, rest string) bool) {
	return func(yield func(target, rest string) bool) {
		for {
			_, after, ok := strings.Cut(line, "<")
			if !ok {
				return
			}
			target, rest, ok := strings.Cut(after, ">")
			if !ok {
				return
			}
			line = rest
			params, _, _ := strings.Cut(rest, "<")
			if !yield(target, params) {
				return
			}
		}
	}
}

// hasRelation says whether a link's parameters name the relation, such as `; rel="prev next"`.
func hasRelation(params, relation string) bool {
	for part := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.Trim(part, " \t,"), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for one := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(one, relation) {
				return true
			}
		}
	}
	return false
}

// Unreadable is the failure of an answer that came whole and cannot be understood.
func Unreadable(format string, args ...any) *Failure {
	return &Failure{Phase: Answered, Retry: true, Err: engine.Errorf(engine.Unavailable, "%s", fmt.Sprintf(format, args...))}
}
