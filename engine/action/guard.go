package action

import (
	"cmp"
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

// TransportParams are what a transport needs; all may be left zero.
type TransportParams struct {
	// Concurrency is how many connections to each app are kept open; 0 means DefaultConcurrency.
	Concurrency int
	// Allowed returns the private addresses that requests may go to; nil means none.
	Allowed func() Allowed
	// Proxy returns what a request goes out through, nil if nothing; nil means what the environment names. A
	// proxy may be at a private address.
	Proxy func(*http.Request) (*url.URL, error)
	// Resolver looks names up; nil means the system's.
	Resolver *net.Resolver
}

// NewTransport makes a transport that sends nothing to private addresses, but where a call's account or
// Allowed says so.
func NewTransport(p TransportParams) http.RoundTripper {
	if p.Allowed == nil {
		p.Allowed = func() Allowed { return Allowed{} }
	}
	if p.Proxy == nil {
		p.Proxy = http.ProxyFromEnvironment
	}
	p.Concurrency = cmp.Or(p.Concurrency, DefaultConcurrency)
	g := &guard{proxy: p.Proxy, allowed: p.Allowed}
	g.anywhere = newTransport(p.Concurrency, &net.Dialer{Timeout: dialTime, KeepAlive: keepAlive, Resolver: p.Resolver})
	g.anywhere.Proxy = g.proxy
	g.anywhere.OnProxyConnectResponse = refusedByProxy
	g.public = newTransport(p.Concurrency, &net.Dialer{Timeout: dialTime, KeepAlive: keepAlive, Resolver: p.Resolver, ControlContext: g.check})
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
	proxy, err := g.proxy(r)
	if err != nil { // it does not go out past the proxy
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	if proxy != nil {
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
