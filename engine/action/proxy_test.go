package action_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

func through(proxy func(*http.Request) (*url.URL, error)) *action.Client {
	allowed := func() action.Allowed {
		a, _ := action.ParseAllowed("127.0.0.1")
		return a
	}
	return action.New(action.Params{Timeout: 5 * time.Second, Transport: action.NewTransport(action.TransportParams{Proxy: proxy, Allowed: allowed})})
}

// TestNothingGoesPastAProxyThatIsNotKnown, such as while its password cannot be read: not even where it could.
func TestNothingGoesPastAProxyThatIsNotKnown(t *testing.T) {
	var hits atomic.Int32
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	t.Cleanup(app.Close)
	c := through(func(*http.Request) (*url.URL, error) {
		return nil, engine.Errorf(engine.Unavailable, "The keyring is locked.")
	})
	for _, to := range []string{app.URL, "http://api.example/x", "https://api.example/x"} {
		_, err := c.Do(t.Context(), get(map[string]any{"url": to}))
		failed, ok := errors.AsType[*action.Failure](err)
		require.True(t, ok)
		require.Equal(t, action.Before, failed.Phase)
		require.True(t, failed.Retry)
		require.Equal(t, "The keyring is locked.", failed.Error())
	}
	require.Zero(t, hits.Load())
}

// TestWhatIsWrongWithAProxyIsNotSaidOfTheApp: with the right words the right thing is looked at.
func TestWhatIsWrongWithAProxyIsNotSaidOfTheApp(t *testing.T) {
	answers := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	refuses, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = refuses.Close() })
	go func() { // RFC 1928: none of the ways to say who one is will do
		for conn, err := refuses.Accept(); err == nil; conn, err = refuses.Accept() {
			_, _ = conn.Read(make([]byte, 16))
			_, _ = conn.Write([]byte{5, 0xff})
			_ = conn.Close()
		}
	}()
	const (
		away    = "The proxy that requests go out through cannot be reached."
		refused = "The proxy does not accept Bellhop's user name and password."
	)
	for name, test := range map[string]struct{ proxy, to, want string }{
		"nobody there":             {"http://" + closed.Addr().String(), "https://api.example/x", away},
		"nobody there, socks":      {"socks5://" + closed.Addr().String(), "https://api.example/x", away},
		"who are you":              {answers(http.StatusProxyAuthRequired), "https://api.example/x", refused},
		"who are you, unencrypted": {answers(http.StatusProxyAuthRequired), "http://api.example/x", refused},
		"who are you, socks":       {"socks5://ann:pr0xypass@" + refuses.Addr().String(), "https://api.example/x", refused},
		"not there":                {answers(http.StatusForbidden), "https://api.example/x", "does not let Bellhop through to api.example"},
		"no way on":                {answers(http.StatusBadGateway), "https://api.example/x", "does not get through to api.example (status 502)"},
	} {
		t.Run(name, func(t *testing.T) {
			c := through(func(*http.Request) (*url.URL, error) { return url.Parse(test.proxy) })
			_, err := c.Do(t.Context(), get(map[string]any{"url": test.to}))
			failed, ok := errors.AsType[*action.Failure](err)
			require.True(t, ok)
			require.Contains(t, failed.Error(), test.want)
			require.True(t, failed.Retry, "it waits until it is mended")
			require.Equal(t, engine.Unavailable, failed.Err.Code)
			require.NotContains(t, failed.Error(), "pr0xypass")
		})
	}
}
