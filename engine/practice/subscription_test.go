package practice_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine/practice"
)

// TestSubscriptionsAPI: ids stay, none is given twice, and deleting is answered as the real Shopify does.
func TestSubscriptionsAPI(t *testing.T) {
	t.Parallel()
	p := start(t, practice.Params{AccessToken: "shpat_1"})
	graph := func(query string, variables map[string]any) map[string]any {
		body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
		require.NoError(t, err)
		r, err := http.NewRequestWithContext(t.Context(), "POST", p.ShopURL()+"/admin/api/2026-07/graphql.json", strings.NewReader(string(body)))
		require.NoError(t, err)
		r.Header.Set("X-Shopify-Access-Token", "shpat_1")
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		var out map[string]any
		require.NoError(t, json.NewDecoder(answer.Body).Decode(&out))
		return out
	}
	field := func(out map[string]any, name string) map[string]any {
		return out["data"].(map[string]any)[name].(map[string]any)
	}
	create := func(address string) string {
		made := field(graph("mutation($uri: String!) { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: $uri, format: JSON}) { webhookSubscription { id } userErrors { message } } }",
			map[string]any{"uri": address}), "webhookSubscriptionCreate")
		require.Empty(t, made["userErrors"])
		return made["webhookSubscription"].(map[string]any)["id"].(string)
	}
	list := func() map[string]string {
		all := map[string]string{}
		for _, one := range field(graph("{ webhookSubscriptions(first: 250, topics: [ORDERS_CREATE]) { nodes { id uri } } }", nil), "webhookSubscriptions")["nodes"].([]any) {
			all[one.(map[string]any)["id"].(string)] = one.(map[string]any)["uri"].(string)
		}
		return all
	}
	const remove = "mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { message } } }"

	one, two := create("https://one.example"), create("https://two.example")
	require.Equal(t, map[string]string{one: "https://one.example", two: "https://two.example"}, list())
	done := field(graph(remove, map[string]any{"id": one}), "webhookSubscriptionDelete")
	require.Equal(t, one, done["deletedWebhookSubscriptionId"])
	require.Empty(t, done["userErrors"])
	require.Equal(t, map[string]string{two: "https://two.example"}, list(), "the other keeps its id")

	again := field(graph(remove, map[string]any{"id": one}), "webhookSubscriptionDelete")
	require.Nil(t, again["deletedWebhookSubscriptionId"])
	require.Equal(t, "Webhook subscription does not exist", again["userErrors"].([]any)[0].(map[string]any)["message"])
	require.Contains(t, graph(remove, map[string]any{"id": "7"}), "errors")
	require.NotContains(t, []string{one, two}, create("https://one.example"))
}
