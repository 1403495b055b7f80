package practice_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/catchup"
	"bellhop/engine/practice"
	"bellhop/engine/signature"
)

func stripeAccount(p *practice.Practice) engine.Account {
	return engine.Account{
		Connection: engine.Connection{Name: "Practice Stripe", Connector: "stripe", BaseURL: p.StripeURL()},
		Secrets:    p.StripeAccount(),
	}
}

// stripe asks the pretend Stripe by hand.
func stripe(t *testing.T, p *practice.Practice, method, path, form string, headers ...string) (*http.Response, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.StripeURL()+path, strings.NewReader(form))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.StripeAccount()["api_key"])
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	var out map[string]any
	d := json.NewDecoder(response.Body)
	d.UseNumber()
	require.NoError(t, d.Decode(&out))
	return response, out
}

// lists says whether the app lists an address.
func lists(t *testing.T, s catchup.Subscription, address string) (bool, error) {
	t.Helper()
	listed, err := s.List(t.Context())
	return slices.ContainsFunc(listed, func(l catchup.Listing) bool { return l.Address == address }), err
}

func codeOf(out map[string]any) string {
	e, _ := out["error"].(map[string]any)
	code, _ := e["code"].(string)
	return code
}

// TestStripeDelivers lets the connector that Bellhop ships subscribe to each trigger, and checks what is delivered as
// Bellhop does.
func TestStripeDelivers(t *testing.T) {
	t.Parallel()
	catalog, err := catalog()
	require.NoError(t, err)
	connector, _ := catalog.Connector("stripe")
	require.Len(t, connector.Triggers, len(practice.StripeTypes))
	for i, trigger := range connector.Triggers {
		t.Run(trigger.Name, func(t *testing.T) {
			t.Parallel()
			kind := trigger.Webhook.MatchIn["type"]
			require.Contains(t, practice.StripeTypes, kind)
			var mu sync.Mutex
			var secret string
			var bodies [][]byte
			hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				spec := signature.Complete(engine.SignatureSpec{Scheme: "stripe", Header: "Stripe-Signature", Secret: secret})
				verifier, err := signature.New(spec)
				body, _ := io.ReadAll(r.Body)
				if err != nil || verifier.Verify(r.Header, body) != nil {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				bodies = append(bodies, body)
			}))
			t.Cleanup(hook.Close)
			p := start(t, practice.Params{Waits: []time.Duration{time.Hour}})
			s := catchup.Subscription{Apps: action.New(action.Params{}), Call: call(t, "stripe."+trigger.Name, stripeAccount(p), nil)}
			listed, err := lists(t, s, hook.URL)
			require.NoError(t, err)
			require.False(t, listed)
			kept, err := s.Create(t.Context(), hook.URL)
			require.NoError(t, err)
			secret = kept["signing_secret"]
			require.True(t, strings.HasPrefix(secret, "whsec_"))
			listed, err = lists(t, s, hook.URL)
			require.NoError(t, err)
			require.True(t, listed)

			other := practice.StripeTypes[(i+1)%len(practice.StripeTypes)]
			sent, err := p.Stripe.Send(t.Context(), practice.NewPayment{Type: other})
			require.NoError(t, err)
			require.Empty(t, sent.Deliveries, "it did not ask for this")
			sent, err = p.Stripe.Send(t.Context(), practice.NewPayment{Type: kind, Total: "189.00", Currency: "EUR"})
			require.NoError(t, err)
			require.Len(t, sent.Deliveries, 1)
			require.Equal(t, 200, sent.Deliveries[0].Status)
			require.Len(t, bodies, 1)
			var event struct {
				ID   string
				Type string
				Data struct{ Object map[string]any }
			}
			require.NoError(t, json.Unmarshal(bodies[0], &event))
			require.Equal(t, sent.ID, event.ID)
			require.Equal(t, kind, event.Type)
			// It has all that the shipped sample has, so that what is chosen there is found.
			var sample struct {
				Data struct{ Object map[string]any }
			}
			require.NoError(t, json.Unmarshal(trigger.Sample, &sample))
			for name := range sample.Data.Object {
				require.Contains(t, event.Data.Object, name)
			}
		})
	}
}

// TestStripeGivesUp lets every try fail: the endpoint is disabled, and no longer counts as one.
func TestStripeGivesUp(t *testing.T) {
	t.Parallel()
	over := make(chan practice.Delivery, 10)
	p := start(t, practice.Params{Waits: []time.Duration{1, 1}, OnDelivery: func(d practice.Delivery) {
		if d.Over {
			over <- d
		}
	}})
	_, out := stripe(t, p, "POST", "/v1/webhook_endpoints", "url=http://127.0.0.1:1/x&enabled_events[]=payout.paid")
	require.NotEmpty(t, out["secret"])
	_, err := p.Stripe.Send(t.Context(), practice.NewPayment{Type: "payout.paid"})
	require.NoError(t, err)
	last := <-over
	require.Equal(t, 3, last.Tries)
	require.Eventually(t, func() bool { return p.Stripe.Endpoints()[0].Disabled }, 5*time.Second, time.Millisecond)
	s := catchup.Subscription{Apps: action.New(action.Params{}), Call: call(t, "stripe.payout_paid", stripeAccount(p), nil)}
	listed, err := lists(t, s, "http://127.0.0.1:1/x")
	require.NoError(t, err)
	require.False(t, listed)
	_, out = stripe(t, p, "GET", "/v1/webhook_endpoints", "")
	require.NotContains(t, fmt.Sprint(out), "whsec_", "the secret is told once")
	_, out = stripe(t, p, "DELETE", "/v1/webhook_endpoints/"+p.Stripe.Endpoints()[0].ID, "")
	require.Equal(t, true, out["deleted"])
	require.Empty(t, p.Stripe.Endpoints())

	sleeping := start(t, practice.Params{Waits: []time.Duration{time.Hour}})
	stripe(t, sleeping, "POST", "/v1/webhook_endpoints", "url=http://127.0.0.1:1/x&enabled_events[]=*")
	require.NoError(t, sleeping.Sleep(t.Context(), true))
	sent, err := sleeping.Stripe.Send(t.Context(), practice.NewPayment{})
	require.NoError(t, err)
	require.Contains(t, sent.Deliveries[0].Error, "sleeps")
}

// TestStripeAPI goes through what the real one checks.
func TestStripeAPI(t *testing.T) {
	t.Parallel()
	p := start(t, practice.Params{})
	paid, err := p.Stripe.Place(practice.NewPayment{Total: "20", Currency: "EUR"})
	require.NoError(t, err)
	for _, test := range []struct {
		name, method, path, form string
		headers                  []string
		status                   int
		code                     string
	}{
		{"another key", "GET", "/v1/events", "", []string{"Authorization", "Bearer sk_wrong"}, 401, ""},
		{"no key", "GET", "/v1/events", "", []string{"Authorization", ""}, 401, ""},
		{"no such address", "GET", "/v1/nothing", "", nil, 404, ""},
		{"an unknown parameter", "POST", "/v1/customers", "emial=a@example.com", nil, 400, "parameter_unknown"},
		{"an unknown parameter of a list", "GET", "/v1/events?since=1", "", nil, 400, "parameter_unknown"},
		{"too many at once", "GET", "/v1/events?limit=1000", "", nil, 400, "parameter_invalid_integer"},
		{"an address that is none", "POST", "/v1/webhook_endpoints", "url=bell&enabled_events[]=*", nil, 400, "url_invalid"},
		{"no events", "POST", "/v1/webhook_endpoints", "url=https://bell.example", nil, 400, "parameter_missing"},
		{"no such endpoint", "DELETE", "/v1/webhook_endpoints/we_1", "", nil, 404, "resource_missing"},
		{"no such payment", "GET", "/v1/payment_intents/pi_1", "", nil, 404, "resource_missing"},
		{"another kind of thing", "GET", "/v1/customers/" + paid.Object, "", nil, 404, "resource_missing"},
		{"a note", "POST", "/v1/payment_intents/" + paid.Object, "metadata[a b]=c", nil, 200, ""},
		{"a part", "POST", "/v1/refunds", "payment_intent=" + paid.Object + "&amount=500", nil, 200, ""},
		{"more than is left", "POST", "/v1/refunds", "payment_intent=" + paid.Object + "&amount=1501", nil, 400, "amount_too_large"},
		{"the rest", "POST", "/v1/refunds", "payment_intent=" + paid.Object, nil, 200, ""},
		{"nothing is left", "POST", "/v1/refunds", "payment_intent=" + paid.Object, nil, 400, "charge_already_refunded"},
		{"a link without a price", "POST", "/v1/payment_links", "line_items[0][quantity]=1", nil, 400, "parameter_missing"},
	} {
		response, out := stripe(t, p, test.method, test.path, test.form, test.headers...)
		require.Equal(t, test.status, response.StatusCode, "%s: %v", test.name, out)
		require.Equal(t, test.code, codeOf(out), test.name)
	}
	_, out := stripe(t, p, "GET", "/v1/payment_intents/"+paid.Object+"?expand[]=latest_charge", "")
	require.Equal(t, map[string]any{"order": "1001", "a b": "c"}, out["metadata"])
	charge := out["latest_charge"].(map[string]any)
	require.Equal(t, json.Number("2000"), charge["amount_refunded"])
	require.Len(t, p.Stripe.Payments(), 3, "each refund is told of")
	for range 16 {
		stripe(t, p, "POST", "/v1/webhook_endpoints", "url=https://bell.example&enabled_events[0]=*")
	}
	response, _ := stripe(t, p, "POST", "/v1/webhook_endpoints", "url=https://bell.example&enabled_events[0]=*")
	require.Equal(t, 400, response.StatusCode, "as many as Stripe allows")
	for _, bad := range []practice.NewPayment{{Total: "x"}, {Currency: "eur"}, {Type: "payment_intent.eaten"}} {
		_, err := p.Stripe.Place(bad)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	}
	yen, err := p.Stripe.Place(practice.NewPayment{Total: "1200", Currency: "JPY"})
	require.NoError(t, err)
	require.Contains(t, string(yen.Body), `"amount": 1200,`)
}

// TestStripeKeys repeats requests with one idempotency key.
func TestStripeKeys(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := start(t, practice.Params{Now: func() time.Time { return now }})
	add := func(form, key string) (*http.Response, map[string]any) {
		return stripe(t, p, "POST", "/v1/customers", form, "Idempotency-Key", key)
	}
	_, first := add("email=a@example.com", "k1")
	response, again := add("email=a@example.com", "k1")
	require.Equal(t, first, again)
	require.Equal(t, "true", response.Header.Get("Idempotent-Replayed"))
	response, other := add("email=b@example.com", "k1")
	require.Equal(t, 400, response.StatusCode)
	require.Equal(t, "idempotency_error", other["error"].(map[string]any)["type"])
	_, second := add("email=a@example.com", "k2")
	require.NotEqual(t, first["id"], second["id"])
	response, _ = add("email=none", "k3")
	require.Equal(t, 400, response.StatusCode)
	response, _ = add("email=c@example.com", "k3")
	require.Equal(t, 200, response.StatusCode, "what was not begun uses no key up")
	now = now.Add(25 * time.Hour)
	_, later := add("email=a@example.com", "k1")
	require.NotEqual(t, first["id"], later["id"], "keys are remembered for a day")
}

// TestStripeEvents pages through what happened.
func TestStripeEvents(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	p := start(t, practice.Params{Now: func() time.Time { return now }})
	var ids []string
	for range 5 {
		paid, err := p.Stripe.Place(practice.NewPayment{})
		require.NoError(t, err)
		ids = append(ids, paid.ID)
		_, err = p.Stripe.Place(practice.NewPayment{Type: "payout.paid"})
		require.NoError(t, err)
		now = now.Add(time.Minute)
	}
	list := func(query url.Values) (found []string, more bool) {
		_, out := stripe(t, p, "GET", "/v1/events?"+query.Encode(), "")
		for _, one := range out["data"].([]any) {
			found = append(found, one.(map[string]any)["id"].(string))
		}
		return found, out["has_more"].(bool)
	}
	since := fmt.Sprint(time.Date(2026, 11, 21, 9, 1, 0, 0, time.UTC).Unix())
	query := url.Values{"type": {"payment_intent.succeeded"}, "created[gte]": {since}, "limit": {"3"}}
	found, more := list(query)
	require.Equal(t, []string{ids[4], ids[3], ids[2]}, found)
	require.True(t, more)
	query.Set("starting_after", ids[2])
	found, more = list(query)
	require.Equal(t, []string{ids[1]}, found)
	require.False(t, more)
	found, _ = list(url.Values{"types[]": {"payout.paid", "payment_intent.succeeded"}})
	require.Len(t, found, 10)
	now = now.Add(31 * 24 * time.Hour)
	found, _ = list(url.Values{})
	require.Empty(t, found, "Stripe lists 30 days")
}

// TestStripeActions performs each action that Bellhop ships.
func TestStripeActions(t *testing.T) {
	t.Parallel()
	p := start(t, practice.Params{})
	client := action.New(action.Params{Timeout: 5 * time.Second})
	paid, err := p.Stripe.Place(practice.NewPayment{Total: "48", Currency: "EUR"})
	require.NoError(t, err)
	do := func(use string, with map[string]any) any {
		c := call(t, "stripe."+use, stripeAccount(p), with)
		c.IdempotencyKey = use
		result, err := client.Do(t.Context(), c)
		require.NoError(t, err, use)
		return result.Output
	}
	field := func(v any, name string) any { return v.(map[string]any)[name] }
	found := do("find_customer", map[string]any{"email": "ana.silva@example.com"})
	require.Equal(t, "Ana Silva", field(found, "name"))
	require.Nil(t, do("find_customer", map[string]any{"email": "nobody@example.com"}))
	made := do("create_customer", map[string]any{"email": "new@example.com", "metadata": map[string]any{"shop": "7"}})
	require.Equal(t, map[string]any{"shop": "7"}, field(made, "metadata"))
	require.Contains(t, field(do("create_payment_link", map[string]any{"product": "Tea", "amount": "12", "currency": "EUR"}), "url"), "https://buy.stripe.com/")
	require.Len(t, do("list_payments", map[string]any{"customer": field(found, "id")}), 1)
	require.Equal(t, json.Number("4800"), field(do("get_payment", map[string]any{"payment": paid.Object}), "amount"))
	require.Equal(t, "yes", field(field(do("add_note", map[string]any{"id": paid.Object, "metadata": map[string]any{"sent": "yes"}}), "metadata"), "sent"))
	refund := map[string]any{"payment": paid.Object, "amount": "8", "currency": "EUR"}
	require.Equal(t, json.Number("800"), field(do("refund_payment", refund), "amount"))
	do("refund_payment", refund) // the same key: it is paid back once
	charge := field(do("get_payment", map[string]any{"payment": paid.Object}), "latest_charge")
	require.Equal(t, json.Number("800"), field(charge, "amount_refunded"))

	require.NoError(t, p.Stripe.Fail(practice.Fault{Mode: practice.Limited, Times: 1}))
	_, err = client.Do(t.Context(), call(t, "stripe.get_payment", stripeAccount(p), map[string]any{"payment": paid.Object}))
	require.True(t, failure(t, err).Retry)
	require.Equal(t, "rate_limit", failure(t, err).Detail)
	require.NoError(t, p.Stripe.Fail(practice.Fault{Mode: practice.Drop, Times: 1}))
	c := call(t, "stripe.refund_payment", stripeAccount(p), map[string]any{"payment": paid.Object, "amount": "1", "currency": "EUR"})
	c.IdempotencyKey = "lost"
	if _, err = client.Do(t.Context(), c); err != nil { // the answer was lost, unless it was asked again at once
		require.True(t, failure(t, err).Retry, "the key makes it harmless")
		_, err = client.Do(t.Context(), c)
		require.NoError(t, err)
	}
	charge = field(do("get_payment", map[string]any{"payment": paid.Object}), "latest_charge")
	require.Equal(t, json.Number("900"), field(charge, "amount_refunded"), "it is paid back once")
}
