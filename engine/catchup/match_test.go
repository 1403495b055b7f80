package catchup_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine/connector"
	"bellhop/engine/practice"
)

// TestMissedEventsAreToldApartByTheirBody fetches what is and what is not the trigger's: only the first runs.
func TestMissedEventsAreToldApartByTheirBody(t *testing.T) {
	file, err := fs.ReadFile(assets.Connectors(), "shopify.yaml")
	require.NoError(t, err)
	own := strings.Replace(string(file), "match: {X-Shopify-Topic: orders/create}", "match_in: {currency: USD, total_price: \"20.00\"}", 1)
	catalog, err := connector.Load(fstest.MapFS{"shopify.yaml": {Data: []byte(own)}})
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.catalog = catalog
		b.start()
		time.Sleep(time.Minute)
		for _, currency := range []string{"EUR", "USD", "GBP", "USD"} {
			_, err := b.shop.Place(practice.NewOrder{Total: "20", Currency: currency})
			require.NoError(t, err)
		}
		require.NoError(t, b.Ask(t.Context(), recipe))
		require.Equal(t, 2, b.runs())
		for _, e := range b.store.events {
			require.Contains(t, string(e.Body), `"currency":"USD"`)
		}
		b.stop()
	})
}
