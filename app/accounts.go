//go:build !headless

package main

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/catchup"
	pretend "bellhop/engine/practice"
	"bellhop/ui/page/practice"
)

// shownOrders is how many of the pretend shop's orders the practice page lists.
const shownOrders = 20

// anyTotals are the totals of orders for which none is chosen: the first shows what a big order
// does, the second what a filter does.
var anyTotals = []string{"189.00", "64.50", "240.50", "112.80", "39.90", "305.00"}

// accounts shows the pretend apps to the practice page.
type accounts struct{ *boot.System }

var _ practice.Accounts = accounts{}

// whatOf tells what happened by an order's topic.
var whatOf = map[string]practice.What{pretend.TopicCreated: practice.OrderCreated, pretend.TopicPaid: practice.OrderPaid}

var errNoPractice = engine.Errorf(engine.Unavailable,
	"The practice accounts could not start, since their keys cannot be read. Unlock your keyring and start Bellhop again.")

func (a accounts) Ready(ctx context.Context) (practice.Ready, error) {
	if a.Practice == nil {
		return practice.Ready{}, errNoPractice
	}
	r, found, err := a.Practice.Recipe(ctx)
	if err != nil || !found {
		return practice.Ready{}, err
	}
	return practice.Ready{RecipeID: r.ID, Name: r.Name, On: r.On}, nil
}

func (a accounts) SendOrder(ctx context.Context, order practice.Order) error {
	if a.Practice == nil {
		return errNoPractice
	}
	if kind, ok := paymentTypes[order.What]; ok {
		return a.sendPayment(ctx, order.Total, kind)
	}
	topic := pretend.TopicCreated
	if order.What == practice.OrderPaid {
		topic = pretend.TopicPaid
	}
	if order.Total == "" {
		order.Total = anyTotals[len(a.Practice.Shop.Orders())%len(anyTotals)]
	}
	_, err := a.Practice.Shop.Send(ctx, pretend.NewOrder{Total: order.Total, Topic: topic})
	return err
}

func (a accounts) Orders(ctx context.Context) ([]practice.Sent, error) {
	if a.Practice == nil {
		return nil, nil
	}
	runs, err := a.Store.Runs(ctx, engine.RunFilter{Limit: 10 * shownOrders})
	if err != nil {
		return nil, err
	}
	byEvent := map[string]engine.Run{}
	for _, r := range slices.Backward(runs) { // the newest wins: a replay
		key, _, _ := strings.Cut(r.EventKey, catchup.KeyMark)
		byEvent[key] = r
	}
	orders := a.Practice.Shop.Orders()
	var sent []practice.Sent
	for _, o := range slices.Backward(orders[max(0, len(orders)-shownOrders):]) {
		delivery := a.Practice.Delivery(o.Name)
		run, ok := byEvent[delivery.WebhookID]
		if !ok {
			run = byEvent[strconv.FormatInt(o.ID, 10)] // it was fetched
		}
		sent = append(sent, practice.Sent{
			Name: o.Name, Customer: o.Customer, Total: o.Total, Currency: o.Currency, What: whatOf[o.Topic],
			At: o.CreatedAt, Status: delivery.Status, RunID: run.ID, State: run.State, Recovered: run.Recovered,
		})
	}
	sent = append(sent, a.payments(byEvent)...)
	slices.SortStableFunc(sent, func(x, y practice.Sent) int { return y.At.Compare(x.At) })
	return sent[:min(len(sent), shownOrders)], nil
}

func (a accounts) Messages(context.Context) ([]practice.Message, error) {
	if a.Practice == nil {
		return nil, nil
	}
	var messages []practice.Message
	for _, m := range a.Practice.Slack.Messages() {
		messages = append(messages, practice.Message{ID: m.TS, Channel: m.Channel, Text: m.Text, At: m.At})
	}
	return messages, nil
}

// faults are the page's faults as the pretend Slack knows them.
var faults = map[practice.Fault]pretend.Fault{
	practice.Fine:    {Mode: pretend.Fine},
	practice.Missing: {Mode: pretend.Refusing, Code: "channel_not_found"},
	practice.Busy:    {Mode: pretend.Limited, RetryAfter: 5},
	practice.Down:    {Mode: pretend.Broken},
	practice.Lost:    {Mode: pretend.Drop},
}

func (a accounts) Fault(context.Context) (practice.Fault, error) {
	if a.Practice == nil {
		return practice.Fine, nil
	}
	now := a.Practice.Slack.Fault()
	for fault, is := range faults {
		if is.Mode == now.Mode {
			return fault, nil
		}
	}
	return practice.Fine, nil
}

func (a accounts) SetFault(_ context.Context, fault practice.Fault) error {
	if a.Practice == nil {
		return errNoPractice
	}
	return a.Practice.Slack.Fail(faults[fault])
}

func (a accounts) Asleep(context.Context) (bool, error) {
	return a.Practice != nil && a.Practice.Shop.Asleep(), nil
}

func (a accounts) SetAsleep(ctx context.Context, asleep bool) error {
	if a.Practice == nil {
		return errNoPractice
	}
	return a.Practice.Sleep(ctx, asleep)
}
