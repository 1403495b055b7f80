package practice

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"bellhop/engine"
)

var (
	listField   = regexp.MustCompile(`\bwebhookSubscriptions\s*\(([^)]*)\)`)
	createField = regexp.MustCompile(`\bwebhookSubscriptionCreate\s*\(\s*topic\s*:\s*(\$?\w+)`)
	topicsValue = regexp.MustCompile(`\btopics\s*:\s*\[?([A-Z_,\s]+)`)
)

// topics are the webhooks that the pretend shop sends, by their names in GraphQL.
var topics = map[string]string{"ORDERS_CREATE": TopicCreated, "ORDERS_PAID": TopicPaid}

// graphSubscriptions answers the fields `webhookSubscriptions` and `webhookSubscriptionCreate` of a query, if
// it has them. The problem is the whole query's; "" if there is none.
func (s *Shop) graphSubscriptions(query string, variables map[string]any, data object) (problem string) {
	if match := listField.FindStringSubmatch(query); match != nil {
		data["webhookSubscriptions"] = object{"nodes": s.graphListed(match[1])}
	}
	match := createField.FindStringSubmatch(query)
	if match == nil {
		return ""
	}
	name := match[1]
	if variable, ok := strings.CutPrefix(name, "$"); ok {
		name, _ = variables[variable].(string)
	}
	topic, ok := topics[name]
	uri, _ := variables["uri"].(string)
	if !ok || uri == "" {
		return "The pretend Shopify makes subscriptions to ORDERS_CREATE and ORDERS_PAID, with the variable uri"
	}
	created := object{"webhookSubscription": nil, "userErrors": []any{}}
	data["webhookSubscriptionCreate"] = created
	for _, one := range s.Subscriptions() {
		if one == (Subscription{topic, uri}) {
			created["userErrors"] = []any{object{"field": []any{"webhookSubscription", "uri"}, "message": "Address for this topic has already been taken"}}
			return ""
		}
	}
	if err := s.Subscribe(topic, uri); err != nil {
		created["userErrors"] = []any{object{"field": []any{"webhookSubscription", "uri"}, "message": engine.ErrorMessage(err)}}
		return ""
	}
	created["webhookSubscription"] = graphSubscription(len(s.Subscriptions()), name, uri)
	return ""
}

// graphListed are the subscriptions to the topics that the arguments name, or all.
func (s *Shop) graphListed(arguments string) []any {
	wanted := ""
	if match := topicsValue.FindStringSubmatch(arguments); match != nil {
		wanted = match[1]
	}
	nodes := []any{}
	for i, one := range s.Subscriptions() {
		for name, topic := range topics {
			if one.Topic == topic && (wanted == "" || strings.Contains(wanted, name)) {
				nodes = append(nodes, graphSubscription(i+1, name, one.Address))
			}
		}
	}
	return nodes
}

func graphSubscription(n int, topic, uri string) object {
	id := strconv.FormatInt(firstID+int64(n), 10)
	return object{"id": fmt.Sprintf("gid://shopify/WebhookSubscription/%s", id), "topic": topic, "uri": uri, "format": "JSON"}
}
