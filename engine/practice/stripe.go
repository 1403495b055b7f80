package practice

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/signature"
)

const (
	stripeVersion = "2026-08-26.dahlia"
	// keptEvents and keptObjects bound the account's memory.
	keptEvents  = 1000
	keptObjects = 5000
	// mostEndpoints is how many webhook endpoints Stripe lets one account have.
	mostEndpoints = 16
	// eventsFor is how long Stripe lists events.
	eventsFor = 30 * 24 * time.Hour
)

// NewPayment says what to let happen in the pretend Stripe account; all of it may be left out.
type NewPayment struct {
	// Total is an amount such as "129.50"; empty means one of some usual ones.
	Total string `json:"total,omitempty"`
	// Currency is a code such as EUR; empty means the customer's.
	Currency string `json:"currency,omitempty"`
	// Type is one of StripeTypes; empty means a payment that succeeds.
	Type string `json:"type,omitempty"`
}

// Payment is one thing that happened in the pretend Stripe account: an event, and what it is about.
type Payment struct {
	ID       string    `json:"id"`     // of the event
	Object   string    `json:"object"` // the id of what it is about, such as pi_…
	Type     string    `json:"type"`
	Customer string    `json:"customer"` // a name
	Total    string    `json:"total"`
	Currency string    `json:"currency"`
	At       time.Time `json:"at"`
	// Body is the event as Stripe writes it.
	Body json.RawMessage `json:"-"`
	full object
}

// PaymentSent is a payment with what became of the first try of each of its deliveries.
type PaymentSent struct {
	Payment
	Deliveries []Delivery `json:"deliveries"`
}

// Endpoint is an address to which the pretend Stripe delivers events of some types.
type Endpoint struct {
	ID, Address, Secret string
	Types               []string // or "*"
	Disabled            bool
	description         string
	created             time.Time
}

func (e Endpoint) wants(kind string) bool {
	return !e.Disabled && (slices.Contains(e.Types, kind) || slices.Contains(e.Types, "*"))
}

// Stripe is the pretend Stripe: an http.Handler of its API below /v1, and the sender of its webhooks.
type Stripe struct {
	key    string
	now    func() time.Time
	log    *slog.Logger
	faults *faults
	mux    *http.ServeMux
	post   *courier

	mu        sync.Mutex
	made      int
	events    []Payment // oldest first
	endpoints []Endpoint
	objects   map[string]object // by id
	order     []string          // of the objects, oldest first
	answers   map[string]kept   // by idempotency key
}

var _ http.Handler = (*Stripe)(nil)

func newStripe(p Params) *Stripe {
	s := &Stripe{
		key: p.StripeKey, now: p.Now, log: p.Log, faults: newFaults(), post: newCourier(p, 2*time.Second, 10*time.Second),
		objects: map[string]object{}, answers: map[string]kept{},
	}
	s.mux = s.routes()
	return s
}

// Key returns the account's API key.
func (s *Stripe) Key() string { return s.key }

// Fail makes the API fail; a Fault with the mode Fine ends it.
func (s *Stripe) Fail(f Fault) error { return s.faults.set(f) }

// Fault returns how the API fails now.
func (s *Stripe) Fault() Fault { return s.faults.get() }

// Sleep lets Stripe think that the computer it delivers to is asleep, or awake again, as Shop.Sleep does.
func (s *Stripe) Sleep(asleep bool) { s.post.asleep.Store(asleep) }

// Endpoints returns the webhook endpoints, oldest first.
func (s *Stripe) Endpoints() []Endpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.endpoints)
}

// Payments returns what happened, oldest first.
func (s *Stripe) Payments() []Payment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// Place lets something happen without telling anybody: what was missed while nobody listened.
func (s *Stripe) Place(want NewPayment) (Payment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place(want)
}

func (s *Stripe) place(want NewPayment) (Payment, error) {
	if want.Type == "" {
		want.Type = StripeTypes[0]
	}
	make, known := stripeObjects[want.Type]
	if !known {
		return Payment{}, engine.Errorf(engine.Invalid, "The pretend Stripe sends no event %q. It sends: %s.", want.Type, strings.Join(StripeTypes, ", "))
	}
	buyer := customers[s.made%len(customers)]
	if want.Currency == "" {
		want.Currency = buyer.currency
	}
	if len(want.Currency) != 3 || strings.Trim(want.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Payment{}, engine.Errorf(engine.Invalid, "%q is no currency. Write a code such as EUR.", want.Currency)
	}
	if want.Total == "" {
		want.Total = products[s.made%len(products)].price.String()
	}
	total, err := parseCents(want.Total)
	if err != nil {
		return Payment{}, err
	}
	d := deal{n: s.made, buyer: buyer, currency: strings.ToLower(want.Currency), amount: inCoins(total, want.Currency), at: s.now().UTC()}
	if s.objects[d.stripeCustomer()] == nil {
		s.keep(d.customer())
	}
	about := make(&d)
	s.made++
	for _, one := range append(d.besides, about) {
		s.keep(one)
	}
	return s.record(want.Type, about, buyer.first+" "+buyer.last, total.String(), want.Currency), nil
}

// inCoins is an amount as Stripe counts it.
func inCoins(total cents, currency string) int64 {
	switch mapping.CoinDecimals(currency) {
	case 0:
		return int64(total) / 100
	case 3:
		return int64(total) * 10
	}
	return int64(total)
}

// outOfCoins is the reverse of inCoins, as people write it.
func outOfCoins(amount int64, currency string) string {
	switch mapping.CoinDecimals(currency) {
	case 0:
		amount *= 100
	case 3:
		amount /= 10
	}
	return cents(amount).String()
}

// whole is a number of an object, made here or read.
func whole(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case json.Number:
		n, _ := v.Int64() // it was written here
		return n
	}
	return 0
}

// record makes an event.
func (s *Stripe) record(kind string, about object, customer, total, currency string) Payment {
	at := s.now().UTC().Truncate(time.Second)
	p := Payment{ID: stripeID("evt_1"), Object: text(about, "id"), Type: kind, Customer: customer, Total: total, Currency: currency, At: at}
	p.full = object{
		"id": p.ID, "object": "event", "api_version": stripeVersion, "created": at.Unix(), "type": kind, "livemode": false,
		"pending_webhooks": 1, "request": object{"id": nil, "idempotency_key": nil}, "data": object{"object": about},
	}
	p.Body, _ = json.MarshalIndent(p.full, "", "  ") // maps of JSON values always marshal
	s.events = append(s.events, p)
	if len(s.events) > keptEvents {
		s.events = slices.Delete(s.events, 0, len(s.events)-keptEvents)
	}
	return p
}

// keep keeps an object under its id.
func (s *Stripe) keep(o object) {
	id := text(o, "id")
	if _, known := s.objects[id]; !known {
		s.order = append(s.order, id)
	}
	s.objects[id] = o
	if len(s.order) > keptObjects {
		delete(s.objects, s.order[0])
		s.order = slices.Delete(s.order, 0, 1)
	}
}

// Send lets something happen and delivers it to all endpoints that want it. It returns after the first try of each;
// further tries go on by themselves. After the last one failed, the endpoint is disabled, as Stripe does.
func (s *Stripe) Send(ctx context.Context, want NewPayment) (PaymentSent, error) {
	p, err := s.Place(want)
	if err != nil {
		return PaymentSent{}, err
	}
	return s.deliver(ctx, p), nil
}

func (s *Stripe) deliver(ctx context.Context, p Payment) PaymentSent {
	sent := PaymentSent{Payment: p, Deliveries: []Delivery{}}
	for _, e := range s.Endpoints() {
		if e.wants(p.Type) {
			sent.Deliveries = append(sent.Deliveries, s.deliverTo(ctx, p, e))
		}
	}
	return sent
}

func (s *Stripe) deliverTo(ctx context.Context, p Payment, e Endpoint) Delivery {
	d := Delivery{Order: p.ID, Topic: p.Type, Address: e.Address, WebhookID: p.ID, EventID: p.ID}
	return s.post.send(ctx, d, p.Body, func() http.Header {
		// Each try is signed anew, with its own time.
		h := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "User-Agent": {"Stripe/1.0 (+https://stripe.com/docs/webhooks)"}}
		spec := engine.SignatureSpec{Scheme: "stripe", Header: "Stripe-Signature", Secret: e.Secret}
		if err := signature.Sign(signature.Complete(spec), h, p.Body); err != nil {
			s.log.Error("a pretend delivery cannot be signed", "error", err)
		}
		return h
	}, func() { s.disable(e.ID) })
}

func (s *Stripe) disable(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.endpoints {
		if s.endpoints[i].ID == id {
			s.endpoints[i].Disabled = true
		}
	}
}

// subscribe adds an endpoint. The problem is the API's code and sentence; both empty if there is none.
func (s *Stripe) subscribe(e Endpoint) (Endpoint, string, string) {
	u, err := url.Parse(e.Address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return e, "url_invalid", "Invalid URL: An explicit scheme (such as https) must be provided."
	case len(s.endpoints) >= mostEndpoints:
		return e, "", fmt.Sprintf("You have reached the maximum of %d test webhook endpoints.", mostEndpoints)
	}
	e.ID, e.Secret, e.created = stripeID("we_1"), "whsec_"+random(), s.now().UTC()
	s.endpoints = append(s.endpoints, e)
	return e, "", ""
}

func (s *Stripe) close() {
	s.post.close()
	s.faults.release()
}

// stripeID makes an id that looks like Stripe's.
func stripeID(prefix string) string { return prefix + "Practice" + random()[:12] }
