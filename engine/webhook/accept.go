package webhook

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"bellhop/engine"
	"bellhop/engine/chain"
)

// accept stores the event and its run, and answers.
func (h *Handler) accept(w http.ResponseWriter, req *http.Request, route Route, body *body, contentType string) (answer, *refusal) {
	key, err := eventKey(route, req.Header, body, contentType)
	if err != nil {
		return answer{}, noRoom(err)
	}
	now := h.now()
	if body.once != "" && !h.copies.claim(route.RecipeID, body.once, key, now) {
		if body.file != nil {
			body.file.Remove()
		}
		return route.atOnce(reply{Status: "duplicate", Event: key}), nil
	}
	event, run, missed, err := h.arrived(req, route, body, contentType, now)
	if err != nil {
		return answer{}, noRoom(err)
	}
	event.Key = key
	var result *wait
	name := eventName{event.RecipeID, event.Key}
	// A sender that hangs up now must not keep a run from being handed on.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), storeTimeout)
	defer cancel()
	err = h.store.UpdateRepeatable(ctx, func(tx engine.Tx) error {
		h.answers.forget(result) // of a try that was not committed
		result = nil
		if missed != "" {
			if first, err := route.Missed.Mark(tx, route.RecipeID, missed); err != nil || !first {
				return cmp.Or(err, errCaughtUp)
			}
		}
		if err := tx.AddEvent(&event); err != nil {
			return err
		}
		run.EventID = event.ID
		if err := tx.AddRun(&run); err != nil {
			return err
		}
		if route.wait > 0 {
			result = h.answers.expect(run.ID, name)
		}
		return nil
	})
	if err != nil {
		h.answers.forget(result)
		if body.file != nil {
			body.file.Remove()
		}
		if body.once != "" && engine.ErrorCode(err) != engine.Conflict {
			h.copies.forget(route.RecipeID, body.once)
		}
	}
	switch {
	case engine.ErrorCode(err) == engine.Conflict && route.wait > 0:
		return h.await(w, req, route, h.answers.find(name), reply{Status: "duplicate", Event: event.Key}), nil
	case engine.ErrorCode(err) == engine.Conflict:
		return route.atOnce(reply{Status: "duplicate", Event: event.Key}), nil
	case err != nil:
		h.log.Error("delivery turned away: it cannot be stored", "recipe", route.RecipeID, "error", err)
		return answer{}, &refusal{
			http.StatusServiceUnavailable, "The delivery cannot be stored now. Send it again later.",
			"It could not be stored: " + engine.ErrorMessage(err), 0,
		}
	}
	job := engine.JobOf(run)
	job.Fresh = &engine.Fresh{Run: run, Event: event}
	h.accepted(job)
	if route.wait > 0 {
		return h.await(w, req, route, result, reply{Status: "accepted", Event: event.Key}), nil
	}
	return route.atOnce(reply{Status: "accepted", Event: event.Key}), nil
}

// arrived returns what is to be stored of a delivery, but for the event's key, and what the event is called where
// missed ones are asked for. The error is Unavailable if the body cannot be read again.
func (h *Handler) arrived(req *http.Request, route Route, body *body, contentType string, now time.Time) (event engine.Event, run engine.Run, missed string, err error) {
	event = engine.Event{
		RecipeID: route.RecipeID, Body: body.bytes, ContentType: contentType,
		File: body.name, Request: route.request(req), ReceivedAt: now,
	}
	if body.name != "" {
		event.FileSize = body.size
	}
	run = engine.Run{
		RecipeID: route.RecipeID, Version: route.Version, State: engine.Queued, CreatedAt: now,
	}
	if sender, own := h.sender(req); own {
		run.CalledBy, run.Depth = sender.RunID, sender.Depth+1
	}
	if route.Order != nil {
		if run.OrderKey, err = orderKey(route.Order, event, body); err != nil {
			return event, run, "", err
		}
	}
	if route.Missed != nil {
		missed, err = missedKey(route.Missed, body, contentType)
	}
	return event, run, missed, err
}

// errCaughtUp says that a delivery tells of an event that is known: it came before, or was fetched.
var errCaughtUp error = engine.Errorf(engine.Conflict, "the event is known already")

// sender returns the run of this Bellhop that sent the delivery, if one did.
func (h *Handler) sender(req *http.Request) (sender chain.Link, own bool) {
	if value := req.Header.Get(chain.Header); value != "" && h.chain != nil {
		return h.chain.Read(value)
	}
	return sender, false
}

// await waits for the run's answer, as long as the recipe says, the sender stays and not too many wait.
// Else the sender is told what is true at once. A nil result is an event whose answer nobody knows any more.
func (h *Handler) await(w http.ResponseWriter, req *http.Request, route Route, result *wait, r reply) answer {
	if result == nil {
		return say(http.StatusOK, r)
	}
	if !h.answers.join(result) {
		return say(http.StatusAccepted, r)
	}
	defer h.answers.leave(result)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(route.wait + answerTimeout)) // in tests it cannot do anything
	timer := time.NewTimer(route.wait)
	defer timer.Stop()
	select {
	case <-result.done:
		return result.answer
	case <-timer.C:
	case <-req.Context().Done():
	}
	return say(http.StatusAccepted, r)
}
