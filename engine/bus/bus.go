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
	changes chan engine.Change
	lagged  bool
}

// Publish numbers the change and hands it on. A subscriber whose buffer is full misses it, and is
// told so by a Lagged change as soon as it has room.
func (b *Bus) Publish(c engine.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	c.Seq = b.seq
	for s := range b.subscribers {
		s.offer(c)
	}
}

func (s *subscriber) offer(c engine.Change) {
	if s.lagged {
		select {
		case s.changes <- engine.Change{Seq: c.Seq, Kind: engine.Lagged}:
			s.lagged = false
		default:
			return
		}
	}
	select {
	case s.changes <- c:
	default:
		s.lagged = true
	}
}

// Subscribe returns a channel of changes that holds up to buffer of them, and a function that ends
// the subscription and closes the channel.
func (b *Bus) Subscribe(buffer int) (<-chan engine.Change, func()) {
	s := &subscriber{changes: make(chan engine.Change, buffer)}
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
