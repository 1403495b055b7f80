package connectortest

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
	"bellhop/engine/webhook"
)

// Deliveries come to publicURL + webhook.PathPrefix + token, which some signatures are made of.
const (
	token     = "token"
	publicURL = "https://hooks.example.com"
)

// delivery brings a delivery at its time.
func delivery(t *testing.T, catalog engine.Catalog, c engine.Connector, o engine.Operation, test engine.OperationTest) {
	if test.Delivery.At == "" {
		deliver(t, catalog, c, o, test)
		return
	}
	now, err := time.Parse(time.RFC3339, test.Delivery.At)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now)) // clocks begin in the year 2000 here
		deliver(t, catalog, c, o, test)
	})
}

// deliver brings a delivery to a recipe with the trigger, and looks at the event that is stored.
func deliver(t *testing.T, catalog engine.Catalog, c engine.Connector, o engine.Operation, test engine.OperationTest) {
	shop := &shop{account: accountOf(c, test)}
	shop.trigger = engine.Trigger{Use: c.Name + "." + o.Name, Connection: shop.account.Name, With: test.With}
	table, err := webhook.NewTable(t.Context(), shop, catalog, shop)
	require.NoError(t, err)
	handler := webhook.New(webhook.Params{Store: shop, Addresses: func() []string { return []string{publicURL} }})
	handler.SetTable(table)

	request := httptest.NewRequest("POST", webhook.PathPrefix+token, strings.NewReader(test.Delivery.Body))
	for name, value := range test.Delivery.Headers {
		request.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)

	require.Equal(t, test.Delivery.Accepted, shop.event != nil, recorder.Body.String())
	if shop.event == nil {
		return
	}
	if test.Delivery.EventID != "" {
		require.Equal(t, test.Delivery.EventID, shop.event.Key)
	}
	if test.Delivery.Label != "" {
		require.Equal(t, test.Delivery.Label, label(t, o, *shop.event))
	}
}

// label names an event as its runs are named.
func label(t *testing.T, o engine.Operation, event engine.Event) string {
	body, err := content.Parse(event.ContentType, event.Body)
	require.NoError(t, err)
	template, err := mapping.Parse(o.Label)
	require.NoError(t, err)
	value, err := template.Eval(map[string]any{"trigger": body, "trigger_request": event.Request.Data()}, mapping.Env{})
	require.NoError(t, err)
	return strings.Trim(strings.Join(strings.Fields(mapping.Text(value)), " "), " ,")
}

// shop is a store with one recipe and one account, which keeps the event it is given.
type shop struct {
	engine.Tx
	account engine.Account
	trigger engine.Trigger
	event   *engine.Event
}

func (s *shop) Recipes(context.Context) ([]engine.Recipe, error) {
	return []engine.Recipe{{ID: 1, Name: "test", On: true, Token: token, Published: 1}}, nil
}

func (s *shop) Version(context.Context, int64, int) (engine.Definition, error) {
	return engine.Definition{Format: engine.RecipeFormat, Name: "test", Trigger: s.trigger}, nil
}

func (s *shop) Account(context.Context, string) (engine.Account, error) { return s.account, nil }

func (s *shop) Update(_ context.Context, fn func(engine.Tx) error) error { return fn(s) }

func (s *shop) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	return s.Update(ctx, fn)
}

func (s *shop) AddEvent(e *engine.Event) error {
	s.event = e
	return nil
}

func (s *shop) AddRun(*engine.Run) error { return nil }

func (s *shop) MarkSeen(int64, string, string) (first bool, at time.Time, err error) {
	return true, time.Time{}, nil
}
