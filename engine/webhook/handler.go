// Package webhook takes deliveries in. It finds the recipe by its token, checks size, signature and
// content, stores the event with its run in one commit, and only then answers. Nothing else
// happens before the answer.
package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bellhop/engine"
	"bellhop/engine/chain"
)

// PathPrefix stands before the token in every webhook address.
const PathPrefix = "/hooks/"

// Store is what the handler needs of the store.
type Store interface {
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
	UpdateRepeatable(ctx context.Context, fn func(tx engine.Tx) error) error
}

// Params are what a handler needs. Store is required.
type Params struct {
	Store Store
	// Bodies keeps bodies above engine.LargeBody; nil keeps all in the database.
	Bodies engine.Bodies
	// Answers has the results of runs for senders that wait for them; nil makes its own.
	Answers *Answers
	// Accepted is called after the commit with each new run; it must not block.
	Accepted func(engine.Job)
	// Chain proves deliveries that runs of this Bellhop send to it; nil if none are told apart.
	Chain chain.Key
	// Addresses returns where senders may have been told that this computer is, such as
	// https://hooks.example.com, for signatures made of the address too; nil if that is not known. It must not
	// block.
	Addresses func() []string
	Now       func() time.Time
	Log       *slog.Logger
}

// Handler answers `POST|GET /hooks/<token>` and nothing else:
//
//	200 the event is on disk, was there before, or is not one this recipe listens for
//	202 the same, and the run's result was waited for but takes longer
//	400 the body cannot be read            401 the sender cannot be proved
//	404 no such address                    405 another method
//	408 the body came too slowly           410 the recipe is off
//	413 the body is too large              415 the body is compressed
//	429 more than the recipe accepts       503 it cannot be taken now: send it again
//	508 recipes have started each other too often in a row
//
// A recipe may say what is answered instead of 200.
type Handler struct {
	store    Store
	bodies   engine.Bodies
	answers  *Answers
	accepted func(engine.Job)
	chain    chain.Key
	bases    func() []string
	now      func() time.Time
	log      *slog.Logger
	table    atomic.Pointer[Table]
	refusals refusals
	copies   copies
	// inMemory and onDisk are the room for bodies that are coming in.
	inMemory, onDisk room
	tables           sync.Mutex // one table after the other
}

var _ http.Handler = (*Handler)(nil)

// New makes a handler that knows no recipe yet.
func New(p Params) *Handler {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Accepted == nil {
		p.Accepted = func(engine.Job) {}
	}
	if p.Addresses == nil {
		p.Addresses = func() []string { return nil }
	}
	if p.Answers == nil {
		p.Answers = NewAnswers()
	}
	h := &Handler{
		store: p.Store, bodies: p.Bodies, answers: p.Answers, accepted: p.Accepted, chain: p.Chain, bases: p.Addresses, now: p.Now, log: p.Log,
		refusals: refusals{waiting: map[refusalKind]*engine.Refusal{}, wake: make(chan struct{}, 1)},
		inMemory: room{most: mostInMemory}, onDisk: room{most: mostOnDisk},
	}
	h.SetTable(Table{})
	return h
}

// SetTable replaces all routes at once. Deliveries under way finish with the table they began with.
func (h *Handler) SetTable(t Table) {
	h.tables.Lock()
	defer h.tables.Unlock()
	doors := map[int64]*door{}
	if old := h.table.Load(); old != nil {
		for _, route := range *old {
			doors[route.RecipeID] = route.door
		}
	}
	t = maps.Clone(t)
	for token, route := range t {
		route.prepare(doors[route.RecipeID])
		t[token] = route
	}
	h.table.Store(&t)
}

// Answers says whether some recipe's deliveries go to an address with that path.
func (h *Handler) Answers(path string) bool {
	token, ok := strings.CutPrefix(path, PathPrefix)
	_, known := (*h.table.Load())[token]
	return ok && known
}

// ServeHTTP takes one delivery.
func (h *Handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	token, ok := strings.CutPrefix(req.URL.Path, PathPrefix)
	route, known := (*h.table.Load())[token]
	if !ok || !known {
		h.turnAway(w, req, 0, &refusal{
			http.StatusNotFound, "There is nothing here.",
			"The address belongs to no recipe: it was not copied whole, or the recipe was removed or never switched on.", 0,
		})
		return
	}
	answer, no := h.deliver(w, req, route)
	if no != nil {
		h.turnAway(w, req, route.RecipeID, no)
		return
	}
	answer.write(w)
}

// turnAway answers what is not let in, and notes it.
func (h *Handler) turnAway(w http.ResponseWriter, req *http.Request, recipeID int64, no *refusal) {
	h.refused(req, recipeID, no.status, no.reason)
	a := say(no.status, reply{Status: "refused", Message: no.tells})
	a.again = no.again
	a.write(w)
}

// deliver checks a delivery, the cheapest first, and stores it.
func (h *Handler) deliver(w http.ResponseWriter, req *http.Request, route Route) (answer, *refusal) {
	if route.On && route.Broken == nil {
		if a, ok := route.greet(req, nil); ok {
			return a, nil
		}
	}
	if no := h.closed(w, req, route); no != nil {
		return answer{}, no
	}
	body, no := h.read(w, req, route)
	if body != nil {
		defer body.close()
	}
	if no != nil {
		return answer{}, no
	}
	if a, ok := route.greet(req, body); ok {
		return a, nil
	}
	if !route.matches(req.Header) {
		return h.otherEvent(req, route), nil
	}
	contentType := req.Header.Get("Content-Type")
	if err := body.check(contentType); err != nil {
		return answer{}, &refusal{http.StatusBadRequest, engine.ErrorMessage(err), engine.ErrorMessage(err), 0}
	}
	if !route.MatchIn.Any() {
		switch fits, err := route.MatchIn.Fits(body.content(), contentType); {
		case err != nil:
			return answer{}, noRoom(err)
		case !fits:
			return h.otherEvent(req, route), nil
		}
	}
	if !route.door.pass(h.now()) {
		_, again := route.door.open(h.now())
		return answer{}, tooMany(route, again)
	}
	if body.file != nil {
		var err error
		if body.name, err = body.file.Keep(); err != nil {
			return answer{}, noRoom(err)
		}
	}
	return h.accept(w, req, route, body, contentType)
}

// otherEvent answers a delivery that is right, but not what the recipe listens for.
func (h *Handler) otherEvent(req *http.Request, route Route) answer {
	h.refused(req, route.RecipeID, http.StatusOK, "It is another event than the one this recipe listens for.")
	return say(http.StatusOK, reply{Status: "ignored", Message: "This recipe listens for another event."})
}

// closed says why a delivery is not even looked at.
func (h *Handler) closed(w http.ResponseWriter, req *http.Request, route Route) *refusal {
	if req.Method != http.MethodPost && req.Method != http.MethodGet {
		w.Header().Set("Allow", "GET, POST")
		return &refusal{http.StatusMethodNotAllowed, "Send a POST or a GET.", "The sender used another method than POST or GET.", 0}
	}
	if !route.On {
		return &refusal{http.StatusGone, "This recipe is switched off.", "The recipe is switched off.", 0}
	}
	if route.Broken != nil {
		h.log.Error("delivery turned away: the sender cannot be checked", "recipe", route.RecipeID, "error", route.Broken)
		return &refusal{
			http.StatusServiceUnavailable, "The delivery cannot be checked now. Send it again later.",
			"It could not be checked who sent it: " + engine.ErrorMessage(route.Broken), comeAgain,
		}
	}
	// No sender that is known to us compresses; a few bytes of it could stand for gigabytes.
	if coding := strings.Join(req.Header.Values("Content-Encoding"), ","); coding != "" && !strings.EqualFold(coding, "identity") {
		return &refusal{
			http.StatusUnsupportedMediaType, "Send the body without compressing it.",
			"The sender compressed the body. Switch that off at the sender.", 0,
		}
	}
	if sender, _ := h.sender(req); sender.Depth >= engine.MaxDepth {
		return &refusal{
			http.StatusLoopDetected, "Recipes have started each other too often in a row. Look which of them sends to its own address, also by way of others.",
			"Recipes have started each other too often in a row. Look which of them sends to its own address, also by way of others.", 0,
		}
	}
	if open, again := route.door.open(h.now()); !open {
		return tooMany(route, again)
	}
	if req.ContentLength > route.MaxBytes {
		return tooLarge(route.MaxBytes)
	}
	return nil
}

func tooMany(route Route, again int) *refusal {
	return &refusal{
		http.StatusTooManyRequests, "This recipe accepts no more deliveries at the moment. Send it again later.",
		fmt.Sprintf("More deliveries came than the %d in a minute that the recipe accepts. Its trigger's options say how many that are.", route.PerMinute), again,
	}
}

// read reads the body and proves its sender. The body is to be closed, also where it is refused.
func (h *Handler) read(w http.ResponseWriter, req *http.Request, route Route) (*body, *refusal) {
	place, own, size := &h.inMemory, &route.door.inMemory, max(req.ContentLength, 1<<10)
	if h.bodies != nil && (req.ContentLength > engine.LargeBody || req.ContentLength < 0 && route.MaxBytes > engine.LargeBody) {
		place, own = &h.onDisk, &route.door.onDisk
	}
	if req.ContentLength < 0 {
		size = route.MaxBytes
	}
	if !place.take(size, own) {
		return nil, &refusal{
			http.StatusServiceUnavailable, "Too much comes in at the same time. Send it again later.",
			"Too many large deliveries came in at the same time. Senders were asked to come again.", comeAgain,
		}
	}
	defer place.give(size, own)
	in := incoming{w: w, req: req, limit: route.MaxBytes, proof: route.Verifier.Begin(req.Header, h.sentTo(req, route)...), files: h.bodies}
	body, no := in.read()
	once, err := in.proof.Done()
	switch {
	case no != nil:
		return body, no
	case err != nil:
		return body, &refusal{http.StatusUnauthorized, "The signature is missing or wrong.", engine.ErrorMessage(err), 0}
	}
	body.once = once
	return body, nil
}

// sentTo returns the addresses to which the sender may have sent a delivery, if its signature is made of that.
// Who sends says in the Host header what they like, so that proves nothing.
func (h *Handler) sentTo(req *http.Request, route Route) (all []string) {
	if !route.CoversAddress {
		return nil
	}
	path := req.URL.EscapedPath()
	if req.URL.RawQuery != "" {
		path += "?" + req.URL.RawQuery
	}
	for _, base := range h.bases() {
		all = append(all, strings.TrimSuffix(base, "/")+path)
	}
	return all
}
