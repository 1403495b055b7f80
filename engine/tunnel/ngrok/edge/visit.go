package edge

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

// Visitor is the address that every visitor comes from, as the program behind the tunnel sees it.
const Visitor = "203.0.113.9:4242"

// Client returns a client for which every public address leads to this service, with TLS and without.
func (e *Edge) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: e.authority.pool},
		MaxIdleConnsPerHost: 64,
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			to := e.plain
			if strings.HasSuffix(addr, ":443") {
				to = e.secure
			}
			return (&net.Dialer{}).DialContext(ctx, "tcp", to)
		},
	}}
}

// visit takes a visitor to the agent that has the address.
func (e *Edge) visit(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	e.mu.Lock()
	e.hits++
	a := e.addresses[host]
	if e.options.Local && a == nil {
		for _, a = range e.addresses {
			break
		}
	}
	online := a != nil && e.live(a)
	e.mu.Unlock()
	if !online {
		fail(w, http.StatusNotFound, "ERR_NGROK_3200", "The endpoint "+host+" is offline.")
		return
	}
	e.wait(e.faulty().RequestDelay)
	(&httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: host})
			p.Out.Host = host
			p.SetXForwarded()
			p.Out.Header.Set("X-Forwarded-Host", host)
			p.Out.Header.Set("X-Forwarded-Proto", "https")
		},
		Transport:     a.transport,
		FlushInterval: -1,
		ErrorLog:      e.visitors.ErrorLog,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			fail(w, http.StatusBadGateway, "ERR_NGROK_3004", err.Error())
		},
	}).ServeHTTP(w, r)
}

// fail is a page of the service's own, which visitors get instead of what they came for.
func fail(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Ngrok-Error-Code", code)
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<p>%s</p><p>%s</p>", text, code)
}
