package practice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// keysFor is how long Stripe remembers idempotency keys.
const keysFor = 24 * time.Hour

// kept is the answer to a request with an idempotency key.
type kept struct {
	request string // a hash of what was asked
	status  int
	body    object
	at      time.Time
}

// reply is what the API answers. An executed one is kept for its idempotency key, as it is with Stripe; parameters that
// are wrong are not.
type reply struct {
	status   int
	body     object
	executed bool
	after    func() // done once it is answered
}

func done(body object) reply { return reply{status: http.StatusOK, body: body, executed: true} }

func problem(status int, kind, code, message, param string) reply {
	e := object{"type": kind, "message": message}
	if code != "" {
		e["code"] = code
	}
	if param != "" {
		e["param"] = param
	}
	return reply{status: status, body: object{"error": e}}
}

const invalidRequest = "invalid_request_error"

func missingObject(kind, id string) reply {
	return problem(http.StatusNotFound, invalidRequest, "resource_missing", fmt.Sprintf("No such %s: '%s'", kind, id), "id")
}

// ServeHTTP answers the part of Stripe's API that Bellhop uses: events, webhook endpoints, customers, payments, payment
// links, refunds, and notes on all of them. Parameters that it does not know are refused, as Stripe does.
func (s *Stripe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	s.faults.around(w, r, s.mux.ServeHTTP, func(w http.ResponseWriter, status int, code string) {
		kind := "api_error"
		switch {
		case status == http.StatusOK:
			status, kind = http.StatusBadRequest, invalidRequest
		case status == http.StatusTooManyRequests:
			code, kind = "rate_limit", invalidRequest
		}
		answer(w, status, problem(status, kind, code, "The pretend Stripe was told to fail.", "").body)
	})
}

// call is a request with its parameters.
type call struct {
	*http.Request
	params url.Values
}

// group returns the parameters name[key].
func (c call) group(name string) object {
	found := object{}
	for key := range c.params {
		if inner, ok := strings.CutPrefix(key, name+"["); ok && strings.HasSuffix(inner, "]") {
			found[strings.TrimSuffix(inner, "]")] = c.params.Get(key)
		}
	}
	return found
}

func (s *Stripe) routes() *http.ServeMux {
	mux := http.NewServeMux()
	paging := "limit starting_after ending_before"
	for pattern, route := range map[string]struct {
		params string
		handle func(call) reply
	}{
		"GET /v1/events":                    {paging + " type types created delivery_success", s.listEvents},
		"GET /v1/events/{id}":               {"", s.getEvent},
		"GET /v1/webhook_endpoints":         {paging, s.listEndpoints},
		"POST /v1/webhook_endpoints":        {"url enabled_events description metadata api_version connect", s.addEndpoint},
		"POST /v1/webhook_endpoints/{id}":   {"disabled", s.switchEndpoint},
		"DELETE /v1/webhook_endpoints/{id}": {"", s.removeEndpoint},
		"GET /v1/customers":                 {paging + " email created", s.listOf("customer", "email")},
		"POST /v1/customers":                {"email name phone description metadata address", s.addCustomer},
		"GET /v1/customers/{id}":            {"expand", s.get("customer")},
		"POST /v1/customers/{id}":           {"email name phone description metadata", s.note("customer")},
		"GET /v1/payment_intents":           {paging + " customer created", s.listOf("payment_intent", "customer")},
		"GET /v1/payment_intents/{id}":      {"expand client_secret", s.get("payment_intent")},
		"POST /v1/payment_intents/{id}":     {"metadata description", s.note("payment_intent")},
		"GET /v1/charges/{id}":              {"expand", s.get("charge")},
		"POST /v1/invoices/{id}":            {"metadata description", s.note("invoice")},
		"POST /v1/subscriptions/{id}":       {"metadata description", s.note("subscription")},
		"POST /v1/payment_links":            {"line_items metadata payment_intent_data", s.addLink},
		"POST /v1/refunds":                  {"payment_intent charge amount reason metadata", s.refund},
	} {
		mux.HandleFunc(pattern, s.answer(strings.Fields(route.params), route.handle))
	}
	mux.HandleFunc("/", s.answer(nil, func(c call) reply {
		return problem(http.StatusNotFound, invalidRequest, "", fmt.Sprintf("Unrecognized request URL (%s: %s).", c.Method, c.URL.Path), "")
	}))
	return mux
}

// answer lets only the account in, reads the parameters, and sees to idempotency keys.
func (s *Stripe) answer(params []string, handle func(call) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if user, _, ok := r.BasicAuth(); ok {
			key = user
		}
		if !same(key, s.key) {
			message := "You did not provide an API key."
			if key != "" {
				message = "Invalid API Key provided: " + key[:min(len(key), 8)] + "****"
			}
			answer(w, http.StatusUnauthorized, problem(http.StatusUnauthorized, invalidRequest, "", message, "").body)
			return
		}
		body, err := io.ReadAll(r.Body)
		given, err2 := url.ParseQuery(string(body))
		if err != nil || err2 != nil {
			answer(w, http.StatusBadRequest, problem(http.StatusBadRequest, invalidRequest, "", "Invalid request body.", "").body)
			return
		}
		maps.Copy(given, r.URL.Query())
		w.Header().Set("Stripe-Version", stripeVersion)
		w.Header().Set("Request-Id", stripeID("req_"))
		got, replayed := s.once(call{r, given}, params, body, handle)
		if replayed {
			w.Header().Set("Idempotent-Replayed", "true")
		}
		answer(w, got.status, got.body)
		if got.after != nil {
			got.after()
		}
	}
}

// once does a request, unless one with the same idempotency key was done: then it gives that one's answer again.
func (s *Stripe) once(c call, params []string, body []byte, handle func(call) reply) (got reply, replayed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := c.Header.Get("Idempotency-Key")
	if c.Method != http.MethodPost {
		key = ""
	}
	sum := sha256.Sum256([]byte(c.URL.Path + "\n" + string(body)))
	request := hex.EncodeToString(sum[:])
	now := s.now()
	if before, known := s.answers[key]; key != "" && known && now.Sub(before.at) < keysFor {
		if before.request != request {
			return problem(http.StatusBadRequest, "idempotency_error", "", fmt.Sprintf(
				"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '%s' if you meant to execute a different request.", key), ""), false
		}
		return reply{status: before.status, body: before.body}, true
	}
	for name := range c.params {
		if top, _, _ := strings.Cut(name, "["); !slices.Contains(params, top) && params != nil {
			return problem(http.StatusBadRequest, invalidRequest, "parameter_unknown", "Received unknown parameter: "+name, name), false
		}
	}
	got = handle(c)
	if key != "" && got.executed {
		maps.DeleteFunc(s.answers, func(_ string, k kept) bool { return now.Sub(k.at) >= keysFor })
		s.answers[key] = kept{request, got.status, copied(got.body), now}
	}
	return got, false
}

// copied is an object that later changes do not reach.
func copied(o object) object {
	data, err := json.Marshal(o)
	if err != nil {
		return o
	}
	out := object{}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	if d.Decode(&out) != nil {
		return o
	}
	return out
}

// page cuts a list, newest first, to the page that is asked for.
func page(c call, all []object) reply {
	limit := 10
	if text := c.params.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			return problem(http.StatusBadRequest, invalidRequest, "parameter_invalid_integer", "This value must be between 1 and 100.", "limit")
		}
		limit = n
	}
	if id := c.params.Get("starting_after"); id != "" {
		i := slices.IndexFunc(all, func(o object) bool { return o["id"] == id })
		if i < 0 {
			return problem(http.StatusBadRequest, invalidRequest, "resource_missing", fmt.Sprintf("No such object: '%s'", id), "starting_after")
		}
		all = all[i+1:]
	}
	more := len(all) > limit
	if more {
		all = all[:limit]
	}
	data := make([]any, len(all))
	for i, o := range all {
		data[i] = o
	}
	return reply{status: http.StatusOK, body: copied(object{"object": "list", "url": c.URL.Path, "has_more": more, "data": data})}
}

func (s *Stripe) listEvents(c call) reply {
	wanted := append(slices.Clone(c.params["types[]"]), c.params["type"]...)
	var all []object
	for _, p := range slices.Backward(s.events) {
		if len(wanted) > 0 && !slices.Contains(wanted, p.Type) || s.now().Sub(p.At) > eventsFor {
			continue
		}
		fits := true
		for sign, text := range c.group("created") {
			bound, err := strconv.ParseInt(text.(string), 10, 64)
			if err != nil {
				return problem(http.StatusBadRequest, invalidRequest, "parameter_invalid_integer", "Invalid integer: "+text.(string), "created["+sign+"]")
			}
			at := p.At.Unix()
			fits = fits && map[string]bool{"gte": at >= bound, "gt": at > bound, "lte": at <= bound, "lt": at < bound}[sign]
		}
		if fits {
			all = append(all, p.full)
		}
	}
	return page(c, all)
}

func (s *Stripe) getEvent(c call) reply {
	id := c.PathValue("id")
	for _, p := range s.events {
		if p.ID == id {
			return done(copied(p.full))
		}
	}
	return missingObject("event", id)
}
