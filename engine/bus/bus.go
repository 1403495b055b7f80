// Package bus spreads changes within the process: one publisher, any number of subscribers, and
// nobody waits for anybody.
package bus

import (
	"sync"

	"bellhop/engine"
)

// Bus hands every change to every subscriber. The zero value is ready to use.
type Bus struct {
	mu          sync.Mutex
	seq         uint64
	subscribers map[*subscriber]struct{}
}

var _ engine.Publisher = (*Bus)(nil)

type subscriber struct {
	// changes has one place more than asked for, which is kept for a Lagged.
	changes chan engine.Change
	// lagged is true from the first change that did not fit until the subscriber has read the Lagged
	// that stands for it, which is the last thing in the channel.
	lagged bool
}

// Publish numbers the change and hands it on. A subscriber whose buffer is full misses it, and finds
// a Lagged change behind those that it still holds.
func (b *Bus) Publish(c engine.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	c.Seq = b.seq
	for s := range b.subscribers {
		s.offer(c)
	}
}

// offer never blocks: only Publish sends, one at a time, so the room it sees can only grow.
func (s *subscriber) offer(c engine.Change) {
	held := len(s.changes)
	switch {
	case s.lagged && held > 0:
		return // whoever reads the Lagged reloads, and so sees this too
	case held < cap(s.changes)-1:
		s.lagged = false
	default:
		s.lagged = true
		c = engine.Change{Seq: c.Seq, Kind: engine.Lagged}
	}
	s.changes <- c
}

// Subscribe returns a channel of changes that holds up to buffer of them (at least one), and a
// function that ends the subscription and closes the channel.
func (b *Bus) Subscribe(buffer int) (<-chan engine.Change, func()) {
	s := &subscriber{changes: make(chan engine.Change, max(1, buffer)+1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subscribers == nil {
		b.subscribers = map[*subscriber]struct{}{}
	}
	b.subscribers[s] = struct{}{}
	return s.changes, sync.OnceFunc(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subscribers, s)
		close(s.changes)
	})
}
