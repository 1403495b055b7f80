package boot

import (
	"context"
	"net"
	"net/url"
)

// Elsewhere returns the host and port at which Bellhop was told to listen when it was started last, if what
// runs now listens, as the URL listens says, at another: the window opens although there is no such address.
func (d *Data) Elsewhere(ctx context.Context, listens string) (told string, elsewhere bool) {
	told, err := d.Store.Setting(ctx, settingListen)
	if err != nil {
		return "", false
	}
	is, err := url.Parse(listens)
	if err != nil {
		return "", false
	}
	host, port, err := net.SplitHostPort(told)
	if err != nil || port == "0" {
		return "", false
	}
	ip := net.ParseIP(host) // a name may be that of any address of this computer
	return told, port != is.Port() || ip != nil && !ip.IsUnspecified() && host != is.Hostname()
}
