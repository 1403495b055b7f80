package reach

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"bellhop/engine"
)

// trusted is for how long a delivery tells that others come: over a long weekend in a small shop.
const trusted = 4 * 24 * time.Hour

// oneWayLocked says whether only Bellhop itself cannot call its fixed address: many routers do not pass on what comes
// from inside for their own address outside. It is so if a delivery came in from the internet while calls had the very
// problem that they have now. Another problem is a new one until a delivery has come in despite it.
func (k *Keeper) oneWayLocked(now time.Time) bool {
	problem, ago := k.state.failed.problem, now.Sub(k.kept.Came)
	return k.state.way == engine.WayAddress && problem != "" && problem == k.kept.Despite && ago > -time.Hour && ago < trusted
}

// cameIn notes that a delivery came in from the internet at the fixed address.
func (k *Keeper) cameIn(host string, now time.Time) {
	if k.notes(host, now) {
		k.tell()
	}
}

// notes does so, and says whether that is news: where calls come through, they tell enough.
func (k *Keeper) notes(host string, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	problem := k.state.failed.problem
	if k.state.way != engine.WayAddress || problem == "" || hostOf(k.state.url) != host {
		return false
	}
	known := k.oneWayLocked(now)
	k.kept.Came, k.kept.Despite, k.dirty = now.UTC(), problem, true
	if known {
		return false
	}
	poke(k.soon)
	k.Log.Info("deliveries arrive, although the own address cannot be called from here", "address", k.state.url, "problem", problem)
	return true
}

// fromInternet says whether a request was sent by somebody on the internet to a host. Who sent it is who connected,
// or whom the program nearby that passed it on says that it had it from: the last one named, since whoever sends can
// name others before.
func fromInternet(r *http.Request, host string) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	sender, named := from.Addr(), r.Host
	if engine.NearbyIP(sender) {
		all := r.Header.Values("X-Forwarded-For")
		if len(all) == 0 {
			return false
		}
		last := all[len(all)-1]
		if sender, err = netip.ParseAddr(strings.TrimSpace(last[strings.LastIndex(last, ",")+1:])); err != nil {
			return false
		}
		if first := r.Header.Get("X-Forwarded-Host"); first != "" {
			named = first
		}
	}
	return !engine.NearbyIP(sender) && strings.EqualFold(hostname(named), host)
}

// judged is an answer that remembers what it said.
type judged struct {
	http.ResponseWriter
	status int
}

func (j *judged) WriteHeader(status int) {
	if j.status == 0 && status >= 200 { // those below announce another
		j.status = status
	}
	j.ResponseWriter.WriteHeader(status)
}

func (j *judged) Write(p []byte) (int, error) {
	if j.status == 0 {
		j.status = http.StatusOK
	}
	return j.ResponseWriter.Write(p)
}

// taken says whether what came in was taken: it was a delivery, and not somebody who tries doors.
func (j *judged) taken() bool { return j.status >= 200 && j.status < 300 }

// Unwrap is for http.ResponseController.
func (j *judged) Unwrap() http.ResponseWriter { return j.ResponseWriter }
