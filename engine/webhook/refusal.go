package webhook

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"

	"bellhop/engine"
)

const (
	// refusalsEvery is how often refusals are written: whoever knocks all the time costs one row a second.
	refusalsEvery = time.Second
	// refusalsTime is how long the last ones may take when Bellhop ends.
	refusalsTime = 2 * time.Second
	// mostRefusals bounds those that wait to be written.
	mostRefusals = 512
	// longestSender is how much of what a sender says of itself is kept, in bytes.
	longestSender = 120
)

// refusals gathers what was not let in.
type refusals struct {
	mu      sync.Mutex
	waiting map[refusalKind]*engine.Refusal
	order   []refusalKind
	// wake has one place: there is something to write.
	wake chan struct{}
}

// refusalKind is what is counted together while it waits; the last reason stands for all.
type refusalKind struct {
	recipe int64
	status int
}

// refused notes a delivery that was not let in. It is cheap, and never blocks.
func (h *Handler) refused(req *http.Request, recipeID int64, status int, reason string) {
	l := &h.refusals
	kind := refusalKind{recipeID, status}
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.waiting[kind]
	if r == nil {
		if len(l.order) >= mostRefusals {
			return
		}
		r = &engine.Refusal{RecipeID: recipeID, Status: status}
		l.waiting[kind] = r
		l.order = append(l.order, kind)
	}
	r.At, r.Reason, r.Method, r.Sender = h.now(), reason, printable(req.Method, 16), sender(req)
	r.Times++
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// next takes out one refusal of each recipe, or all.
func (l *refusals) next(all bool) []engine.Refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken []engine.Refusal
	seen := map[int64]bool{}
	rest := l.order[:0]
	for _, kind := range l.order {
		if seen[kind.recipe] && !all {
			rest = append(rest, kind)
			continue
		}
		seen[kind.recipe] = true
		taken = append(taken, *l.waiting[kind])
		delete(l.waiting, kind)
	}
	l.order = rest
	return taken
}

func (l *refusals) left() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.order) > 0
}

// KeepLog writes to the store what is refused, once a second, until ctx ends; then the rest.
func (h *Handler) KeepLog(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-h.refusals.wake:
			for ctx.Err() == nil && h.refusals.left() {
				h.writeRefusals(ctx, h.refusals.next(false))
				rest := time.NewTimer(refusalsEvery)
				select {
				case <-ctx.Done():
				case <-rest.C:
				}
				rest.Stop()
			}
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), refusalsTime)
	defer cancel()
	h.writeRefusals(last, h.refusals.next(true))
}

func (h *Handler) writeRefusals(ctx context.Context, all []engine.Refusal) {
	if len(all) == 0 {
		return
	}
	for _, r := range all {
		h.log.Info("deliveries refused", "recipe", r.RecipeID, "status", r.Status, "reason", r.Reason, "times", r.Times, "sender", r.Sender)
	}
	err := h.store.Update(ctx, func(tx engine.Tx) error { return tx.AddRefusals(all...) })
	if err != nil && engine.ErrorCode(err) != engine.Unavailable { // a full disk has been told of
		h.log.Warn("what was refused could not be noted", "error", err)
	}
}

// sender is what is known of who sent a request: behind a tunnel, the address is in a header.
func sender(req *http.Request) string {
	address, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		address = req.RemoteAddr
	}
	if forwarded, _, _ := strings.Cut(req.Header.Get("X-Forwarded-For"), ","); forwarded != "" {
		address = strings.TrimSpace(forwarded)
	}
	program := printable(req.UserAgent(), longestSender)
	if program == "" {
		return printable(address, 64)
	}
	return printable(address, 64) + ", " + program
}

// printable is a text from outside, for people's eyes.
func printable(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text[:min(len(text), 2*most)], ""))
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}
