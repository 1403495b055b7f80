package limit

import "time"

// Back tells that a person got through to an app with a connection, such as by testing it: what waits for
// it goes on now and not when the next probe is due. What nobody waits for is passed over.
func (g *Gate) Back(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[name]
	if l == nil || !l.breaker.open() && !g.network.open() {
		return
	}
	g.throughLocked(l)
	g.Changed()
}

// Again has all that is away tried at once, and not when the next probe is due: the computer has woken, or its
// network is another. What needs a person is left alone.
func (g *Gate) Again() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	offline := g.network.open()
	g.network.soon(now)
	for _, l := range g.lanes {
		if away := l.breaker.open() && !l.breaker.needsYou; away || offline && !l.local {
			if away {
				l.breaker.soon(now)
			}
			g.inviteLocked(l)
		}
	}
}

// inviteLocked lets a few of the runs that wait for a lane come, of which one probes.
func (g *Gate) inviteLocked(l *lane) {
	if g.Release == nil || g.ctx.Err() != nil {
		return
	}
	g.work.Go(func() {
		if _, err := g.Release(g.ctx, l.name, spares); err != nil && g.ctx.Err() == nil {
			g.Log.Error("waiting runs could not be released: they come later by themselves", "to", l.name, "error", err)
		}
	})
}
