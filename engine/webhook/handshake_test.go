package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

// greeted is a catalogue and store with one recipe, whose trigger knows handshakes.
type greeted struct {
	engine.Catalog
	spec engine.WebhookSpec
	with map[string]any
}

func (g greeted) Operation(string) (engine.Connector, engine.Operation, bool) {
	return engine.Connector{}, engine.Operation{Webhook: &g.spec, Connection: engine.Optional}, true
}

func (greeted) Recipes(context.Context) ([]engine.Recipe, error) {
	return []engine.Recipe{{ID: 1, On: true, Token: "t", Published: 1}}, nil
}

func (g greeted) Version(context.Context, int64, int) (engine.Definition, error) {
	return engine.Definition{Trigger: engine.Trigger{Use: "a.b", Connection: "c", With: g.with}}, nil
}

func (greeted) Account(context.Context, string) (engine.Account, error) { return engine.Account{}, nil }

// handshakes are those of the senders' documentation.
var handshakes = []engine.HandshakeSpec{
	{Body: map[string]string{"type": "url_verification", "challenge": "*"}, Text: "{{body.challenge}}"},
	{Query: map[string]string{"validationToken": "*"}, Text: "{{query.validationToken}}"},
	{Method: "GET", Query: map[string]string{"hub.mode": "subscribe", "hub.verify_token": "{{verify | default: ''}}", "hub.challenge": "*"}, Text: `{{query["hub.challenge"]}}`},
	{Method: "HEAD", Status: 204},
	{Headers: map[string]string{"X-Sign": "*"}, Body: map[string]string{"type": "0"}, Status: 204},
	{Headers: map[string]string{"X-Sign": "*"}, Body: map[string]string{"type": "1", "event": "-"}, Text: `{"type":1}`, ContentType: "application/json"},
}

func TestHandshakesAreAnswered(t *testing.T) {
	sign := engine.SignatureSpec{Scheme: "hmac", Header: "X-Sign", Secret: secret, Algorithm: "sha256", Encoding: "hex"}
	for name, c := range map[string]struct {
		method, query, body string
		unsigned            bool
		verify              string
		status              int
		says                string // "" for a delivery, a refusal, or an answer without text
	}{
		"Slack":                  {"POST", "", `{"token":"x","challenge":"3eZbrw1a","type":"url_verification"}`, false, "", 200, "3eZbrw1a"},
		"Slack, forged":          {"POST", "", `{"token":"x","challenge":"3eZbrw1a","type":"url_verification"}`, true, "", 401, ""},
		"a delivery of Slack":    {"POST", "", `{"type":"event_callback"}`, false, "", 200, ""},
		"no text":                {"POST", "", `{"type":"url_verification","challenge":{"a":1}}`, false, "", 200, ""},
		"Microsoft":              {"POST", "?validationToken=Validation%3A+Testing", "", true, "", 200, "Validation: Testing"},
		"Meta":                   {"GET", "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock", "", true, "meatyhamhock", 200, "1158201444"},
		"Meta, another token":    {"GET", "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=x", "", true, "meatyhamhock", 401, ""},
		"Meta, no token":         {"GET", "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=", "", true, "", 401, ""},
		"Trello":                 {"HEAD", "", "", true, "", 204, ""},
		"Discord":                {"POST", "", `{"version":1,"type":0}`, false, "", 204, ""},
		"Discord's interactions": {"POST", "", `{"id":"1","token":"x","type":1,"version":1}`, false, "", 200, `{"type":1}`},
		"Discord, forged":        {"POST", "", `{"version":1,"type":0}`, true, "", 401, ""},
		"an event of Discord":    {"POST", "", `{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}`, false, "", 200, ""},
		"far too long":           {"POST", "?validationToken=" + strings.Repeat("x", 5000), "", true, "", 401, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := greeted{spec: engine.WebhookSpec{Signature: &sign, Handshakes: handshakes}, with: map[string]any{"verify": c.verify}}
			table, err := webhook.NewTable(t.Context(), g, g, g)
			require.NoError(t, err)
			d := &door{store: &memory{}}
			d.Handler = webhook.New(webhook.Params{Store: d.store})
			d.SetTable(table)
			r := httptest.NewRequest(c.method, webhook.PathPrefix+"t"+c.query, strings.NewReader(c.body))
			if !c.unsigned {
				require.NoError(t, signature.Sign(sign, r.Header, []byte(c.body)))
			}
			w := httptest.NewRecorder()
			d.ServeHTTP(w, r)
			require.Equal(t, c.status, w.Code, w.Body.String())
			if c.says != "" {
				require.Equal(t, c.says, w.Body.String())
				require.Equal(t, map[bool]string{true: "application/json", false: "text/plain; charset=utf-8"}[strings.HasPrefix(c.says, "{")], w.Header().Get("Content-Type"))
				require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
			}
			deliveries := 0
			if c.says == "" && c.status == http.StatusOK {
				deliveries = 1
			}
			require.Len(t, d.store.events, deliveries)
		})
	}
}
