package practice

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (e Endpoint) object(secret bool) object {
	types := make([]any, len(e.Types))
	for i, t := range e.Types {
		types[i] = t
	}
	status := "enabled"
	if e.Disabled {
		status = "disabled"
	}
	o := object{
		"id": e.ID, "object": "webhook_endpoint", "api_version": nil, "application": nil, "created": e.created.Unix(),
		"description": e.description, "enabled_events": types, "livemode": false, "metadata": object{}, "status": status, "url": e.Address,
	}
	if secret { // it is told once
		o["secret"] = e.Secret
	}
	return o
}

func (s *Stripe) listEndpoints(c call) reply {
	var all []object
	for _, e := range slices.Backward(s.endpoints) {
		all = append(all, e.object(false))
	}
	return page(c, all)
}

func (s *Stripe) addEndpoint(c call) reply {
	types := c.params["enabled_events[]"]
	for i := 0; c.params.Has(fmt.Sprintf("enabled_events[%d]", i)); i++ {
		types = append(types, c.params.Get(fmt.Sprintf("enabled_events[%d]", i)))
	}
	switch {
	case c.params.Get("url") == "":
		return required("url")
	case len(types) == 0:
		return required("enabled_events")
	}
	e, code, message := s.subscribe(Endpoint{Address: c.params.Get("url"), Types: types, description: c.params.Get("description")})
	if message != "" {
		return problem(http.StatusBadRequest, invalidRequest, code, message, "url")
	}
	return done(e.object(true))
}

func required(param string) reply {
	return problem(http.StatusBadRequest, invalidRequest, "parameter_missing", "Missing required param: "+param+".", param)
}

// switchEndpoint switches an endpoint off or on, as a person can in Stripe's dashboard.
func (s *Stripe) switchEndpoint(c call) reply {
	id := c.PathValue("id")
	i := slices.IndexFunc(s.endpoints, func(e Endpoint) bool { return e.ID == id })
	if i < 0 {
		return missingObject("webhook endpoint", id)
	}
	s.endpoints[i].Disabled = c.params.Get("disabled") == "true"
	return done(s.endpoints[i].object(false))
}

func (s *Stripe) removeEndpoint(c call) reply {
	id := c.PathValue("id")
	i := slices.IndexFunc(s.endpoints, func(e Endpoint) bool { return e.ID == id })
	if i < 0 {
		return missingObject("webhook endpoint", id)
	}
	s.endpoints = slices.Delete(s.endpoints, i, i+1)
	return done(object{"id": id, "object": "webhook_endpoint", "deleted": true})
}

// listOf lists objects of a kind, newest first; by is a parameter that one of their fields must equal.
func (s *Stripe) listOf(kind, by string) func(call) reply {
	return func(c call) reply {
		want := c.params.Get(by)
		if kind == "payment_intent" && want != "" && s.objects[want] == nil {
			return problem(http.StatusBadRequest, invalidRequest, "resource_missing", fmt.Sprintf("No such customer: '%s'", want), by)
		}
		var all []object
		for _, id := range slices.Backward(s.order) {
			if o := s.objects[id]; o["object"] == kind && (want == "" || o[by] == want) {
				all = append(all, o)
			}
		}
		return page(c, all)
	}
}

// get gives an object; expand[] puts what it refers to in its place.
func (s *Stripe) get(kind string) func(call) reply {
	return func(c call) reply {
		id := c.PathValue("id")
		o := s.objects[id]
		if o["object"] != kind {
			return missingObject(kind, id)
		}
		o = copied(o)
		for _, name := range c.params["expand[]"] {
			if inner, ok := s.objects[text(o, name)]; ok {
				o[name] = inner
			}
		}
		return reply{status: http.StatusOK, body: copied(o)}
	}
}

// note changes an object's own words and its metadata, of which an empty one is removed.
func (s *Stripe) note(kind string) func(call) reply {
	return func(c call) reply {
		id := c.PathValue("id")
		o := s.objects[id]
		if o["object"] != kind {
			return missingObject(kind, id)
		}
		o = copied(o)
		for name := range c.params {
			if !strings.Contains(name, "[") {
				o[name] = c.params.Get(name)
			}
		}
		notes, _ := o["metadata"].(object)
		for name, value := range c.group("metadata") {
			if notes[name] = value; value == "" {
				delete(notes, name)
			}
		}
		s.keep(o)
		return done(copied(o))
	}
}

func (s *Stripe) addCustomer(c call) reply {
	if email := c.params.Get("email"); email != "" && !strings.Contains(email, "@") {
		return problem(http.StatusBadRequest, invalidRequest, "email_invalid", "Invalid email address: "+email, "email")
	}
	o := object{
		"id": stripeID("cus_"), "object": "customer", "balance": 0, "created": s.now().Unix(), "currency": nil, "delinquent": false,
		"livemode": false, "metadata": c.group("metadata"), "preferred_locales": []any{},
	}
	for _, name := range []string{"email", "name", "phone", "description"} {
		if o[name] = nil; c.params.Has(name) {
			o[name] = c.params.Get(name)
		}
	}
	s.keep(o)
	return done(copied(o))
}

func (s *Stripe) addLink(c call) reply {
	for _, name := range []string{"[price_data][currency]", "[price_data][unit_amount]", "[price_data][product_data][name]", "[quantity]"} {
		if c.params.Get("line_items[0]"+name) == "" && c.params.Get("line_items[0][price]") == "" {
			return required("line_items[0]" + name)
		}
	}
	if amount := c.params.Get("line_items[0][price_data][unit_amount]"); amount != "" {
		if n, err := strconv.ParseInt(amount, 10, 64); err != nil || n < 50 {
			return problem(http.StatusBadRequest, invalidRequest, "amount_too_small", "The amount is less than Stripe takes.", "line_items[0][price_data][unit_amount]")
		}
	}
	id := stripeID("plink_1")
	o := object{
		"id": id, "object": "payment_link", "active": true, "currency": c.params.Get("line_items[0][price_data][currency]"),
		"livemode": false, "metadata": c.group("metadata"), "url": "https://buy.stripe.com/test_" + strings.TrimPrefix(id, "plink_"),
	}
	s.keep(o)
	return done(copied(o))
}

// refund pays a payment back, and tells of it.
func (s *Stripe) refund(c call) reply {
	chargeID := c.params.Get("charge")
	if id := c.params.Get("payment_intent"); id != "" {
		intent := s.objects[id]
		if intent["object"] != "payment_intent" {
			return problem(http.StatusNotFound, invalidRequest, "resource_missing", fmt.Sprintf("No such payment_intent: '%s'", id), "payment_intent")
		}
		chargeID = text(intent, "latest_charge")
	}
	charge := s.objects[chargeID]
	if charge["object"] != "charge" {
		return problem(http.StatusBadRequest, invalidRequest, "", "This payment has no successful charge to refund.", "payment_intent")
	}
	amount, back := whole(charge["amount"]), whole(charge["amount_refunded"])
	part := amount - back
	if part == 0 {
		r := problem(http.StatusBadRequest, invalidRequest, "charge_already_refunded", "Charge "+chargeID+" has already been refunded.", "")
		r.executed = true
		return r
	}
	if c.params.Has("amount") {
		n, err := strconv.ParseInt(c.params.Get("amount"), 10, 64)
		if err != nil || n < 1 {
			return problem(http.StatusBadRequest, invalidRequest, "parameter_invalid_integer", "Invalid positive integer", "amount")
		}
		if n > part {
			return problem(http.StatusBadRequest, invalidRequest, "amount_too_large", fmt.Sprintf("Refund amount (%d) is greater than unrefunded amount on charge (%d)", n, part), "amount")
		}
		part = n
	}
	charge = copied(charge)
	charge["amount_refunded"], charge["refunded"] = back+part, back+part == amount
	s.keep(charge)
	o := object{
		"id": stripeID("re_3"), "object": "refund", "amount": part, "charge": chargeID, "created": s.now().Unix(), "currency": charge["currency"],
		"metadata": c.group("metadata"), "payment_intent": charge["payment_intent"], "reason": nil, "status": "succeeded",
	}
	if reason := c.params.Get("reason"); reason != "" {
		o["reason"] = reason
	}
	s.keep(o)
	billing, _ := charge["billing_details"].(object)
	currency := strings.ToUpper(text(charge, "currency"))
	event := s.record("charge.refunded", charge, text(billing, "name"), outOfCoins(part, currency), currency)
	r := done(o)
	r.after = func() { s.post.begin(func(ctx context.Context) { s.deliver(ctx, event) }) }
	return r
}
