// Package action performs actions: it makes the HTTP request that an operation describes out of a
// step's fields, signs it for an account, sends it, and judges the answer.
package action

import (
	"context"
	"net/http"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/auth"
)

// Limits of a request, unless Params say otherwise.
const (
	DefaultTimeout     = 30 * time.Second
	DefaultMaxBody     = 10 << 20
	DefaultConcurrency = 64
)

// Call is one action to perform.
type Call struct {
	Connector engine.Connector
	Operation engine.Operation
	// With holds the operation's fields by name, every pill filled in; JSON values.
	With map[string]any
	// Account is the connection to use; the zero value where there is none.
	Account engine.Account
	// IdempotencyKey is the same for every try of the same thing; the app gets it if it has a header
	// for it, and then does the thing once.
	IdempotencyKey string
	// Data are values that pills of the request may refer to besides the fields and the connection, by
	// name, such as `cursor`.
	Data map[string]any
	// Headers are added to the request where it has none of that name.
	Headers map[string]string
}

// Result is what came of a call. Request and Response are filled in as far as it got, also beside
// an error; they are bounded and hold no secret.
type Result struct {
	// Output is the operation's result, or the parsed body; a JSON value without secrets.
	Output   any
	Request  *engine.SentRequest
	Response *engine.Response
	// Rest is how long the app wants to be left alone from now on, as far as its answer tells; also of
	// a call that succeeded, such as the last one that an hour's allowance had room for.
	Rest time.Duration
}

// Params are what a Client needs; all may be left zero.
type Params struct {
	// Version is Bellhop's, for the header User-Agent.
	Version string
	// Transport sends requests; nil means one of NewTransport's.
	Transport http.RoundTripper
	// Allowed returns the private addresses that requests may go to; nil means none but those that an
	// account vouches for. It is called for each request, so it must be quick.
	Allowed func() Allowed
	// Timeout bounds one call from its start to the last byte of the answer; 0 means DefaultTimeout.
	Timeout time.Duration
	// MaxBody is the largest answer that is read, in bytes, unpacked; 0 means DefaultMaxBody.
	MaxBody int64
	Now     func() time.Time
}

// Client performs calls. It is safe for concurrent use, and keeps connections to apps open.
type Client struct {
	http    *http.Client
	keeper  *auth.Keeper
	timeout time.Duration
	maxBody int64
	now     func() time.Time
	agent   string
	// redactors are those of the accounts in use.
	redactors redactors
	// compiled holds a *compilation by identity.
	compiled sync.Map
}

// New makes a client.
func New(p Params) *Client {
	if p.Transport == nil {
		p.Transport = NewTransport(TransportParams{Allowed: p.Allowed})
	}
	if p.Timeout == 0 {
		p.Timeout = DefaultTimeout
	}
	if p.MaxBody == 0 {
		p.MaxBody = DefaultMaxBody
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	agent := "Bellhop"
	if p.Version != "" {
		agent += "/" + p.Version
	}
	client := &http.Client{Transport: named{p.Transport, agent}, CheckRedirect: checkRedirect}
	return &Client{
		http:    client,
		keeper:  auth.NewKeeper(client, p.Now),
		timeout: p.Timeout,
		maxBody: p.MaxBody,
		now:     p.Now,
		agent:   agent,
	}
}

// named tells every server who asks, also where tokens are fetched.
type named struct {
	http.RoundTripper
	agent string
}

func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", n.agent)
	}
	return n.RoundTripper.RoundTrip(r)
}

// Do performs a call. The error is always a *Failure.
func (c *Client) Do(ctx context.Context, call Call) (Result, error) {
	a, err := c.action(call.Connector, call.Operation)
	if err != nil {
		return Result{}, before(err)
	}
	return c.perform(ctx, a, call)
}

// perform sends the request, once more if the app refused a fetched token: it may have been
// revoked before its time, and nothing was done with it.
func (c *Client) perform(ctx context.Context, a *Action, call Call) (Result, error) {
	x, answer, err := c.exchange(ctx, a, call, nil)
	if err != nil {
		return x.result, x.failure(err)
	}
	if x.result.Output, err = x.judge(answer); err != nil {
		return x.result, x.failure(err)
	}
	return x.result, nil
}

// exchange sends the request and reads the answer; change, if there is one, changes the request before
// it is signed. The exchange is never nil; errors are for its failure.
func (c *Client) exchange(ctx context.Context, a *Action, call Call, change func(*exchange) error) (*exchange, answer, error) {
	ctx, cancel := context.WithTimeout(trusting(ctx, call.Account), c.timeout)
	defer cancel()
	x, err := c.prepare(ctx, a, call, change)
	if err != nil {
		return x, answer{}, err
	}
	got, err := x.send(c)
	if err == nil && got.status == http.StatusUnauthorized && x.signature.Token() {
		c.keeper.Forget(x.signature)
		if x, err = c.prepare(ctx, a, call, change); err != nil {
			return x, answer{}, err
		}
		got, err = x.send(c)
	}
	return x, got, err
}

// Forget drops the operations compiled, because the catalog was loaded anew.
func (c *Client) Forget() { c.compiled.Clear() }

type identity struct {
	request    *engine.RequestSpec
	connection *engine.ConnectionSpec
	connector  string
	operation  string
}

type compilation struct {
	action *Action
	err    error
}

// action returns the operation compiled. Catalogs hand out the same specs again and again, so their
// addresses tell whether it was compiled before; a catalog loaded anew has new ones.
func (c *Client) action(connector engine.Connector, o engine.Operation) (*Action, error) {
	key := identity{o.Request, connector.Connection, connector.Name, o.Name}
	if known, ok := c.compiled.Load(key); ok {
		return known.(*compilation).action, known.(*compilation).err
	}
	a, err := Compile(connector, o)
	c.compiled.Store(key, &compilation{a, err})
	return a, err
}
