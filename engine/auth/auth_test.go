package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/auth"
)

func connector() engine.Connector {
	return engine.Connector{
		Name: "shopify", Title: "Shopify", BaseURL: "https://{{connection.shop}}.myshopify.com",
		Connection: &engine.ConnectionSpec{Auth: []engine.Auth{
			{When: engine.When{"access_token": "*"}, Headers: map[string]string{"X-Shopify-Access-Token": "{{connection.access_token}}"}},
			{When: engine.When{"scheme": "basic"}, Basic: &engine.BasicAuth{Username: "{{connection.user}}", Password: "{{connection.password}}"}},
			{When: engine.When{"scheme": "header"}, Headers: map[string]string{"{{connection.header}}": "{{connection.secret}}"}},
			{When: engine.When{"scheme": "query"}, Query: map[string]string{"{{connection.query}}": "{{connection.secret}}"}},
			{
				When:    engine.When{"client_id": "*", "client_secret": "*"},
				Token:   &engine.TokenSpec{Path: "/admin/oauth/access_token", ClientID: "{{connection.client_id}}", ClientSecret: "{{connection.client_secret}}"},
				Headers: map[string]string{"X-Shopify-Access-Token": "{{connection.token}}"},
			},
		}},
	}
}

func account(values map[string]string) engine.Account {
	values["shop"] = "my-shop"
	return engine.Account{Connection: engine.Connection{Connector: "shopify"}, Secrets: values}
}

// network answers token requests without a network.
type network func(r *http.Request) (*http.Response, error)

func (n network) RoundTrip(r *http.Request) (*http.Response, error) { return n(r) }

func response(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}
}

func sign(t *testing.T, k *auth.Keeper, a engine.Account) (*http.Request, auth.Signature, error) {
	t.Helper() // and nothing that ends the test: goroutines call it
	scheme, err := auth.Compile(connector())
	if err != nil {
		return nil, auth.Signature{}, err
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://my-shop.myshopify.com/x?a=b", nil)
	if err != nil {
		return nil, auth.Signature{}, err
	}
	s, err := k.Sign(t.Context(), scheme, a, r)
	return r, s, err
}

func TestSigns(t *testing.T) {
	t.Parallel()
	k := auth.NewKeeper(http.DefaultClient, nil)
	tests := []struct {
		name   string
		values map[string]string
		header string
		want   string
		query  string
	}{
		{"a header", map[string]string{"access_token": "shpat_1"}, "X-Shopify-Access-Token", "shpat_1", "a=b"},
		{"the first that fits", map[string]string{"access_token": "shpat_1", "client_id": "c", "client_secret": "s"}, "X-Shopify-Access-Token", "shpat_1", "a=b"},
		{"basic", map[string]string{"scheme": "basic", "user": "ana", "password": "pa:ss"}, "Authorization", "Basic YW5hOnBhOnNz", "a=b"},
		{"basic without a password", map[string]string{"scheme": "basic", "user": "ana"}, "Authorization", "Basic YW5hOg==", "a=b"},
		{"a header of one's own", map[string]string{"scheme": "header", "header": "X-Key", "secret": "k"}, "X-Key", "k", "a=b"},
		{"a query value", map[string]string{"scheme": "query", "query": "api key", "secret": "k&y"}, "Authorization", "", "a=b&api+key=k%26y"},
		{"nothing that fits", map[string]string{"client_id": "c"}, "X-Shopify-Access-Token", "", "a=b"},
	}
	for _, test := range tests {
		r, s, err := sign(t, k, account(test.values))
		require.NoError(t, err, test.name)
		require.Equal(t, test.want, r.Header.Get(test.header), test.name)
		require.Equal(t, test.query, r.URL.RawQuery, test.name)
		require.False(t, s.Token())
		if test.want != "" {
			require.Contains(t, s.Secrets, test.want, test.name)
			require.Equal(t, []string{test.header}, s.Headers)
		}
	}
}

// TestTokens fetches a token once for all who need it, and anew before it expires.
func TestTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var fetched atomic.Int64
		k := auth.NewKeeper(&http.Client{Transport: network(func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			require.Equal(t, "https://my-shop.myshopify.com/admin/oauth/access_token", r.URL.String())
			require.Equal(t, "client_id=c1&client_secret=s1&grant_type=client_credentials", string(body))
			time.Sleep(time.Second) // the bubble's clock: nobody waits
			return response(200, fmt.Sprintf(`{"access_token":"shpat_%d","scope":"read_orders","expires_in":86399}`, fetched.Add(1))), nil
		})}, nil)
		a := account(map[string]string{"client_id": "c1", "client_secret": "s1"})
		done := make(chan string)
		for range 20 {
			go func() {
				r, _, err := sign(t, k, a)
				if err != nil {
					done <- err.Error()
					return
				}
				done <- r.Header.Get("X-Shopify-Access-Token")
			}()
		}
		for range 20 {
			require.Equal(t, "shpat_1", <-done)
		}
		time.Sleep(23 * time.Hour)
		r, _, err := sign(t, k, a)
		require.NoError(t, err)
		require.Equal(t, "shpat_1", r.Header.Get("X-Shopify-Access-Token"))
		time.Sleep(55 * time.Minute)
		r, s, err := sign(t, k, a)
		require.NoError(t, err)
		require.Equal(t, "shpat_2", r.Header.Get("X-Shopify-Access-Token"), "5 minutes before its end it is too old")

		require.True(t, s.Token())
		k.Forget(s)
		r, _, err = sign(t, k, a)
		require.NoError(t, err)
		require.Equal(t, "shpat_3", r.Header.Get("X-Shopify-Access-Token"))
		k.Forget(s) // the old one again: the newer stays
		r, _, err = sign(t, k, a)
		require.NoError(t, err)
		require.Equal(t, "shpat_3", r.Header.Get("X-Shopify-Access-Token"))
	})
}

// TestTheFirstMayBeCancelled lets the one who began fetching go: the others still get the token.
func TestTheFirstMayBeCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := auth.NewKeeper(&http.Client{Transport: network(func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(time.Second):
				return response(200, `{"access_token":"shpat_1"}`), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})}, nil)
		scheme, err := auth.Compile(connector())
		require.NoError(t, err)
		a := account(map[string]string{"client_id": "c1", "client_secret": "s1"})
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error)
		go func() {
			r, _ := http.NewRequestWithContext(ctx, "GET", "https://my-shop.myshopify.com", nil)
			_, err := k.Sign(ctx, scheme, a, r)
			first <- err
		}()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-first, context.Canceled)
		r, _, err := sign(t, k, a)
		require.NoError(t, err)
		require.Equal(t, "shpat_1", r.Header.Get("X-Shopify-Access-Token"))
	})
}

func TestNoToken(t *testing.T) {
	t.Parallel()
	offline := errors.New("no route")
	tests := []struct {
		name   string
		answer func() (*http.Response, error)
		code   engine.Code
	}{
		{"wrong secret", func() (*http.Response, error) { return response(400, `{"error":"invalid_client"}`), nil }, engine.Unauthorized},
		{"no such shop", func() (*http.Response, error) { return response(404, `<html>Not found</html>`), nil }, engine.Unauthorized},
		{"slow down", func() (*http.Response, error) { return response(429, `{}`), nil }, engine.Limited},
		{"in trouble", func() (*http.Response, error) { return response(502, `oops`), nil }, engine.Unavailable},
		{"a web page", func() (*http.Response, error) { return response(200, `<html>Login</html>`), nil }, engine.Unavailable},
		{"nothing in it", func() (*http.Response, error) { return response(200, `{}`), nil }, engine.Unavailable},
		{"offline", func() (*http.Response, error) { return nil, offline }, engine.Internal},
	}
	for _, test := range tests {
		calls := 0
		k := auth.NewKeeper(&http.Client{Transport: network(func(*http.Request) (*http.Response, error) {
			calls++
			return test.answer()
		})}, nil)
		a := account(map[string]string{"client_id": "c1", "client_secret": "shhh"})
		for range 2 {
			_, _, err := sign(t, k, a)
			require.Equal(t, test.code, engine.ErrorCode(err), "%s: %v", test.name, err)
			require.NotContains(t, err.Error(), "shhh")
			if test.name == "offline" {
				require.ErrorIs(t, err, offline, "what the network said is for whoever judges requests")
			}
		}
		require.Equal(t, 2, calls, "a failure is not kept")
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	scheme, err := auth.Compile(connector())
	require.NoError(t, err)
	a := account(map[string]string{})
	u, err := scheme.Base(a)
	require.NoError(t, err)
	require.Equal(t, "https://my-shop.myshopify.com", u.String())
	a.BaseURL = "http://127.0.0.1:8421/api"
	u, err = scheme.Base(a)
	require.NoError(t, err)
	require.Equal(t, a.BaseURL, u.String())

	scheme, err = auth.Compile(engine.Connector{Name: "http"})
	require.NoError(t, err)
	_, err = scheme.Base(engine.Account{})
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
}
