package notice

import (
	"fmt"
	"slices"
	"time"

	"bellhop/engine"
)

// unreachedFor is how long deliveries may not arrive before it is told: tunnels come back by themselves.
const unreachedFor = 5 * time.Minute

// reach is whether deliveries arrive.
type reach struct {
	since time.Time // since when they do not; zero if they do
}

// lookAtReachLocked sees whether deliveries arrive.
func (n *Notices) lookAtReachLocked(r engine.Reach) {
	now := n.Now()
	n.lookAtAddressLocked(r)
	lost := r.Way != engine.WayNone && !r.Reachable() && len(r.Cut) > 0 && (r.Problem != "" || r.Link.Problem != "")
	switch {
	case !lost:
		n.reach.since = time.Time{}
		if !n.kept.Unreached || r.Way != engine.WayNone && !r.Reachable() && len(r.Cut) > 0 {
			return // nothing was told, or nothing is known yet
		}
		n.kept.Unreached = false
		if r.Reachable() {
			n.addLocked(engine.Notice{
				Kind: engine.NoticeReach, At: now, Title: "Deliveries arrive again", Text: "Bellhop can be reached from the internet again.",
			})
		}
	case n.reach.since.IsZero() || n.reach.since.After(now):
		n.reach.since = now
	case now.Sub(n.reach.since) >= unreachedFor && !n.kept.Unreached:
		n.kept.Unreached = true
		n.addLocked(sayReach(r, now))
	}
}

func sayReach(r engine.Reach, now time.Time) engine.Notice {
	problem := r.Problem
	if problem == "" || r.Link.State == engine.LinkRefused && r.Link.Problem != "" {
		problem = r.Link.Problem // it says what to do
	}
	names := r.Cut
	who := fmt.Sprintf("%d recipes get nothing: %s.", len(names), list(names))
	if len(names) == 1 {
		who = fmt.Sprintf("“%s” gets nothing.", names[0])
	}
	asked := func(name string) bool { return slices.Contains(r.Polling, name) }
	switch {
	case slices.ContainsFunc(r.Cut, func(name string) bool { return !asked(name) }):
	case len(names) == 1:
		who = fmt.Sprintf("“%s” asks for what it misses, so it comes later.", names[0])
	default:
		who = fmt.Sprintf("%s ask for what they miss, so it comes later.", list(names))
	}
	return engine.Notice{Kind: engine.NoticeReach, At: now, Title: "Deliveries cannot arrive", Text: problem + " " + who}
}

// lookAtConnectionsLocked sees which connections need a person.
func (n *Notices) lookAtConnectionsLocked() {
	now := n.Now()
	var names, titles []string
	for _, c := range n.Needy() {
		title := fmt.Sprintf("The connection “%s” needs you", c.Connection)
		names, titles = append(names, c.Connection), append(titles, title)
		if !slices.Contains(n.kept.Needy, c.Connection) {
			n.addLocked(engine.Notice{Kind: engine.NoticeConnection, At: now, Title: title, Text: c.Why})
		}
	}
	n.kept.Needy = names
	n.kept.Pending = slices.DeleteFunc(n.kept.Pending, func(p engine.Notice) bool { // those were mended meanwhile
		return p.Kind == engine.NoticeConnection && !slices.Contains(titles, p.Title)
	})
}
