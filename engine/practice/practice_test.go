package practice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/connector"
	"bellhop/engine/practice"
	"bellhop/engine/signature"
)

func start(t testing.TB, p practice.Params) *practice.Practice {
	t.Helper()
	x := practice.New(p)
	require.NoError(t, x.Start("127.0.0.1:0", "127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	return x
}

func slackAccount(p *practice.Practice) engine.Account {
	return engine.Account{
		Connection: engine.Connection{Name: "Practice Slack", Connector: "slack", BaseURL: p.SlackURL()},
		Secrets:    p.SlackAccount(),
	}
}

func shopAccount(p *practice.Practice) engine.Account {
	return engine.Account{
		Connection: engine.Connection{Name: "Practice shop", Connector: "shopify", BaseURL: p.ShopURL()},
		Secrets:    p.ShopAccount(),
	}
}

// catalog reads the connectors that come with Bellhop, once for all tests.
var catalog = sync.OnceValues(func() (*connector.Catalog, error) { return connector.Load(assets.Connectors()) })

func call(t testing.TB, use string, a engine.Account, with map[string]any) action.Call {
	t.Helper()
	catalog, err := catalog()
	require.NoError(t, err)
	c, o, ok := catalog.Operation(use)
	require.True(t, ok, use)
	return action.Call{Connector: c, Operation: o, With: with, Account: a}
}

func failure(t *testing.T, err error) *action.Failure {
	t.Helper()
	f, ok := errors.AsType[*action.Failure](err)
	require.True(t, ok, "%v", err)
	return f
}

// TestTheRealConnectorPosts sends messages through the connector that Bellhop ships.
func TestTheRealConnectorPosts(t *testing.T) {
	t.Parallel()
	heard := make(chan practice.Message, 10)
	p := start(t, practice.Params{OnMessage: func(m practice.Message) { heard <- m }})
	client := action.New(action.Params{Timeout: time.Second})
	post := call(t, "slack.send_message", slackAccount(p), map[string]any{"channel": "#orders", "text": `"5 > 3" & ü 🛎`})

	result, err := client.Do(t.Context(), post)
	require.NoError(t, err)
	require.NotContains(t, result.Output, "warning")
	require.Equal(t, `"5 > 3" & ü 🛎`, (<-heard).Text)

	_, err = client.Do(t.Context(), call(t, "slack.send_to_webhook", slackAccount(p), map[string]any{"text": "by webhook"}))
	require.NoError(t, err)
	messages := p.Slack.Messages()
	require.Len(t, messages, 2)
	require.Equal(t, []string{"chat.postMessage", "webhook"}, []string{messages[0].Via, messages[1].Via})
	require.NotEqual(t, messages[0].TS, messages[1].TS)

	for code, with := range map[string]map[string]any{
		"channel_not_found": {"channel": "#nowhere", "text": "x"},
		"is_archived":       {"channel": "#old-news", "text": "x"},
		"no_text":           {"channel": "C0PRACTICE1", "text": "  "},
		"msg_too_long":      {"channel": "#orders", "text": strings.Repeat("é", 40_001)},
	} {
		post.With = with
		_, err = client.Do(t.Context(), post)
		require.Equal(t, code, failure(t, err).Detail)
		require.Equal(t, engine.Refused, engine.ErrorCode(err))
	}
	post.Account.Secrets = map[string]string{"bot_token": "xoxb-wrong"}
	_, err = client.Do(t.Context(), post)
	require.Equal(t, "invalid_auth", failure(t, err).Detail)
	require.Equal(t, engine.Unauthorized, engine.ErrorCode(err))
	require.Len(t, p.Slack.Messages(), 2)
}

func TestConnectionTests(t *testing.T) {
	t.Parallel()
	p := start(t, practice.Params{})
	client := action.New(action.Params{})
	says, err := client.TestConnection(t.Context(), call(t, "slack.send_message", engine.Account{}, nil).Connector, slackAccount(p))
	require.NoError(t, err)
	require.Contains(t, says, "Olive & Oak (practice)")

	shopify := call(t, "shopify.order_created", engine.Account{}, nil).Connector
	says, err = client.TestConnection(t.Context(), shopify, shopAccount(p))
	require.NoError(t, err)
	require.Contains(t, says, "Olive & Oak (practice)")

	p.Shop.Revoke()
	_, err = client.TestConnection(t.Context(), shopify, shopAccount(p))
	require.NoError(t, err, "a token that was revoked is fetched anew")

	wrong := shopAccount(p)
	wrong.Secrets["client_secret"] = "shpss_wrong"
	_, err = client.TestConnection(t.Context(), shopify, wrong)
	require.Equal(t, engine.Unauthorized, engine.ErrorCode(err))
	require.Equal(t, action.Before, failure(t, err).Phase)

	wrong.Secrets = map[string]string{"access_token": "shpat_wrong"}
	_, err = client.TestConnection(t.Context(), shopify, wrong)
	require.Equal(t, engine.Unauthorized, engine.ErrorCode(err))
}

func TestFaults(t *testing.T) {
	t.Parallel()
	p := start(t, practice.Params{})
	client := action.New(action.Params{Timeout: 300 * time.Millisecond})
	post := call(t, "slack.send_message", slackAccount(p), map[string]any{"channel": "#orders", "text": "hello"})
	tests := []struct {
		fault  practice.Fault
		code   engine.Code
		phase  action.Phase
		retry  bool
		posted bool
	}{
		{practice.Fault{Mode: practice.Broken, Times: 1}, engine.Unavailable, action.Answered, true, false},
		{practice.Fault{Mode: practice.Limited, Times: 1, RetryAfter: 2.5}, engine.Limited, action.Answered, true, false},
		{practice.Fault{Mode: practice.Portal, Times: 1}, engine.Unavailable, action.Answered, true, false},
		{practice.Fault{Mode: practice.Refusing, Times: 1, Code: "not_in_channel"}, engine.Refused, action.Answered, false, false},
		{practice.Fault{Mode: practice.Drop, Times: 1}, engine.Unavailable, action.Between, false, true},
		{practice.Fault{Mode: practice.Hang, Times: 1}, engine.Unavailable, action.Between, false, true},
	}
	for _, test := range tests {
		p.Slack.Clear()
		require.NoError(t, p.Slack.Fail(test.fault))
		_, err := client.Do(t.Context(), post)
		f := failure(t, err)
		require.Equal(t, test.code, engine.ErrorCode(err), test.fault.Mode)
		require.Equal(t, test.phase, f.Phase, test.fault.Mode)
		require.Equal(t, test.retry, f.Retry, test.fault.Mode)
		require.Equal(t, test.posted, len(p.Slack.Messages()) == 1, test.fault.Mode)
		require.Equal(t, practice.Fine, p.Slack.Fault().Mode)
		if test.fault.Mode == practice.Limited {
			require.Equal(t, 2500*time.Millisecond, f.RetryAfter)
		}
	}
	require.Error(t, p.Slack.Fail(practice.Fault{Mode: "odd"}))
	require.Error(t, p.Slack.Fail(practice.Fault{Mode: practice.Refusing}))
	_, err := client.Do(t.Context(), post)
	require.NoError(t, err)
}

func TestPace(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	p := start(t, practice.Params{Now: func() time.Time { return now }})
	p.Slack.Pace(true)
	client := action.New(action.Params{})
	post := call(t, "slack.send_message", slackAccount(p), map[string]any{"channel": "#orders", "text": "hello"})
	_, err := client.Do(t.Context(), post)
	require.NoError(t, err)
	_, err = client.Do(t.Context(), post)
	require.Equal(t, time.Second, failure(t, err).RetryAfter)
	now = now.Add(time.Second)
	_, err = client.Do(t.Context(), post)
	require.NoError(t, err)
}

// TestDelivers checks a delivery as Bellhop's webhook would.
func TestDelivers(t *testing.T) {
	t.Parallel()
	type delivery struct {
		header http.Header
		body   []byte
	}
	got := make(chan delivery, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- delivery{r.Header, body}
	}))
	t.Cleanup(hook.Close)
	p := start(t, practice.Params{ClientSecret: "hush"})
	require.NoError(t, p.Shop.Subscribe(practice.TopicCreated, hook.URL))
	require.NoError(t, p.Shop.Subscribe(practice.TopicCreated, hook.URL))
	verifier, err := signature.New(engine.SignatureSpec{
		Scheme: "hmac", Header: "X-Shopify-Hmac-Sha256", Secret: "hush", Algorithm: "sha256", Encoding: "base64",
	})
	require.NoError(t, err)

	seen := map[string]bool{}
	for n := range 12 {
		sent, err := p.Shop.Send(t.Context(), practice.NewOrder{})
		require.NoError(t, err)
		require.Len(t, sent.Deliveries, 1)
		require.True(t, sent.Deliveries[0].OK())
		d := <-got
		require.NoError(t, verifier.Verify(d.header, d.body))
		require.GreaterOrEqual(t, len(d.body), 2500)
		for _, name := range []string{"Topic", "Hmac-Sha256", "Shop-Domain", "Api-Version", "Webhook-Id", "Event-Id", "Triggered-At"} {
			require.NotEmpty(t, d.header.Get("X-Shopify-"+name), name)
		}
		require.Equal(t, "practice-shop.myshopify.com", d.header.Get("X-Shopify-Shop-Domain"))
		require.False(t, seen[d.header.Get("X-Shopify-Webhook-Id")])
		seen[d.header.Get("X-Shopify-Webhook-Id")] = true
		require.Equal(t, fmt.Sprintf("#%d", 1001+n), sent.Name)
		checkOrder(t, d.body, sent.Order)
	}
	_, err = p.Shop.Send(t.Context(), practice.NewOrder{Topic: practice.TopicPaid})
	require.NoError(t, err)
	require.Empty(t, got, "nobody subscribed to paid orders")
}

// checkOrder adds up what a customer would.
func checkOrder(t *testing.T, body []byte, o practice.Order) {
	t.Helper()
	var order struct {
		ID          int64
		Name, Email string
		TotalPrice  json.Number `json:"total_price"`
		Currency    string
		LineItems   []struct {
			Price    json.Number
			Quantity int64
		} `json:"line_items"`
		ShippingLines []struct{ Price json.Number } `json:"shipping_lines"`
	}
	require.NoError(t, json.Unmarshal(body, &order))
	require.Equal(t, []any{o.ID, o.Name, o.Total, o.Currency}, []any{order.ID, order.Name, string(order.TotalPrice), order.Currency})
	require.Regexp(t, `^[a-z.]+@example\.com$`, order.Email)
	sum := int64(0)
	cents := func(n json.Number) (c int64) {
		_, err := fmt.Sscan(strings.Replace(string(n), ".", "", 1), &c)
		require.NoError(t, err)
		return c
	}
	for _, item := range order.LineItems {
		sum += cents(item.Price) * item.Quantity
	}
	for _, line := range order.ShippingLines {
		sum += cents(line.Price)
	}
	require.Equal(t, cents(order.TotalPrice), sum)
}

func TestPrices(t *testing.T) {
	t.Parallel()
	p := practice.New(practice.Params{})
	for text, want := range map[string]string{"49": "49.00", "129.5": "129.50", "0.07": "0.07", " 1000000.00 ": "1000000.00"} {
		o, err := p.Shop.Place(practice.NewOrder{Total: text})
		require.NoError(t, err, text)
		require.Equal(t, want, o.Total)
		checkOrder(t, o.Body, o)
	}
	for _, bad := range []practice.NewOrder{
		{Total: "-5"}, {Total: "1.234"}, {Total: "x"}, {Total: ".5"}, {Total: "5.-1"}, {Total: "1e9"}, {Total: "99999999999999999"},
		{Currency: "eur"}, {Currency: "EURO"}, {Topic: "orders/eaten"},
	} {
		_, err := p.Shop.Place(bad)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%+v", bad)
	}
	require.Len(t, p.Shop.Orders(), 4, "what was wrong made no order")
}

// TestRetries lets deliveries fail: the ids stay, and in the end the subscription goes.
func TestRetries(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	ids, bodies, failing := map[string]int{}, map[string]bool{}, 3
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		ids[r.Header.Get("X-Shopify-Webhook-Id")+r.Header.Get("X-Shopify-Event-Id")]++
		bodies[string(body)] = true
		if failing != 0 {
			failing--
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(hook.Close)
	over := make(chan practice.Delivery, 10)
	waits := []time.Duration{1, 1, 1, 1, 1, 1, 1, 1}
	p := start(t, practice.Params{Waits: waits, OnDelivery: func(d practice.Delivery) {
		if d.Over {
			over <- d
		}
	}})
	require.NoError(t, p.Shop.Subscribe(practice.TopicCreated, hook.URL))
	sent, err := p.Shop.Send(t.Context(), practice.NewOrder{})
	require.NoError(t, err)
	require.Equal(t, 503, sent.Deliveries[0].Status)
	last := <-over
	require.True(t, last.OK())
	require.Equal(t, 4, last.Tries)
	require.Len(t, ids, 1)
	require.Len(t, bodies, 1)
	require.Len(t, p.Shop.Subscriptions(), 1)

	mu.Lock()
	failing = -1
	mu.Unlock()
	_, err = p.Shop.Send(t.Context(), practice.NewOrder{})
	require.NoError(t, err)
	last = <-over
	require.False(t, last.OK())
	require.Equal(t, 9, last.Tries, "the first and 8 more")
	require.Eventually(t, func() bool { return len(p.Shop.Subscriptions()) == 0 }, 5*time.Second, time.Millisecond)
}

func TestCloseEndsRetries(t *testing.T) {
	t.Parallel()
	p := practice.New(practice.Params{Waits: []time.Duration{time.Hour}})
	require.NoError(t, p.Shop.Subscribe(practice.TopicCreated, "http://127.0.0.1:1"))
	sent, err := p.Shop.Send(t.Context(), practice.NewOrder{})
	require.NoError(t, err)
	require.Zero(t, sent.Deliveries[0].Status)
	require.NotContains(t, sent.Deliveries[0].Error, "http://")
	require.NoError(t, p.Close())
}

func TestOrdersAPI(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	p := start(t, practice.Params{AccessToken: "shpat_1", Now: func() time.Time { return now }})
	for range 5 {
		_, err := p.Shop.Place(practice.NewOrder{})
		require.NoError(t, err)
		now = now.Add(time.Minute)
	}
	ask := func(method, path, token, body string) (int, map[string]any) {
		r, err := http.NewRequestWithContext(t.Context(), method, p.ShopURL()+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("X-Shopify-Access-Token", token)
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		var out map[string]any
		require.NoError(t, json.NewDecoder(response.Body).Decode(&out))
		return response.StatusCode, out
	}
	names := func(list any) (out []string) {
		for _, one := range list.([]any) {
			out = append(out, one.(map[string]any)["name"].(string))
		}
		return out
	}
	const orders = "/admin/api/2026-07/orders.json"
	status, out := ask("GET", orders, "wrong", "")
	require.Equal(t, 401, status)
	require.Contains(t, out["errors"], "Invalid API key or access token")

	_, out = ask("GET", orders+"?updated_at_min=2026-11-21T09:02:00Z&limit=2", "shpat_1", "")
	require.Equal(t, []string{"#1003", "#1004"}, names(out["orders"]))
	_, out = ask("GET", orders+fmt.Sprintf("?since_id=%d", p.Shop.Orders()[3].ID), "shpat_1", "")
	require.Equal(t, []string{"#1005"}, names(out["orders"]))
	status, _ = ask("GET", orders+"?limit=1000", "shpat_1", "")
	require.Equal(t, 400, status)
	status, _ = ask("GET", "/admin/api/2026-07/products.json", "shpat_1", "")
	require.Equal(t, 404, status)

	graph := func(query string, variables map[string]any) map[string]any {
		body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
		require.NoError(t, err)
		status, out := ask("POST", "/admin/api/2026-07/graphql.json", "shpat_1", string(body))
		require.Equal(t, 200, status)
		return out
	}
	const query = `query Poll($q: String!, $after: String) { orders(first: 2, after: $after, query: $q, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { id name } } }`
	variables := map[string]any{"q": "updated_at:>'2026-11-21T09:01:00Z'"}
	found := graph(query, variables)["data"].(map[string]any)["orders"].(map[string]any)
	require.Equal(t, []string{"#1003", "#1004"}, names(found["nodes"]))
	page := found["pageInfo"].(map[string]any)
	require.Equal(t, true, page["hasNextPage"])
	variables["after"] = page["endCursor"]
	found = graph(query, variables)["data"].(map[string]any)["orders"].(map[string]any)
	require.Equal(t, []string{"#1005"}, names(found["nodes"]))
	require.Equal(t, false, found["pageInfo"].(map[string]any)["hasNextPage"])
	require.Contains(t, graph("{ products(first: 1) { id } }", nil), "errors")
	require.Contains(t, graph("{ orders(first: 1000) { id } }", nil), "errors")
}

func TestControl(t *testing.T) {
	t.Parallel()
	arrived := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { arrived <- r.Header.Get("X-Shopify-Webhook-Id") }))
	t.Cleanup(hook.Close)
	p := start(t, practice.Params{})
	ask := func(method, path, body string, into any) int {
		r, err := http.NewRequestWithContext(context.Background(), method, p.ShopURL()+path, bytes.NewBufferString(body))
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		if into != nil {
			require.NoError(t, json.NewDecoder(response.Body).Decode(into))
		}
		return response.StatusCode
	}
	require.Equal(t, 201, ask("POST", "/subscriptions", `{"address":"`+hook.URL+`"}`, nil))
	var one practice.Sent
	require.Equal(t, 201, ask("POST", "/orders", `{"total":"129.00"}`, &one))
	require.Equal(t, "#1001", one.Name)
	require.Equal(t, "129.00", one.Total)
	require.Equal(t, 200, one.Deliveries[0].Status)
	require.Equal(t, <-arrived, one.Deliveries[0].WebhookID)
	require.Equal(t, 201, ask("POST", "/orders", `{"total":12.5}`, &one), "a number will do")
	require.Equal(t, "12.50", one.Total)
	<-arrived

	require.Equal(t, 201, ask("POST", "/orders", "", nil), "everything may be left out")
	<-arrived
	var many []practice.Sent
	require.Equal(t, 201, ask("POST", "/orders", `{"count":3,"topic":"orders/paid","address":"`+hook.URL+`"}`, &many))
	require.Len(t, many, 3)
	require.Equal(t, "#1006", many[2].Name)
	require.Len(t, many[2].Deliveries, 1)

	for _, bad := range []string{`{"count":0}`, `{"count":100000}`, `{"totl":"1"}`, `{`, `{"total":"x"}`, `{"total":true}`, `{"total":1e3}`, `{"total":-1}`, `{"count":"3"}`} {
		var problem map[string]string
		require.Equal(t, 400, ask("POST", "/orders", bad, &problem), bad)
		require.NotEmpty(t, problem["error"])
		require.NotContains(t, problem["error"], "Go ")
		require.NotContains(t, problem["error"], "json:")
	}
	require.Equal(t, 204, ask("POST", "/fail", `{"app":"slack","mode":"broken","times":2}`, nil))
	require.Equal(t, practice.Broken, p.Slack.Fault().Mode)
	require.Equal(t, 400, ask("POST", "/fail", `{"app":"paypal","mode":"broken"}`, nil))
	var messages []practice.Message
	require.Equal(t, 200, ask("GET", "/messages", "", &messages))
	require.NotNil(t, messages)
	require.Equal(t, 204, ask("DELETE", "/messages", "", nil))
}
