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
