package action

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpguts"

	"bellhop/engine"
	"bellhop/engine/auth"
	"bellhop/engine/mapping"
)

// exchange is one request on its way, and what is known of it.
type exchange struct {
	ctx    context.Context
	action *Action
	call   Call
	// fields are the operation's fields as its pills see them.
	fields    map[string]any
	request   *http.Request
	body      []byte
	signature auth.Signature
	secrets   *redactor
	now       time.Time
	result    Result
	// wrote is true once the whole request was handed to the network.
	wrote atomic.Bool
}

// Build makes the signed request of a call without sending it; it may fetch a token. The request
// holds secrets. The error is a *Failure.
func (c *Client) Build(ctx context.Context, call Call) (*http.Request, error) {
	a, err := c.action(call.Connector, call.Operation)
	if err != nil {
		return nil, before(err)
	}
	x, err := c.prepare(ctx, a, call, nil)
	if err != nil {
		return nil, x.failure(err)
	}
	return x.request, nil
}

// prepare makes the signed request; change, if there is one, changes it before that. The exchange is
// never nil.
func (c *Client) prepare(ctx context.Context, a *Action, call Call, change func(*exchange) error) (*exchange, error) {
	x := &exchange{ctx: ctx, action: a, call: call, now: c.now()}
	// However far it gets: what is said of it holds no secret.
	defer func() { x.secrets = c.redactors.of(call.Account, x.signature) }()
	if err := usable(a.connector, a.operation, call.Account); err != nil {
		return x, err
	}
	var err error
	if x.fields, err = fields(a.operation, call.With); err != nil {
		return x, err
	}
	if err := x.build(); err != nil {
		return x, err
	}
	if change != nil {
		if err := change(x); err != nil {
			return x, err
		}
	}
	if x.signature, err = c.keeper.Sign(ctx, a.scheme, call.Account, x.request); err != nil {
		return x, err
	}
	for name, values := range x.request.Header {
		for _, value := range values {
			if !httpguts.ValidHeaderFieldValue(value) {
				return x, badHeader(name)
			}
		}
	}
	return x, nil
}

// build makes the request without its signature.
func (x *exchange) build() error {
	a := x.action
	data := scope(x.fields, x.call.Account)
	for name, v := range x.call.Data {
		data[name] = v
	}
	method, err := a.method.String(data)
	if err != nil {
		return err
	}
	if method = strings.ToUpper(strings.TrimSpace(method)); !httpguts.ValidHeaderFieldName(method) {
		return engine.Errorf(engine.Invalid, "%q is no method of a request. Choose one such as GET or POST.", method)
	}
	u, err := x.url(data)
	if err != nil {
		return err
	}
	query, err := x.query(data)
	if err != nil {
		return err
	}
	u.RawQuery = addQuery(u.RawQuery, query)
	body, kind, err := a.body(data)
	if err != nil {
		return err
	}
	if x.request, err = http.NewRequestWithContext(x.ctx, method, "", bytes.NewReader(body)); err != nil {
		return err
	}
	x.request.URL, x.request.Host = u, u.Host
	x.body = body
	if kind != "" {
		x.request.Header.Set("Content-Type", kind)
	}
	if name := a.operation.Request.IdempotencyHeader; name != "" && x.call.IdempotencyKey != "" {
		x.request.Header.Set(name, x.call.IdempotencyKey)
	}
	if err := x.headers(data); err != nil {
		return err
	}
	for name, value := range x.call.Headers {
		if x.request.Header.Get(name) == "" {
			x.request.Header.Set(name, value)
		}
	}
	return nil
}

func (x *exchange) url(data map[string]any) (*url.URL, error) {
	a := x.action
	if a.url != nil {
		return a.url.URL(auth.Data(x.call.Account), data)
	}
	base, err := a.scheme.Base(x.call.Account)
	if err != nil {
		return nil, err
	}
	return a.path.Join(base, data)
}

func (x *exchange) query(data map[string]any) (string, error) {
	group := map[string]any{}
	for _, q := range x.action.query {
		v, err := q.value.Value(data)
		if err != nil {
			return "", err
		}
		if v != nil && v != "" {
			group[q.name] = v
		}
	}
	return addQuery(encodeForm(group), encodeForm(data[x.action.operation.Request.QueryFrom])), nil
}

func (x *exchange) headers(data map[string]any) error {
	for _, h := range x.action.headers {
		value, err := h.value.String(data)
		if err != nil {
			return err
		}
		if value != "" {
			x.request.Header.Set(h.name, value)
		}
	}
	given, _ := data[x.action.operation.Request.HeadersFrom].(map[string]any)
	for name, v := range given {
		if !httpguts.ValidHeaderFieldName(name) {
			return badHeader(name)
		}
		if slices.Contains(ownHeaders, http.CanonicalHeaderKey(name)) {
			return engine.Errorf(engine.Invalid, "Bellhop sets the header %s itself. Take it out of the step.", name)
		}
		if value := strings.TrimSpace(mapping.Text(v)); value != "" {
			x.request.Header.Set(name, value)
		}
	}
	return nil
}

// ownHeaders describe the connection or the packing of the body: who sends has to set them.
var ownHeaders = []string{
	"Accept-Encoding", "Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Authorization",
	"Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

func badHeader(name string) error {
	return engine.Errorf(engine.Invalid, "The header %q cannot be sent: its name has a sign that headers may not have, or its value has a line break. Correct it in the step or the connection.", name)
}
