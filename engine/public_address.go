package engine

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Nearby says whether the public address is none: one of this computer or of its own network, which nobody on
// the internet can call, although Bellhop itself can.
func (r Reach) Nearby() bool {
	u, err := url.Parse(r.URL)
	if err != nil || u.Hostname() == "" {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return NearbyIP(ip)
	}
	if !strings.Contains(host, ".") {
		return true // such as localhost, or the name of a computer
	}
	for _, end := range nearbyNames {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return false
}

// nearbyNames end names that no name server of the internet knows (RFC 6761, 6762, 8375; ICANN's .internal), and
// those that routers give.
var nearbyNames = []string{".localhost", ".local", ".home.arpa", ".internal", ".lan", ".home", ".fritz.box"}

// sharedIPs are those of networks between a provider's or Tailscale's customers (RFC 6598).
var sharedIPs = netip.MustParsePrefix("100.64.0.0/10")

// NearbyIP says whether an address of a computer is one that the internet does not know: of this computer, its own
// network, or that of its provider.
func NearbyIP(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return !ip.IsGlobalUnicast() || ip.IsPrivate() || sharedIPs.Contains(ip)
}

// Plain says whether the public address begins with http://. Apps such as Shopify deliver to https:// only.
func (r Reach) Plain() bool { return strings.HasPrefix(strings.ToLower(r.URL), "http://") }

// Domain is a domain as people write or paste it, without the scheme and what follows the host.
func Domain(written string) string {
	written = strings.ToLower(strings.TrimSpace(written))
	if _, rest, ok := strings.Cut(written, "://"); ok {
		written = rest
	}
	if end := strings.IndexAny(written, ":/?#"); end >= 0 {
		written = written[:end]
	}
	return strings.TrimSuffix(written, ".")
}

var domainPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)

// CheckDomain returns the Domain in what was written, or an Invalid error if no tunnel can give such an address: it
// has a name, and whoever calls it speaks HTTPS at the usual port. "" is the account's own, and fine.
func CheckDomain(written string) (string, error) {
	text := strings.TrimSpace(written)
	if text == "" {
		return "", nil
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	domain := Domain(text)
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Port() != "" && u.Port() != "443" ||
		len(domain) > 253 || !domainPattern.MatchString(domain) {
		return "", Errorf(Invalid, "This is not an address that ngrok can give. Write it like shop.ngrok-free.app, or take the one that comes with your account.")
	}
	return domain, nil
}

// checkPublic returns an Invalid error if nothing can be sent to an address.
func checkPublic(address string) error {
	u, err := url.Parse(address)
	switch {
	case err == nil && u.User != nil:
		return Errorf(Invalid, "An address that apps can send to has no name and no password in it. Write it like https://hooks.example.com.")
	case err == nil && u.Hostname() != "" && !isPort(u.Port()):
		return Errorf(Invalid, "There is no port %s. Leave it out, as in https://hooks.example.com, or write one from 1 to 65535.", u.Port())
	case err != nil || !isHost(u.Hostname()) || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return Errorf(Invalid, "%q is not an address that apps can send to. Write it with https://, such as https://hooks.example.com.", address)
	}
	return nil
}

// isHost says whether there can be such a host: an address of a computer, or a name without empty parts.
func isHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsUnspecified() && !ip.IsMulticast()
	}
	host = strings.TrimSuffix(host, ".")
	return host != "" && !strings.Contains("."+host+".", "..") && !strings.ContainsAny(host, " :%<>\"'`\\^{}|")
}

// isPort says whether there is such a port; "" is the usual one.
func isPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}
