package editor_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// shelf is a catalogue of a few connectors that stay as they are, so that pictures of them do too.
type shelf []engine.Connector

var _ engine.Catalog = shelf(nil)

func (s shelf) Connectors() []engine.Connector { return s }

func (s shelf) Connector(name string) (engine.Connector, bool) {
	for _, c := range s {
		if c.Name == name {
			return c, true
		}
	}
	return engine.Connector{}, false
}

func (s shelf) Operation(use string) (engine.Connector, engine.Operation, bool) {
	name, operation, _ := engine.SplitUse(use)
	c, ok := s.Connector(name)
	if !ok {
		return engine.Connector{}, engine.Operation{}, false
	}
	o, ok := c.Operation(operation)
	return c, o, ok
}

func catalog(t testing.TB) engine.Catalog {
	t.Helper()
	var s shelf
	require.NoError(t, json.Unmarshal([]byte(connectors), &s))
	return s
}

const connectors = `[
	{"name": "logic", "title": "Logic", "color": "#667085", "glyph": "L", "actions": [
		{"name": "filter", "title": "Only go on if …", "help": "Lets an event through only if your rules fit.", "summary": "Only if {{rules}}", "logic": "filter", "fields": [
			{"name": "match", "type": "choice", "label": "How many of the rules must fit", "default": "all",
				"options": [{"value": "all", "label": "All of them"}, {"value": "any", "label": "At least one"}]},
			{"name": "rules", "type": "rules", "label": "Rules", "help": "For example, the total price is over 100.", "required": true}]},
		{"name": "paths", "title": "Choose a path", "help": "Goes different ways, depending on the data.", "summary": "Choose a path", "logic": "paths", "holds": "paths", "fields": [
			{"name": "match", "type": "choice", "label": "Which path is taken", "default": "first",
				"options": [{"value": "first", "label": "The first one that fits"}, {"value": "all", "label": "All that fit"}]}]},
		{"name": "loop", "title": "For each entry of a list", "help": "Does its steps for each entry of a list.", "summary": "For each of {{items}}", "logic": "loop", "holds": "steps", "fields": [
			{"name": "items", "type": "list", "label": "List", "required": true},
			{"name": "at_once", "type": "number", "label": "Entries at the same time", "default": 1, "advanced": true}],
			"sample": {"count": 2, "failed": 0}},
		{"name": "stop", "title": "Stop here", "help": "Ends the run at this step.", "summary": "Stop here", "logic": "stop"}]},
	{"name": "shopify", "title": "Shopify", "color": "#4A7F1F", "glyph": "S", "connection": {"fields": []}, "triggers": [
		{"name": "order_created", "title": "New order", "help": "Starts the moment a customer places an order.", "summary": "A new order arrives in Shopify",
			"label": "Order {{trigger.name}}, {{trigger.customer.first_name | default: ''}} {{trigger.customer.last_name | default: ''}}",
			"connection": "required", "needs": ["client_secret"], "webhook": {},
			"sample": {"id": 6094853177622, "name": "#1042", "email": "ana.silva@example.com", "total_price": "189.00", "currency": "EUR", "note": null,
				"created_at": "2026-11-21T09:12:44Z", "order_status_url": "https://casa-silva.example/orders/6094853177622",
				"customer": {"first_name": "Ana", "last_name": "Silva"}, "line_items": [{"title": "Linen shirt"}, {"title": "Wool scarf"}]}}]},
	{"name": "slack", "title": "Slack", "color": "#611F69", "glyph": "#", "connection": {"fields": []}, "actions": [
		{"name": "send_message", "title": "Send a message", "help": "Posts a message to a channel.", "summary": "Send a message to {{channel}} in Slack",
			"connection": "required", "needs": ["bot_token"], "request": {"method": "POST", "path": "/chat.postMessage"}, "fields": [
			{"name": "channel", "type": "text", "label": "Channel", "help": "The channel's name with its #.", "placeholder": "#orders", "required": true},
			{"name": "text", "type": "long", "label": "Message", "help": "*Stars* make it bold.", "required": true},
			{"name": "thread_ts", "type": "text", "label": "Reply to", "advanced": true}],
			"sample": {"ok": true, "channel": "C0123456789", "ts": "1795252364.000200"}}]},
	{"name": "http", "title": "Web request", "color": "#2468B2", "glyph": "H", "connection": {"fields": []}, "actions": [
		{"name": "request", "title": "Send a request", "help": "Calls a web address.", "summary": "Send a {{method}} request to {{url}}", "connection": "optional",
			"request": {"method": "{{method}}", "url": "{{url}}"}, "fields": [
			{"name": "url", "type": "url", "label": "Address", "required": true},
			{"name": "headers", "type": "map", "label": "Headers"},
			{"name": "json", "type": "json", "label": "Data to send", "group": "body"},
			{"name": "text", "type": "long", "label": "Text to send", "group": "body"},
			{"name": "wait", "type": "number", "label": "Seconds to wait"}]}]},
	{"name": "webhook", "title": "Webhook", "color": "#6D4FC2", "glyph": "W", "connection": {"fields": []}, "triggers": [
		{"name": "received", "title": "Webhook received", "help": "Every call to the recipe's address starts a run.", "summary": "Another app calls this recipe's address",
			"connection": "optional", "webhook": {}, "fields": [{"name": "event_id", "type": "text", "label": "Header that tells events apart", "advanced": true}],
			"sample": {"name": "Ana Silva"}}]}
]`
