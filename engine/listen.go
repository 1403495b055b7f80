package engine

import "net"

// ListensAt says whether who listens at the host and port is, as it is called from this computer, listens where
// it was told to: port 0 is any port, and all addresses of this computer are called by one of them.
func ListensAt(told, is string) bool {
	toldHost, toldPort, err := net.SplitHostPort(told)
	if err != nil {
		return false
	}
	host, port, err := net.SplitHostPort(is)
	if err != nil || toldPort != "0" && toldPort != port {
		return false
	}
	ip := net.ParseIP(toldHost) // a name may be that of any address of this computer
	return ip == nil || ip.IsUnspecified() || ip.Equal(net.ParseIP(host))
}
