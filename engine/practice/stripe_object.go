package practice

import (
	"fmt"
	"time"
)

// StripeTypes are the events that the pretend Stripe sends; the first is a payment that succeeds.
var StripeTypes = []string{
	"payment_intent.succeeded", "payment_intent.payment_failed", "checkout.session.completed", "customer.subscription.created",
	"invoice.paid", "customer.subscription.deleted", "invoice.payment_failed", "charge.refunded", "charge.dispute.created", "payout.paid",
}

// stripeObjects make what an event of each type is about.
var stripeObjects = map[string]func(*deal) object{
	"payment_intent.succeeded":      func(d *deal) object { return d.paid() },
	"payment_intent.payment_failed": (*deal).declined,
	"checkout.session.completed":    (*deal).checkout,
	"customer.subscription.created": func(d *deal) object { return d.subscription("active") },
	"invoice.paid":                  func(d *deal) object { return d.invoice(true) },
	"customer.subscription.deleted": func(d *deal) object { return d.subscription("canceled") },
	"invoice.payment_failed":        func(d *deal) object { return d.invoice(false) },
	"charge.refunded":               (*deal).refunded,
	"charge.dispute.created":        (*deal).dispute,
	"payout.paid":                   (*deal).payout,
}

// deal is what happens between the pretend shop and one of its customers.
type deal struct {
	n        int
	buyer    customer
	currency string // in small letters
	amount   int64  // in the currency's smallest coin
	at       time.Time
	// besides are other objects that come of it.
	besides []object
}

// stripeCustomer is a customer's id, the same for each of their deals.
func (d *deal) stripeCustomer() string { return fmt.Sprintf("cus_Practice%d", d.buyer.id) }

func (d *deal) address() object {
	return object{"line1": d.buyer.street, "line2": nil, "city": d.buyer.city, "postal_code": d.buyer.zip, "state": nil, "country": d.buyer.code}
}

func (d *deal) name() string { return d.buyer.first + " " + d.buyer.last }

func (d *deal) customer() object {
	return object{
		"id": d.stripeCustomer(), "object": "customer", "address": d.address(), "balance": 0, "created": d.at.AddDate(0, -3, 0).Unix(),
		"currency": d.currency, "delinquent": false, "description": nil, "email": d.buyer.email(), "livemode": false,
		"metadata": object{}, "name": d.name(), "phone": d.buyer.phone, "preferred_locales": []any{d.buyer.locale},
	}
}

func (d *deal) billing() object {
	return object{"name": d.name(), "email": d.buyer.email(), "phone": nil, "address": d.address()}
}

var stripeCard = object{"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030, "country": "PT", "funding": "credit"}

func (d *deal) intent(status string, received int64) object {
	return object{
		"id": stripeID("pi_3"), "object": "payment_intent", "amount": d.amount, "amount_received": received, "currency": d.currency,
		"created": d.at.Unix(), "customer": d.stripeCustomer(), "description": fmt.Sprintf("Order %d", firstOrder+d.n), "latest_charge": nil,
		"livemode": false, "metadata": object{"order": fmt.Sprint(firstOrder + d.n)}, "payment_method_types": []any{"card"},
		"receipt_email": d.buyer.email(), "shipping": object{"name": d.name(), "phone": d.buyer.phone, "address": d.address()}, "status": status,
	}
}

func (d *deal) charge(intent object) object {
	return object{
		"id": stripeID("ch_3"), "object": "charge", "amount": d.amount, "amount_captured": d.amount, "amount_refunded": int64(0),
		"billing_details": d.billing(), "created": d.at.Unix(), "currency": d.currency, "customer": d.stripeCustomer(),
		"description": intent["description"], "disputed": false, "livemode": false, "metadata": intent["metadata"], "paid": true,
		"payment_intent": intent["id"], "payment_method_details": object{"type": "card", "card": stripeCard}, "receipt_email": d.buyer.email(),
		"receipt_url": "https://pay.stripe.com/receipts/payment/practice", "refunded": false, "status": "succeeded",
	}
}

// paid is a payment that succeeded; its charge comes besides.
func (d *deal) paid() object {
	intent := d.intent("succeeded", d.amount)
	charge := d.charge(intent)
	intent["latest_charge"] = charge["id"]
	d.besides = append(d.besides, charge)
	return intent
}

func (d *deal) declined() object {
	intent := d.intent("requires_payment_method", 0)
	intent["last_payment_error"] = object{
		"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "message": "Your card has insufficient funds.",
		"payment_method": object{"id": stripeID("pm_1"), "object": "payment_method", "type": "card", "card": stripeCard, "billing_details": d.billing()},
	}
	return intent
}

func (d *deal) checkout() object {
	intent := d.paid()
	d.besides = append(d.besides, intent)
	return object{
		"id": stripeID("cs_test_"), "object": "checkout.session", "amount_subtotal": d.amount, "amount_total": d.amount, "currency": d.currency,
		"created": d.at.Unix(), "customer": d.stripeCustomer(), "client_reference_id": nil, "livemode": false, "metadata": intent["metadata"],
		"customer_details": object{"email": d.buyer.email(), "name": d.name(), "phone": d.buyer.phone, "address": d.address()},
		"mode":             "payment", "payment_intent": intent["id"], "payment_link": nil, "payment_status": "paid", "status": "complete",
		"total_details": object{"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
	}
}

func (d *deal) price() object {
	product := products[d.n%len(products)]
	return object{
		"id": fmt.Sprintf("price_Practice%d", product.id), "object": "price", "currency": d.currency, "nickname": product.title,
		"product": fmt.Sprintf("prod_Practice%d", product.id), "recurring": object{"interval": "month", "interval_count": 1},
		"type": "recurring", "unit_amount": d.amount,
	}
}

func (d *deal) subscription(status string) object {
	o := object{
		"id": stripeID("sub_1"), "object": "subscription", "cancel_at": nil, "cancel_at_period_end": false, "canceled_at": nil,
		"cancellation_details": object{"comment": nil, "feedback": nil, "reason": nil}, "collection_method": "charge_automatically",
		"created": d.at.Unix(), "currency": d.currency, "customer": d.stripeCustomer(), "description": nil, "ended_at": nil,
		"items": object{"object": "list", "has_more": false, "data": []any{object{
			"id": stripeID("si_"), "object": "subscription_item", "current_period_start": d.at.Unix(),
			"current_period_end": d.at.AddDate(0, 1, 0).Unix(), "price": d.price(), "quantity": 1,
		}}},
		"latest_invoice": nil, "livemode": false, "metadata": object{}, "start_date": d.at.Unix(), "status": status, "trial_end": nil,
	}
	if status == "canceled" {
		o["canceled_at"], o["ended_at"] = d.at.Unix(), d.at.Unix()
		o["cancellation_details"] = object{"comment": nil, "feedback": "unused", "reason": "cancellation_requested"}
	}
	return o
}

// invoice is one for the next period of a subscription.
func (d *deal) invoice(paid bool) object {
	sub := d.subscription("active")
	d.besides = append(d.besides, sub)
	o := object{
		"id": stripeID("in_1"), "object": "invoice", "account_name": "Olive & Oak (practice)", "amount_due": d.amount, "amount_paid": d.amount,
		"amount_remaining": int64(0), "attempt_count": 1, "billing_reason": "subscription_cycle", "collection_method": "charge_automatically",
		"created": d.at.Unix(), "currency": d.currency, "customer": d.stripeCustomer(), "customer_email": d.buyer.email(),
		"customer_name": d.name(), "hosted_invoice_url": "https://invoice.stripe.com/i/practice", "invoice_pdf": nil, "livemode": false, "metadata": object{},
		"lines": object{"object": "list", "has_more": false, "data": []any{object{
			"id": stripeID("il_1"), "object": "line_item", "amount": d.amount, "currency": d.currency, "quantity": 1,
			"description": "1 × " + products[d.n%len(products)].title,
		}}},
		"next_payment_attempt": nil, "number": fmt.Sprintf("PRACTICE-%04d", d.n+1), "status": "paid", "total": d.amount,
		"parent": object{"type": "subscription_details", "subscription_details": object{"subscription": sub["id"]}},
	}
	if !paid {
		o["amount_paid"], o["amount_remaining"], o["status"] = int64(0), d.amount, "open"
		o["next_payment_attempt"] = d.at.AddDate(0, 0, 3).Unix()
	}
	return o
}

func (d *deal) refunded() object {
	intent := d.intent("succeeded", d.amount)
	charge := d.charge(intent)
	intent["latest_charge"] = charge["id"]
	charge["amount_refunded"], charge["refunded"] = d.amount, true
	d.besides = append(d.besides, intent)
	return charge
}

func (d *deal) dispute() object {
	intent := d.paid()
	d.besides = append(d.besides, intent)
	return object{
		"id": stripeID("dp_1"), "object": "dispute", "amount": d.amount, "charge": intent["latest_charge"], "created": d.at.Unix(),
		"currency": d.currency, "is_charge_refundable": false, "livemode": false, "metadata": object{}, "payment_intent": intent["id"],
		"evidence_details":       object{"due_by": d.at.AddDate(0, 0, 14).Unix(), "has_evidence": false, "past_due": false, "submission_count": 0},
		"payment_method_details": object{"type": "card", "card": object{"brand": "visa", "case_type": "chargeback", "network_reason_code": "10.4"}},
		"reason":                 "fraudulent", "status": "needs_response",
	}
}

func (d *deal) payout() object {
	return object{
		"id": stripeID("po_1"), "object": "payout", "amount": d.amount, "arrival_date": d.at.Truncate(24 * time.Hour).Unix(), "automatic": true,
		"created": d.at.AddDate(0, 0, -2).Unix(), "currency": d.currency, "description": "STRIPE PAYOUT", "destination": "ba_Practice",
		"failure_code": nil, "failure_message": nil, "livemode": false, "metadata": object{}, "method": "standard",
		"statement_descriptor": nil, "status": "paid", "type": "bank_account",
	}
}
