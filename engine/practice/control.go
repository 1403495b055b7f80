package practice

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"bellhop/engine"
)

// maxCount is how many orders one request may ask for.
const maxCount = 1000

// Control returns the handler of the pretend Shopify and Stripe together with what steers all apps, in JSON:
//
//	POST /orders         {"total","currency","topic","count","address"}, all optional: makes an order
//	                     and delivers it to address, or to whoever subscribed; answers with the order
//	                     and its deliveries, or with a list where count is given. total is a text
//	                     such as "129.50", as Shopify writes prices, or a number
//	GET  /orders         the orders kept
//	POST /payments       {"total","currency","type"}, all optional: lets something happen at the pretend Stripe
//	                     and delivers it to its webhook endpoints; type is one of StripeTypes
//	GET  /payments       what happened there
//	POST /subscriptions  {"topic","address"}: who hears of orders; GET lists them
//	GET  /messages       what was posted to the pretend Slack; DELETE forgets it
//	POST /sleep          {"asleep"}: whether the shop thinks that the computer it delivers to sleeps
//	POST /fail           {"app":"slack"|"shopify"|"stripe","mode","times","retry_after","code"}, as Fault
func (p *Practice) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", p.postOrders)
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, _ *http.Request) { list(w, p.Shop.Orders()) })
	mux.HandleFunc("POST /payments", p.postPayment)
	mux.HandleFunc("GET /payments", func(w http.ResponseWriter, _ *http.Request) { list(w, p.Stripe.Payments()) })
	mux.HandleFunc("POST /subscriptions", p.postSubscription)
	mux.HandleFunc("GET /subscriptions", func(w http.ResponseWriter, _ *http.Request) { list(w, p.Shop.Subscriptions()) })
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, _ *http.Request) { list(w, p.Slack.Messages()) })
	mux.HandleFunc("DELETE /messages", func(w http.ResponseWriter, _ *http.Request) {
		p.Slack.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /sleep", p.postSleep)
	mux.HandleFunc("POST /fail", p.postFail)
	mux.Handle("/v1/", p.Stripe)
	mux.Handle("/", p.Shop)
	return mux
}

// list answers with a list, also an empty one.
func list[T any](w http.ResponseWriter, items []T) {
	if items == nil {
		items = []T{}
	}
	answer(w, http.StatusOK, items)
}

func (p *Practice) postOrders(w http.ResponseWriter, r *http.Request) {
	var want struct {
		NewOrder
		Total   price  `json:"total"` // in place of NewOrder's
		Count   *int   `json:"count"`
		Address string `json:"address"`
	}
	if !decode(w, r, &want) {
		return
	}
	want.NewOrder.Total = string(want.Total)
	count := 1
	if want.Count != nil {
		count = *want.Count
	}
	if count < 1 || count > maxCount {
		wrong(w, engine.Errorf(engine.Invalid, "The count must be between 1 and %d.", maxCount))
		return
	}
	if want.Address == "" {
		p.beforeSend(r.Context(), p.Shop)
	}
	all := make([]Sent, 0, count)
	for range count {
		var sent Sent
		var err error
		if want.Address == "" {
			sent, err = p.Shop.Send(r.Context(), want.NewOrder)
		} else if sent.Order, err = p.Shop.Place(want.NewOrder); err == nil {
			sent = p.Shop.Deliver(r.Context(), sent.Order, want.Address)
		}
		if err != nil {
			wrong(w, err)
			return
		}
		all = append(all, sent)
	}
	if want.Count == nil {
		answer(w, http.StatusCreated, all[0])
		return
	}
	answer(w, http.StatusCreated, all)
}

func (p *Practice) postPayment(w http.ResponseWriter, r *http.Request) {
	var want struct {
		NewPayment
		Total price `json:"total"` // in place of NewPayment's
	}
	if !decode(w, r, &want) {
		return
	}
	want.NewPayment.Total = string(want.Total)
	sent, err := p.Stripe.Send(r.Context(), want.NewPayment)
	if err != nil {
		wrong(w, err)
		return
	}
	answer(w, http.StatusCreated, sent)
}

func (p *Practice) postSubscription(w http.ResponseWriter, r *http.Request) {
	var want Subscription
	if !decode(w, r, &want) {
		return
	}
	if want.Topic == "" {
		want.Topic = TopicCreated
	}
	if err := p.Shop.Subscribe(want.Topic, want.Address); err != nil {
		wrong(w, err)
		return
	}
	answer(w, http.StatusCreated, want)
}

func (p *Practice) postSleep(w http.ResponseWriter, r *http.Request) {
	var want struct {
		Asleep bool `json:"asleep"`
	}
	if !decode(w, r, &want) {
		return
	}
	if err := p.Sleep(r.Context(), want.Asleep); err != nil {
		wrong(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (p *Practice) postFail(w http.ResponseWriter, r *http.Request) {
	var want struct {
		App string `json:"app"`
		Fault
	}
	if !decode(w, r, &want) {
		return
	}
	var err error
	switch want.App {
	case "", "slack":
		err = p.Slack.Fail(want.Fault)
	case "shopify":
		err = p.Shop.Fail(want.Fault)
	case "stripe":
		err = p.Stripe.Fail(want.Fault)
	default:
		err = engine.Errorf(engine.Invalid, "There is no pretend app %q. There are slack, shopify and stripe.", want.App)
	}
	if err != nil {
		wrong(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// price is a price in JSON, as a text or as a number. It keeps the number as it is written.
type price string

// UnmarshalJSON takes a text or a number.
func (p *price) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(p))
	}
	var number json.Number
	err := json.Unmarshal(data, &number)
	*p = price(number)
	return err
}

// decode reads a request's JSON; an empty body is fine.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		says := strings.TrimPrefix(err.Error(), "json: ")
		if wrongType, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			says = fmt.Sprintf("%s cannot be a %s", wrongType.Field, wrongType.Value)
		}
		wrong(w, engine.Wrap(err, engine.Invalid, "The request is not the JSON expected: %s.", says))
		return false
	}
	return true
}

func wrong(w http.ResponseWriter, err error) {
	answer(w, http.StatusBadRequest, object{"error": engine.ErrorMessage(err)})
}
