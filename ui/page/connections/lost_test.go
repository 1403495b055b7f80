package connections_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
)

// TestAConnectionThatMissesItsSecretsSaysSo, after data was restored without them, until they are entered.
func TestAConnectionThatMissesItsSecretsSaysSo(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t, engine.Connection{ID: 4, Name: "Team chat", Connector: "slack", SecretFields: []string{"bot_token"}})
	w.open()
	require.Contains(t, w.words(), "saved")
	require.NotContains(t, w.words(), "Needs its secrets")

	w.desk.lost = []string{"Team chat"}
	w.page.Apply([]engine.Change{{Kind: engine.ConnectionsChanged}})
	w.loop.Turn()
	require.Contains(t, w.words(), "Needs its secrets")
	require.Contains(t, w.words(), "Open it to enter them again.")
	require.NotContains(t, w.words(), "saved")
}
