package action

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"bellhop/engine"
)

// Allowed are the addresses of this computer and of its own network that requests may go to, although
// they come from data. The zero value allows none.
type Allowed struct {
	nets  []netip.Prefix
	hosts map[string]bool // in lower case, with or without a port
}

// ParseAllowed reads addresses as people write them: `192.168.1.20`, `192.168.1.0/24`, `nas.local`,
// `nas.local:8080`, parted by spaces, commas or lines. The error is an *engine.Error with the code
// Invalid.
func ParseAllowed(text string) (Allowed, error) {
	a := Allowed{hosts: map[string]bool{}}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
		if ip, err := netip.ParseAddr(unbracketed(word)); err == nil {
			a.nets = append(a.nets, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
			continue
		}
		if p, err := netip.ParsePrefix(word); err == nil {
			if p.Addr().Is4In6() && p.Bits() >= 96 { // addresses are compared as what they stand for
				p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
			}
			a.nets = append(a.nets, p.Masked())
			continue
		}
		if u, err := url.Parse("//" + word); err != nil || u.Host != word || !hostLike(u) {
			return Allowed{}, engine.Errorf(engine.Invalid, "%q is no address. Write one such as 192.168.1.20, 192.168.1.0/24, nas.local or nas.local:8080.", word)
		}
		a.hosts[word] = true
	}
	return a, nil
}

// unbracketed returns an IPv6 address out of the brackets that it has in an address of the web.
func unbracketed(word string) string {
	if inner, ok := strings.CutPrefix(word, "["); ok {
		if inner, ok := strings.CutSuffix(inner, "]"); ok {
			return inner
		}
	}
	return word
}

// hostLike says whether a host and its port, if there is one, can be those of a request: what can never
// be reached would stand in the settings as if it protected or opened something.
func hostLike(u *url.URL) bool {
	if number := u.Port(); number != "" {
		if n, err := strconv.ParseUint(number, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, label := range labels {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsAny(label, "*%_:") {
			return false
		}
	}
	// No name ends in a number, so this is an address with a slip in it: RFC 1123, 2.1.
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// ip says whether requests may go to an address.
func (a Allowed) ip(ip netip.Addr) bool {
	if !privateIP(ip) {
		return true
	}
	for _, p := range a.nets {
		if p.Contains(ip.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// url says whether a person named the host of u.
func (a Allowed) url(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return a.hosts[host] || a.hosts[net.JoinHostPort(host, port(u))]
}

// The ranges that are not on the internet but near, beyond those that the standard library knows. Of
// 198.18.0.0/15 nothing is said: it is for tests of devices, and some VPNs give every name an address
// in it. Source: the registries of special-purpose addresses, RFC 6890.
var near = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),     // this network: 0.x reaches this computer on some systems
	netip.MustParsePrefix("100.64.0.0/10"), // between a provider and its customers, RFC 6598
	netip.MustParsePrefix("192.0.0.0/24"),  // RFC 6890
	netip.MustParsePrefix("240.0.0.0/4"),   // reserved, and broadcast
	netip.MustParsePrefix("fec0::/10"),     // site-local, RFC 3879
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("2001::/32"), // Teredo: the address within is not plain to see
}

// Ranges that hold an IPv4 address, and at which byte.
var embedding = map[netip.Prefix]int{
	netip.MustParsePrefix("64:ff9b::/96"):    12, // NAT64, RFC 6052
	netip.MustParsePrefix("2002::/16"):       2,  // 6to4, RFC 3056
	netip.MustParsePrefix("::/96"):           12, // IPv4-compatible, RFC 4291
	netip.MustParsePrefix("::ffff:0:0:0/96"): 12, // IPv4-translated, RFC 2765
}

// privateIP says whether an address is of this computer or its own network, or none that a request can
// go to.
func privateIP(ip netip.Addr) bool {
	if !ip.IsValid() {
		return true
	}
	ip = ip.Unmap().WithZone("")
	if ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() || ip.IsMulticast() {
		return true
	}
	for _, p := range near {
		if p.Contains(ip) {
			return true
		}
	}
	if ip.Is6() {
		raw := ip.As16()
		for p, at := range embedding {
			if p.Contains(ip) {
				return privateIP(netip.AddrFrom4([4]byte(raw[at : at+4])))
			}
		}
	}
	return false
}

// privateError says that a request would have gone to a private address.
type privateError struct{ host, address string }

func (e privateError) Error() string {
	return fmt.Sprintf("%s is the private address %s", e.host, e.address)
}

// sentence tells a person how to allow it.
func (e privateError) sentence() string {
	what := fmt.Sprintf("%s is an address", e.host)
	if e.address != e.host {
		what = fmt.Sprintf("%s is %s, an address", e.host, e.address)
	}
	return fmt.Sprintf("%s of this computer or of your own network. Bellhop sends requests there only if you allow it, so that nobody outside can make it. "+
		"If it is right, allow %s in the settings (or with: bellhop allow %[2]s), or allow it for the connection.", what, e.host)
}

// literalIP returns the address that a host is written as, also in the ways that only some systems
// understand; ok is false for a name.
func literalIP(host string) (ip netip.Addr, ok bool) {
	host = strings.TrimSuffix(host, ".")
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
	}
	ip, err := netip.ParseAddr(host)
	return ip, err == nil
}
