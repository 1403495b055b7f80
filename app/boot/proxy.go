package boot

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"

	"golang.org/x/net/http/httpproxy"

	"bellhop/engine"
)

// proxy is what requests go out through. It may be asked by many while it changes. The zero value goes by the
// computer's environment, as ProxyFromEnvironment has it.
type proxy struct {
	chosen atomic.Pointer[func(*url.URL) (*url.URL, error)]
}

// of returns the proxy of a request; nil if it goes out directly, as all to this computer do.
func (p *proxy) of(r *http.Request) (*url.URL, error) {
	if chosen := p.chosen.Load(); chosen != nil {
		return (*chosen)(r.URL)
	}
	return http.ProxyFromEnvironment(r)
}

// choose takes a proxy for all requests, but for those to hosts that the environment's NO_PROXY exempts; ""
// goes by the environment again.
func (p *proxy) choose(address string) {
	if address == "" {
		p.chosen.Store(nil)
		return
	}
	exempt := os.Getenv("NO_PROXY")
	if exempt == "" {
		exempt = os.Getenv("no_proxy")
	}
	find := (&httpproxy.Config{HTTPProxy: address, HTTPSProxy: address, NoProxy: exempt}).ProxyFunc()
	p.chosen.Store(&find)
}

// readProxy takes up which proxy a person chose.
func (d *Data) readProxy(ctx context.Context) error {
	settings, err := engine.ReadSettings(ctx, d.Store)
	if err == nil {
		d.proxy.choose(settings.Proxy)
	}
	return err
}
