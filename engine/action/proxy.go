package action

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"bellhop/engine"
)

const (
	proxyRefuses = "The proxy does not accept Bellhop's user name and password. Look at the proxy in the settings, under Network. It will be tried again."
	proxyAway    = "The proxy that requests go out through cannot be reached. Look at it in the settings, under Network, or empty the field if there is none any more. It will be tried again."
)

// refusedByProxy gives an answer of a proxy that nothing may pass a sentence; net/http has but the status.
func refusedByProxy(_ context.Context, _ *url.URL, to *http.Request, answer *http.Response) error {
	host, _, _ := net.SplitHostPort(to.Host) // it has both
	switch s := answer.StatusCode; {
	case s == http.StatusOK:
		return nil
	case s == http.StatusProxyAuthRequired:
		return engine.Errorf(engine.Unavailable, proxyRefuses)
	case s == http.StatusForbidden:
		return engine.Errorf(engine.Unavailable, "The proxy does not let Bellhop through to %s. Ask whoever looks after it. It will be tried again.", host)
	default:
		return engine.Errorf(engine.Unavailable, "The proxy does not get through to %s (status %d). Perhaps that is away; else look at the proxy in the settings, under Network. It will be tried again.",
			host, s)
	}
}

// byProxy says what an error tells of the proxy; "" if it tells of the app. The names of the operations are those
// of net/http and of its SOCKS client.
func byProxy(app string, err error) string {
	failed, ok := errors.AsType[*net.OpError](err)
	if !ok {
		return ""
	}
	switch {
	case failed.Op == "proxyconnect":
		return proxyAway
	case !strings.HasPrefix(failed.Op, "socks "):
		return ""
	case strings.Contains(failed.Error(), "authentication"):
		return proxyRefuses
	}
	return fmt.Sprintf("The proxy does not get through to %s. Perhaps that is away; else look at the proxy in the settings, under Network. It will be tried again.", app)
}
