package practice

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"bellhop/engine"
	"bellhop/engine/signature"
)

const (
	apiVersion = "2026-07"
	// keptOrders bounds the shop's memory.
	keptOrders = 1000
)

// shopifySignature is how Shopify signs deliveries; the secret is filled in.
func shopifySignature(secret string) engine.SignatureSpec {
	return engine.SignatureSpec{
		Scheme: signature.SchemeHMAC, Header: "X-Shopify-Hmac-Sha256", Secret: secret, Algorithm: "sha256", Encoding: "base64",
	}
}

// Delivery is one webhook on its way to one address.
type Delivery struct {
	Order   string `json:"order"` // its name
	Topic   string `json:"topic"`
	Address string `json:"address"`
	// WebhookID and EventID stay the same over all tries.
	WebhookID string `json:"webhook_id"`
	EventID   string `json:"event_id"`
	// Tries counts the tries so far; Status is what the last one was answered, 0 if nothing came.
	Tries  int    `json:"tries"`
	Status int    `json:"status"`
	Error  string `json:"error,omitempty"`
	// Over is true when no further try comes.
	Over bool `json:"over"`
}

// OK says whether the delivery was accepted.
func (d Delivery) OK() bool { return d.Status >= 200 && d.Status < 300 }

// Sent is an order together with what became of the first try of each of its deliveries.
type Sent struct {
	Order
	Deliveries []Delivery `json:"deliveries"`
}

// Shop is the pretend Shopify: an http.Handler of its API, and the sender of its webhooks.
type Shop struct {
	name, clientID, clientSecret string
	firstID                      int64
	now                          func() time.Time
	log                          *slog.Logger
	faults                       *faults
	post                         *courier
	mux                          *http.ServeMux

	mu            sync.Mutex
	token         string
	made          int
	orders        []Order // oldest first
	subscriptions []Subscription
	// numbers are those by which the API calls the subscriptions, counted up to numbered: none is given twice.
	numbers  map[Subscription]int64
	numbered int64
	// lost are the subscriptions that were deleted since nothing arrived, until they are made again.
	lost []Subscription
}

// Subscription is an address that wants to hear of a topic.
type Subscription struct {
	Topic   string `json:"topic"`
	Address string `json:"address"`
}

func newShop(p Params) *Shop {
	s := &Shop{
		name: p.Shop, made: p.Orders, clientID: p.ClientID, clientSecret: p.ClientSecret, token: p.AccessToken,
		now: p.Now, log: p.Log, faults: newFaults(), numbers: map[Subscription]int64{},
		post: newCourier(p, time.Second, 5*time.Second), // and as Shopify, it follows no redirect
	}
	s.firstID = firstID + max(0, s.now().UnixMilli()-idEpoch)*idStep
	s.mux = s.routes()
	return s
}

// AccessToken returns what the shop's API wants in X-Shopify-Access-Token.
func (s *Shop) AccessToken() string { return s.token }

func (s *Shop) close() { s.post.close() }

// Subscribe makes the shop send a topic's webhooks to an address. Twice the same counts once.
func (s *Shop) Subscribe(topic, address string) error {
	if topic != TopicCreated && topic != TopicPaid {
		return engine.Errorf(engine.Invalid, "The pretend shop has no topic %q. It knows %s and %s.", topic, TopicCreated, TopicPaid)
	}
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return engine.Errorf(engine.Invalid, "%q is no address to deliver to. It begins with http:// or https://.", address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	one := Subscription{topic, address}
	if !slices.Contains(s.subscriptions, one) {
		s.subscriptions = append(s.subscriptions, one)
		s.numbered++
		s.numbers[one] = firstID + s.numbered
	}
	s.lost = without(s.lost, one)
	return nil
}

// Unsubscribe ends what Subscribe began.
func (s *Shop) Unsubscribe(topic, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := Subscription{topic, address}
	s.subscriptions, s.lost = without(s.subscriptions, one), without(s.lost, one)
}

func without(all []Subscription, one Subscription) []Subscription {
	return slices.DeleteFunc(all, func(s Subscription) bool { return s == one })
}

// Lost returns the subscriptions that the shop has deleted, since no try of a delivery was accepted, and
// that nobody has made again.
func (s *Shop) Lost() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lost)
}

// giveUp deletes a subscription, as Shopify does when every try of a delivery has failed.
func (s *Shop) giveUp(one Subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.subscriptions, one) {
		s.subscriptions, s.lost = without(s.subscriptions, one), append(s.lost, one)
	}
}

// Sleep lets the shop think that the computer it delivers to is asleep, or awake again: meanwhile deliveries
// arrive nowhere, and the hours in which they are tried again pass sleepPace times as fast.
func (s *Shop) Sleep(asleep bool) { s.post.asleep.Store(asleep) }

// Asleep says whether the shop thinks so.
func (s *Shop) Asleep() bool { return s.post.asleep.Load() }

// sleepPace makes four hours of sleep three seconds.
const sleepPace = 5000

// Subscriptions returns who hears of what.
func (s *Shop) Subscriptions() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.subscriptions)
}

// Orders returns the orders kept, oldest first.
func (s *Shop) Orders() []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.orders)
}

// Fail makes the shop's API fail; a Fault with the mode Fine ends it.
func (s *Shop) Fail(f Fault) error { return s.faults.set(f) }

// Fault returns how the shop's API fails now.
func (s *Shop) Fault() Fault { return s.faults.get() }

// Revoke makes the access tokens given so far invalid, as a reinstalled app does.
func (s *Shop) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = "shpat_" + random()
}

// Place makes an order without telling anybody: what was missed while nobody listened.
func (s *Shop) Place(want NewOrder) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := makeOrder(s.made, s.firstID, s.name, want, s.now())
	if err != nil {
		return o, err
	}
	s.made++
	s.orders = append(s.orders, o)
	if len(s.orders) > keptOrders {
		s.orders = slices.Delete(s.orders, 0, len(s.orders)-keptOrders)
	}
	return o, nil
}

// Made returns how many orders the shop has made, with those from before.
func (s *Shop) Made() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made
}

// Touch changes an order without telling anybody, as sending it off does. NotFound if it is not kept.
func (s *Shop) Touch(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.orders, func(o Order) bool { return o.ID == id })
	if i < 0 {
		return engine.Errorf(engine.NotFound, "The pretend shop has no order %d any more.", id)
	}
	s.orders[i] = s.orders[i].changed(s.now())
	return nil
}

// Send makes an order and delivers it to all who subscribed to its topic. It returns after the
// first try of each; further tries, with the same ids, go on by themselves. After the last one failed,
// the subscription is deleted, as Shopify does.
func (s *Shop) Send(ctx context.Context, want NewOrder) (Sent, error) {
	o, err := s.Place(want)
	if err != nil {
		return Sent{}, err
	}
	var addresses []string
	for _, one := range s.Subscriptions() {
		if one.Topic == o.Topic {
			addresses = append(addresses, one.Address)
		}
	}
	return s.Deliver(ctx, o, addresses...), nil
}

// Deliver sends an order's webhook to addresses, whoever subscribed.
func (s *Shop) Deliver(ctx context.Context, o Order, addresses ...string) Sent {
	sent := Sent{Order: o, Deliveries: make([]Delivery, 0, len(addresses))}
	event := uuid()
	for _, address := range addresses {
		d := Delivery{Order: o.Name, Topic: o.Topic, Address: address, WebhookID: uuid(), EventID: event}
		request := s.webhook(o, d)
		sent.Deliveries = append(sent.Deliveries, s.post.send(ctx, d, o.Body,
			func() http.Header { return request.Clone() }, // each try is the same
			func() {
				s.giveUp(Subscription{d.Topic, d.Address})
				s.log.Info("the pretend shop gave up and deleted the subscription", "topic", d.Topic)
			}))
	}
	return sent
}

func (s *Shop) webhook(o Order, d Delivery) http.Header {
	h := http.Header{
		"Content-Type":           {"application/json"},
		"User-Agent":             {"Shopify-Captain-Hook"},
		"X-Shopify-Topic":        {o.Topic},
		"X-Shopify-Shop-Domain":  {shopDomain(s.name)},
		"X-Shopify-Api-Version":  {apiVersion},
		"X-Shopify-Webhook-Id":   {d.WebhookID},
		"X-Shopify-Event-Id":     {d.EventID},
		"X-Shopify-Triggered-At": {s.now().UTC().Format(time.RFC3339Nano)},
		"X-Shopify-Test":         {"true"},
	}
	if err := signature.Sign(shopifySignature(s.clientSecret), h, o.Body); err != nil {
		s.log.Error("a pretend delivery cannot be signed", "error", err)
	}
	return h
}

func uuid() string {
	h := []byte(random())
	h[12], h[16] = '4', 'a' // version 4, RFC 9562 variant
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}
