package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine/webhook"
)

// till is a connector whose app does each thing once, by a key.
const till = `
connector: 1
name: till
title: Till
color: "#127A4B"
glyph: T
help: Takes what orders cost.
base_url: https://till.example.com
connection:
  fields: [{name: shop, type: text, label: Shop}]
actions:
  - name: take
    title: Take what an order costs
    help: Takes money once, however often it is asked with the same key.
    summary: Take {{text}}
    connection: required
    fields:
      - {name: text, type: text, label: What for, required: true}
    request:
      method: POST
      path: /take
      idempotency_header: Idempotency-Key
      json: {text: "{{text}}"}
    sample: {ok: true}
    tests:
      - name: takes it
        with: {text: tea}
        request: {method: POST, url: "https://till.example.com/take", json: {text: tea}}
        response: {status: 200, body: {ok: true}}
        result: {ok: true}
`

// line is a recipe of the crash test, and what each of its events must have done outside.
type line struct {
	name, recipe string
	// trigger is empty for a webhook.
	trigger string
	// once are texts that must have arrived exactly once, keyed those that may have arrived again with the
	// same key; %s is the event's id.
	once, keyed []string
	// counts is how often each event counts.
	counts int
}

// lines are the recipes under load. SINK is where the sink is.
var lines = []line{
	{
		name: "Straight", counts: 1, keyed: []string{"straight, taken %s"}, once: []string{"straight, sent %s", "straight, told %s"},
		recipe: `
steps:
  - {id: count, use: logic.counter, with: {name: all}}
  - {id: row, use: logic.table_add, with: {table: Done, row: {Event: "{{trigger.id}}"}}}
  - {id: take, use: till.take, connection: My till, with: {text: "straight, taken {{trigger.id}}"}}
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "straight, sent {{trigger.id}}"}}
  - {id: tell, use: slack.send_message, connection: Shop Slack, with: {channel: "#orders", text: "straight, told {{trigger.id}}"}}
`,
	},
	{
		name: "Paths", once: []string{"paths, way %s", "paths, after %s"},
		recipe: `
steps:
  - id: which
    use: logic.paths
    paths:
      - name: Odd
        when: {match: all, rules: [{value: "{{trigger.id}}", is: matches, than: "[13579]$"}]}
        steps: [{id: odd, use: http.request, with: {method: POST, url: "SINK", text: "paths, way {{trigger.id}}"}}]
      - name: Otherwise
        steps: [{id: even, use: http.request, with: {method: POST, url: "SINK", text: "paths, way {{trigger.id}}"}}]
  - {id: after, use: http.request, with: {method: POST, url: "SINK", text: "paths, after {{trigger.id}}"}}
`,
	},
	{
		name: "Each in turn", counts: 2, once: []string{"turn, tea %s", "turn, salt %s"},
		recipe: `
steps:
  - id: each
    use: logic.loop
    with: {items: [tea, salt]}
    steps:
      - {id: count, use: logic.counter, with: {name: all}}
      - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "turn, {{each.item}} {{trigger.id}}"}}
`,
	},
	{
		name: "Several at once", counts: 4,
		once:  []string{"several, post tea %s", "several, post salt %s", "several, post soap %s", "several, post flour %s"},
		keyed: []string{"several, tea %s", "several, salt %s", "several, soap %s", "several, flour %s"},
		recipe: `
steps:
  - id: each
    use: logic.loop
    with: {items: [tea, salt, soap, flour], at_once: 3}
    steps:
      - {id: take, use: till.take, connection: My till, with: {text: "several, {{each.item}} {{trigger.id}}"}}
      - {id: post, use: slack.send_message, connection: Shop Slack, with: {channel: "#orders", text: "several, post {{each.item}} {{trigger.id}}"}}
      - {id: count, use: logic.counter, with: {name: all}}
`,
	},
	{
		name: "Later", once: []string{"later %s"},
		recipe: `
steps:
  - {id: wait, use: logic.delay, with: {for: 1, unit: seconds}}
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "later {{trigger.id}}"}}
`,
	},
	{
		name: "Calls", once: []string{"calls, within %s"}, keyed: []string{"calls, after %s"},
		recipe: `
steps:
  - {id: call, use: recipe.call, with: {recipe: Called, data: {id: "{{trigger.id}}"}, wait: true}}
  - {id: take, use: till.take, connection: My till, with: {text: "calls, after {{trigger.id}}"}}
`,
	},
	{
		name: "In order", keyed: []string{"in order %s"},
		recipe: `
runs: {in_order: true, order_by: "{{trigger.customer}}", block: until_resolved}
steps:
  - {id: take, use: till.take, connection: My till, with: {text: "in order {{trigger.id}}"}}
`,
	},
	{
		name: "Collect",
		recipe: `
steps:
  - {id: collect, use: logic.batch, with: {value: "{{trigger.id}}", count: 5}}
  - {id: take, use: till.take, connection: My till, with: {text: "collected {{collect.items | join: ' '}}"}}
`,
	},
	{
		name: "Large", once: []string{"large %[1]s %[1]s"},
		recipe: `
steps:
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "large {{trigger.id}} {{trigger.end}}"}}
`,
	},
	{
		name: "Looks", once: []string{"looks %s"},
		trigger: `{use: http.new_entries, with: {url: "SINK/list", every: 10, unit: seconds, first: 1}}`,
		recipe: `
steps:
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "looks {{trigger.id}}"}}
`,
	},
	{
		name: "Local",
		recipe: `
steps:
  - {id: append, use: folder.append_rows, with: {file: done.csv, values: {Event: "{{trigger.id}}"}}}
`,
	},
	{
		name: "Grey",
		recipe: `
steps:
  - {id: never, use: logic.filter, with: {match: all, rules: [{value: "{{trigger.id}}", is: equals, than: "nothing"}]}}
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "grey {{trigger.id}}"}}
`,
	},
}

// called is the recipe that another one calls.
const called = `
recipe: 1
name: Called
trigger: {use: recipe.called}
steps:
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "calls, within {{trigger.id}}"}}
`

// arrival is one request that got to the sink.
type arrival struct {
	text, key string
	life      int // which of the processes sent it
}

// sink is an app that counts what arrives, and takes its time to answer.
type sink struct {
	*httptest.Server
	mu       sync.Mutex
	began    time.Time
	frozen   int // how many entries the list has from now on; 0 while it grows
	life     int
	open     map[net.Conn]bool
	arrivals []arrival
}

func newSink(t *testing.T) *sink {
	t.Helper()
	k := &sink{began: time.Now(), open: map[net.Conn]bool{}}
	k.Server = httptest.NewUnstartedServer(http.HandlerFunc(k.take))
	k.Config.ConnState = func(c net.Conn, s http.ConnState) {
		k.mu.Lock()
		defer k.mu.Unlock()
		switch s {
		case http.StateNew:
			k.open[c] = true
		case http.StateClosed:
			delete(k.open, c)
		case http.StateActive, http.StateIdle, http.StateHijacked:
		}
	}
	k.Start()
	t.Cleanup(k.Close)
	return k
}

// entries is how long the list is that recipes look at: it grows all the time.
func (k *sink) entries() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.frozen > 0 {
		return k.frozen
	}
	return 1 + int(time.Since(k.began)/(150*time.Millisecond))
}

func (k *sink) list(w http.ResponseWriter) {
	list := []map[string]any{}
	for n := k.entries(); n > 0; n-- {
		list = append(list, map[string]any{"id": n})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list)
}

func (k *sink) take(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/list" {
		k.list(w)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the process died before all was sent
	}
	a := arrival{text: string(body), key: r.Header.Get("Idempotency-Key")}
	var with struct{ Text string }
	if json.Unmarshal(body, &with) == nil {
		a.text = with.Text
	}
	k.mu.Lock()
	a.life = k.life
	k.arrivals = append(k.arrivals, a)
	k.mu.Unlock()
	<-time.After(time.Duration(rand.IntN(30)) * time.Millisecond)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true}`)
}

// nextLife waits until all that the killed process sent has arrived.
func (k *sink) nextLife(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		if len(k.open) > 0 {
			return false
		}
		k.life++
		return true
	}, 10*time.Second, time.Millisecond)
}

// all returns what arrived, by text, each in the order of its arrivals.
func (k *sink) all() map[string][]arrival {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := map[string][]arrival{}
	for _, a := range k.arrivals {
		all[a.text] = append(all[a.text], a)
	}
	return all
}

// inOrder returns the texts that begin so, in the order in which they arrived.
func (k *sink) inOrder(prefix string) (texts []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, a := range k.arrivals {
		if strings.HasPrefix(a.text, prefix) {
			texts = append(texts, a.text)
		}
	}
	return texts
}

// ledger is what the senders know: of each event whether it was answered with 200.
type ledger struct {
	mu   sync.Mutex
	sent map[string]map[string]bool // by line and event
}

func (l *ledger) note(line, event string, accepted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent[line] == nil {
		l.sent[line] = map[string]bool{}
	}
	l.sent[line][event] = l.sent[line][event] || accepted
}

// of returns the events of a line, and which of them were accepted for certain.
func (l *ledger) of(line string) map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.sent[line])
}

// accepted returns those that were accepted for certain, in a fixed order.
func (l *ledger) accepted(line string) (events []string) {
	for event, accepted := range l.of(line) {
		if accepted {
			events = append(events, event)
		}
	}
	slices.Sort(events)
	return events
}

// deliver sends an event until it is accepted, or at most so many times; 0 means for as long as it takes.
func (o *ordeal) deliver(ctx context.Context, line, event, customer string, tries int) {
	filling := rand.IntN(3000)
	if line == "Large" {
		filling += 300_000 // more than the database takes
	}
	body := fmt.Sprintf(`{"id":%q,"customer":%q,"note":%q,"end":%q}`, event, customer, strings.Repeat("x", filling), event)
	for try := 1; ctx.Err() == nil; try++ {
		o.note(line, event, false)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, *o.base.Load()+webhook.PathPrefix+o.tokens[line], strings.NewReader(body))
		if err != nil {
			o.t.Error(err)
			return
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Webhook-Id", event)
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			switch res.StatusCode {
			case http.StatusOK:
				o.note(line, event, true)
				return
			case http.StatusServiceUnavailable:
				o.turned.Add(1)
			default:
				o.t.Errorf("%s %s: status %d", line, event, res.StatusCode)
				return
			}
		}
		if try == tries {
			return
		}
		<-time.After(time.Duration(10+rand.IntN(60)) * time.Millisecond)
	}
}

// send keeps a few senders sending until ctx ends. Some send an event again when they get no answer,
// others never; one for each customer sends what is in order, one after the other.
func (o *ordeal) send(ctx context.Context) (wait func()) {
	var senders sync.WaitGroup
	var mu sync.Mutex
	next := 0
	for range 4 {
		senders.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				next++
				n := next
				mu.Unlock()
				if to := lines[rand.IntN(len(lines))]; to.name != "In order" && to.trigger == "" {
					o.deliver(ctx, to.name, fmt.Sprint(n), "", 1+rand.IntN(4))
				}
				<-time.After(time.Duration(rand.IntN(o.pause)) * time.Millisecond)
			}
		})
	}
	for _, customer := range customers {
		senders.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				o.deliver(ctx, "In order", fmt.Sprintf("%s-%06d", customer, n), customer, 0)
				<-time.After(time.Duration(rand.IntN(4*o.pause)) * time.Millisecond)
			}
		})
	}
	return senders.Wait
}

var customers = []string{"ana", "rui", "zoe"}
