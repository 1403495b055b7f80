package limit

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bellhop/engine/action"
)

const (
	// piece is how many runs are released at a time, releaseEvery how far apart: an app that has just
	// come back is not run over, and if it goes away again few have come in vain.
	piece        = 500
	releaseEvery = time.Second
)

// releaseLocked lets the runs that wait for a lane come, piece by piece, as long as they can go on.
func (g *Gate) releaseLocked(l *lane) {
	if g.Release == nil || g.ctx.Err() != nil || l.releasing {
		return
	}
	l.releasing = true
	g.work.Go(func() {
		for g.releasePiece(l) {
			select {
			case <-g.ctx.Done():
				return
			case <-time.After(releaseEvery):
			}
		}
	})
}

// releasePiece says whether there may be more to release.
func (g *Gate) releasePiece(l *lane) bool {
	n, err := 0, error(nil)
	if g.flows(l) {
		if n, err = g.Release(g.ctx, l.name, piece); err != nil && g.ctx.Err() == nil {
			g.Log.Error("waiting runs could not be released: they come later by themselves", "to", l.name, "error", err)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	l.releasing = err == nil && n == piece
	return l.releasing
}

// flows says whether calls of a lane may go.
func (g *Gate) flows(l *lane) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !l.breaker.open() && (l.local || !g.network.open())
}

// waitsFor names the lane of a call: its connection, or the host that it goes to.
func waitsFor(call action.Call) string {
	if call.Account.Name != "" {
		return call.Account.Name
	}
	return call.Host()
}

// local says whether a call stays on this computer or in its own network.
func local(call action.Call) bool {
	if call.Account.Practice {
		return true
	}
	host := call.Host()
	if u, err := url.Parse(call.Account.BaseURL); err == nil && u.Host != "" {
		host = u.Host
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

func quoted(name string) string { return strconv.Quote(name) }
