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
	deleteField = regexp.MustCompile(`\bwebhookSubscriptionDelete\s*\(\s*id\s*:\s*("[^"]*"|\$\w+)`)
	topicsValue = regexp.MustCompile(`\btopics\s*:\s*\[?([A-Z_,\s]+)`)
)

// topics are the webhooks that the pretend shop sends, by their names in GraphQL.
var topics = map[string]string{"ORDERS_CREATE": TopicCreated, "ORDERS_PAID": TopicPaid}

// subscriptionID stands before a subscription's number.
const subscriptionID = "gid://shopify/WebhookSubscription/"

// graphSubscriptions answers the fields `webhookSubscriptions`, `webhookSubscriptionCreate` and
// `webhookSubscriptionDelete` of a query, if it has them. The problem is the whole query's; "" if there is none.
func (s *Shop) graphSubscriptions(query string, variables map[string]any, data object) (problem string) {
	if match := listField.FindStringSubmatch(query); match != nil {
		data["webhookSubscriptions"] = object{"nodes": s.graphListed(match[1])}
	}
	if match := deleteField.FindStringSubmatch(query); match != nil {
		id := strings.Trim(match[1], `"`)
		if variable, ok := strings.CutPrefix(id, "$"); ok {
			id, _ = variables[variable].(string)
		}
		if !strings.HasPrefix(id, subscriptionID) {
			return fmt.Sprintf("Variable $id of type ID! was provided invalid value: Invalid global id '%s'", id)
		}
		data["webhookSubscriptionDelete"] = s.graphDeleted(id)
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
	created["webhookSubscription"] = s.graphSubscription(Subscription{topic, uri}, name)
	return ""
}

// graphDeleted deletes the subscription of that id. One that is not there is a user's error, as at the real one.
func (s *Shop) graphDeleted(id string) object {
	for _, one := range s.Subscriptions() {
		if s.idOf(one) == id {
			s.Unsubscribe(one.Topic, one.Address)
			return object{"deletedWebhookSubscriptionId": id, "userErrors": []any{}}
		}
	}
	return object{"deletedWebhookSubscriptionId": nil, "userErrors": []any{
		object{"field": []any{"id"}, "message": "Webhook subscription does not exist"},
	}}
}

// graphListed are the subscriptions to the topics that the arguments name, or all.
func (s *Shop) graphListed(arguments string) []any {
	wanted := ""
	if match := topicsValue.FindStringSubmatch(arguments); match != nil {
		wanted = match[1]
	}
	nodes := []any{}
	for _, one := range s.Subscriptions() {
		for name, topic := range topics {
			if one.Topic == topic && (wanted == "" || strings.Contains(wanted, name)) {
				nodes = append(nodes, s.graphSubscription(one, name))
			}
		}
	}
	return nodes
}

// idOf is what the API calls a subscription.
func (s *Shop) idOf(one Subscription) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return subscriptionID + strconv.FormatInt(s.numbers[one], 10)
}

func (s *Shop) graphSubscription(one Subscription, topic string) object {
	return object{"id": s.idOf(one), "topic": topic, "uri": one.Address, "format": "JSON"}
}
