package ngrok

import (
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"bellhop/engine"
)

// What keeps a session from coming up or staying, when it is not ngrok that says so. The SDK goes on trying.
const (
	intercepted = "Something between this computer and ngrok opens encrypted connections, which ngrok does not allow: a firewall, a protection program, " +
		"or the sign-in page of this network. Have it leave connect.ngrok-agent.com alone. Bellhop goes on trying."
	noName  = "ngrok cannot be found: this computer has no internet now, or something blocks ngrok's name. Bellhop goes on trying."
	proxied = "The proxy does not let Bellhop through to ngrok. Look at the proxy in the settings. Bellhop goes on trying."
	silent  = "ngrok cannot be reached: there is no internet now, or something blocks it. Bellhop goes on trying."
)

// trouble says in a sentence what kind of thing keeps ngrok out of reach. It is "" if a connection that there
// was broke off, which does not say why: what does may have come first, or comes with the next try.
func trouble(err error) (problem string, fix engine.LinkFix) {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		name      *net.DNSError
	)
	text := err.Error() // what comes by way of muxado has lost its type
	switch {
	case errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &invalid),
		strings.Contains(text, "x509: "), strings.Contains(text, "tls: "):
		return intercepted, engine.FixNetwork
	case strings.Contains(text, "socks "):
		return proxied, engine.FixProxy
	case errors.As(err, &name):
		return noName, engine.FixNetwork
	case strings.Contains(text, "failed to dial"):
		return silent, engine.FixNetwork
	default:
		return "", ""
	}
}
