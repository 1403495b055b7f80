package action

import (
	"net/http"
	"net/url"
)

// NewTransportVia makes a transport with a proxy: the environment's is read only once in a process.
func NewTransportVia(proxy func(*http.Request) (*url.URL, error)) http.RoundTripper {
	g := NewTransport(4, nil, nil).(*guard)
	g.proxy, g.anywhere.Proxy = proxy, proxy
	return g
}
