package boot

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/notice"
	"bellhop/engine/practice"
)

// Names of the practice accounts and of the recipe that uses them.
const (
	PracticeShop   = "Practice shop"
	PracticeSlack  = "Practice Slack"
	PracticeStripe = "Practice Stripe"
	PracticeRecipe = "Practice: big orders to Slack"
)

const (
	practiceTemplate = "shopify-to-slack.yaml"
	settingPractice  = "practice" // "on" once the accounts were set up
	settingShop      = "practice_shop_address"
	settingSlack     = "practice_slack_address"
	anyPort          = "127.0.0.1:0"
)

// Practice is the pretend apps at work beside the engine.
type Practice struct {
	*practice.Practice
	system *System

	mu sync.Mutex
	// deliveries are the newest ones, by the order's name or the event's id.
	deliveries map[string]practice.Delivery
}

// Delivery returns how the last delivery of an order stands; the zero Delivery if nobody was told.
func (p *Practice) Delivery(order string) practice.Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deliveries[order]
}

// delivered remembers a try of a delivery, as long as the pretend shop remembers its order.
func (p *Practice) delivered(d practice.Delivery) {
	p.mu.Lock()
	p.deliveries[d.Order] = d
	if len(p.deliveries) > maxDeliveries {
		clear(p.deliveries)
		p.deliveries[d.Order] = d
	}
	p.mu.Unlock()
	p.changed()
}

func (p *Practice) changed() { p.system.Bus.Publish(engine.Change{Kind: engine.PracticeChanged}) }

const maxDeliveries = 10_000

// practiceTime is how long a keyring that asks for its password may keep the window from coming up.
const practiceTime = time.Second

// openPractice starts the pretend apps if they are wanted or were set up before; nil if not.
func openPractice(ctx context.Context, s *System, wanted bool) (*Practice, error) {
	was, err := s.Store.Setting(ctx, settingPractice)
	if err != nil || was == "" && !wanted {
		return nil, err
	}
	reading, cancel := context.WithTimeout(ctx, practiceTime)
	params, err := s.PracticeParams(reading)
	cancel()
	if err != nil {
		// They are for play: a keyring that is locked must not keep real recipes from running.
		s.log.Warn("the practice accounts cannot start", "error", err)
		return nil, nil
	}
	params.Log = s.log
	if params.Orders, err = s.ordersMade(ctx); err != nil {
		return nil, err
	}
	p := &Practice{system: s, deliveries: map[string]practice.Delivery{}}
	params.OnMessage = func(practice.Message) { p.changed() }
	params.OnDelivery = p.delivered
	params.Awake = func(ctx context.Context) error {
		s.notices.Back(notice.Slept, time.Now())
		return s.fetcher.Ask(ctx, 0)
	}
	p.Practice = practice.New(params)
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	if err := connectPractice(ctx, s.Data, p.Practice); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, s.Store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(settingPractice, "on") })
}

// PracticeParams returns the accounts as they were set up before; without any they are made anew.
func (d *Data) PracticeParams(ctx context.Context) (practice.Params, error) {
	p := practice.Params{}
	for name, take := range map[string]func(engine.Account){
		PracticeShop: func(a engine.Account) {
			p.Shop, p.ClientID, p.ClientSecret = a.Value("shop"), a.Value("client_id"), a.Value("client_secret")
		},
		PracticeSlack:  func(a engine.Account) { p.BotToken = a.Value("bot_token") },
		PracticeStripe: func(a engine.Account) { p.StripeKey = a.Value("api_key") },
	} {
		account, err := d.Book.Account(ctx, name)
		if engine.ErrorCode(err) == engine.NotFound {
			continue
		}
		if err != nil {
			return p, err
		}
		take(account)
	}
	return p, nil
}

// start uses the addresses of last time if they are free, so that runs that wait still find them.
func (p *Practice) start(ctx context.Context) error {
	var addresses [2]string
	for i, key := range []string{settingShop, settingSlack} {
		address, err := p.system.Store.Setting(ctx, key)
		if err != nil {
			return err
		}
		if addresses[i] = address; address == "" {
			addresses[i] = anyPort
		}
	}
	if err := p.Start(addresses[0], addresses[1]); err != nil {
		if err := p.Start(anyPort, anyPort); err != nil {
			return err
		}
	}
	return p.system.Store.Update(ctx, func(tx engine.Tx) error {
		slack := strings.TrimSuffix(p.SlackURL(), "/api")
		return errors.Join(
			tx.SetSetting(settingShop, strings.TrimPrefix(p.ShopURL(), "http://")),
			tx.SetSetting(settingSlack, strings.TrimPrefix(slack, "http://")))
	})
}

// connectPractice makes the connections to the pretend apps, or corrects their addresses.
func connectPractice(ctx context.Context, d *Data, p *practice.Practice) error {
	shop, slack := p.ShopAccount(), p.SlackAccount()
	for _, c := range []struct {
		engine.Connection
		secrets map[string]string
	}{
		{
			engine.Connection{
				Name: PracticeShop, Connector: "shopify", BaseURL: p.ShopURL(),
				Fields: map[string]string{"shop": shop["shop"], "client_id": shop["client_id"]},
			},
			map[string]string{"client_secret": shop["client_secret"]},
		},
		{
			engine.Connection{Name: PracticeSlack, Connector: "slack", BaseURL: p.SlackURL()},
			map[string]string{"bot_token": slack["bot_token"]},
		},
		{engine.Connection{Name: PracticeStripe, Connector: "stripe", BaseURL: p.StripeURL()}, p.StripeAccount()},
	} {
		was, err := d.Store.Connection(ctx, c.Name)
		if err != nil && engine.ErrorCode(err) != engine.NotFound {
			return err
		}
		if was.BaseURL == c.BaseURL {
			continue
		}
		c.ID, c.SecretFields, c.Practice = was.ID, was.SecretFields, true
		if was.ID != 0 {
			c.secrets = nil // they are what the pretend apps were started with
		}
		if err := d.Book.Save(ctx, &c.Connection, c.secrets); err != nil {
			return err
		}
	}
	return nil
}

// SetUp adds the practice recipe, or finds it, and switches it on.
func (p *Practice) SetUp(ctx context.Context) (engine.Recipe, error) {
	r, found, err := p.Recipe(ctx)
	if err != nil {
		return r, err
	}
	if !found {
		template, err := fs.ReadFile(assets.Templates(), practiceTemplate)
		if err != nil {
			return r, err
		}
		file := strings.NewReplacer("My shop", PracticeShop, "Shop Slack", PracticeSlack).Replace(string(template))
		_, name, _ := strings.Cut(file, "\nname: ")
		name, _, _ = strings.Cut(name, "\n")
		file = strings.Replace(file, "\nname: "+name, "\nname: \""+PracticeRecipe+"\"", 1)
		if r, _, err = p.system.Import(ctx, practiceTemplate, []byte(file)); err != nil {
			return r, err
		}
	}
	return r, p.system.Switch(ctx, r.ID, true)
}

// Recipe returns the recipe to practise with: one that listens to the pretend shop or the pretend Stripe, one that is
// on before one that is off.
func (p *Practice) Recipe(ctx context.Context) (r engine.Recipe, found bool, err error) {
	recipes, err := p.system.Store.Recipes(ctx)
	if err != nil {
		return r, false, err
	}
	for _, one := range recipes {
		at := one.Draft.Trigger.Connection
		if (strings.EqualFold(at, PracticeShop) || strings.EqualFold(at, PracticeStripe)) && (!found || one.On && !r.On) {
			r, found = one, true
		}
	}
	return r, found, nil
}

func (p *Practice) subscribe(ctx context.Context) error {
	return p.system.Subscribe(ctx, p.Shop, p.ShopURL())
}

// Subscribe makes a pretend shop, that answers at shopURL, deliver to the recipes that listen to it,
// and to nobody else.
func (d *Data) Subscribe(ctx context.Context, shop *practice.Shop, shopURL string) error {
	wanted, err := d.shopSubscriptions(ctx, shopURL)
	if err != nil {
		return err
	}
	for _, old := range append(shop.Subscriptions(), shop.Lost()...) {
		if !slices.Contains(wanted, old) {
			shop.Unsubscribe(old.Topic, old.Address)
		}
	}
	lost := shop.Lost()
	for _, one := range wanted {
		if slices.Contains(lost, one) {
			continue // deleted as the real one does: whoever wants it back must notice
		}
		if err := shop.Subscribe(one.Topic, one.Address); err != nil {
			return err
		}
	}
	return nil
}

// shopSubscriptions returns what the recipes that are on want to hear from the pretend Shopify at an
// address.
func (d *Data) shopSubscriptions(ctx context.Context, shopURL string) ([]practice.Subscription, error) {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	topics := map[string]string{"shopify.order_created": practice.TopicCreated, "shopify.order_paid": practice.TopicPaid}
	var wanted []practice.Subscription
	for _, r := range recipes {
		topic, ok := topics[r.Draft.Trigger.Use]
		if !r.On || !ok {
			continue
		}
		c, err := d.Store.Connection(ctx, r.Draft.Trigger.Connection)
		if engine.ErrorCode(err) == engine.NotFound || err == nil && c.BaseURL != shopURL {
			continue
		}
		if err != nil {
			return nil, err
		}
		addresses, err := d.Addresses(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, address := range addresses {
			wanted = append(wanted, practice.Subscription{Topic: topic, Address: address})
		}
	}
	return wanted, nil
}
