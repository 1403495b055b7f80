package action

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"

	"bellhop/engine"
)

// maxRedirects is how often a request is sent on to another address.
const maxRedirects = 5

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// exchangeKey is where a request's context holds its *exchange.
type exchangeKey struct{}

// send sends the request and reads the answer. Errors are a *Failure or what the network said.
func (x *exchange) send(c *Client) (answer, error) {
	ctx := httptrace.WithClientTrace(context.WithValue(x.ctx, exchangeKey{}, x), &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				x.wrote.Store(true)
			}
		},
	})
	x.result.Request = x.sent()
	if x.request.Header.Get("User-Agent") == "" {
		x.request.Header.Set("User-Agent", c.agent)
	}
	response, err := c.http.Do(x.request.WithContext(ctx))
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	x.result.Rest = rest(response.StatusCode, response.Header, x.now)
	// What the limit counts is the body unpacked, so that a small packed one cannot fill the memory.
	body, err := io.ReadAll(io.LimitReader(response.Body, c.maxBody+1))
	tooLong := int64(len(body)) > c.maxBody
	x.result.Response = x.received(response.StatusCode, response.Header, body, tooLong || err != nil)
	got := answer{response.StatusCode, response.Header, body}
	if got.ok() && tooLong {
		return got, &Failure{Phase: Answered, Err: engine.Errorf(engine.Refused,
			"The answer of %s is longer than the %d MB that Bellhop reads. What was asked has been done; ask for less at a time.", x.app(), c.maxBody>>20)}
	}
	if got.ok() && err != nil {
		return got, fmt.Errorf("reading the answer: %w", err)
	}
	return got, nil
}

func (a answer) ok() bool { return a.status >= 200 && a.status < 300 }

// checkRedirect follows redirects where that is harmless. What is not followed is judged as the
// answer. A POST that is redirected with 301 or 302 would become a GET: the app would do nothing and
// answer 200. To another host, neither credentials nor a body are sent.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first, last := via[0], via[len(via)-1]
	reads := func(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }
	if !reads(last) && reads(next) && next.Response.StatusCode != http.StatusSeeOther {
		return http.ErrUseLastResponse
	}
	if next.URL.Scheme != "http" && next.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	elsewhere := !sameOrigin(first.URL, next.URL)
	if elsewhere && !reads(next) {
		return http.ErrUseLastResponse
	}
	if len(via) > maxRedirects {
		return errRedirects
	}
	x, _ := next.Context().Value(exchangeKey{}).(*exchange)
	if x == nil {
		return nil
	}
	// What was written so far has been answered. A POST that leads on to a page (303) has been done by then: if
	// that page cannot be had, nothing may take it for one that was never sent.
	x.wrote.Store(!reads(first) && reads(next))
	if elsewhere {
		next.URL.User = nil
		for _, name := range append([]string{"Authorization", "Cookie", "Referer"}, x.signature.Headers...) {
			next.Header.Del(name)
		}
		for name, values := range next.Header {
			if x.secrets.found(strings.Join(values, "\n")) {
				next.Header.Del(name)
			}
		}
	}
	return nil
}

// sameOrigin says whether what may be sent to a may be sent to b: the same host and port, encrypted
// at least as well.
func sameOrigin(a, b *url.URL) bool {
	if !strings.EqualFold(a.Hostname(), b.Hostname()) {
		return false
	}
	if a.Scheme == "http" && b.Scheme == "https" && a.Port() == "" && b.Port() == "" {
		return true
	}
	return a.Scheme == b.Scheme && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}
