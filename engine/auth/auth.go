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

	"bellhop/engine"
	"bellhop/engine/request"
)

// Scheme is how a connector's requests are addressed and signed, compiled.
type Scheme struct {
	connector string // its title
	base      *request.Address
	entries   []entry
}

// entry is one compiled engine.Auth.
type entry struct {
	when    map[string]string
	headers map[string]request.Text
	query   map[string]request.Text
	basic   *pair
	token   *tokenRequest
}

type pair struct{ name, secret request.Text }

// Compile reads a connector's base address and auth entries. Errors tell what is wrong in the
// connector file.
func Compile(c engine.Connector) (*Scheme, error) {
	s := &Scheme{connector: c.Title}
	var err error
	if c.BaseURL != "" {
		if s.base, err = request.CompileAddress(c.BaseURL); err != nil {
			return nil, fmt.Errorf("base_url: %w", err)
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
	if e.headers, err = compileTexts(a.Headers); err != nil {
		return e, err
	}
	if e.query, err = compileTexts(a.Query); err != nil {
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

func compileTexts(in map[string]string) (map[string]request.Text, error) {
	out := make(map[string]request.Text, len(in))
	for name, text := range in {
		t, err := request.CompileText(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = t
	}
	return out, nil
}

func compilePair(name, secret string) (*pair, error) {
	var p pair
	var err error
	if p.name, err = request.CompileText(name); err != nil {
		return nil, err
	}
	p.secret, err = request.CompileText(secret)
	return &p, err
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

// Fits says whether an account has the values that a `when` of a connector file asks for.
func Fits(when map[string]string, a engine.Account) bool {
	for field, want := range when {
		if got := a.Value(field); got == "" || want != "*" && got != want {
			return false
		}
	}
	return true
}

// Signature is what signing put on a request. It names the places and the values that must be kept
// out of every record and away from other hosts.
type Signature struct {
	// Headers are the names of the headers set, in canonical form; Query those of the query values.
	Headers, Query []string
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
	i := slices.IndexFunc(s.entries, func(e entry) bool { return Fits(e.when, a) })
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
	for _, name := range slices.Sorted(maps.Keys(e.headers)) {
		value, err := e.headers[name].String(data)
		if err != nil {
			return signature, err
		}
		if value != "" {
			signature.header(r, name, value)
		}
	}
	if e.basic != nil {
		name, err := e.basic.name.String(data)
		if err != nil {
			return signature, err
		}
		secret, err := e.basic.secret.String(data)
		if err != nil {
			return signature, err
		}
		coded := base64.StdEncoding.EncodeToString([]byte(name + ":" + secret))
		signature.header(r, "Authorization", "Basic "+coded)
		signature.Secrets = append(signature.Secrets, coded)
	}
	return signature, signature.addQuery(r, e.query, data)
}

func (s *Signature) header(r *http.Request, name, value string) {
	r.Header.Set(name, value)
	s.Headers = append(s.Headers, http.CanonicalHeaderKey(name))
	s.Secrets = append(s.Secrets, value)
}

func (s *Signature) addQuery(r *http.Request, query map[string]request.Text, data map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		value, err := query[name].String(data)
		if err != nil {
			return err
		}
		if value == "" {
			continue
		}
		if r.URL.RawQuery != "" {
			r.URL.RawQuery += "&"
		}
		r.URL.RawQuery += url.QueryEscape(name) + "=" + url.QueryEscape(value)
		s.Query = append(s.Query, name)
		s.Secrets = append(s.Secrets, value)
	}
	return nil
}
