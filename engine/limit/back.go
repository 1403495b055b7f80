package limit

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
