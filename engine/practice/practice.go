// Package practice is a pretend Shopify, a pretend Stripe and a pretend Slack. They speak the real protocols over
// HTTP, check what the real ones check, and can be told to fail; nothing leaves the computer.
package practice

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"bellhop/engine"
)

// Params are the accounts of the pretend apps. Secrets left empty are made up at random.
type Params struct {
	// Shop is the pretend shop's name, the part before .myshopify.com; empty means practice-shop.
	Shop                   string
	ClientID, ClientSecret string
	// Orders is how many orders the shop made before; its next one has the number after them.
	Orders int
	// AccessToken is what the shop's API wants and its token endpoint gives.
	AccessToken string
	BotToken    string
	// StripeKey is the API key of the pretend Stripe account.
	StripeKey string
	// WebhookPath is the secret path of the incoming webhook, such as /services/T…/B…/….
	WebhookPath string
	// Waits are the times between the tries of a delivery; nil means like the real one: 8 within 4 h.
	Waits []time.Duration
	Now   func() time.Time
	Log   *slog.Logger
	// BeforeSend is called before an order that was asked for over the network is delivered to those
	// who subscribed; it may bring the subscriptions up to date.
	BeforeSend func(ctx context.Context, shop *Shop)
	// Awake is called when the shop does not think any more that the computer sleeps: what was missed can be
	// fetched. Nil if nobody does.
	Awake func(ctx context.Context) error
	// OnMessage and OnDelivery hear of every message posted and every try of a delivery. They are
	// called from other goroutines and must not block.
	OnMessage  func(Message)
	OnDelivery func(Delivery)
}

// Practice is the pretend apps.
type Practice struct {
	Shop   *Shop
	Slack  *Slack
	Stripe *Stripe

	beforeSend func(ctx context.Context, shop *Shop)
	awake      func(ctx context.Context) error

	servers []*http.Server
	shopURL string
	chatURL string
}

// New makes the pretend apps. Their handlers work at once; Start puts them on the network.
func New(p Params) *Practice {
	for _, secret := range []struct {
		value  *string
		prefix string
	}{
		{&p.ClientID, ""}, {&p.ClientSecret, "shpss_"}, {&p.AccessToken, "shpat_"}, {&p.BotToken, "xoxb-practice-"},
		{&p.StripeKey, "rk_test_practice"},
		{&p.WebhookPath, "/services/TPRACTICE/BPRACTICE/"},
	} {
		if *secret.value == "" {
			*secret.value = secret.prefix + random()
		}
	}
	if p.Shop == "" {
		p.Shop = "practice-shop"
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Waits == nil {
		p.Waits = realWaits
	}
	if p.BeforeSend == nil {
		p.BeforeSend = func(context.Context, *Shop) {}
	}
	if p.Awake == nil {
		p.Awake = func(context.Context) error { return nil }
	}
	return &Practice{Shop: newShop(p), Slack: newSlack(p), Stripe: newStripe(p), beforeSend: p.BeforeSend, awake: p.Awake}
}

// Sleep lets the shop think that the computer sleeps: its deliveries arrive nowhere, and after eight tries it
// deletes the subscription. When it is awake again, what was missed is fetched, and Sleep returns.
func (p *Practice) Sleep(ctx context.Context, asleep bool) error {
	was := p.Shop.Asleep()
	p.Shop.Sleep(asleep)
	p.Stripe.Sleep(asleep)
	if was && !asleep {
		return p.awake(ctx)
	}
	return nil
}

func random() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Start serves the pretend Shopify and Stripe with the control handler on one address and the pretend Slack on
// another, such as 127.0.0.1:0. Close ends both. The error is an *engine.Error Unavailable.
func (p *Practice) Start(shop, slack string) error {
	var err error
	if p.shopURL, err = p.serve(shop, p.Control()); err != nil {
		return err
	}
	if p.chatURL, err = p.serve(slack, p.Slack); err != nil {
		return errors.Join(err, p.Close())
	}
	return nil
}

func (p *Practice) serve(address string, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", engine.Wrap(err, engine.Unavailable, "The practice accounts cannot use the address %s: %s. Choose another.", address, engine.Cause(err))
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	p.servers = append(p.servers, server)
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}

// ShopURL is where the pretend Shopify was started: the base address of a connection to it, and of
// the control handler.
func (p *Practice) ShopURL() string { return p.shopURL }

// StripeURL is where the pretend Stripe was started: the base address of a connection to it.
func (p *Practice) StripeURL() string { return p.shopURL }

// SlackURL is where the pretend Slack was started: the base address of a connection to it.
func (p *Practice) SlackURL() string { return p.chatURL + "/api" }

// ShopAccount returns the fields of a connection to the pretend shop.
func (p *Practice) ShopAccount() map[string]string {
	s := p.Shop
	return map[string]string{"shop": s.name, "client_id": s.clientID, "client_secret": s.clientSecret}
}

// SlackAccount returns the fields of a connection to the pretend Slack.
func (p *Practice) SlackAccount() map[string]string {
	return map[string]string{"bot_token": p.Slack.token, "webhook_url": p.chatURL + p.Slack.webhookPath}
}

// StripeAccount returns the fields of a connection to the pretend Stripe.
func (p *Practice) StripeAccount() map[string]string {
	return map[string]string{"api_key": p.Stripe.key}
}

// Close stops the servers and gives up deliveries that wait for another try.
func (p *Practice) Close() error {
	p.Shop.close()
	p.Stripe.close()
	p.Slack.faults.release()
	p.Shop.faults.release()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var errs []error
	for _, server := range p.servers {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, server.Close())
		}
	}
	p.servers = nil
	return errors.Join(errs...)
}

// shopDomain is the shop's name as Shopify writes it in headers.
func shopDomain(name string) string {
	return strings.TrimSuffix(name, ".myshopify.com") + ".myshopify.com"
}
