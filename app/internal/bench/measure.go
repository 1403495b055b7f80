package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// connections is how many senders there are at once in the loads that find the most.
const connections = 32

// calmRate is the load of a busy day, in orders a second, where times to answer are measured.
const calmRate = 50

// patience is how long to wait for messages that do not come any more.
const patience = 10 * time.Second

// figures are what one server did in one load.
type figures struct {
	done        float64       // orders a second that came out at the sink
	accepted    float64       // orders a second that were answered with 200
	answer      time.Duration // 99th percentile, from sending to the answer
	arrive      time.Duration // 99th percentile, from sending to the sink
	cpu         float64       // seconds of processor time for 1,000 orders
	disk        float64       // bytes for an order
	memory      int64         // bytes resident at the end
	lost, twice int
}

// bench is one run of all measures.
type bench struct {
	settings
	ctx  context.Context
	sink *sink
	next int // the next order's number
	// busiest is how many runs a second each did at most.
	busiest map[serverKind]float64
	out     io.Writer
}

// measure takes all measures and prints the report.
func measure(ctx context.Context, s settings, out io.Writer) error {
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "bellhop-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		s.dir = dir
	}
	sink, err := openSink()
	if err != nil {
		return err
	}
	b := &bench{settings: s, ctx: ctx, sink: sink, next: firstOrder, out: out}
	r := &report{}
	for i, take := range []func(*report) error{b.most, b.slow, b.calm, b.footprint, b.home, b.scale} {
		if s.only != "" && s.only != measures[i] {
			continue
		}
		if err := take(r); err != nil {
			return err
		}
	}
	return r.print(out)
}

// measures name what can be measured, in the order in which it is.
var measures = []string{"most", "slow", "calm", "footprint", "window", "scale"}

// serverKind is what is measured.
type serverKind string

const (
	bellhop   serverKind = "Bellhop"
	bare      serverKind = "reference"
	storeOnly serverKind = "group commit alone"
)

// open starts a server on a new data folder.
func (b *bench) open(kind serverKind) (*process, error) {
	dir, err := os.MkdirTemp(b.dir, "data-")
	if err != nil {
		return nil, err
	}
	switch kind {
	case bellhop:
		return startBellhop(b.ctx, b.bellhop, dir, b.sink.url(), 1)
	case bare:
		return startReference(b.ctx, dir, b.sink.url())
	default:
		return startReference(b.ctx, dir, "")
	}
}

// load sends orders to a server, waits for what comes of them, and sums up.
func (b *bench) load(p *process, l load, waits bool) (figures, error) {
	l.address, l.from = p.address, b.next
	cpu, disk := p.cpu(), p.diskBytes()
	r, err := l.run(b.ctx)
	if err != nil {
		return figures{}, err
	}
	b.next = r.to()
	f := figures{accepted: r.perSecond(), answer: percentile(r.answers(), 99)}
	if waits {
		b.sink.wait(r.from, r.to(), patience)
		b.outcome(&f, r)
	}
	orders := float64(max(r.accepted(), 1))
	f.cpu = (p.cpu() - cpu).Seconds() / orders * 1000
	f.disk = float64(p.diskBytes()-disk) / orders
	f.memory, _ = p.memory()
	if r.errors > 0 {
		return f, fmt.Errorf("%d orders were not answered", r.errors)
	}
	return f, nil
}

// outcome compares what was accepted with what the sink got.
func (b *bench) outcome(f *figures, r result) {
	b.sink.mu.Lock()
	defer b.sink.mu.Unlock()
	var took []time.Duration
	var first, last time.Time
	for i, one := range r.shots {
		a := b.sink.came[r.from+i]
		switch {
		case a.times == 0 && one.status == 200:
			f.lost++
		case a.times > 0:
			took = append(took, a.first.Sub(one.sent))
		}
		if a.times > 1 {
			f.twice++
		}
		if first.IsZero() || one.sent.Before(first) {
			first = one.sent
		}
		if a.first.After(last) {
			last = a.first
		}
	}
	slices.Sort(took)
	f.arrive = percentile(took, 99)
	if span := last.Sub(first).Seconds(); span > 0 {
		f.done = float64(len(took)) / span
	}
}

// percentile returns the p-th percentile of sorted times; 0 of none.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

// compare measures kinds of servers in turn, each on a folder of its own, and returns all rounds of each.
func (b *bench) compare(l load, waits bool, kinds ...serverKind) (map[serverKind][]figures, error) {
	all := map[serverKind][]figures{}
	for round := range b.rounds {
		for _, kind := range kinds {
			p, err := b.open(kind)
			if err != nil {
				return nil, err
			}
			if _, err = b.load(p, load{connections: 4, during: time.Second / 2}, waits); err == nil { // so that all is warm
				var f figures
				f, err = b.load(p, l.at(kind), waits)
				all[kind] = append(all[kind], f)
				fmt.Fprintf(b.out, "round %d, %s: %.0f accepted/s, %.0f done/s, p99 %s to 200 and %s to the sink, %.2f s of processor for 1,000, %d lost, %d twice\n",
					round+1, kind, f.accepted, f.done, ms(f.answer), ms(f.arrive), f.cpu, f.lost, f.twice)
			}
			p.stop()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", kind, err)
			}
			_ = os.RemoveAll(p.dir)
		}
	}
	return all, nil
}

// most finds how much is done at most.
func (b *bench) most(r *report) error {
	all, err := b.compare(load{connections: connections, during: b.during}, true, bare, bellhop)
	if err != nil {
		return err
	}
	b.busiest = map[serverKind]float64{}
	for kind, rounds := range all {
		b.busiest[kind] = median(rounds, func(f figures) float64 { return f.done })
	}
	r.ratio("runs done in a second, 32 connections", "≥ 0.7", atLeast(0.7), all, bare, func(f figures) float64 { return f.done }, perSecond)
	r.ratio("processor time for 1,000 runs", "≤ 1.5", atMost(1.5), all, bare, func(f figures) float64 { return f.cpu }, seconds)
	r.value("disk for a run", "≤ 20 KB", all[bellhop], func(f figures) float64 { return f.disk }, kilobytes, 20<<10)
	r.value("orders lost", "0", all[bellhop], func(f figures) float64 { return float64(f.lost) }, plain, 0)
	r.value("memory after the load", "≤ 100 MB", all[bellhop], func(f figures) float64 { return float64(f.memory) }, megabytes, 100<<20)
	return nil
}

// slow finds how much is accepted while the app that messages go to takes its time.
func (b *bench) slow(r *report) error {
	b.sink.delay.Store(int64(200 * time.Millisecond))
	defer b.sink.delay.Store(0)
	all, err := b.compare(load{connections: connections, during: b.during}, false, storeOnly, bellhop)
	if err != nil {
		return err
	}
	r.ratio("orders accepted in a second, the app slow", "≥ 0.6", atLeast(0.6), all, storeOnly, func(f figures) float64 { return f.accepted }, perSecond)
	return nil
}

// calm measures times at the load of a busy day and at half of the most.
func (b *bench) calm(r *report) error {
	type pace struct {
		name string
		of   func(serverKind) float64 // orders a second
	}
	always := func(rate float64) pace {
		return pace{fmt.Sprintf("at %.0f a second", rate), func(serverKind) float64 { return rate }}
	}
	paces := []pace{always(calmRate)}
	if most := b.busiest[bellhop]; most > 0 {
		paces = append(paces, always(most/2), pace{"each at half of its most", func(kind serverKind) float64 { return b.busiest[kind] / 2 }})
	}
	for _, pace := range paces {
		name := pace.name
		all, err := b.compare(load{connections: connections, rate: pace.of, during: 2 * b.during}, true, bare, bellhop)
		if err != nil {
			return err
		}
		answer := func(f figures) float64 { return f.answer.Seconds() }
		r.ratio("time to 200 "+name+", p99", "≤ 1.5", atMost(1.5), all, bare, answer, milliseconds)
		r.value("time to 200 "+name+", p99", "≤ 25 ms", all[bellhop], answer, milliseconds, 0.025)
		r.ratio("from sending to the sink "+name+", p99", "≤ 2", atMost(2), all, bare, func(f figures) float64 { return f.arrive.Seconds() }, milliseconds)
	}
	return nil
}

// footprint measures what Bellhop takes when it has nothing to do, and with a body of 50 MB.
func (b *bench) footprint(r *report) error {
	dir := filepath.Join(b.dir, "footprint")
	p, err := startBellhop(b.ctx, b.bellhop, dir, b.sink.url(), 1)
	if err != nil {
		return err
	}
	defer p.stop()
	first, err := firstAccepted(p)
	if err != nil {
		return err
	}
	r.single("from the start of the process to the first order accepted", "≤ 300 ms", first.Seconds(), milliseconds, 0.3)
	time.Sleep(2 * time.Second) // what a start leaves to do
	idle, _ := p.memory()
	cpu := p.cpu()
	time.Sleep(b.during)
	r.single("memory with nothing to do", "≤ 40 MB", float64(idle), megabytes, 40<<20)
	r.single("processor with nothing to do, of one core", "≤ 0.5 %", (p.cpu()-cpu).Seconds()/b.during.Seconds()*100, percent, 0.5)

	if err := sendLarge(p.address, 50<<20); err != nil {
		return err
	}
	time.Sleep(time.Second)
	_, most := p.memory()
	r.single("memory at most, with a body of 50 MB", "no growth by it", float64(most-idle), megabytes, 25<<20)
	return nil
}
