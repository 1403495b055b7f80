package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// scale measures with a long history and a long queue, where the command line asks for them. By them nothing may
// be worse than 1.3 times its goal without them.
func (b *bench) scale(r *report) error {
	if b.history == 0 {
		return nil
	}
	dir := filepath.Join(b.dir, "scale")
	path, err := prepare(b.ctx, dir, b.sink.url(), 1000)
	if err != nil {
		return err
	}
	p, err := resumeBellhop(b.ctx, b.bellhop, dir, path)
	if err != nil {
		return err
	}
	defer func() { p.stop() }()
	small, err := b.load(p, load{connections: connections, during: b.during}, true)
	if err != nil {
		return err
	}
	p.stop()
	if err := fill(b.ctx, dir, b.history); err != nil {
		return err
	}
	if p, err = resumeBellhop(b.ctx, b.bellhop, dir, path); err != nil {
		return err
	}
	large, err := b.load(p, load{connections: connections, during: b.during}, true)
	if err != nil {
		return err
	}
	name := fmt.Sprintf(" after %d runs in %d rows, 1,000 recipes on", b.history, b.history*rowsOfRun)
	r.single("runs done in a second"+name+", of those at first", "≥ 0.77", large.done/small.done, plain, 0.77).least = true
	r.single("memory"+name, "≤ 130 MB", float64(large.memory), megabytes, 130<<20)

	p.stop()
	if p, err = resumeBellhop(b.ctx, b.bellhop, dir, path); err != nil {
		return err
	}
	took, err := firstAccepted(p)
	if err != nil {
		return err
	}
	b.next++
	r.single("start to the first accepted order"+name, "≤ 390 ms", took.Seconds(), milliseconds, 0.39)
	if err := b.busy(r, p, name); err != nil {
		return err
	}
	return b.backlog(r, p)
}

// busy measures the time to answer while backups are made and the history is read, one after the other.
func (b *bench) busy(r *report, p *process, name string) error {
	ctx, stop := context.WithCancel(b.ctx)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() {
		commands := [][]string{{"backup", filepath.Join(b.dir, "backup.db")}, {"runs", "--limit", "500", "--json"}, {"runs", "--state", "failed", "--json"}}
		for i := 0; ctx.Err() == nil; i++ {
			args := append([]string{"--data", p.dir, "--secrets", "file"}, commands[i%len(commands)]...)
			_ = exec.CommandContext(ctx, b.bellhop, args...).Run() // that it works is no matter here
		}
	})
	f, err := b.load(p, load{connections: connections, perSecond: calmRate, during: 4 * b.during}, false)
	stop()
	work.Wait()
	if err != nil {
		return err
	}
	r.single("time to 200 at 50 a second with backups and the history being read,"+name+", p99", "≤ 100 ms", f.answer.Seconds(), milliseconds, 0.1)
	return nil
}

// backlog lets orders pile up while the app takes its time, and measures how they are caught up.
func (b *bench) backlog(r *report, p *process) error {
	b.sink.delay.Store(int64(2 * time.Second))
	from := b.next
	for b.next-from < cmp.Or(b.pile, b.history/10) {
		if _, err := b.load(p, load{connections: connections, during: b.during}, false); err != nil {
			return err
		}
		fmt.Fprintf(b.out, "waiting: %d runs\n", b.next-from)
	}
	time.Sleep(b.during) // the log of the burst is moved into the database: that is measured elsewhere
	calm, err := b.load(p, load{connections: connections, perSecond: calmRate, during: 4 * b.during}, false)
	if err != nil {
		return err
	}
	name := fmt.Sprintf(" with %d runs waiting", b.next-from)
	r.single("time to 200 at 50 a second"+name+", p99", "≤ 25 ms", calm.answer.Seconds(), milliseconds, 0.025)
	b.sink.delay.Store(0)
	waiting := b.next - from - b.sink.count(from, b.next)
	began := time.Now()
	b.sink.wait(from, b.next, 2*time.Minute)
	left := b.next - from - b.sink.count(from, b.next)
	r.single("orders lost of the backlog", "0", float64(left), plain, 0)
	fmt.Fprintf(b.out, "the backlog of %d drained at %.0f a second\n", waiting, float64(waiting)/time.Since(began).Seconds())
	memory, _ := p.memory()
	r.single("memory after the backlog", "≤ 130 MB", float64(memory), megabytes, 130<<20)
	return nil
}

// firstAccepted sends one order and returns how long after the process's start it was accepted.
func firstAccepted(p *process) (time.Duration, error) {
	at, err := url.Parse(p.address)
	if err != nil {
		return 0, err
	}
	s := sender{host: at.Host, delivery: newDelivery(at.Host, at.Path)}
	defer s.close()
	before := time.Now()
	status, err := s.send(999_999_999)
	if err == nil && status != 200 {
		err = fmt.Errorf("the first order was answered with %d", status)
	}
	return p.ready + time.Since(before), err
}

// sendLarge delivers an order with a note of so many bytes.
func sendLarge(address string, size int) error {
	at, err := url.Parse(address)
	if err != nil {
		return err
	}
	body := fmt.Sprintf(`{"number":100000000,"total_price":"5.00","note":%q}`, strings.Repeat("x", size))
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nX-Shopify-Topic: orders/create\r\n"+
		"X-Shopify-Webhook-Id: large\r\nX-Shopify-Hmac-Sha256: %s\r\nContent-Length: %d\r\n\r\n", at.Path, at.Host, sign([]byte(body)), len(body))
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte(head + body)); err != nil {
		return err
	}
	first, _, err := read(bufio.NewReader(conn), nil)
	if err == nil && !strings.Contains(first, " 200 ") {
		err = errors.New("the large order was answered with " + first)
	}
	return err
}
