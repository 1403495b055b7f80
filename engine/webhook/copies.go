package webhook

import (
	"sync"
	"time"
)

const (
	// copyMemory is for how long a signed delivery's copies are known: longer than any is taken for, whose time is
	// signed (engine.DefaultTolerance, before and after).
	copyMemory = 15 * time.Minute
	// mostCopies bounds them, the oldest are forgotten first.
	mostCopies = 100_000
)

// copies knows deliveries by their signatures. An id in a header is rarely signed: who has caught a delivery
// could send it again under another id, as often as there is time.
type copies struct {
	mu    sync.Mutex
	keys  map[signed]string // the event that each was
	order []signedAt        // oldest first
}

type signed struct {
	recipe int64
	once   string
}

type signedAt struct {
	signed
	at time.Time
}

// claim says whether a signed delivery is no copy: it is new, or comes again as the same event.
func (c *copies) claim(recipe int64, once, key string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for n < len(c.order) && (now.Sub(c.order[n].at) > copyMemory || len(c.order)-n >= mostCopies) {
		delete(c.keys, c.order[n].signed)
		n++
	}
	c.order = c.order[n:]
	id := signed{recipe, once}
	if known, ok := c.keys[id]; ok {
		return known == key
	}
	if c.keys == nil {
		c.keys = map[signed]string{}
	}
	c.keys[id] = key
	c.order = append(c.order, signedAt{id, now})
	return true
}

// forget takes back a claim whose event was not stored. Its place in the order may stay: it means nothing.
func (c *copies) forget(recipe int64, once string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.keys, signed{recipe, once})
}
