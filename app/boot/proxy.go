package boot

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpproxy"

	"bellhop/engine"
)

// proxyRest is how long a keyring is left alone that could not tell the password of the proxy.
const proxyRest = 2 * time.Second

// proxy is what requests go out through. It may be asked by many while it changes. Until one is chosen it goes
// by the computer's environment, as ProxyFromEnvironment has it.
type proxy struct {
	// password returns the password for the proxy at an address; it may take as long as a keyring takes.
	password func(ctx context.Context, address string) (string, error)
	chosen   atomic.Pointer[chosenProxy]
}

// chosenProxy is one that a person chose. Its password is read when the first request goes out, so that a keyring
// that is locked holds up no start, and stays in memory, so that one that is locked later holds up nothing.
type chosenProxy struct {
	address, mark string // as in the settings
	find          func(*url.URL) (*url.URL, error)
	known         atomic.Pointer[string] // the password

	turn    chan struct{} // has one place: who takes it may ask, and use what is below
	failure error
	again   time.Time // not to be asked before
}

// of returns the proxy of a request; nil if it goes out directly, as all to this computer do. The error, with
// the code Unavailable, says that its password cannot be read now.
func (p *proxy) of(r *http.Request) (*url.URL, error) {
	c := p.chosen.Load()
	if c == nil {
		return http.ProxyFromEnvironment(r)
	}
	found, err := c.find(r.URL)
	if err != nil || found == nil || c.mark == "" {
		return found, err
	}
	password, err := p.ask(r.Context(), c)
	if err != nil {
		return nil, err
	}
	with := *found
	with.User = url.UserPassword(found.User.Username(), password)
	return &with, nil
}

// full returns the address of the proxy that was chosen with its password; "" if none was.
func (p *proxy) full(ctx context.Context) (string, error) {
	c := p.chosen.Load()
	switch {
	case c == nil:
		return "", nil
	case c.mark == "":
		return c.address, nil
	}
	password, err := p.ask(ctx, c)
	return engine.JoinProxy(c.address, password), err
}

// ask returns the password. One asks the keyring at a time, and who waits meanwhile is told the same.
func (p *proxy) ask(ctx context.Context, c *chosenProxy) (string, error) {
	if known := c.known.Load(); known != nil {
		return *known, nil
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return "", engine.Wrap(ctx.Err(), engine.Unavailable, "The password for the proxy has not been read yet. Probably the keyring is locked: unlock it.")
	}
	if known := c.known.Load(); known != nil {
		return *known, nil
	}
	if time.Now().Before(c.again) {
		return "", c.failure
	}
	password, err := p.password(ctx, c.address)
	if err != nil {
		if ctx.Err() == nil { // it was not just this one that had enough
			c.failure, c.again = err, time.Now().Add(proxyRest)
		}
		return "", err
	}
	c.known.Store(&password)
	return password, nil
}

// choose takes the proxy of the settings for all requests, but for those to hosts that the environment's NO_PROXY
// exempts; without one it goes by the environment again.
func (p *proxy) choose(s engine.Settings) {
	if s.Proxy == "" {
		p.chosen.Store(nil)
		return
	}
	if was := p.chosen.Load(); was != nil && was.address == s.Proxy && was.mark == s.ProxyPassword {
		return // its password is known by now
	}
	find := (&httpproxy.Config{HTTPProxy: s.Proxy, HTTPSProxy: s.Proxy, NoProxy: exempt()}).ProxyFunc()
	c := &chosenProxy{address: s.Proxy, mark: s.ProxyPassword, find: find, turn: make(chan struct{}, 1)}
	if engine.ProxyUser(s.Proxy) == "" {
		c.mark = "" // nobody to say it for
	}
	p.chosen.Store(c)
}

// exempt are the hosts that no proxy is for.
func exempt() string {
	if hosts := os.Getenv("NO_PROXY"); hosts != "" {
		return hosts
	}
	return os.Getenv("no_proxy")
}

// readProxy takes up which proxy a person chose.
func (d *Data) readProxy(ctx context.Context) error {
	settings, err := engine.ReadSettings(ctx, d.Store)
	if err == nil {
		d.proxy.choose(settings)
	}
	return err
}

// tunnelProxy returns the proxy by which a tunnel goes out, with its password. One that no tunnel goes through
// takes none: the tunnel says so.
func (d *Data) tunnelProxy(ctx context.Context) (string, error) {
	if c := d.proxy.chosen.Load(); c != nil && !strings.HasPrefix(c.address, "socks5") {
		return c.address, nil
	}
	return d.proxy.full(ctx)
}
