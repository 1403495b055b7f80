// Package auth says where an account's requests go and signs them: headers, query values, HTTP
// basic authentication, and short-lived tokens that it fetches and keeps until they expire.
package auth

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/request"
)

// Scheme is how a connector's requests are addressed and signed, compiled.
type Scheme struct {
	connector string // its title
	base      *request.Address
	fixed     *url.URL // what base is of every account; nil if it has pills
	entries   []entry
}

// entry is one compiled engine.Auth.
type entry struct {
	when    engine.When
	headers []pair
	query   []pair
	basic   *pair
	token   *tokenRequest
}

// pair is a name and what stands behind it, such as a header or a user name with its password.
type pair struct{ name, value request.Text }

// Compile reads a connector's base address and auth entries. Errors tell what is wrong in the
// connector file.
func Compile(c engine.Connector) (*Scheme, error) {
	s := &Scheme{connector: c.Title}
	var err error
	if c.BaseURL != "" {
		if s.base, err = request.CompileAddress(c.BaseURL); err != nil {
			return nil, fmt.Errorf("base_url: %w", err)
		}
		if !strings.Contains(c.BaseURL, "{{") {
			if s.fixed, err = s.base.URL(nil, nil); err != nil {
				return nil, fmt.Errorf("base_url: %w", err)
			}
		}
	}
	if c.Connection == nil {
		return s, nil
	}
	for i, a := range c.Connection.Auth {
		e, err := compileEntry(a)
		if err != nil {
			return nil, fmt.Errorf("connection.auth[%d]: %w", i, err)
		}
		s.entries = append(s.entries, e)
	}
	return s, nil
}

func compileEntry(a engine.Auth) (entry, error) {
	e := entry{when: a.When}
	var err error
	if e.headers, err = compilePairs(a.Headers); err != nil {
		return e, err
	}
	if e.query, err = compilePairs(a.Query); err != nil {
		return e, err
	}
	if a.Basic != nil {
		if e.basic, err = compilePair(a.Basic.Username, a.Basic.Password); err != nil {
			return e, err
		}
	}
	if a.Token != nil {
		e.token, err = compileToken(*a.Token)
	}
	return e, err
}

// compilePairs reads names, which may be pills too, in alphabetical order.
func compilePairs(in map[string]string) ([]pair, error) {
	var out []pair
	for _, name := range slices.Sorted(maps.Keys(in)) {
		p, err := compilePair(name, in[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, *p)
	}
	return out, nil
}

func compilePair(name, value string) (*pair, error) {
	var p pair
	var err error
	if p.name, err = request.CompileText(name); err != nil {
		return nil, err
	}
	p.value, err = request.CompileText(value)
	return &p, err
}

// fill returns both filled in.
func (p pair) fill(data map[string]any) (name, value string, err error) {
	if name, err = p.name.String(data); err != nil {
		return "", "", err
	}
	value, err = p.value.String(data)
	return name, value, err
}

// Base returns the address below which the account's requests go: its own, or the connector's. The
// error is an *engine.Error with the code Invalid.
func (s *Scheme) Base(a engine.Account) (*url.URL, error) {
	if a.BaseURL != "" {
		return request.ParseURL(a.BaseURL)
	}
	if s.base == nil {
		return nil, engine.Errorf(engine.Invalid, "The connection has no base address. Open the connection and fill it in.")
	}
	if s.fixed != nil {
		u := *s.fixed
		return &u, nil
	}
	data := Data(a)
	return s.base.URL(data, data)
}

// Data returns what pills of a connector file may use of an account: its fields, secret or not, as
// `connection`. The map is the caller's.
func Data(a engine.Account) map[string]any {
	fields := make(map[string]any, len(a.Fields)+len(a.Secrets)+1)
	for _, values := range []map[string]string{a.Fields, a.Secrets} {
		for name, value := range values {
			if value != "" {
				fields[name] = value
			}
		}
	}
	return map[string]any{"connection": fields}
}

// Signature is what signing put on a request. It names the places and the values that must be kept
// out of every record and away from other hosts.
type Signature struct {
	// Headers are the names of the headers set, in canonical form.
	Headers []string
	// Secrets are the values set.
	Secrets []string
	token   *held
}

// Token says whether the request carries a fetched token, which may have been revoked early.
func (s Signature) Token() bool { return s.token != nil }

// Sign puts on r what shows that the account sends it. An account that no entry of the connector
// fits is not signed for. It may fetch a token first; errors are *engine.Error, or what the HTTP
// client returned. r has been sent nowhere then.
func (k *Keeper) Sign(ctx context.Context, s *Scheme, a engine.Account, r *http.Request) (Signature, error) {
	var signature Signature
	i := slices.IndexFunc(s.entries, func(e entry) bool { return e.when.Fits(a.Value) })
	if i < 0 {
		return signature, nil
	}
	e, data := s.entries[i], Data(a)
	if e.token != nil {
		token, err := k.token(ctx, s, e.token, a)
		if err != nil {
			return signature, err
		}
		data["connection"].(map[string]any)["token"] = token.value
		signature.token = token
		signature.Secrets = append(signature.Secrets, token.value)
	}
	for _, p := range e.headers {
		name, value, err := p.fill(data)
		if err != nil {
			return signature, err
		}
		if name != "" && value != "" {
			signature.header(r, name, value)
		}
	}
	if e.basic != nil {
		name, secret, err := e.basic.fill(data)
		if err != nil {
			return signature, err
		}
		coded := base64.StdEncoding.EncodeToString([]byte(name + ":" + secret))
		signature.header(r, "Authorization", "Basic "+coded)
		signature.Secrets = append(signature.Secrets, coded)
	}
	for _, p := range e.query {
		name, value, err := p.fill(data)
		if err != nil {
			return signature, err
		}
		if name != "" && value != "" {
			signature.query(r, name, value)
		}
	}
	return signature, nil
}

func (s *Signature) header(r *http.Request, name, value string) {
	r.Header.Set(name, value)
	s.Headers = append(s.Headers, http.CanonicalHeaderKey(name))
	s.Secrets = append(s.Secrets, value)
}

func (s *Signature) query(r *http.Request, name, value string) {
	if r.URL.RawQuery != "" {
		r.URL.RawQuery += "&"
	}
	written := url.QueryEscape(name) + "=" + url.QueryEscape(value)
	r.URL.RawQuery += written
	// With its name too, so that a value too short to be hidden everywhere is hidden here.
	s.Secrets = append(s.Secrets, value, written)
}
