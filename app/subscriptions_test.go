package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/catchup"
)

// TestWhatAppsWereToldIsListed, and the doctor tells of what is stuck without the whole address.
func TestWhatAppsWereToldIsListed(t *testing.T) {
	dir := t.TempDir()
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	c := &cli{dir: dir}
	require.Empty(t, c.examineSubscriptions(t.Context(), d))
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	const token = "jkddal3vx7pbwzs3464yuryi5m"
	all, err := json.Marshal([]catchup.Made{
		{RecipeID: 1, Recipe: "Orders", Connection: "My shop", Use: "shopify.order_created", Address: "https://new.example/hooks/" + token, ID: "2"},
		{RecipeID: 1, Recipe: "Orders", Connection: "My shop", Use: "shopify.order_created", Address: "https://old.example/hooks/" + token, ID: "1", Idle: at, Tries: 3, Why: "No answer.", Next: at},
	})
	require.NoError(t, err)
	require.NoError(t, d.Store.Update(t.Context(), func(tx engine.Tx) error { return tx.SetSetting("subscriptions", string(all)) }))
	findings := c.examineSubscriptions(t.Context(), d)
	require.Len(t, findings, 1)
	require.False(t, findings[0].Fine)
	require.Contains(t, findings[0].Says, `Shopify still sends what "Orders" needed to https://old.example/hooks/jkdd…`)
	require.NotContains(t, findings[0].Says, token)

	var states []string
	made, err := d.Subscriptions(t.Context())
	require.NoError(t, err)
	for _, m := range made {
		row := newSubscriptionRow(d, m)
		states = append(states, row.App+" "+row.State)
	}
	require.Equal(t, "Shopify in_use, Shopify stuck", strings.Join(states, ", "))
	require.NoError(t, d.Close())
}
