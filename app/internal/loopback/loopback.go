// Package loopback listens where this computer alone can call: at 127.0.0.1, or at ::1 on a computer that speaks
// nothing but IPv6.
package loopback

import (
	"net"
	"sync"
)

// Host returns the address by which this computer calls itself: "127.0.0.1" or "::1". It is found out once.
var Host = sync.OnceValue(func() string { return host(net.Listen) })

// Network is the network to listen in at an address that a person chose: Go takes "[::]" for all addresses of
// IPv4, on a computer that has none, if it is not told otherwise.
func Network() string {
	if Host() == six {
		return "tcp6"
	}
	return "tcp"
}

// host tries to listen.
func host(listen func(network, address string) (net.Listener, error)) string {
	for _, host := range []string{four, six} {
		if listener, err := listen("tcp", net.JoinHostPort(host, "0")); err == nil {
			_ = listener.Close() // it was only a try
			return host
		}
	}
	return four // nothing can be listened at; whoever wants to is told so then
}

const (
	four = "127.0.0.1"
	six  = "::1"
)

// Listen listens at a port of Host; "0" is any.
func Listen(port string) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(Host(), port))
}
