package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func connections(t *testing.T, s store) {
	all, err := s.Connections(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)

	slack := engine.Connection{Name: "Shop Slack", Connector: "slack", SecretFields: []string{"webhook_url", "bot_token"}}
	shop := engine.Connection{
		Name: "my shop", Connector: "shopify", Fields: map[string]string{"shop": "zimt & zucker", "empty": ""},
		SecretFields: []string{"client_secret"}, BaseURL: "http://127.0.0.1:9/x?y=%20", Practice: true,
		Limits: &engine.Limits{PerSecond: 2.5, AtOnce: 3}, AllowPrivate: true,
	}
	s.update(t, func(tx engine.Tx) error {
		if err := tx.PutConnection(&slack); err != nil {
			return err
		}
		return tx.PutConnection(&shop)
	})
	require.Positive(t, slack.ID)
	require.Equal(t, []string{"bot_token", "webhook_url"}, slack.SecretFields, "in alphabetical order")
	require.False(t, slack.CreatedAt.IsZero())

	all, err = s.Connections(t.Context())
	require.NoError(t, err)
	require.Equal(t, []engine.Connection{shop, slack}, all, "by name, whatever its case")
	got, err := s.Connection(t.Context(), "my shop")
	require.NoError(t, err)
	require.Equal(t, shop, got)

	created := shop.CreatedAt
	shop.Name, shop.Fields, shop.SecretFields, shop.Practice = "our shop", map[string]string{"shop": "b"}, nil, false
	shop.Limits, shop.AllowPrivate = nil, false
	shop.CreatedAt = at // not for the caller to change
	s.update(t, func(tx engine.Tx) error { return tx.PutConnection(&shop) })
	require.Equal(t, created, shop.CreatedAt)
	require.False(t, shop.UpdatedAt.Before(created))
	got, err = s.Connection(t.Context(), "our shop")
	require.NoError(t, err)
	require.Equal(t, shop, got)

	s.update(t, func(tx engine.Tx) error { return tx.DeleteConnection(shop.ID) })
	_, err = s.Connection(t.Context(), "our shop")
	requireCode(t, engine.NotFound, err)
	all, err = s.Connections(t.Context())
	require.NoError(t, err)
	require.Equal(t, []engine.Connection{slack}, all)
}

func connectionErrors(t *testing.T, s store) {
	_, err := s.Connection(t.Context(), "nobody")
	requireCode(t, engine.NotFound, err)
	one := engine.Connection{Name: "one", Connector: "http"}
	two := engine.Connection{Name: "two", Connector: "http"}
	s.update(t, func(tx engine.Tx) error {
		if err := tx.PutConnection(&one); err != nil {
			return err
		}
		return tx.PutConnection(&two)
	})
	clash := two
	clash.Name = "one"
	requireCode(t, engine.Conflict, s.Update(t.Context(), func(tx engine.Tx) error { return tx.PutConnection(&clash) }))
	again := engine.Connection{Name: "one", Connector: "http"}
	requireCode(t, engine.Conflict, s.Update(t.Context(), func(tx engine.Tx) error { return tx.PutConnection(&again) }))
	require.Zero(t, again.ID)
	missing := engine.Connection{ID: 77, Name: "three", Connector: "http"}
	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error { return tx.PutConnection(&missing) }))
	requireCode(t, engine.NotFound, s.Update(t.Context(), func(tx engine.Tx) error { return tx.DeleteConnection(77) }))
	all, err := s.Connections(t.Context())
	require.NoError(t, err)
	require.Equal(t, []engine.Connection{one, two}, all)
}
