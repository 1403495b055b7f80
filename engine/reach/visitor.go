package reach

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"bellhop/engine"
)

// ServeHTTP answers what comes to the listener on this computer: deliveries, and calls of the own address
// where that is a fixed one. What is counted then as come by the public way is what names the public host,
// comes from another computer, or says that somebody passed it on. A program that passes visitors on from
// this computer and does none of that cannot be told from one that lives here, so its visitors are not
// counted.
func (k *Keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := k.outside.Load()
	if host == nil {
		k.Deliveries.ServeHTTP(w, r)
		return
	}
	next := http.Handler(http.HandlerFunc(k.take))
	if k.calls(r, engine.WayAddress) {
		next = http.HandlerFunc(k.answerCall)
	}
	if !fromOutside(r, *host) {
		next.ServeHTTP(w, r)
		return
	}
	k.usage.counted(next, w, r, k.Now())
}

// take takes a delivery in, and notes if it came from the internet by a fixed address.
func (k *Keeper) take(w http.ResponseWriter, r *http.Request) {
	host := k.outside.Load()
	if host == nil || !fromInternet(r, *host) {
		k.Deliveries.ServeHTTP(w, r)
		return
	}
	j := &judged{ResponseWriter: w}
	k.Deliveries.ServeHTTP(j, r)
	if j.taken() {
		k.cameIn(*host, k.Now())
	}
}

// throughTunnel answers what comes through the tunnel.
func (k *Keeper) throughTunnel(w http.ResponseWriter, r *http.Request) {
	k.inside.Add(1)
	defer func() {
		if k.inside.Add(-1) == 0 {
			poke(k.quiet)
		}
	}()
	now := k.Now()
	next := k.Deliveries
	if k.calls(r, engine.WayNgrok) {
		next = http.HandlerFunc(k.answerCall)
	} else {
		k.arrived.Store(now.UnixNano())
	}
	// What a visitor writes into this header itself comes first there, and would be taken for their address.
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil && host != "" {
		r.Header.Set("X-Forwarded-For", host)
	}
	k.usage.counted(next, patientAnswer{w}, r, now)
}

// patientAnswer has no time to be written in: a deadline that passes breaks the tunnel's connection, see the
// comment on SetWriteDeadline in golang.ngrok.com/muxado.
type patientAnswer struct{ http.ResponseWriter }

// SetWriteDeadline does nothing.
func (patientAnswer) SetWriteDeadline(time.Time) error { return nil }

// Unwrap is for http.ResponseController.
func (a patientAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// passedOn are the headers with which programs in between say that they passed a request on: the standard's
// (RFC 7239), those that were there before it, and Cloudflare's.
var passedOn = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Cf-Connecting-Ip"}

// fromOutside says whether a request came by the public way, as far as that can be told.
func fromOutside(r *http.Request, host string) bool {
	if strings.EqualFold(hostname(r.Host), host) {
		return true
	}
	for _, name := range passedOn {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && !from.Addr().Unmap().IsLoopback()
}

// hostname is a host without its port.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
