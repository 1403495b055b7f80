package boot

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpproxy"

	"bellhop/engine"
)

// proxyTime bounds how long a proxy may take to answer.
const proxyTime = 5 * time.Second

// nowhere is what a proxy is asked for to see whether it answers: a name that nobody has (RFC 6761), so that nobody
// else hears of it.
const nowhere = "http://bellhop.invalid/"

// Proxy tells what requests go out through.
type Proxy struct {
	// Address is without its password; "" if there is no proxy.
	Address string `json:"address"`
	// Chosen is true if it is in the settings, and not in the computer's environment.
	Chosen bool `json:"chosen"`
	// Password says whether there is one for it.
	Password bool `json:"password"`
}

// Proxy returns what requests go out through.
func (d *Data) Proxy(ctx context.Context) (Proxy, error) {
	chosen, err := d.Settings(ctx)
	if err != nil {
		return Proxy{}, err
	}
	if chosen.Proxy != "" {
		address, here := engine.SplitProxy(chosen.Proxy)
		return Proxy{Address: address, Chosen: true, Password: here != "" || chosen.ProxyPassword != ""}, nil
	}
	address, password := engine.SplitProxy(proxyOfEnvironment())
	return Proxy{Address: address, Password: password != ""}, nil
}

func proxyOfEnvironment() string {
	named := httpproxy.FromEnvironment()
	return cmp.Or(named.HTTPSProxy, named.HTTPProxy)
}

// TryProxy asks the proxy whether it lets Bellhop through. Unavailable, with what is wrong and what to do, if it does
// not, or its password cannot be read; nil also if there is none.
func (d *Data) TryProxy(ctx context.Context) error {
	address, err := d.proxy.full(ctx)
	if err != nil {
		return err
	}
	if address = cmp.Or(address, proxyOfEnvironment()); address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" { // only in the environment
		return engine.Errorf(engine.Invalid, "What the computer's environment names as the proxy (HTTP_PROXY, HTTPS_PROXY) is not the address of one. Write it like http://proxy.example:3128.")
	}
	ctx, cancel := context.WithTimeout(ctx, proxyTime)
	defer cancel()
	if u.Scheme == "socks5" || u.Scheme == "socks5h" {
		return trySocks(ctx, u)
	}
	return tryWeb(ctx, u)
}

func tryWeb(ctx context.Context, proxy *url.URL) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, nowhere, http.NoBody)
	if err != nil {
		return err
	}
	t := &http.Transport{Proxy: http.ProxyURL(proxy), DisableKeepAlives: true}
	answer, err := t.RoundTrip(r)
	if err != nil {
		return proxySilent(proxy, err)
	}
	_ = answer.Body.Close() // that there is an answer is all
	if answer.StatusCode == http.StatusProxyAuthRequired {
		return proxyRefuses(proxy)
	}
	return nil
}

// trySocks says hello as RFC 1928 has it, and who one is as RFC 1929 does.
func trySocks(ctx context.Context, proxy *url.URL) error {
	port := cmp.Or(proxy.Port(), "1080")
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(proxy.Hostname(), port))
	if err != nil {
		return proxySilent(proxy, err)
	}
	defer func() { _ = conn.Close() }() // nothing more is said
	if end, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(end)
	}
	const none, password, refused = 0, 2, 0xff
	hello := []byte{5, 1, none}
	if proxy.User != nil {
		hello = []byte{5, 2, none, password}
	}
	answer := [2]byte{}
	say := func(words []byte) error {
		_, err := conn.Write(words)
		if err == nil {
			_, err = io.ReadFull(conn, answer[:])
		}
		return err
	}
	if err := say(hello); err != nil {
		return proxySilent(proxy, err)
	}
	switch {
	case answer[0] != 5:
		return proxySilent(proxy, errors.New("it speaks something else"))
	case answer[1] == none:
		return nil
	case answer[1] != password || proxy.User == nil:
		return proxyRefuses(proxy)
	}
	name := proxy.User.Username()
	secret, _ := proxy.User.Password()
	if len(name) > 255 || len(secret) > 255 { // more has no place there
		return proxyRefuses(proxy)
	}
	words := append([]byte{1, byte(len(name))}, name...)
	if err := say(append(append(words, byte(len(secret))), secret...)); err != nil {
		return proxySilent(proxy, err)
	}
	if answer[1] != 0 {
		return proxyRefuses(proxy)
	}
	return nil
}

// proxySilent says why nothing goes through a proxy. The causes of net/http may repeat its address: they are not told.
func proxySilent(proxy *url.URL, err error) error {
	what := "answers, but not as a proxy does"
	dns, unknown := errors.AsType[*net.DNSError](err)
	opened, failed := errors.AsType[*net.OpError](err)
	late, timed := errors.AsType[net.Error](err)
	switch {
	case unknown && !dns.IsTimeout:
		return engine.Errorf(engine.Unavailable, "The name of the proxy, %s, cannot be found, so no request goes out. Check that this computer is online, and then the proxy's address in the settings, under Network.", proxy.Hostname())
	case errors.Is(err, context.DeadlineExceeded), timed && late.Timeout():
		what = "does not answer"
	case failed && (opened.Op == "dial" || opened.Op == "proxyconnect"):
		what = "cannot be reached"
	}
	return engine.Errorf(engine.Unavailable,
		"The proxy %s %s, so no request goes out. Look whether it runs, and whether its address in the settings, under Network, is right; empty the field if there is none any more.", proxy.Host, what)
}

func proxyRefuses(proxy *url.URL) error {
	if proxy.User == nil {
		return engine.Errorf(engine.Unavailable, "The proxy %s wants to know who asks, so no request goes out. Write the user name into its address in the settings, under Network, such as http://ann@%[1]s, and give the password.", proxy.Host)
	}
	return engine.Errorf(engine.Unavailable, "The proxy %s does not accept the user name and password, so no request goes out. Enter them again in the settings, under Network.", proxy.Host)
}
