package account_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/account"
)

func TestASecretThatBelongsToNoConnection(t *testing.T) {
	store, ring := &memory{settings: map[string]string{}}, &keyring{values: map[string]map[string]string{}}
	b := account.NewBook(store, ring)
	none, err := b.OwnSecret(t.Context(), "tunnel")
	require.NoError(t, err)
	require.Empty(t, none)
	require.NoError(t, b.SetOwnSecret(t.Context(), "tunnel", "one"))
	require.NoError(t, b.SetOwnSecret(t.Context(), "other", "two"))
	c := engine.Connection{Name: "Shop", Connector: "shopify"}
	require.NoError(t, b.Save(t.Context(), &c, map[string]string{"token": "three"}))

	again := account.NewBook(store, ring)
	for name, want := range map[string]string{"tunnel": "one", "other": "two"} {
		value, err := again.OwnSecret(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, want, value)
	}
	elsewhere, err := account.NewBook(&memory{settings: map[string]string{}}, ring).OwnSecret(t.Context(), "tunnel")
	require.NoError(t, err)
	require.Empty(t, elsewhere, "another data folder has its own")

	require.NoError(t, again.SetOwnSecret(t.Context(), "tunnel", ""))
	gone, err := b.OwnSecret(t.Context(), "tunnel")
	require.NoError(t, err)
	require.Empty(t, gone)
	account, err := b.Account(t.Context(), "Shop")
	require.NoError(t, err)
	require.Equal(t, "three", account.Value("token"))
}
