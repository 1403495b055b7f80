//go:build !headless

package main

import (
	"context"
	"slices"

	"bellhop/engine"
	pretend "bellhop/engine/practice"
	"bellhop/ui/page/practice"
)

// paymentTypes are what the page lets happen at the pretend Stripe, as Stripe calls it.
var paymentTypes = map[practice.What]string{
	practice.PaymentMade: "payment_intent.succeeded", practice.PaymentFailed: "payment_intent.payment_failed",
}

func (a accounts) sendPayment(ctx context.Context, total, kind string) error {
	if total == "" {
		total = anyTotals[len(a.Practice.Stripe.Payments())%len(anyTotals)]
	}
	_, err := a.Practice.Stripe.Send(ctx, pretend.NewPayment{Total: total, Type: kind})
	return err
}

// payments returns the last things that happened at the pretend Stripe and what came of them, newest first. byEvent are
// runs by what their event is called.
func (a accounts) payments(byEvent map[string]engine.Run) []practice.Sent {
	what := map[string]practice.What{}
	for one, kind := range paymentTypes {
		what[kind] = one
	}
	var sent []practice.Sent
	all := a.Practice.Stripe.Payments()
	for _, p := range slices.Backward(all[max(0, len(all)-shownOrders):]) {
		happened, shown := what[p.Type]
		if !shown {
			continue // a recipe made it, such as a refund
		}
		run := byEvent[p.ID]
		sent = append(sent, practice.Sent{
			Name: "Stripe", Customer: p.Customer, Total: p.Total, Currency: p.Currency, What: happened,
			At: p.At, Status: a.Practice.Delivery(p.ID).Status, RunID: run.ID, State: run.State, Recovered: run.Recovered,
		})
	}
	return sent
}
