package boot_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// TestDataRestoredWithoutItsSecretsSaysWhichConnectionsMissThem, until they are entered again.
func TestDataRestoredWithoutItsSecretsSaysWhichConnectionsMissThem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "all.bellhop")
	s := open(t, t.TempDir())
	for _, name := range []string{"Shop Slack", "Team Slack"} {
		require.NoError(t, s.SaveConnection(t.Context(), &engine.Connection{Name: name, Connector: "slack"}, map[string]string{"bot_token": "xoxb-1"}))
	}
	_, err := s.Bundle(t.Context(), path, boot.BundleOptions{Secrets: true, Passphrase: "four words are enough"})
	require.NoError(t, err)
	dir := t.TempDir()
	other := open(t, dir)
	require.Equal(t, engine.Invalid, engine.ErrorCode(other.Restore(t.Context(), path, boot.RestoreOptions{})))
	require.NoError(t, other.Restore(t.Context(), path, boot.RestoreOptions{WithoutSecrets: true}))
	other = open(t, dir)
	require.True(t, other.Restored.NoSecrets)
	lost := func() []string {
		t.Helper()
		names, err := other.Lost(t.Context())
		require.NoError(t, err)
		return names
	}
	require.Equal(t, []string{"Shop Slack", "Team Slack"}, lost())
	for i, name := range []string{"Shop Slack", "Team Slack"} {
		all, err := other.Connections(t.Context())
		require.NoError(t, err)
		require.NoError(t, other.SaveConnection(t.Context(), &all[i], map[string]string{"bot_token": "xoxb-2"}))
		require.NotContains(t, lost(), name)
	}
	require.Empty(t, lost())
	left, err := other.Store.Setting(t.Context(), "secrets_missing")
	require.NoError(t, err)
	require.Empty(t, left, "the keyring is not asked any more")
}
