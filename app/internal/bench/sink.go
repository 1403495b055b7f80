package main

import (
	"bufio"
	"bytes"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// sink is the app that messages go to. It notes when each order's message came first, and how often.
type sink struct {
	listener net.Listener
	delay    atomic.Int64 // before each answer

	mu   sync.Mutex
	came map[int]arrival
}

type arrival struct {
	first time.Time
	times int
}

func openSink() (*sink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{listener: listener, came: map[int]arrival{}}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s, nil
}

func (s *sink) url() string { return "http://" + s.listener.Addr().String() + "/" }

var thanks = []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}")

func (s *sink) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	r, body := bufio.NewReaderSize(conn, 8<<10), make([]byte, 0, 1024)
	for {
		var err error
		if _, body, err = read(r, body); err != nil {
			return
		}
		if number, ok := numberIn(body); ok {
			s.mu.Lock()
			a := s.came[number]
			if a.times++; a.times == 1 {
				a.first = time.Now()
			}
			s.came[number] = a
			s.mu.Unlock()
		}
		if delay := s.delay.Load(); delay > 0 {
			time.Sleep(time.Duration(delay))
		}
		if _, err := conn.Write(thanks); err != nil {
			return
		}
	}
}

// numberIn finds the order's number in `{"text":"New order #100000000 for $199.65"}`.
func numberIn(body []byte) (int, bool) {
	_, rest, ok := bytes.Cut(body, []byte("New order #"))
	if !ok || len(rest) < 9 || !bytes.HasPrefix(rest[9:], []byte(" for $199.65")) {
		return 0, false
	}
	n, err := strconv.Atoi(string(rest[:9]))
	return n, err == nil
}

// count returns how many of the orders in [from, to) came.
func (s *sink) count(from, to int) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := from; i < to; i++ {
		if s.came[i].times > 0 {
			n++
		}
	}
	return n
}

// wait returns when all orders in [from, to) have come, or none has for a while.
func (s *sink) wait(from, to int, patience time.Duration) {
	last, changed := -1, time.Now()
	for {
		n := s.count(from, to)
		if n != last {
			last, changed = n, time.Now()
		}
		if n == to-from || time.Since(changed) > patience {
			return
		}
		time.Sleep(20*time.Millisecond + time.Duration(to-from)*5*time.Microsecond) // counting holds up those who bring
	}
}
