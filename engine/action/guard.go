package action

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"bellhop/engine"
)

// guard sends requests to the internet, and to private addresses only where that is allowed. What is
// checked is the very address that is dialled, after the name was looked up: a name that is answered
// with another address the next time gains nothing. Every redirect passes here too.
type guard struct {
	// public dials what is allowed to everybody, anywhere whatever it is told; connections that are
	// kept open are not shared between the two.
	public, anywhere *http.Transport
	proxy            func(*http.Request) (*url.URL, error)
	allowed          func() Allowed
}

// NewTransport makes a transport that keeps up to concurrency connections to each app open, with the
// proxy that the environment names. It sends nothing to private addresses, but where a call's account
// or allowed says so; allowed may be nil. resolver looks names up; nil means the system's.
func NewTransport(concurrency int, allowed func() Allowed, resolver *net.Resolver) http.RoundTripper {
	if allowed == nil {
		allowed = func() Allowed { return Allowed{} }
	}
	g := &guard{proxy: http.ProxyFromEnvironment, allowed: allowed}
	g.anywhere = newTransport(concurrency, &net.Dialer{Timeout: dialTime, KeepAlive: keepAlive, Resolver: resolver})
	g.anywhere.Proxy = g.proxy
	g.public = newTransport(concurrency, &net.Dialer{Timeout: dialTime, KeepAlive: keepAlive, Resolver: resolver, ControlContext: g.check})
	return g
}

func newTransport(concurrency int, dialer *net.Dialer) *http.Transport {
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConns:           4 * concurrency,
		MaxIdleConnsPerHost:    concurrency,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

const (
	dialTime  = 10 * time.Second
	keepAlive = 30 * time.Second
)

// RoundTrip sends a request.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if trusted(r) || g.allowed().url(r.URL) {
		return g.anywhere.RoundTrip(r)
	}
	if ip, ok := literalIP(r.URL.Hostname()); ok && !g.allowed().ip(ip) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, privateError{r.URL.Hostname(), ip.Unmap().String()}
	}
	// What a proxy dials is the proxy's affair: it stands there to decide that.
	if proxy, err := g.proxy(r); err == nil && proxy != nil {
		return g.anywhere.RoundTrip(r)
	}
	response, err := g.public.RoundTrip(r)
	if p, ok := errors.AsType[privateError](err); ok {
		return nil, privateError{r.URL.Hostname(), p.address}
	}
	return response, err
}

// check refuses an address that is about to be dialled.
func (g *guard) check(_ context.Context, _, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !g.allowed().ip(ip) {
		return privateError{host, host}
	}
	return nil
}

// CloseIdleConnections lets go of connections that nobody uses, such as after Allowed has changed.
func (g *guard) CloseIdleConnections() {
	g.public.CloseIdleConnections()
	g.anywhere.CloseIdleConnections()
}

// trustKey is where a request's context holds which addresses its account vouches for.
type trustKey struct{}

// trust is what an account vouches for.
type trust struct {
	all    bool
	origin *url.URL // the connection's own address
}

// trusting returns ctx with what the account of a call vouches for: everything, if it says so, or the
// address that a person gave the connection, if it is plainly one near. A name does not count: where it
// leads is another's to decide.
func trusting(ctx context.Context, a engine.Account) context.Context {
	t := trust{all: a.AllowPrivate || a.Practice}
	if !t.all && a.BaseURL != "" {
		if u, err := url.Parse(strings.TrimSpace(a.BaseURL)); err == nil {
			if ip, ok := literalIP(u.Hostname()); ok && privateIP(ip) {
				t.origin = u
			}
		}
	}
	if !t.all && t.origin == nil {
		return ctx
	}
	return context.WithValue(ctx, trustKey{}, t)
}

// trusted says whether a request's account vouches for where it goes.
func trusted(r *http.Request) bool {
	t, ok := r.Context().Value(trustKey{}).(trust)
	return ok && (t.all || sameOrigin(t.origin, r.URL))
}
