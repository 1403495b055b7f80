package main

import (
	"bufio"
	"context"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// load is how orders are sent.
type load struct {
	address     string
	connections int
	// perSecond is the rate of an open loop; 0 is a closed loop: each connection sends its next order
	// as soon as the last one was answered.
	perSecond float64
	// rate is perSecond where it depends on the server; nil if it does not.
	rate   func(serverKind) float64
	during time.Duration
	// from is the first order's number.
	from int
}

// at returns the load for one server.
func (l load) at(kind serverKind) load {
	if l.rate != nil {
		l.perSecond = l.rate(kind)
	}
	return l
}

// shot is one order that was sent.
type shot struct {
	sent, answered time.Time
	status         int // 0 if there was no answer
}

// result is what became of a load.
type result struct {
	shots  []shot
	from   int
	span   time.Duration // from the first order sent to the last answer
	errors int
}

func (r result) to() int { return r.from + len(r.shots) }

func (r result) accepted() (n int) {
	for _, s := range r.shots {
		if s.status == 200 {
			n++
		}
	}
	return n
}

func (r result) perSecond() float64 { return float64(r.accepted()) / r.span.Seconds() }

// answers returns how long the answers took, sorted.
func (r result) answers() []time.Duration {
	var all []time.Duration
	for _, s := range r.shots {
		if s.status == 200 {
			all = append(all, s.answered.Sub(s.sent))
		}
	}
	slices.Sort(all)
	return all
}

// run sends orders. In an open loop the time of an order counts from when it was due, so that a server
// that holds up its senders does not look quick.
func (l load) run(ctx context.Context) (result, error) {
	at, err := url.Parse(l.address)
	if err != nil {
		return result{}, err
	}
	var failures atomic.Int64
	var mu sync.Mutex
	shots := map[int]shot{}
	start, next := time.Now(), 0
	// take returns the next order and when it is due, or that there are no more.
	take := func() (i int, due time.Time, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		due = time.Now()
		if l.perSecond > 0 {
			due = start.Add(time.Duration(float64(next) / l.perSecond * float64(time.Second)))
		}
		if due.Sub(start) >= l.during || ctx.Err() != nil {
			return 0, due, false
		}
		next++
		return next - 1, due, true
	}
	var senders sync.WaitGroup
	for range l.connections {
		senders.Go(func() {
			s := sender{host: at.Host, delivery: newDelivery(at.Host, at.Path)}
			defer s.close()
			mine := map[int]shot{}
			for {
				i, due, ok := take()
				if !ok {
					break
				}
				if wait := time.Until(due); wait > 0 {
					time.Sleep(wait)
					due = time.Now() // a timer's lateness is ours
				}
				one := shot{sent: due}
				if one.status, err = s.send(l.from + i); err != nil {
					failures.Add(1)
				}
				one.answered = time.Now()
				mine[i] = one
			}
			mu.Lock()
			defer mu.Unlock()
			for i, one := range mine {
				shots[i] = one
			}
		})
	}
	senders.Wait()
	r := result{from: l.from, shots: make([]shot, len(shots)), errors: int(failures.Load())}
	for i, one := range shots {
		r.shots[i] = one
		r.span = max(r.span, one.answered.Sub(start))
	}
	return r, ctx.Err()
}

// sender is one connection.
type sender struct {
	host     string
	delivery *delivery
	conn     net.Conn
	reader   *bufio.Reader
	body     []byte
}

func (s *sender) close() {
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}

// send sends an order and returns the answer's status.
func (s *sender) send(number int) (code int, err error) {
	if s.conn == nil {
		if s.conn, err = net.DialTimeout("tcp", s.host, 10*time.Second); err != nil {
			s.conn = nil
			return 0, err
		}
		s.reader = bufio.NewReaderSize(s.conn, 4<<10)
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	s.delivery.number(number)
	if err = s.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return 0, err
	}
	if _, err = s.conn.Write(s.delivery.request); err != nil {
		return 0, err
	}
	var first string
	if first, s.body, err = read(s.reader, s.body); err != nil {
		return 0, err
	}
	return status(first)
}
