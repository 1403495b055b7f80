// Package webhook takes deliveries in. It finds the recipe by its token, checks size, signature and
// content, stores the event with its run in one commit, and only then answers. Nothing else
// happens before the answer.
package webhook

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"bellhop/engine"
	"bellhop/engine/chain"
	"bellhop/engine/content"
)

// PathPrefix stands before the token in every webhook address.
const PathPrefix = "/hooks/"

// Store is what the handler needs of the store.
type Store interface {
	Update(ctx context.Context, fn func(tx engine.Tx) error) error
}

// Params are what a handler needs. Store is required.
type Params struct {
	Store Store
	// Accepted is called after the commit with each new run; it must not block.
	Accepted func(engine.Job)
	// Chain proves deliveries that runs of this Bellhop send to it; nil if none are told apart.
	Chain chain.Key
	Now   func() time.Time
	Log   *slog.Logger
}

// Handler answers `POST|GET /hooks/<token>` and nothing else:
//
//	200 the event is on disk, was there before, or is not one this recipe listens for
//	400 the body cannot be read            401 the sender cannot be proved
//	404 no such address                    405 another method
//	408 the body came too slowly           410 the recipe is off
//	413 the body is too large              503 the event cannot be stored now: send it again
//	508 recipes have started each other too often in a row
type Handler struct {
	store    Store
	accepted func(engine.Job)
	chain    chain.Key
	now      func() time.Time
	log      *slog.Logger
	table    atomic.Pointer[Table]
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
	h := &Handler{store: p.Store, accepted: p.Accepted, chain: p.Chain, now: p.Now, log: p.Log}
	h.SetTable(Table{})
	return h
}

// SetTable replaces all routes at once. Deliveries under way finish with the table they began with.
func (h *Handler) SetTable(t Table) { h.table.Store(&t) }

// Answers says whether some recipe's deliveries go to an address with that path.
func (h *Handler) Answers(path string) bool {
	token, ok := strings.CutPrefix(path, PathPrefix)
	_, known := (*h.table.Load())[token]
	return ok && known
}

// ServeHTTP takes one delivery.
func (h *Handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	status, reply := h.deliver(w, req)
	body, _ := json.Marshal(reply) // two strings cannot fail
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // whoever hung up gets nothing
}

// reply is what a sender reads.
type reply struct {
	// Status is "accepted", "duplicate", "ignored", or "refused".
	Status string `json:"status"`
	// Event is the event's key.
	Event   string `json:"event,omitempty"`
	Message string `json:"message,omitempty"`
}

func refuse(status int, message string) (int, reply) {
	return status, reply{Status: "refused", Message: message}
}

func (h *Handler) deliver(w http.ResponseWriter, req *http.Request) (int, reply) {
	token, ok := strings.CutPrefix(req.URL.Path, PathPrefix)
	if !ok {
		return refuse(http.StatusNotFound, "There is nothing here.")
	}
	if req.Method != http.MethodPost && req.Method != http.MethodGet {
		w.Header().Set("Allow", "GET, POST")
		return refuse(http.StatusMethodNotAllowed, "Send a POST or a GET.")
	}
	route, ok := (*h.table.Load())[token]
	if !ok {
		return refuse(http.StatusNotFound, "There is nothing here.")
	}
	if !route.On {
		h.log.Info("delivery refused: the recipe is off", "recipe", route.RecipeID)
		return refuse(http.StatusGone, "This recipe is switched off.")
	}
	if route.Broken != nil {
		h.log.Error("delivery turned away: the sender cannot be checked", "recipe", route.RecipeID, "error", route.Broken)
		return refuse(http.StatusServiceUnavailable, "The delivery cannot be checked now. Send it again later.")
	}
	sender, _ := h.sender(req)
	if sender.Depth >= engine.MaxDepth {
		h.log.Warn("delivery refused: recipes start each other without end", "recipe", route.RecipeID, "run", sender.RunID)
		return refuse(http.StatusLoopDetected, "Recipes have started each other too often in a row. Look which of them sends to its own address, also by way of others.")
	}
	body, status, message := readBody(w, req, route.MaxBytes)
	if status != 0 {
		h.log.Warn("delivery refused", "recipe", route.RecipeID, "status", status, "reason", message)
		return refuse(status, message)
	}
	if err := route.Verifier.Verify(req.Header, body); err != nil {
		h.log.Warn("delivery refused: the sender is not proved", "recipe", route.RecipeID, "reason", engine.ErrorMessage(err))
		return refuse(http.StatusUnauthorized, "The signature is missing or wrong.")
	}
	if !route.matches(req.Header) {
		h.log.Info("delivery ignored: it is not the event this recipe listens for", "recipe", route.RecipeID)
		return http.StatusOK, reply{Status: "ignored", Message: "This recipe listens for another event."}
	}
	contentType := req.Header.Get("Content-Type")
	if err := content.Check(contentType, body); err != nil {
		h.log.Warn("delivery refused", "recipe", route.RecipeID, "reason", engine.ErrorMessage(err))
		return refuse(http.StatusBadRequest, engine.ErrorMessage(err))
	}
	return h.accept(req, route, body, contentType)
}

// accept stores the event and its run, and answers.
func (h *Handler) accept(req *http.Request, route Route, body []byte, contentType string) (int, reply) {
	now := h.now()
	event := engine.Event{
		RecipeID: route.RecipeID, Key: eventKey(route, req.Header), Body: body, ContentType: contentType,
		Request: route.request(req), ReceivedAt: now,
	}
	run := engine.Run{
		RecipeID: route.RecipeID, Version: route.Version, State: engine.Queued, CreatedAt: now,
	}
	if sender, own := h.sender(req); own {
		run.CalledBy, run.Depth = sender.RunID, sender.Depth+1
	}
	ctx, cancel := context.WithTimeout(req.Context(), storeTimeout)
	defer cancel()
	err := h.store.Update(ctx, func(tx engine.Tx) error {
		if err := tx.AddEvent(&event); err != nil {
			return err
		}
		run.EventID = event.ID
		return tx.AddRun(&run)
	})
	switch {
	case engine.ErrorCode(err) == engine.Conflict:
		return http.StatusOK, reply{Status: "duplicate", Event: event.Key}
	case err != nil:
		h.log.Error("delivery turned away: it cannot be stored", "recipe", route.RecipeID, "error", err)
		return refuse(http.StatusServiceUnavailable, "The delivery cannot be stored now. Send it again later.")
	}
	h.accepted(engine.Job{RunID: run.ID, RecipeID: run.RecipeID})
	return http.StatusOK, reply{Status: "accepted", Event: event.Key}
}

// sender returns the run of this Bellhop that sent the delivery, if one did.
func (h *Handler) sender(req *http.Request) (sender chain.Link, own bool) {
	if value := req.Header.Get(chain.Header); value != "" && h.chain != nil {
		return h.chain.Read(value)
	}
	return sender, false
}

// maxKeyLength bounds the provider's id; no known provider's is near it.
const maxKeyLength = 255

// eventKey returns the event's key: the provider's id, its hash where it is absurdly long, or a
// random one.
func eventKey(route Route, header http.Header) string {
	key := route.eventKey(header)
	switch {
	case key == "":
		return "evt_" + strings.ToLower(rand.Text())
	case len(key) > maxKeyLength:
		sum := sha256.Sum256([]byte(key))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return strings.ToValidUTF8(key, "�")
}

// readBody returns the whole body, or the status and sentence to refuse it with.
func readBody(w http.ResponseWriter, req *http.Request, limit int64) (body []byte, status int, message string) {
	if req.ContentLength > limit {
		return nil, http.StatusRequestEntityTooLarge, "The body is larger than this recipe accepts."
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, limit))
	if err == nil {
		return body, 0, ""
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, http.StatusRequestEntityTooLarge, "The body is larger than this recipe accepts."
	}
	if netErr, ok := errors.AsType[net.Error](err); errors.Is(err, os.ErrDeadlineExceeded) || ok && netErr.Timeout() {
		return nil, http.StatusRequestTimeout, "The body came too slowly."
	}
	return nil, http.StatusBadRequest, "The body did not arrive whole."
}
